"""What customers owe on service invoices, from ERPNext's Payment Ledger (company currency).

Service invoices are those that bill a service job or the fee of a service contract. Payments, credit notes and
write-offs count by the day they were posted, whatever they are.
"""

from datetime import date

import frappe
from frappe.query_builder import Case
from frappe.query_builder.functions import Sum
from frappe.utils import flt, getdate
from pypika.terms import ExistsCriterion

from aftersales.core.job_types import JOB_DOCTYPES
from aftersales.core.money import rounded
from aftersales.core.report_filters import Scope
from aftersales.service_accounts import receivable_rules
from aftersales.service_accounts.receivable_rules import Month


def by_month(scope: Scope) -> list[Month]:
	"""Opening, billed, settled and closing of each month of the period; the month that runs ends today."""
	until = max(scope.from_date, min(scope.to_date, getdate()))
	opening, moved = 0.0, []
	for day, billed, settled in _moved(scope.company, until):
		if getdate(day) < scope.from_date:
			opening += flt(billed) - flt(settled)
		else:
			moved.append((getdate(day), flt(billed), flt(settled)))
	found = receivable_rules.by_month(scope.from_date, until, opening, moved)
	return [
		Month(one.first, one.last, rounded(one.opening), rounded(one.billed), rounded(one.settled))
		for one in found
	]


def days_outstanding(first: date, last: date, company: str | None) -> float | None:
	"""A figure for goals: after how many days a service invoice was paid in the period; of one company."""
	if not company:
		return None
	found = by_month(Scope(company, first, last))
	return receivable_rules.days_outstanding(
		found[0].opening, found[-1].closing, sum(one.billed for one in found), sum(one.days for one in found)
	)


def turnover(first: date, last: date, company: str | None) -> float | None:
	"""A figure for goals: how often what is outstanding was billed in the period; of one company.

	Of a period that runs what it comes to at its end, if as much is billed on the days to come as on those before.
	"""
	if not company:
		return None
	found = by_month(Scope(company, first, last))
	billed = sum(one.billed for one in found)
	whole, elapsed = (last - first).days + 1, sum(one.days for one in found)
	return receivable_rules.turnover(found[0].opening, found[-1].closing, billed * whole / elapsed)


def _moved(company: str, until: date) -> list[tuple]:
	"""(day, billed, settled) of service invoices up to a day, whole history."""
	entry, invoice = frappe.qb.DocType("Payment Ledger Entry"), frappe.qb.DocType("Sales Invoice")
	own = entry.voucher_no == entry.against_voucher_no
	return (
		frappe.qb.from_(entry)
		.join(invoice)
		.on(invoice.name == entry.against_voucher_no)
		.select(
			entry.posting_date,
			Sum(Case().when(own, entry.amount).else_(0)),
			Sum(Case().when(own, 0).else_(-entry.amount)),
		)
		.where((entry.against_voucher_type == "Sales Invoice") & (entry.delinked == 0))
		.where((entry.company == company) & (entry.posting_date <= until))
		.where((entry.account_type == "Receivable") & _is_of_service(invoice))
		.groupby(entry.posting_date)
		.orderby(entry.posting_date)
	).run()


def _is_of_service(invoice):
	item, contract = frappe.qb.DocType("Sales Invoice Item"), frappe.qb.DocType("Service Contract")
	bills_job = (
		frappe.qb.from_(item)
		.select(item.name)
		.where((item.parent == invoice.name) & item.aftersales_voucher_type.isin(JOB_DOCTYPES))
	)
	of_contract = (
		frappe.qb.from_(contract)
		.select(contract.name)
		.where((contract.subscription == invoice.subscription) & (contract.subscription != ""))
	)
	return (
		invoice.aftersales_voucher_type.isin(JOB_DOCTYPES)
		| ExistsCriterion(bills_job)
		| ExistsCriterion(of_contract)
	)
