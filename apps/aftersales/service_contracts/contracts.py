"""Service contracts for the other rooms: which one covers a product, what it pays, what is left of it.

`contract_rules` decides; this module loads what it needs. A visit is counted once, under a lock of its
contract: two visits completed at the same moment cannot both be the last one included.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, escape_html, flt, get_link_to_form, getdate, nowdate

from aftersales.core.guards import has_any_role, require_role
from aftersales.core.input.requests import TargetDocument, validate_call
from aftersales.core.job_types import JOB_DOCTYPES, VISIT
from aftersales.core.locks import lock
from aftersales.core.money import exact, rounded
from aftersales.core.roles import SUPERVISORS_AND_ACCOUNTANTS
from aftersales.core.savepoints import one_of_many
from aftersales.core.selling_terms import billing_currency
from aftersales.service_contracts.contract_rules import Entitlement, Terms, Visits, entitlement, renewed_term
from aftersales.service_setup.settings import aftersales_settings

CONTRACT = "Contract"
INCLUDED, BEYOND, REVISIT = "Included", "Beyond Included", "Revisit"
ON_EACH_JOB = "On Each Job"
READERS = (
	"Service Agent",
	"Service Supervisor",
	"Service Manager",
	"Service Accountant",
	"Service Technician",
	"Workshop Technician",
)


# ---------------------------------------------------------------------------------- which one


def covering(
	customer: str | None, company: str | None, equipment: str | None, on: date | str | None = None
) -> frappe._dict | None:
	"""The submitted contract that covers a customer's product on a day: `name` and `end_date`.

	One that names the product goes before one for all products, then the one that began last.
	"""
	if not customer:
		return None
	contract = frappe.qb.DocType("Service Contract")
	row = frappe.qb.DocType("Service Contract Equipment")
	on = getdate(on)
	query = (
		frappe.qb.from_(contract)
		.left_join(row)
		.on((row.parent == contract.name) & (row.equipment == (equipment or "")))
		.select(contract.name, contract.end_date)
		.where((contract.customer == customer) & (contract.docstatus == 1))
		.where((contract.start_date <= on) & (contract.end_date >= on))
		.where((contract.covers_all_equipment == 1) | row.name.isnotnull())
		.orderby(contract.covers_all_equipment)
		.orderby(contract.start_date, order=frappe.qb.desc)
		.orderby(contract.name)
		.limit(1)
	)
	if company:
		query = query.where(contract.company == company)
	found = query.run(as_dict=True)
	return found[0] if found else None


# ---------------------------------------------------------------------------------- what it pays


def terms_of_job(doc: Document) -> Terms | None:
	"""What the contract of a job pays of it; None when no line is charged to one."""
	if not doc.get("service_contract") or not any(
		line.charge_to == CONTRACT for line in (*doc.labour, *doc.parts)
	):
		return None
	contract = frappe.get_cached_doc("Service Contract", doc.service_contract)
	visit = doc.get("contract_visit") or visit_kind(doc, contract)
	terms = Terms(
		contract=contract.name,
		labour=_percent(contract.labour_share),
		parts=_percent(contract.parts_share),
		travel=_percent(contract.travel_share),
		excess=Decimal(0) if visit == REVISIT else _excess(doc, contract),
		excess_item=aftersales_settings().excess_item,
	)
	return terms.without_cover() if visit == BEYOND else terms


def _excess(doc: Document, contract: Document) -> Decimal:
	"""What is left of the excess for this job, after what other jobs of its call have borne.

	A job keeps what it was posted with, whenever it is invoiced.
	"""
	if doc.posted_at:
		return exact(doc.contract_excess)
	excess = exact(flt(contract.excess_per_job) / _rate_of_invoice(doc, contract))
	if not excess or not doc.repair_call or contract.excess_per == ON_EACH_JOB:
		return excess
	borne = Decimal(0)
	for doctype in JOB_DOCTYPES:
		job = frappe.qb.DocType(doctype)
		query = (
			frappe.qb.from_(job)
			.select(job.contract_excess)
			.where((job.repair_call == doc.repair_call) & (job.service_contract == contract.name))
			.where((job.docstatus == 1) & (job.name != (doc.name or "")))
		)
		if doc.flags.holds_contract:  # what others have committed meanwhile is to be seen
			query = query.for_update()
		borne += sum((exact(amount) for amount in query.run(pluck=True)), Decimal(0))
	return max(excess - borne, Decimal(0))


def _rate_of_invoice(doc: Document, contract: Document) -> float:
	"""What the currency that the customer is invoiced in today is worth in the one that the contract was made in."""
	from erpnext.setup.utils import get_exchange_rate

	currency = billing_currency(doc)
	if not flt(contract.excess_per_job) or contract.currency in (None, "", currency):
		return 1
	rate = flt(get_exchange_rate(currency, contract.currency, nowdate()))
	if not rate:
		frappe.throw(
			_("There is no exchange rate from {0} to {1}: add a Currency Exchange.").format(
				currency, contract.currency
			)
		)
	return rate


def default_payer(doc: Document, line: Document, charge_rule: str) -> str:
	"""Who pays a line in the first place: the category's payer, or the customer what no contract covers."""
	if charge_rule != CONTRACT or not doc.get("service_contract"):
		return charge_rule
	contract = frappe.get_cached_doc("Service Contract", doc.service_contract)
	if line.parentfield == "parts":
		share = contract.parts_share
	else:
		share = contract.travel_share if line.activity == "Travel" else contract.labour_share
	return charge_rule if flt(share) else "Customer"


def visit_kind(doc: Document, contract: Document, locked: bool = False) -> str | None:
	"""How a visit counts: included, beyond those included, or the second trip for a job counted before."""
	if doc.doctype != VISIT or not _in_contract_category(doc) or doc.outcome == "No Access":
		return None
	if earlier := _earlier_trip(doc):
		return BEYOND if earlier == BEYOND else REVISIT
	return INCLUDED if entitlement_on(contract, day_of(doc), locked).covers_another else BEYOND


def _earlier_trip(doc: Document) -> str | None:
	"""How the trip before this one counted under the same contract; one that found nobody is passed over."""
	voucher = doc.previous_voucher
	while voucher:
		before = frappe.db.get_value(
			doc.doctype, voucher, ["service_contract", "contract_visit", "previous_voucher"], as_dict=True
		)
		if not before or before.service_contract != doc.service_contract:
			return None
		if before.contract_visit:
			return before.contract_visit
		voucher = before.previous_voucher
	return None


def lock_contract(doc: Document | frappe._dict) -> bool:
	"""Lock the contract of a job that is not posted yet, or is being cancelled; whether there is one.

	Before the job's own row: whoever holds the contract reads all jobs of the call and would wait for one that
	waits for the contract.
	"""
	if not doc.service_contract or (doc.posted_at and doc.docstatus != 2):
		return False
	lock("Service Contract", doc.service_contract)
	return True


def take_visit(doc: Document) -> None:
	"""Count the completed visit `doc` against its contract, once.

	The contract is locked, for cards too: two jobs of a call do not both take its last visit or bear its excess.
	"""
	if not lock_contract(doc):
		return
	doc.flags.holds_contract = True
	if doc.doctype != VISIT:
		return
	contract = frappe.get_cached_doc("Service Contract", doc.service_contract)
	kind = visit_kind(doc, contract, locked=True)
	doc.contract_visit = kind
	frappe.db.set_value(doc.doctype, doc.name, "contract_visit", kind, update_modified=False)
	if kind == INCLUDED:
		row = frappe.get_doc(
			{
				"doctype": "Service Contract Visit",
				"name": doc.name,  # the primary key refuses to count it twice
				"parent": contract.name,
				"parenttype": contract.doctype,
				"parentfield": "visits",
				"service_voucher": doc.name,
				"visited_on": day_of(doc),
			}
		)
		row.db_insert()


def give_visit_back(doc: Document) -> None:
	"""A cancelled visit uses nothing of its contract."""
	if doc.doctype == VISIT and doc.get("contract_visit"):
		frappe.db.delete("Service Contract Visit", {"service_voucher": doc.name})
		doc.db_set("contract_visit", None, update_modified=False)


# ---------------------------------------------------------------------------------- what is left


def entitlement_on(contract: Document, on: date | str | None = None, locked: bool = False) -> Entitlement:
	"""Visits of the period of `contract` that the day `on` lies in, after those used so far.

	`locked`: the caller holds the contract's lock, so that what others have committed is to be seen.
	"""
	rows = frappe.db.get_values(
		"Service Contract Visit",
		{"parent": contract.name, "parenttype": "Service Contract"},
		"visited_on",
		for_update=locked,
		order_by="name asc",
	)
	visits = Visits(
		start=getdate(contract.start_date),
		end=getdate(contract.end_date),
		included=cint(contract.included_visits) if contract.limited_visits else None,
		period=contract.visit_period or "Year",
		carry_over=contract.carry_over or "Forfeited",
	)
	return entitlement(visits, [getdate(day) for (day,) in rows], getdate(on))


@frappe.whitelist()
@validate_call
def entitlement_of(service_contract: str) -> dict:
	"""What is left of a contract today, for forms and for whoever speaks with the customer.

	Returns:
		status, until, shares (labour, parts, travel in per cent), excess with currency and excess_per, period_start,
		period_end, included (None without limit), carried, used, left (None without limit), jobs and
		covered (how many jobs it has paid, and how much of them, net at the customer's prices).

	Raises:
		frappe.PermissionError: the user may not read the contract.
	"""
	require_role(READERS, _("Looking at a service contract"))
	contract = frappe.get_doc("Service Contract", service_contract)
	contract.check_permission("read")
	period = entitlement_on(contract, min(max(getdate(), contract.start_date), contract.end_date))
	jobs, covered = _use_of(contract.name)
	return {
		"name": contract.name,
		"title": contract.title,
		"status": contract.status,
		"until": contract.end_date,
		"shares": {kind: flt(contract.get(f"{kind}_share")) for kind in ("labour", "parts", "travel")},
		"excess": flt(contract.excess_per_job),
		"excess_per": contract.excess_per,
		"currency": contract.currency,
		"period_start": period.period_start,
		"period_end": period.period_end,
		"included": period.included,
		"carried": period.carried,
		"used": period.used,
		"left": period.left,
		"jobs": jobs,
		# What is paid for whom concerns those who answer for money
		"covered": covered if has_any_role(SUPERVISORS_AND_ACCOUNTANTS) else None,
	}


def jobs_under(contract: str) -> list[tuple[str, str]]:
	"""DocType and name of the submitted jobs that name `contract`."""
	return [
		(doctype, name)
		for doctype in JOB_DOCTYPES
		for name in frappe.get_all(
			doctype,
			filters={"service_contract": contract, "docstatus": 1},
			pluck="name",
			order_by="name asc",
		)
	]


def roll_over() -> None:
	"""Daily: contracts begin and end by the calendar. Saved one by one, so that notifications fire.

	One that cannot be saved is logged, and tried again the next day.
	"""
	today = nowdate()
	for status, filters in (
		("Active", {"status": "Upcoming", "start_date": ("<=", today), "end_date": (">=", today)}),
		("Expired", {"status": ("in", ("Upcoming", "Active")), "end_date": ("<", today)}),
	):
		for name in _submitted(filters):
			with one_of_many(f"Contract {name} did not become {status}", "Service Contract", name):
				frappe.get_doc("Service Contract", name).db_set("status", status, notify=True)


def status_on(start: date | str, end: date | str, today: date | str | None = None) -> str:
	"""Upcoming, Active or Expired."""
	today = getdate(today)
	if getdate(end) < today:
		return "Expired"
	return "Upcoming" if getdate(start) > today else "Active"


@frappe.whitelist()
@validate_call
def renewal_of(source_name: str, target_doc: TargetDocument | None = None) -> Document:
	"""An unsaved contract that follows on Service Contract `source_name`, as long as that was by the calendar.

	Raises:
		frappe.PermissionError: the user may not read it, or may not make contracts.
	"""
	from frappe.model.mapper import get_mapped_doc

	frappe.has_permission("Service Contract", "create", throw=True)

	def follow(source: Document, target: Document) -> None:
		target.start_date, target.end_date = renewed_term(
			getdate(source.start_date), getdate(source.end_date)
		)
		target.invoice_fees_from = None
		target.renewed_from = source.name

	return get_mapped_doc(
		"Service Contract",
		source_name,
		{"Service Contract": {"doctype": "Service Contract", "validation": {"docstatus": ["=", 1]}}},
		target_doc,
		follow,
	)


def _submitted(filters: dict) -> Iterable[str]:
	return frappe.get_all(
		"Service Contract", filters={"docstatus": 1, **filters}, pluck="name", order_by="name asc"
	)


def _use_of(contract: str) -> tuple[int, float]:
	"""Number of submitted jobs and what the contract has paid of them."""
	from frappe.query_builder.functions import Count, Sum

	jobs, covered = 0, 0.0
	for doctype in JOB_DOCTYPES:
		job = frappe.qb.DocType(doctype)
		count, amount = (
			frappe.qb.from_(job)
			.select(Count("*"), Sum(job.contract_share))
			.where((job.service_contract == contract) & (job.docstatus == 1))
		).run()[0]
		jobs += count
		covered += flt(amount)
	return jobs, rounded(covered)


def _in_contract_category(doc: Document) -> bool:
	return (
		frappe.get_cached_value("Service Category", doc.service_category, "charge_rule") == CONTRACT
		if doc.service_category
		else False
	)


def day_of(doc: Document) -> date:
	"""The day of a job's work, done or planned."""
	return getdate(doc.arrived_at or doc.planned_start or nowdate())


def _percent(value: float | None) -> Decimal:
	return Decimal(str(flt(value)))
