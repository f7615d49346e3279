"""What warranty pays: the lines of jobs, with how far their recovery from the maker is, and vendors' repairs."""

from collections.abc import Collection, Iterable

import frappe
from frappe import _
from frappe.query_builder import Order
from frappe.query_builder.functions import Coalesce, DateFormat, Sum
from frappe.utils import flt, getdate
from pypika.queries import QueryBuilder, Table
from pypika.terms import LiteralValue, Term

from aftersales.core.job_types import JOB_DOCTYPES
from aftersales.core.money import digits, rounded
from aftersales.core.report_filters import Scope
from aftersales.service_accounts import job_ledger, warranty_exchanges
from aftersales.service_setup.settings import aftersales_settings
from aftersales.vendor_repairs.vendor_costs import BILLED, VENDOR_REPAIR, Kind, bills_of
from aftersales.vendor_repairs.vendor_costs import costs as vendor_costs

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


def cost_of_lines(scope: Scope) -> float:
	"""What the lines of :func:`warranty_lines` cost together, rounded line by line as there: four sums instead of the lines."""
	found = 0.0
	for job_type in JOB_DOCTYPES:
		job = frappe.qb.DocType(job_type)
		for line_type in LINE_TYPES:
			line = frappe.qb.DocType(line_type)
			query = (
				job_ledger.jobs_posted(scope, job_type)
				.join(line)
				.on((line.parent == job.name) & (line.parenttype == job_type))
				.where(line.charge_to == WARRANTY)
				.select(Sum(_cost(line, line_type)))
			)
			found += flt(query.run()[0][0])
	return rounded(found)


def warranty_vendor_repairs(scope: Scope, brand: str | None = None) -> list[frappe._dict]:
	"""What suppliers cost in the period on jobs of a warranty category and is not charged on to the customer.

	A row for each vendor repair, or visit of a subcontractor, and day, with the fields of :func:`warranty_lines`.
	What was claimed stands on the day of its first bill.
	"""
	return [row for kind in job_ledger.BOUGHT for row in _bought_for_warranty(scope, brand, kind)]


def _bought_for_warranty(scope: Scope, brand: str | None, kind: Kind) -> list[frappe._dict]:
	costs = vendor_costs(scope.company, scope.from_date, scope.to_date, kind)
	repairs = _vendor_repairs(scope.company, {cost.name for cost in costs}, brand, kind)
	claimed = bills_of(name for name, repair in repairs.items() if repair.claim)
	rows = []
	for cost in costs:
		if not (repair := repairs.get(cost.name)):
			continue
		row = frappe._dict(repair, month=f"{cost.dated:%Y-%m}", date=cost.dated, cost=rounded(cost.cost))
		if cost.name in claimed and getdate(cost.dated) != getdate(claimed[cost.name][0].posting_date):
			row.update({"claim": None, "claimed": 0, "accepted": 0, "credited": 0})
		rows.append(row)
	return rows


def billed_vendor_repairs(scope: Scope, brand: str | None = None) -> list[frappe._dict]:
	"""Vendor repairs for warranty that were billed in the period, each with the whole of its cost."""
	costs = vendor_costs(scope.company, scope.from_date, scope.to_date)
	names = {cost.name for cost in costs if cost.cost_source == BILLED}
	return list(_vendor_repairs(scope.company, names, brand).values())


def lines_by_name(company: str, names: Iterable[str]) -> dict[str, frappe._dict]:
	"""Some lines of submitted jobs of `company`, billed vendor repairs and replacements, by their names."""
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
	repairs = _vendor_repairs(company, names)
	found.update({name: row for name, row in repairs.items() if row.cost_source == BILLED})
	found.update(warranty_exchanges.by_name(company, names))
	return found


def _vendor_repairs(
	company: str, names: Collection[str], brand: str | None = None, kind: Kind = VENDOR_REPAIR
) -> dict[str, frappe._dict]:
	"""Those of `names` that warranty pays, by name: on a job of a warranty category, not charged on."""
	if not names:
		return {}
	repair, card = frappe.qb.DocType(kind.doctype), frappe.qb.DocType(kind.job_type)
	category, equipment = frappe.qb.DocType("Service Category"), frappe.qb.DocType("Customer Equipment")
	claimed = frappe.qb.DocType(CLAIM_LINE)
	query = (
		frappe.qb.from_(repair)
		.join(card)
		.on(card.name == repair[kind.job_field])
		.join(category)
		.on(category.name == card.service_category)
		.left_join(equipment)
		.on(equipment.name == card.equipment)
		.left_join(claimed)
		.on(claimed.claim_key == repair.name)
		.where((repair.docstatus == kind.docstatus) & (repair.company == company))
		.where(repair.name.isin(list(names)) & (category.charge_rule == WARRANTY))
		.select(
			repair.name.as_("line"),
			repair.supplier,
			repair.cost,
			repair.cost_source,
			card.name.as_("job"),
			card.customer,
			card.equipment,
			card.service_category,
			equipment.item_code.as_("product"),
			equipment.brand,
			equipment.model,
			Coalesce(equipment.serial_no, equipment.serial_text).as_("serial"),
			claimed.parent.as_("claim"),
			claimed.claimed_amount.as_("claimed"),
			claimed.accepted_amount.as_("accepted"),
			claimed.credited_amount.as_("credited"),
		)
		.orderby(repair.name)
	)
	if kind.charged_field:
		query = query.where(Coalesce(repair[kind.charged_field], 0) == 0)
	if brand:
		query = query.where(equipment.brand == brand)
	item_code = aftersales_settings().get(kind.item_setting)
	found = {}
	for row in query.run(as_dict=True):
		row.update(
			{
				"job_type": kind.job_type,
				"line_type": kind.doctype,
				"item_code": item_code,
				"qty": 1,
				"activity": _("Repaired by {0}, {1}").format(row.supplier, row.line),
				**{amount: rounded(row[amount]) for amount in ("cost", "claimed", "accepted", "credited")},
			}
		)
		found[row.line] = row
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
			job.equipment,
			job.service_category,
			job.posted_at.as_("date"),
			DateFormat(job.posted_at, "%Y-%m").as_("month"),
			line.item_code,
			equipment.item_code.as_("product"),
			equipment.brand,
			equipment.model,
			Coalesce(equipment.serial_no, equipment.serial_text).as_("serial"),
			(line.qty if is_part else line.hours).as_("qty"),
			_cost(line, line_type).as_("cost"),
			(LiteralValue("''") if is_part else line.activity).as_("activity"),
			claimed.parent.as_("claim"),
			claimed.claimed_amount.as_("claimed"),
			claimed.accepted_amount.as_("accepted"),
			claimed.credited_amount.as_("credited"),
		)
		.orderby(job.posted_at, order=Order.asc)
	)


def _cost(line: Table, line_type: str) -> Term:
	if line_type == "Service Part Line":
		return job_ledger.Round(line.valuation_amount, digits())
	return job_ledger.cost_of_line(line)


def _rows(query: QueryBuilder, job_type: str, line_type: str) -> list[frappe._dict]:
	rows = query.run(as_dict=True)
	precision = digits()
	for row in rows:
		row.update({"job_type": job_type, "line_type": line_type})
		for amount in ("cost", "claimed", "accepted", "credited"):
			row[amount] = flt(row[amount], precision)
	return rows
