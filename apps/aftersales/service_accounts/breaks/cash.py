"""Cash that technicians collected, and what became of it."""

from collections.abc import Iterable

import frappe
from frappe.query_builder import Case
from frappe.query_builder.functions import Abs, Coalesce
from pypika.functions import NullIf
from pypika.queries import QueryBuilder, Table
from pypika.terms import Criterion, ExistsCriterion

from aftersales.core.money import nothing
from aftersales.core.report_filters import Scope
from aftersales.service_accounts.breaks.queries import (
	EMPTY,
	NOTHING,
	VISIT,
	Check,
	jobs,
	select,
)
from aftersales.service_accounts.reconciliation_rules import Reason


def of_cash(scope: Scope) -> Iterable[Check]:
	yield Reason.CASH_NOT_HANDED_OVER, VISIT, None, _cash_out(scope, paid_otherwise=False)
	yield Reason.PAID_OTHERWISE, VISIT, "Sales Invoice", _cash_out(scope, paid_otherwise=True)
	yield Reason.CASH_DIFFERS, VISIT, "Payment Entry", _cash_differs(scope)
	yield Reason.CASH_OF_CANCELLED_JOB, VISIT, None, _cash_of_cancelled_visit(scope)


def _cash_out(scope: Scope, paid_otherwise: bool) -> QueryBuilder:
	job, query = jobs(scope, VISIT)
	invoice = frappe.qb.DocType("Sales Invoice")
	query = (
		query.left_join(invoice)
		.on(invoice.name == job.sales_invoice)
		.where((job.cash_collected > 0) & job.payment_entry.isnull())
	)
	paid = (invoice.docstatus == 1) & (invoice.outstanding_amount <= 0)
	if paid_otherwise:
		return select(query.where(paid), job, VISIT, invoice.name, job.cash_collected, NOTHING, job.currency)
	still_owed = invoice.name.isnull() | (invoice.docstatus != 1) | (invoice.outstanding_amount > 0)
	return select(query.where(still_owed), job, VISIT, EMPTY, job.cash_collected, NOTHING, job.currency)


def _cash_differs(scope: Scope) -> QueryBuilder:
	"""The payment books what the receipt says, in the currency of the customer's account."""
	job, query = jobs(scope, VISIT)
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
	return select(query, job, VISIT, payment.name, collected, payment.paid_amount, currency)


def _cash_of_cancelled_visit(scope: Scope) -> QueryBuilder:
	"""Receipts were handed out, and no amendment of the visit has them: the technician has the money."""
	job, query = jobs(scope, VISIT, docstatus=2, day="departed_at")
	query = query.where((job.cash_collected > 0) & job.payment_entry.isnull() & carried_on(job).negate())
	return select(query, job, VISIT, EMPTY, NOTHING, job.cash_collected, job.currency, job.departed_at)


def carried_on(job: Table) -> Criterion:
	"""An amendment of the visit, submitted or cancelled in its turn, has its receipts."""
	amended, receipt = (
		frappe.qb.DocType(VISIT).as_("amended"),
		frappe.qb.DocType("Service Cash Receipt").as_("kept"),
	)
	return ExistsCriterion(
		frappe.qb.from_(amended)
		.join(receipt)
		.on(receipt.parent == amended.name)
		.select(amended.name)
		.where(
			(amended.amended_from == job.name)
			& (amended.docstatus > 0)
			& (receipt.receipt_no == job.cash_receipt_no)
		)
	)
