"""What warranty pays: the lines of jobs, with how far their recovery from the maker is, and vendors' repairs."""

from collections.abc import Iterable

import frappe
from frappe.query_builder import Order
from frappe.query_builder.functions import Coalesce, DateFormat
from frappe.utils import flt
from pypika.queries import QueryBuilder
from pypika.terms import LiteralValue

from aftersales.money import digits, rounded
from aftersales.repair_workshop.vendor_repairs import costs as vendor_costs
from aftersales.service_billing import job_ledger
from aftersales.service_billing.posting import JOB_DOCTYPES
from aftersales.service_billing.reconciliation_checks import Scope

WARRANTY = "Warranty"
CLAIM, CLAIM_LINE = "Warranty Recovery Claim", "Warranty Recovery Line"
LINE_TYPES = ("Service Part Line", "Service Labour Line")


def warranty_lines(scope: Scope, brand: str | None = None) -> list[frappe._dict]:
	"""Each part and each hour that warranty paid for, of the jobs posted in the period, oldest first.

	`cost` in company currency; `claimed`, `accepted`, `credited` and `claim` of the submitted claim that
	holds the line.
	"""
	rows: list[frappe._dict] = []
	for job_type in JOB_DOCTYPES:
		for line_type in LINE_TYPES:
			query = _lines(job_ledger.jobs_posted(scope, job_type), job_type, line_type)
			if brand:
				query = query.where(frappe.qb.DocType("Customer Equipment").brand == brand)
			rows += _rows(query, job_type, line_type)
	return sorted(rows, key=lambda row: (row.date, row.job, row.line_type, row.idx))


def warranty_vendor_repairs(scope: Scope, brand: str | None = None) -> list[frappe._dict]:
	"""What vendors cost in the period on cards of a warranty category and is not charged on to the customer.

	A row each, with the fields of :func:`warranty_lines` that say which job and product it was.
	"""
	repairs = [
		repair
		for repair in vendor_costs(scope.company, scope.from_date, scope.to_date)
		if not flt(repair.charged_on)
	]
	if not repairs:
		return []
	card, category = frappe.qb.DocType("Repair Card"), frappe.qb.DocType("Service Category")
	equipment = frappe.qb.DocType("Customer Equipment")
	query = (
		frappe.qb.from_(card)
		.join(category)
		.on(category.name == card.service_category)
		.left_join(equipment)
		.on(equipment.name == card.equipment)
		.where(
			(category.charge_rule == WARRANTY) & card.name.isin({repair.repair_card for repair in repairs})
		)
		.select(
			card.name.as_("job"),
			card.customer,
			equipment.item_code.as_("product"),
			equipment.brand,
			equipment.model,
		)
	)
	if brand:
		query = query.where(equipment.brand == brand)
	cards = {row.job: row for row in query.run(as_dict=True)}
	item_code = frappe.get_cached_doc("Aftersales Settings").vendor_repair_item
	return [
		frappe._dict(
			cards[repair.repair_card],
			job_type="Repair Card",
			line_type="Vendor Repair",
			item_code=item_code,
			month=f"{repair.dated:%Y-%m}",
			cost=rounded(repair.cost),
		)
		for repair in repairs
		if repair.repair_card in cards
	]


def lines_by_name(company: str, names: Iterable[str]) -> dict[str, frappe._dict]:
	"""The same for some lines of submitted jobs of `company`, by the line's name."""
	names = list(names)
	found: dict[str, frappe._dict] = {}
	if not names:
		return found
	for job_type in JOB_DOCTYPES:
		job = frappe.qb.DocType(job_type)
		jobs = frappe.qb.from_(job).where((job.docstatus == 1) & (job.company == company))
		for line_type in LINE_TYPES:
			line = frappe.qb.DocType(line_type)
			query = _lines(jobs, job_type, line_type).where(line.name.isin(names))
			found.update({row.line: row for row in _rows(query, job_type, line_type)})
	return found


def _lines(jobs: QueryBuilder, job_type: str, line_type: str) -> QueryBuilder:
	job, line = frappe.qb.DocType(job_type), frappe.qb.DocType(line_type)
	equipment = frappe.qb.DocType("Customer Equipment")
	claimed = frappe.qb.DocType(CLAIM_LINE)
	is_part = line_type == "Service Part Line"
	return (
		jobs.join(line)
		.on((line.parent == job.name) & (line.parenttype == job_type))
		.left_join(equipment)
		.on(equipment.name == job.equipment)
		.left_join(claimed)
		.on(claimed.claim_key == line.name)
		.where(line.charge_to == WARRANTY)
		.select(
			line.name.as_("line"),
			line.idx,
			job.name.as_("job"),
			job.customer,
			job.service_category,
			job.posted_at.as_("date"),
			DateFormat(job.posted_at, "%Y-%m").as_("month"),
			line.item_code,
			equipment.item_code.as_("product"),
			equipment.brand,
			equipment.model,
			Coalesce(equipment.serial_no, equipment.serial_text).as_("serial"),
			(line.qty if is_part else line.hours).as_("qty"),
			(line.valuation_amount if is_part else line.hours * line.cost_rate).as_("cost"),
			(LiteralValue("''") if is_part else line.activity).as_("activity"),
			claimed.parent.as_("claim"),
			claimed.claimed_amount.as_("claimed"),
			claimed.accepted_amount.as_("accepted"),
			claimed.credited_amount.as_("credited"),
		)
		.orderby(job.posted_at, order=Order.asc)
	)


def _rows(query: QueryBuilder, job_type: str, line_type: str) -> list[frappe._dict]:
	rows = query.run(as_dict=True)
	precision = digits()
	for row in rows:
		row.update({"job_type": job_type, "line_type": line_type})
		for amount in ("cost", "claimed", "accepted", "credited"):
			row[amount] = flt(row[amount], precision)
	return rows
