"""What the parts of jobs cost (company currency): from the general ledger, or the stock ledger where there is none.

A company without perpetual inventory books no parts; its costs are those of the stock ledger. A return Delivery
Note belongs to the job of the note it returns.
"""

from collections.abc import Iterable

import frappe
from frappe.query_builder.functions import Coalesce, Sum
from frappe.utils import cint, flt
from pypika.queries import QueryBuilder, Table
from pypika.terms import Criterion, ExistsCriterion, Term

from aftersales.core.job_types import JOB_DOCTYPES
from aftersales.core.money import digits, nothing, rounded
from aftersales.core.report_filters import Scope
from aftersales.service_accounts.job_ledger import Round
from aftersales.service_accounts.revenue_ledger import first

Job = tuple[str, str]
DOCUMENTS = ("Stock Entry", "Delivery Note")


def in_general_ledger(company: str) -> bool:
	"""Whether a company books its stock in the general ledger."""
	return bool(cint(frappe.get_cached_value("Company", company, "enable_perpetual_inventory")))


def parts(scope: Scope) -> dict[Job, float]:
	"""What parts cost that left stock for jobs in the period, per job; returned ones taken off."""
	found: dict[Job, float] = {}
	for doctype in DOCUMENTS:
		for job, _name, amount in _moved(scope, doctype, booked=True):
			found[job] = rounded(found.get(job, 0) + amount)
	return found


def issued(scope: Scope) -> float:
	"""The same by the documents themselves: the value with which they took parts out of stock."""
	moved = (row[2] for doctype in DOCUMENTS for row in _moved(scope, doctype, booked=False))
	return rounded(sum(moved))


def differences(scope: Scope) -> Iterable[tuple[str, str, Job, float, float]]:
	"""Type and name of a document, its job, the value it moved and what the general ledger holds, where they differ."""
	if not in_general_ledger(scope.company):
		return
	for doctype in DOCUMENTS:
		valued = {name: (job, amount) for job, name, amount in _moved(scope, doctype, booked=False)}
		booked = {name: (job, amount) for job, name, amount in _moved(scope, doctype, booked=True)}
		for name in sorted({*valued, *booked}):
			job = (valued.get(name) or booked[name])[0]
			one, other = (found[name][1] if name in found else 0 for found in (valued, booked))
			if abs(one - other) > nothing():
				yield doctype, name, job, one, other


def _moved(scope: Scope, doctype: str, booked: bool) -> Iterable[tuple[Job, str, float]]:
	"""Job, document and amount: of the general ledger if `booked`, else the value of the stock moved."""
	if not booked or not in_general_ledger(scope.company):
		entries = frappe.qb.DocType("Stock Ledger Entry")
		# Each move is rounded by itself, as ERPNext books it
		amount = Round(entries.stock_value_difference, digits()) * -1
		condition = entries.is_cancelled == 0
	else:
		entries = frappe.qb.DocType("GL Entry")
		amount = entries.debit - entries.credit
		condition = (entries.is_cancelled == 0) & _of_stock(entries, scope.company).negate()
	document = frappe.qb.DocType(doctype)
	query, job_type, job = _documents(scope, doctype, document)
	rows = (
		query.join(entries)
		.on((entries.voucher_no == document.name) & (entries.voucher_type == doctype))
		.where(condition & job_type.isin(JOB_DOCTYPES))
		.select(job_type, job, document.name, Sum(amount))
		.groupby(job_type, job, document.name)
	).run()
	for of_type, of_job, name, total in rows:
		yield (of_type, of_job), name, rounded(flt(total))


def _documents(scope: Scope, doctype: str, document: Table) -> tuple[QueryBuilder, Term, Term]:
	"""The submitted documents of the period, with type and name of the job each was made for or returns from."""
	job_type, job = document.aftersales_voucher_type, document.aftersales_voucher
	query = frappe.qb.from_(document)
	if doctype == "Delivery Note":
		returned = frappe.qb.DocType(doctype).as_("returned")
		query = query.left_join(returned).on(returned.name == document.return_against)
		job_type = first(job_type, returned.aftersales_voucher_type)
		job = first(job, returned.aftersales_voucher)
	query = query.where(
		document.posting_date[scope.from_date : scope.to_date]
		& (document.company == scope.company)
		& (document.docstatus == 1)
	)
	return query, job_type, job


def _of_stock(entries: Table, company: str) -> Criterion:
	"""The entry is on an account that stock is kept on: of type Stock, or the one of a warehouse or the company."""
	account, warehouse = frappe.qb.DocType("Account"), frappe.qb.DocType("Warehouse")
	kept = (
		frappe.qb.from_(account)
		.select(account.name)
		.where((account.name == entries.account) & (Coalesce(account.account_type, "") == "Stock"))
	)
	of_warehouse = (
		frappe.qb.from_(warehouse)
		.select(warehouse.name)
		.where((warehouse.account == entries.account) & (warehouse.company == company))
	)
	default = frappe.get_cached_value("Company", company, "default_inventory_account") or ""
	return ExistsCriterion(kept) | ExistsCriterion(of_warehouse) | (entries.account == default)
