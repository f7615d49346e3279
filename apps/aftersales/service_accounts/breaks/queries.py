"""What the queries for breaks share: the period, the jobs in it, the documents that name them.

Each query gives `job`, `document`, `date`, `customer`, `technician`, `unit`, `expected` (what the job says) and
`found` (what the document says). An empty unit is the company's currency.
"""

import frappe
from frappe.query_builder import Case
from frappe.query_builder.functions import Abs, Coalesce, Sum
from frappe.utils import add_days
from pypika.queries import QueryBuilder, Table
from pypika.terms import Criterion, ExistsCriterion, LiteralValue, Term

from aftersales.core.money import nothing
from aftersales.core.report_filters import Scope
from aftersales.service_accounts.reconciliation_rules import Reason

NOTHING = LiteralValue("0")
EMPTY = LiteralValue("null")
QUANTITY = LiteralValue("'Qty'")

TECHNICIAN = {"Service Voucher": "technician", "Repair Card": "assigned_technician"}
VISIT = "Service Voucher"
CREDITED = "Credited"
LINES = ("Service Labour Line", "Service Part Line")

Check = tuple[Reason, str | None, str | None, QueryBuilder]
"""Reason, type of job, type of document and query."""


def jobs(
	scope: Scope, job_type: str, docstatus: int = 1, day: str = "posted_at"
) -> tuple[Table, QueryBuilder]:
	"""The jobs of the period."""
	job = frappe.qb.DocType(job_type)
	return job, frappe.qb.from_(job).where(
		(job[day] >= scope.from_date)
		& (job[day] < add_days(scope.to_date, 1))
		& (job.company == scope.company)
		& (job.docstatus == docstatus)
	)


def billed_jobs(scope: Scope, job_type: str) -> tuple[Table, QueryBuilder, Table]:
	"""The jobs of the period with the invoice that each of them names."""
	job, query = jobs(scope, job_type)
	invoice = frappe.qb.DocType("Sales Invoice")
	return job, query.join(invoice).on(invoice.name == job.sales_invoice), invoice


def with_stocked_parts(scope: Scope, job_type: str) -> tuple[Table, QueryBuilder, Table]:
	"""The jobs of the period with each part line that has to leave stock."""
	job, query = jobs(scope, job_type)
	part, item = frappe.qb.DocType("Service Part Line"), frappe.qb.DocType("Item")
	query = (
		query.join(part)
		.on((part.parent == job.name) & (part.parenttype == job_type))
		.join(item)
		.on(item.name == part.item_code)
		.where(((item.is_stock_item == 1) | (part.bundle_qty > 0)) & (part.warehouse != ""))
	)
	return job, query, part


def documents_naming(scope: Scope, job_type: str, document_type: str) -> tuple[Table, QueryBuilder, Table]:
	"""The living documents of the period that name a job, with it."""
	document, job = frappe.qb.DocType(document_type), frappe.qb.DocType(job_type)
	query = (
		frappe.qb.from_(document)
		.join(job)
		.on(job.name == document.aftersales_voucher)
		.where(
			document.posting_date[scope.from_date : scope.to_date]
			& (document.company == scope.company)
			& (document.aftersales_voucher_type == job_type)
			& (document.docstatus < 2)
		)
	)
	return job, query, document


def select(
	query: QueryBuilder,
	job: Table,
	job_type: str,
	document: Term,
	expected: Term,
	found: Term,
	unit: Term = EMPTY,
	day: Term | None = None,
) -> QueryBuilder:
	return query.select(
		job.name.as_("job"),
		document.as_("document"),
		(day or job.posted_at).as_("date"),
		job.customer.as_("customer"),
		job[TECHNICIAN[job_type]].as_("technician"),
		unit.as_("unit"),
		expected.as_("expected"),
		found.as_("found"),
	)


def rounding() -> float:
	"""A stock document rounds the value of each row, its ledger entry the sum."""
	return 2.02 * nothing()


def differ(one: Term, other: Term) -> Criterion:
	return Abs(Coalesce(one, 0) - Coalesce(other, 0)) > nothing()


def taken_back(job: Table, job_type: str, invoice: Table) -> Criterion:
	"""Credit notes take all rows of the job back."""
	note = frappe.qb.DocType("Sales Invoice").as_("note")
	credited = (
		frappe.qb.from_(note)
		.select(note.name)
		.where((note.return_against == invoice.name) & (note.docstatus == 1))
	)
	return ExistsCriterion(credited) & still_owed(job, job_type, invoice).negate()


def still_owed(job: Table, job_type: str, invoice: Table) -> Criterion:
	"""A row of the job on the invoice is not, or not wholly, taken back by submitted credit notes."""
	row, back = frappe.qb.DocType("Sales Invoice Item"), frappe.qb.DocType("Sales Invoice Item").as_("back")
	note = frappe.qb.DocType("Sales Invoice").as_("credit")
	wholly_credited = (
		frappe.qb.from_(note)
		.join(back)
		.on(back.parent == note.name)
		.select(note.return_against)
		.where(
			(note.return_against == invoice.name)
			& (note.docstatus == 1)
			& (back.sales_invoice_item == row.name)
		)
		.groupby(note.return_against)
		.having(Sum(back.net_amount) + row.net_amount < nothing())
	)
	return ExistsCriterion(
		frappe.qb.from_(row)
		.select(row.name)
		.where(
			(row.parent == invoice.name)
			& (row.aftersales_voucher_type == job_type)
			& (row.aftersales_voucher == job.name)
			& ExistsCriterion(wholly_credited).negate()
		)
	)


def value_of(document_type: str, document: Table) -> Term:
	return {
		"Sales Invoice": document.grand_total,
		"Delivery Note": document.grand_total,
		"Stock Entry": document.total_outgoing_value,
		"Journal Entry": document.total_debit,
		"Payment Entry": document.base_paid_amount,
	}[document_type]
