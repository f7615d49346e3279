"""What service contracts bear and bill through jobs: their lines charged to Contract, and nothing else of a job.

A job may name a contract and have lines that warranty or the customer pays; those are in Warranty Cost and in
the income of the job. Amounts by the documents dated in the period, hours of the jobs posted in it. Company
currency.
"""

from collections.abc import Iterable

import frappe
from frappe.query_builder import Case
from frappe.query_builder.functions import Coalesce, Sum
from frappe.utils import flt
from pypika.queries import QueryBuilder, Table
from pypika.terms import Criterion, ExistsCriterion, Term

from aftersales.core.job_types import JOB_DOCTYPES
from aftersales.core.money import digits, rounded
from aftersales.core.report_filters import Scope
from aftersales.service_accounts.breaks.queries import LINES
from aftersales.service_accounts.job_ledger import BOUGHT, TRAVEL, Round, cost_of_line, jobs_posted
from aftersales.service_accounts.revenue_ledger import first
from aftersales.service_posting.plan.posting_plan import CONTRACT, EXCESS
from aftersales.vendor_repairs.vendor_costs import costs as vendor_costs

BACK = "Material Receipt"
"""Purpose of the Stock Entry by which a part of a job comes back."""

AMOUNTS = ("billed", "parts", "work", "travel", "vendor")
Found = tuple[str, tuple[str, str], dict[str, float]]
"""A contract, a job, and amounts."""


def figures(scope: Scope) -> dict[str, frappe._dict]:
	"""jobs, billed, parts, work, travel and vendor of each contract that had any in the period."""
	found: dict[str, frappe._dict] = {}
	jobs: dict[str, set] = {}
	for one in (_billed, _parts, _hours, _vendors):
		for contract, job, amounts in one(scope):
			row = found.setdefault(contract, frappe._dict(dict.fromkeys(AMOUNTS, 0.0)))
			jobs.setdefault(contract, set()).add(job)
			for field, amount in amounts.items():
				row[field] = rounded(row[field] + flt(amount))
	for contract, row in found.items():
		row.jobs = len(jobs[contract])
	return found


def _billed(scope: Scope) -> Iterable[Found]:
	"""The customer's shares of lines that a contract bears, and the excess; credit notes taken off."""
	invoice, row = frappe.qb.DocType("Sales Invoice"), frappe.qb.DocType("Sales Invoice Item")
	returned = frappe.qb.DocType("Sales Invoice Item").as_("returned")
	line = first(returned.aftersales_line, row.aftersales_line)
	for job_type in JOB_DOCTYPES:
		job = frappe.qb.DocType(job_type)
		query = (
			_dated(frappe.qb.from_(invoice), invoice, scope)
			.join(row)
			.on(row.parent == invoice.name)
			.left_join(returned)
			.on(returned.name == row.sales_invoice_item)
			.join(job)
			.on(
				(job.name == first(returned.aftersales_voucher, row.aftersales_voucher))
				& (first(returned.aftersales_voucher_type, row.aftersales_voucher_type) == job_type)
			)
			.where(line.like(f"{EXCESS}%") | _borne(line))
			.select(job.service_contract, job.name, Sum(row.base_net_amount))
		)
		yield from _rows(query, job, job_type, "billed")


def _parts(scope: Scope) -> Iterable[Found]:
	"""Parts at the value with which they left stock; returned ones taken off."""
	entry, moved = frappe.qb.DocType("Stock Entry"), frappe.qb.DocType("Stock Entry Detail")
	note, delivered = frappe.qb.DocType("Delivery Note"), frappe.qb.DocType("Delivery Note Item")
	stock = frappe.qb.DocType("Stock Ledger Entry")
	origin, returned = (
		frappe.qb.DocType("Delivery Note").as_("origin"),
		frappe.qb.DocType("Delivery Note Item").as_("returned"),
	)
	for job_type in JOB_DOCTYPES:
		job = frappe.qb.DocType(job_type)
		issued = (
			_dated(frappe.qb.from_(entry), entry, scope)
			.join(moved)
			.on(moved.parent == entry.name)
			.join(job)
			.on((job.name == entry.aftersales_voucher) & (entry.aftersales_voucher_type == job_type))
			.where(_borne(moved.aftersales_line))
			.select(
				job.service_contract,
				job.name,
				Sum(Case().when(entry.purpose == BACK, moved.amount * -1).else_(moved.amount)),
			)
		)
		yield from _rows(issued, job, job_type, "parts")
		sent = (
			_dated(frappe.qb.from_(note), note, scope)
			.join(delivered)
			.on(delivered.parent == note.name)
			.join(stock)
			.on(
				(stock.voucher_type == "Delivery Note")
				& (stock.voucher_no == note.name)
				& (stock.voucher_detail_no == delivered.name)
				& (stock.is_cancelled == 0)
			)
			.left_join(origin)
			.on(origin.name == note.return_against)
			.left_join(returned)
			.on(returned.name == delivered.dn_detail)
			.join(job)
			.on(
				(job.name == first(note.aftersales_voucher, origin.aftersales_voucher))
				& (first(note.aftersales_voucher_type, origin.aftersales_voucher_type) == job_type)
			)
			.where(_borne(first(returned.aftersales_line, delivered.aftersales_line)))
			.select(
				job.service_contract,
				job.name,
				Sum(Round(stock.stock_value_difference, digits()) * -1),
			)
		)
		yield from _rows(sent, job, job_type, "parts")


def _hours(scope: Scope) -> Iterable[Found]:
	"""Work and travel at the technicians' cost."""
	for job_type in JOB_DOCTYPES:
		job, line = frappe.qb.DocType(job_type), frappe.qb.DocType("Service Labour Line")
		cost = cost_of_line(line)
		query = (
			jobs_posted(scope, job_type)
			.join(line)
			.on((line.parent == job.name) & (line.parenttype == job_type))
			.where(line.charge_to == CONTRACT)
			.select(
				job.service_contract,
				job.name,
				Sum(Case().when(line.activity == TRAVEL, 0).else_(cost)),
				Sum(Case().when(line.activity == TRAVEL, cost).else_(0)),
			)
		)
		yield from _rows(query, job, job_type, "work", "travel")


def _vendors(scope: Scope) -> Iterable[Found]:
	"""Vendor repairs and subcontracted visits on jobs of a contract's category that no customer is charged for."""
	for kind in BOUGHT:
		costs = [
			cost
			for cost in vendor_costs(scope.company, scope.from_date, scope.to_date, kind)
			if not flt(cost.charged_on)
		]
		if not costs:
			continue
		job, category = frappe.qb.DocType(kind.job_type), frappe.qb.DocType("Service Category")
		contracts = dict(
			frappe.qb.from_(job)
			.join(category)
			.on(category.name == job.service_category)
			.select(job.name, job.service_contract)
			.where(job.name.isin({cost.job for cost in costs}))
			.where((category.charge_rule == CONTRACT) & (job.service_contract != ""))
			.run()
		)
		for cost in costs:
			if contract := contracts.get(cost.job):
				yield contract, (kind.job_type, cost.job), {"vendor": cost.cost}


def _dated(query: QueryBuilder, document: Table, scope: Scope) -> QueryBuilder:
	return query.where(
		document.posting_date[scope.from_date : scope.to_date]
		& (document.company == scope.company)
		& (document.docstatus == 1)
	)


def _borne(line_name: Term) -> Criterion:
	"""The line of that name is charged to Contract."""
	found = []
	for line_type in LINES:
		line = frappe.qb.DocType(line_type)
		found.append(
			ExistsCriterion(
				frappe.qb.from_(line)
				.select(line.name)
				.where((line.name == line_name) & (line.charge_to == CONTRACT))
			)
		)
	return Criterion.any(found)


def _rows(query: QueryBuilder, job: Table, job_type: str, *fields: str) -> Iterable[Found]:
	query = query.where(Coalesce(job.service_contract, "") != "").groupby(job.service_contract, job.name)
	for contract, name, *amounts in query.run():
		yield (
			contract,
			(job_type, name),
			{field: rounded(amount) for field, amount in zip(fields, amounts, strict=True)},
		)
