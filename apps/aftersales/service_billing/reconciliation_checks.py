"""The queries that look for breaks between jobs, stock, invoices, payments and the ledger (R-AC-6).

Each is set-based, over the jobs posted or the documents dated in the period of a :class:`Scope`, and gives
`job`, `document`, `date`, `customer`, `technician`, `unit`, `expected` and `found`. An empty unit is
the company's currency. What the reasons mean is said in `reconciliation_rules`.
"""

from collections.abc import Iterable
from functools import partial

import frappe
from frappe.query_builder import Case
from frappe.query_builder.functions import Abs, Coalesce, Sum
from frappe.utils import add_days, cint
from pypika.functions import Concat, Max, NullIf
from pypika.queries import QueryBuilder, Table
from pypika.terms import Criterion, ExistsCriterion, LiteralValue, Term

from aftersales.money import nothing
from aftersales.service_billing.posting import JOB_DOCTYPES, PURPOSES
from aftersales.service_billing.posting_plan import CUSTOMER
from aftersales.service_billing.reconciliation_rules import Reason
from aftersales.service_billing.report_filters import Scope

NOTHING = LiteralValue("0")
EMPTY = LiteralValue("null")
QUANTITY = LiteralValue("'Qty'")

TECHNICIAN = {"Service Voucher": "technician", "Repair Card": "assigned_technician"}
HANDED_OVER = {"Payment Entry": "payment_entry", "Technician Cash Handover": "cash_handover"}
VISIT = "Service Voucher"
CREDITED = "Credited"
POSTED = ("Sales Invoice", "Stock Entry", "Delivery Note", "Journal Entry")
LINES = ("Service Labour Line", "Service Part Line")

Check = tuple[Reason, str | None, str | None, QueryBuilder]


def checks(scope: Scope) -> Iterable[Check]:
	"""Reason, type of job, type of document and query of each check."""
	for job_type in JOB_DOCTYPES:
		yield from _of_invoices(scope, job_type)
		yield from _of_stock(scope, job_type)
		yield from _of_both_sides(scope, job_type)
	yield from _of_cash(scope)
	yield Reason.ISSUED_WITHOUT_JOB, None, "Stock Entry", _issued_without_job(scope)
	for document_type in ("Sales Invoice", "Delivery Note"):
		yield Reason.ISSUED_WITHOUT_JOB, None, document_type, _sold_without_job(scope, document_type)


# ---------------------------------------------------------------- invoices


def _of_invoices(scope: Scope, job_type: str) -> Iterable[Check]:
	yield Reason.NOT_BILLED, job_type, None, _not_billed(scope, job_type)
	for reason, check in (
		(Reason.DRAFT_INVOICE, _draft_invoice),
		(Reason.AMOUNT_DIFFERS, _amount_differs),
		*((Reason.AMOUNT_DIFFERS, partial(_row_differs, line_type)) for line_type in LINES),
		(Reason.STATUS_DIFFERS, _status_differs),
		(Reason.STATUS_DIFFERS, _credit_gone),
		(Reason.STATUS_DIFFERS, _credit_not_noted),
		(Reason.LEDGER_DIFFERS, _invoice_ledger_differs),
		(Reason.FREE_JOB_BILLED, _free_job_billed),
	):
		yield reason, job_type, "Sales Invoice", check(scope, job_type)


def _not_billed(scope: Scope, job_type: str) -> QueryBuilder:
	job, query = _jobs(scope, job_type)
	query = query.where((job.billing_status == "To Bill") & job.sales_invoice.isnull())
	return _select(query, job, job_type, EMPTY, job.amount_due, NOTHING, job.currency)


def _draft_invoice(scope: Scope, job_type: str) -> QueryBuilder:
	job, query, invoice = _billed_jobs(scope, job_type)
	query = query.where(invoice.docstatus == 0)
	return _select(query, job, job_type, invoice.name, job.amount_due, NOTHING, job.currency)


def _amount_differs(scope: Scope, job_type: str) -> QueryBuilder:
	job, query, invoice = _billed_jobs(scope, job_type)
	total = Case().when(invoice.rounded_total != 0, invoice.rounded_total).else_(invoice.grand_total)
	query = query.where(
		(invoice.aftersales_voucher == job.name) & (invoice.docstatus < 2) & _differ(job.amount_due, total)
	)
	return _select(query, job, job_type, invoice.name, job.amount_due, total, job.currency)


def _row_differs(line_type: str, scope: Scope, job_type: str) -> QueryBuilder:
	"""On an invoice of several jobs, net: what the lines of a job say, and the rows that bill them."""
	job, query, invoice = _billed_jobs(scope, job_type)
	line, row = frappe.qb.DocType(line_type), frappe.qb.DocType("Sales Invoice Item")
	query = (
		query.join(line)
		.on((line.parent == job.name) & (line.parenttype == job_type))
		.left_join(row)
		.on((row.parent == invoice.name) & (row.aftersales_line == line.name))
		.where((Coalesce(invoice.aftersales_voucher, "") == "") & (invoice.docstatus < 2))
		.where(_differ(line.amount, row.net_amount))
		.groupby(job.name, invoice.name)
	)
	return _select(
		query, job, job_type, invoice.name, Sum(line.amount), Sum(Coalesce(row.net_amount, 0)), job.currency
	)


def _status_differs(scope: Scope, job_type: str) -> QueryBuilder:
	job, query, invoice = _billed_jobs(scope, job_type)
	status = (
		Case()
		.when(invoice.docstatus == 0, "To Bill")
		.when(invoice.outstanding_amount > 0, "Billed")
		.else_("Paid")
	)
	query = query.where((invoice.docstatus < 2) & job.billing_status.notin([status, CREDITED]))
	open_amount = invoice.outstanding_amount
	return _select(query, job, job_type, invoice.name, open_amount, open_amount, job.currency)


def _credit_gone(scope: Scope, job_type: str) -> QueryBuilder:
	"""A job that says Credited, and a row of it that no credit note takes back."""
	job, query, invoice = _billed_jobs(scope, job_type)
	query = query.where((job.billing_status == CREDITED) & _still_owed(job, job_type, invoice))
	return _select(query, job, job_type, invoice.name, NOTHING, job.amount_due, job.currency)


def _credit_not_noted(scope: Scope, job_type: str) -> QueryBuilder:
	"""Credit notes take all rows of a job back, and it does not say so. Reached from the few credit notes."""
	job, invoice, note = (
		frappe.qb.DocType(job_type),
		frappe.qb.DocType("Sales Invoice"),
		frappe.qb.DocType("Sales Invoice").as_("note"),
	)
	query = (
		frappe.qb.from_(note)
		.join(invoice)
		.on(invoice.name == note.return_against)
		.join(job)
		.on(job.sales_invoice == invoice.name)
		.where(
			(note.return_against > "")
			& (note.docstatus == 1)
			& (invoice.docstatus == 1)
			& (job.company == scope.company)
			& (job.docstatus == 1)
			& (job.posted_at >= scope.from_date)
			& (job.posted_at < add_days(scope.to_date, 1))
			& (job.billing_status != CREDITED)
			& _still_owed(job, job_type, invoice).negate()
		)
		.groupby(job.name, invoice.name)
	)
	return _select(query, job, job_type, invoice.name, job.amount_due, NOTHING, job.currency)


def _taken_back(job: Table, job_type: str, invoice: Table) -> Criterion:
	"""Credit notes take all rows of the job back."""
	note = frappe.qb.DocType("Sales Invoice").as_("note")
	credited = (
		frappe.qb.from_(note)
		.select(note.name)
		.where((note.return_against == invoice.name) & (note.docstatus == 1))
	)
	return ExistsCriterion(credited) & _still_owed(job, job_type, invoice).negate()


def _still_owed(job: Table, job_type: str, invoice: Table) -> Criterion:
	"""A row of the job on the invoice is not, or not wholly, taken back by submitted credit notes."""
	row, back = frappe.qb.DocType("Sales Invoice Item"), frappe.qb.DocType("Sales Invoice Item").as_("back")
	note = frappe.qb.DocType("Sales Invoice").as_("credit")
	taken_back = (
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
			& ExistsCriterion(taken_back).negate()
		)
	)


def _invoice_ledger_differs(scope: Scope, job_type: str) -> QueryBuilder:
	"""The customer's account was debited with the total of the invoice."""
	job, query, invoice = _billed_jobs(scope, job_type)
	ledger = frappe.qb.DocType("GL Entry")
	total = (
		Case()
		.when(
			(invoice.base_rounding_adjustment != 0) & (invoice.base_rounded_total != 0),
			invoice.base_rounded_total,
		)
		.else_(invoice.base_grand_total)
	)
	booked = Coalesce(Sum(ledger.debit - ledger.credit), 0)
	query = (
		query.left_join(ledger)
		.on(
			(ledger.voucher_type == "Sales Invoice")
			& (ledger.voucher_no == invoice.name)
			& (ledger.account == invoice.debit_to)
			& (ledger.is_cancelled == 0)
		)
		.where((invoice.docstatus == 1) & (invoice.is_pos == 0) & (invoice.write_off_amount == 0))
		.groupby(job.name, invoice.name)
		.having(Abs(booked - Max(total)) > nothing())
	)
	return _select(query, job, job_type, invoice.name, Max(total), booked)


def _free_job_billed(scope: Scope, job_type: str) -> QueryBuilder:
	"""An invoice names a job of which the customer pays nothing."""
	job, query, invoice = _documents_naming(scope, job_type, "Sales Invoice")
	query = query.where(
		(invoice.is_return == 0) & (job.docstatus == 1) & (Coalesce(job.contract_excess, 0) == 0)
	)
	for line_type in LINES:
		line = frappe.qb.DocType(line_type)
		charged = (
			frappe.qb.from_(line)
			.select(line.name)
			.where(
				(line.parent == job.name)
				& (line.parenttype == job_type)
				& ((line.charge_to == CUSTOMER) | (line.amount != 0))
			)
		)
		query = query.where(ExistsCriterion(charged).negate())
	return _select(
		query,
		job,
		job_type,
		invoice.name,
		NOTHING,
		invoice.grand_total,
		invoice.currency,
		invoice.posting_date,
	)


# ---------------------------------------------------------------- stock and labour


def _of_stock(scope: Scope, job_type: str) -> Iterable[Check]:
	yield Reason.PART_NOT_ISSUED, job_type, None, _part_not_issued(scope, job_type)
	yield Reason.QUANTITY_DIFFERS, job_type, "Stock Entry", _quantity_differs(scope, job_type)
	yield Reason.QUANTITY_DIFFERS, job_type, "Stock Entry", _bundle_differs(scope, job_type)
	yield Reason.COST_DIFFERS, job_type, "Stock Entry", _cost_differs(scope, job_type)
	yield Reason.LABOUR_DIFFERS, job_type, "Journal Entry", _labour_differs(scope, job_type)
	if cint(frappe.get_cached_value("Company", scope.company, "enable_perpetual_inventory")):
		yield Reason.LEDGER_DIFFERS, job_type, "Stock Entry", _stock_ledger_differs(scope, job_type)


def _part_not_issued(scope: Scope, job_type: str) -> QueryBuilder:
	job, query, part = _with_stocked_parts(scope, job_type)
	query = query.where(job.stock_entry.isnull() & job.delivery_note.isnull()).groupby(job.name)
	units = Case().when(part.bundle_qty > 0, part.bundle_qty).else_(part.qty)
	return _select(query, job, job_type, EMPTY, Sum(units), NOTHING, QUANTITY)


def _quantity_differs(scope: Scope, job_type: str) -> QueryBuilder:
	"""What the job says was used, and what its document moved, line by line."""
	job, query, part = _with_stocked_parts(scope, job_type)
	issued, delivered = (frappe.qb.DocType(name) for name in ("Stock Entry Detail", "Delivery Note Item"))
	moved = Coalesce(issued.qty, 0) + Coalesce(delivered.qty, 0)
	query = (
		query.left_join(issued)
		.on((issued.parent == job.stock_entry) & (issued.aftersales_line == part.name))
		.left_join(delivered)
		.on((delivered.parent == job.delivery_note) & (delivered.aftersales_line == part.name))
		.where(job.stock_entry.isnotnull() | job.delivery_note.isnotnull())
		.where((part.bundle_qty == 0) & (Abs(part.qty - moved) > 0.0005))
		.groupby(job.name)
	)
	document = Coalesce(job.stock_entry, job.delivery_note)
	return _select(query, job, job_type, document, Sum(part.qty), Sum(moved), QUANTITY)


def _bundle_differs(scope: Scope, job_type: str) -> QueryBuilder:
	"""The same of what product bundles are made of, all items of a bundle together."""
	job, query, part = _with_stocked_parts(scope, job_type)
	issued, delivered = frappe.qb.DocType("Stock Entry Detail"), frappe.qb.DocType("Delivery Note Item")
	moved = Coalesce(Sum(issued.qty), 0)
	query = (
		query.left_join(issued)
		.on((issued.parent == job.stock_entry) & (issued.aftersales_line == part.name))
		.left_join(delivered)
		.on((delivered.parent == job.delivery_note) & (delivered.aftersales_line == part.name))
		.where((job.stock_entry.isnotnull() | job.delivery_note.isnotnull()) & (part.bundle_qty > 0))
		.where(delivered.name.isnull())  # ERPNext packs the items on its own notes
		.groupby(job.name, part.name)
		.having(Abs(Max(part.bundle_qty) - moved) > 0.0005)
	)
	document = Coalesce(job.stock_entry, job.delivery_note)
	return _select(query, job, job_type, document, Max(part.bundle_qty), moved, QUANTITY)


def _cost_differs(scope: Scope, job_type: str) -> QueryBuilder:
	job, query = _jobs(scope, job_type)
	entry = frappe.qb.DocType("Stock Entry")
	query = (
		query.join(entry)
		.on(entry.name == job.stock_entry)
		.where((entry.docstatus == 1) & job.delivery_note.isnull())
		.where(_differ(job.parts_cost + _came_back(job, job_type), entry.total_outgoing_value))
	)
	return _select(
		query,
		job,
		job_type,
		entry.name,
		entry.total_outgoing_value,
		job.parts_cost + _came_back(job, job_type),
	)


def _came_back(job: Table, job_type: str) -> Term:
	"""What parts of a job that were returned to stock cost (company currency)."""
	entry = frappe.qb.DocType("Stock Entry").as_("came_back")
	return Coalesce(
		frappe.qb.from_(entry)
		.select(Sum(entry.total_incoming_value))
		.where((entry.aftersales_voucher_type == job_type) & (entry.aftersales_voucher == job.name))
		.where((entry.purpose == "Material Receipt") & (entry.docstatus == 1)),
		0,
	)


def _stock_ledger_differs(scope: Scope, job_type: str) -> QueryBuilder:
	job, query = _jobs(scope, job_type)
	entry, ledger = frappe.qb.DocType("Stock Entry"), frappe.qb.DocType("GL Entry")
	booked = Coalesce(Sum(ledger.debit), 0)
	query = (
		query.join(entry)
		.on(entry.name == job.stock_entry)
		.left_join(ledger)
		.on(
			(ledger.voucher_type == "Stock Entry")
			& (ledger.voucher_no == entry.name)
			& (ledger.is_cancelled == 0)
		)
		.where(entry.docstatus == 1)
		.groupby(job.name, entry.name)
		.having(Abs(booked - Max(entry.total_outgoing_value)) > _rounding())
	)
	return _select(query, job, job_type, entry.name, Max(entry.total_outgoing_value), booked)


def _labour_differs(scope: Scope, job_type: str) -> QueryBuilder:
	"""More hours at cost are booked than were worked; fewer are right where a category books none."""
	job, query = _jobs(scope, job_type)
	entry = frappe.qb.DocType("Journal Entry")
	query = (
		query.join(entry)
		.on(entry.name == job.labour_journal_entry)
		.where((entry.docstatus == 1) & (entry.total_debit > job.labour_cost + nothing()))
	)
	return _select(query, job, job_type, entry.name, job.labour_cost, entry.total_debit)


def _issued_without_job(scope: Scope) -> QueryBuilder:
	"""A part left a technician's van for no job."""
	entry, row = frappe.qb.DocType("Stock Entry"), frappe.qb.DocType("Stock Entry Detail")
	technician = frappe.qb.DocType("Service Technician")
	vans = frappe.qb.from_(technician).select(technician.van_warehouse).where(technician.van_warehouse != "")
	from_van = (
		frappe.qb.from_(row).select(row.name).where((row.parent == entry.name) & row.s_warehouse.isin(vans))
	)
	return (
		frappe.qb.from_(entry)
		.where(
			entry.posting_date[scope.from_date : scope.to_date]
			& (entry.company == scope.company)
			& (entry.purpose == "Material Issue")
			& (entry.docstatus == 1)
			& (Coalesce(entry.aftersales_voucher, "") == "")
			& ExistsCriterion(from_van)
		)
		.select(
			EMPTY.as_("job"),
			entry.name.as_("document"),
			entry.posting_date.as_("date"),
			EMPTY.as_("customer"),
			EMPTY.as_("technician"),
			EMPTY.as_("unit"),
			NOTHING.as_("expected"),
			entry.total_outgoing_value.as_("found"),
		)
	)


def _sold_without_job(scope: Scope, document_type: str) -> QueryBuilder:
	"""A part left a technician's van by a document that somebody made by hand: Update Stock, or a delivery."""
	moved, document = frappe.qb.DocType("Stock Ledger Entry"), frappe.qb.DocType(document_type)
	technician = frappe.qb.DocType("Service Technician")
	vans = frappe.qb.from_(technician).select(technician.van_warehouse).where(technician.van_warehouse != "")
	return (
		frappe.qb.from_(moved)
		.join(document)
		.on(document.name == moved.voucher_no)
		.where(
			(moved.voucher_type == document_type)
			& moved.posting_date[scope.from_date : scope.to_date]
			& (moved.company == scope.company)
			& (moved.is_cancelled == 0)
			& (moved.actual_qty < 0)
			& moved.warehouse.isin(vans)
			& (Coalesce(document.aftersales_voucher, "") == "")
		)
		.groupby(document.name)
		.select(
			EMPTY.as_("job"),
			document.name.as_("document"),
			document.posting_date.as_("date"),
			document.customer.as_("customer"),
			EMPTY.as_("technician"),
			EMPTY.as_("unit"),
			NOTHING.as_("expected"),
			Sum(-moved.stock_value_difference).as_("found"),
		)
	)


# ---------------------------------------------------------------- cancelled on one side


def _of_both_sides(scope: Scope, job_type: str) -> Iterable[Check]:
	named = {**PURPOSES, **HANDED_OVER}
	for document_type, fieldname in named.items():
		if document_type in HANDED_OVER and job_type != VISIT:
			continue
		query = _document_cancelled(scope, job_type, document_type, fieldname)
		yield Reason.DOCUMENT_CANCELLED, job_type, document_type, query
	for document_type in POSTED:
		query = _second_document(scope, job_type, document_type)
		yield Reason.SECOND_DOCUMENT, job_type, document_type, query
	for document_type in (*POSTED, "Payment Entry"):
		query = _job_cancelled(scope, job_type, document_type)
		yield Reason.JOB_CANCELLED, job_type, document_type, query
	yield Reason.JOB_CANCELLED, job_type, "Sales Invoice", _cancelled_job_on_invoice(scope, job_type)


def _document_cancelled(scope: Scope, job_type: str, document_type: str, fieldname: str) -> QueryBuilder:
	job, query = _jobs(scope, job_type)
	document = frappe.qb.DocType(document_type)
	query = (
		query.left_join(document)
		.on(document.name == job[fieldname])
		.where(job[fieldname].isnotnull() & (document.name.isnull() | (document.docstatus == 2)))
	)
	return _select(query, job, job_type, job[fieldname], NOTHING, NOTHING)


def _second_document(scope: Scope, job_type: str, document_type: str) -> QueryBuilder:
	"""A document that names a job which names another one, or none."""
	job, query, document = _documents_naming(scope, job_type, document_type)
	query = query.where((job.docstatus == 1) & (Coalesce(job[PURPOSES[document_type]], "") != document.name))
	if document_type in ("Sales Invoice", "Delivery Note"):
		query = query.where(document.is_return == 0)
	if document_type == "Sales Invoice":
		# One that was credited in full, and billed again by the invoice the job names
		query = query.where(_taken_back(job, job_type, document).negate())
	if document_type == "Stock Entry":
		query = query.where(document.purpose == "Material Issue")
	value = _value(document_type, document)
	currency = document.currency if document_type in ("Sales Invoice", "Delivery Note") else EMPTY
	return _select(query, job, job_type, document.name, NOTHING, value, currency, document.posting_date)


def _job_cancelled(scope: Scope, job_type: str, document_type: str) -> QueryBuilder:
	"""Reached from the job: there are few cancelled ones, and not every document is indexed by date."""
	job, document = frappe.qb.DocType(job_type), frappe.qb.DocType(document_type)
	query = (
		frappe.qb.from_(job)
		.join(document)
		.on((document.aftersales_voucher == job.name) & (document.aftersales_voucher_type == job_type))
		.where(
			(job.status == "Cancelled")
			& (job.docstatus == 2)
			& (job.company == scope.company)
			& (document.docstatus < 2)
			& document.posting_date[scope.from_date : scope.to_date]
		)
	)
	if document_type == "Sales Invoice":
		query = query.where(_taken_back(job, job_type, document).negate())
	value = _value(document_type, document)
	currency = document.currency if document_type in ("Sales Invoice", "Delivery Note") else EMPTY
	return _select(query, job, job_type, document.name, NOTHING, value, currency, document.posting_date)


def _cancelled_job_on_invoice(scope: Scope, job_type: str) -> QueryBuilder:
	"""A row of an invoice of several jobs still holds the posting key of a cancelled one."""
	job, invoice = frappe.qb.DocType(job_type), frappe.qb.DocType("Sales Invoice")
	row = frappe.qb.DocType("Sales Invoice Item")
	query = (
		frappe.qb.from_(job)
		.join(row)
		.on(row.aftersales_posting_key == Concat(f"{job_type}/", job.name, "/Sales Invoice"))
		.join(invoice)
		.on(invoice.name == row.parent)
		.where(
			(job.status == "Cancelled")
			& (job.docstatus == 2)
			& (job.company == scope.company)
			& (invoice.docstatus < 2)
			& invoice.posting_date[scope.from_date : scope.to_date]
		)
	)
	return _select(
		query, job, job_type, invoice.name, NOTHING, row.net_amount, invoice.currency, invoice.posting_date
	)


def _value(document_type: str, document: Table) -> Term:
	return {
		"Sales Invoice": document.grand_total,
		"Delivery Note": document.grand_total,
		"Stock Entry": document.total_outgoing_value,
		"Journal Entry": document.total_debit,
		"Payment Entry": document.base_paid_amount,
	}[document_type]


# ---------------------------------------------------------------- cash


def _of_cash(scope: Scope) -> Iterable[Check]:
	yield Reason.CASH_NOT_HANDED_OVER, VISIT, None, _cash_out(scope, paid_otherwise=False)
	yield Reason.PAID_OTHERWISE, VISIT, "Sales Invoice", _cash_out(scope, paid_otherwise=True)
	yield Reason.CASH_DIFFERS, VISIT, "Payment Entry", _cash_differs(scope)
	yield Reason.CASH_OF_CANCELLED_JOB, VISIT, None, _cash_of_cancelled_visit(scope)


def _cash_out(scope: Scope, paid_otherwise: bool) -> QueryBuilder:
	job, query = _jobs(scope, VISIT)
	invoice = frappe.qb.DocType("Sales Invoice")
	query = (
		query.left_join(invoice)
		.on(invoice.name == job.sales_invoice)
		.where((job.cash_collected > 0) & job.payment_entry.isnull())
	)
	paid = (invoice.docstatus == 1) & (invoice.outstanding_amount <= 0)
	if paid_otherwise:
		return _select(query.where(paid), job, VISIT, invoice.name, job.cash_collected, NOTHING, job.currency)
	still_owed = invoice.name.isnull() | (invoice.docstatus != 1) | (invoice.outstanding_amount > 0)
	return _select(query.where(still_owed), job, VISIT, EMPTY, job.cash_collected, NOTHING, job.currency)


def _cash_differs(scope: Scope) -> QueryBuilder:
	"""The payment books what the receipt says, in the currency of the customer's account."""
	job, query = _jobs(scope, VISIT)
	payment, invoice = frappe.qb.DocType("Payment Entry"), frappe.qb.DocType("Sales Invoice")
	booked_rate = invoice.base_grand_total / NullIf(invoice.grand_total, 0)  # rows are rounded by themselves
	rate = Case().when(payment.paid_from_account_currency == job.currency, 1).else_(booked_rate)
	collected = job.cash_collected * Coalesce(rate, 1)
	query = (
		query.join(payment)
		.on(payment.name == job.payment_entry)
		.left_join(invoice)
		.on(invoice.name == job.sales_invoice)
		.where((payment.docstatus == 1) & (Abs(collected - payment.paid_amount) > 2 * nothing()))
	)
	currency = payment.paid_from_account_currency
	return _select(query, job, VISIT, payment.name, collected, payment.paid_amount, currency)


def _cash_of_cancelled_visit(scope: Scope) -> QueryBuilder:
	"""A receipt was handed out, and no amendment of the visit carries the cash on."""
	job, query = _jobs(scope, VISIT, docstatus=2, day="departed_at")
	amended = frappe.qb.DocType(VISIT).as_("amended")
	carried_on = (
		frappe.qb.from_(amended)
		.select(amended.name)
		.where((amended.amended_from == job.name) & (amended.docstatus == 1) & (amended.cash_collected > 0))
	)
	query = query.where((job.cash_collected > 0) & ExistsCriterion(carried_on).negate())
	return _select(query, job, VISIT, EMPTY, NOTHING, job.cash_collected, job.currency, job.departed_at)


# ---------------------------------------------------------------- what the queries share


def _jobs(
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


def _billed_jobs(scope: Scope, job_type: str) -> tuple[Table, QueryBuilder, Table]:
	"""The jobs of the period with the invoice that each of them names."""
	job, query = _jobs(scope, job_type)
	invoice = frappe.qb.DocType("Sales Invoice")
	return job, query.join(invoice).on(invoice.name == job.sales_invoice), invoice


def _with_stocked_parts(scope: Scope, job_type: str) -> tuple[Table, QueryBuilder, Table]:
	"""The jobs of the period with each part line that has to leave stock."""
	job, query = _jobs(scope, job_type)
	part, item = frappe.qb.DocType("Service Part Line"), frappe.qb.DocType("Item")
	query = (
		query.join(part)
		.on((part.parent == job.name) & (part.parenttype == job_type))
		.join(item)
		.on(item.name == part.item_code)
		.where(((item.is_stock_item == 1) | (part.bundle_qty > 0)) & (part.warehouse != ""))
	)
	return job, query, part


def _documents_naming(scope: Scope, job_type: str, document_type: str) -> tuple[Table, QueryBuilder, Table]:
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


def _select(
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


def _rounding() -> float:
	"""A stock document rounds the value of each row, its ledger entry the sum."""
	return 2.02 * nothing()


def _differ(one: Term, other: Term) -> Criterion:
	return Abs(Coalesce(one, 0) - Coalesce(other, 0)) > nothing()
