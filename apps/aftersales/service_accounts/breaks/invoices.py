"""Invoices of jobs: missing, drafts, and what they say otherwise than the job or the ledger."""

from collections.abc import Iterable
from functools import partial

import frappe
from frappe.query_builder import Case
from frappe.query_builder.functions import Abs, Coalesce, Sum
from frappe.utils import add_days
from pypika.functions import Max
from pypika.queries import QueryBuilder
from pypika.terms import ExistsCriterion

from aftersales.core.money import nothing
from aftersales.core.report_filters import Scope
from aftersales.service_accounts.breaks.queries import (
	CREDITED,
	EMPTY,
	LINES,
	NOTHING,
	Check,
	billed_jobs,
	differ,
	documents_naming,
	jobs,
	select,
	still_owed,
)
from aftersales.service_accounts.reconciliation_rules import Reason
from aftersales.service_posting.plan.posting_plan import CUSTOMER


def of_invoices(scope: Scope, job_type: str) -> Iterable[Check]:
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
	job, query = jobs(scope, job_type)
	query = query.where((job.billing_status == "To Bill") & job.sales_invoice.isnull())
	return select(query, job, job_type, EMPTY, job.amount_due, NOTHING, job.currency)


def _draft_invoice(scope: Scope, job_type: str) -> QueryBuilder:
	job, query, invoice = billed_jobs(scope, job_type)
	query = query.where(invoice.docstatus == 0)
	return select(query, job, job_type, invoice.name, job.amount_due, NOTHING, job.currency)


def _amount_differs(scope: Scope, job_type: str) -> QueryBuilder:
	job, query, invoice = billed_jobs(scope, job_type)
	total = Case().when(invoice.rounded_total != 0, invoice.rounded_total).else_(invoice.grand_total)
	query = query.where(
		(invoice.aftersales_voucher == job.name) & (invoice.docstatus < 2) & differ(job.amount_due, total)
	)
	return select(query, job, job_type, invoice.name, job.amount_due, total, job.currency)


def _row_differs(line_type: str, scope: Scope, job_type: str) -> QueryBuilder:
	"""On an invoice of several jobs, net: what the lines of a job say, and the rows that bill them."""
	job, query, invoice = billed_jobs(scope, job_type)
	line, row = frappe.qb.DocType(line_type), frappe.qb.DocType("Sales Invoice Item")
	query = (
		query.join(line)
		.on((line.parent == job.name) & (line.parenttype == job_type))
		.left_join(row)
		.on((row.parent == invoice.name) & (row.aftersales_line == line.name))
		.where((Coalesce(invoice.aftersales_voucher, "") == "") & (invoice.docstatus < 2))
		.where(differ(line.amount, row.net_amount))
		.groupby(job.name, invoice.name)
	)
	return select(
		query, job, job_type, invoice.name, Sum(line.amount), Sum(Coalesce(row.net_amount, 0)), job.currency
	)


def _status_differs(scope: Scope, job_type: str) -> QueryBuilder:
	job, query, invoice = billed_jobs(scope, job_type)
	status = (
		Case()
		.when(invoice.docstatus == 0, "To Bill")
		.when(invoice.outstanding_amount > 0, "Billed")
		.else_("Paid")
	)
	query = query.where((invoice.docstatus < 2) & job.billing_status.notin([status, CREDITED]))
	open_amount = invoice.outstanding_amount
	return select(query, job, job_type, invoice.name, open_amount, open_amount, job.currency)


def _credit_gone(scope: Scope, job_type: str) -> QueryBuilder:
	"""A job that says Credited, and a row of it that no credit note takes back."""
	job, query, invoice = billed_jobs(scope, job_type)
	query = query.where((job.billing_status == CREDITED) & still_owed(job, job_type, invoice))
	return select(query, job, job_type, invoice.name, NOTHING, job.amount_due, job.currency)


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
			& still_owed(job, job_type, invoice).negate()
		)
		.groupby(job.name, invoice.name)
	)
	return select(query, job, job_type, invoice.name, job.amount_due, NOTHING, job.currency)


def _invoice_ledger_differs(scope: Scope, job_type: str) -> QueryBuilder:
	"""The customer's account was debited with the total of the invoice."""
	job, query, invoice = billed_jobs(scope, job_type)
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
	return select(query, job, job_type, invoice.name, Max(total), booked)


def _free_job_billed(scope: Scope, job_type: str) -> QueryBuilder:
	"""An invoice names a job of which the customer pays nothing."""
	job, query, invoice = documents_naming(scope, job_type, "Sales Invoice")
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
	return select(
		query,
		job,
		job_type,
		invoice.name,
		NOTHING,
		invoice.grand_total,
		invoice.currency,
		invoice.posting_date,
	)
