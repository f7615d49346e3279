"""What service jobs moved in the general ledger, by job and period (company currency).

Read from the ledger itself, so that the sums of every report are the ledger's to the cent. A credit note
belongs to the job of the invoice it returns.
"""

from collections.abc import Iterable
from datetime import date

import frappe
from frappe.query_builder import Case
from frappe.query_builder.functions import Coalesce, Count, Sum
from frappe.utils import add_days, flt
from pypika.queries import QueryBuilder, Table
from pypika.terms import Term

from aftersales.service_billing.posting import JOB_DOCTYPES
from aftersales.service_billing.reconciliation_checks import Scope

Job = tuple[str, str]
"""Type and name of a job."""

TRAVEL = "Travel"


def income(scope: Scope) -> dict[Job, float]:
	"""Credit less debit on income accounts by the invoices and credit notes of jobs, per job."""
	ledger, account, query = _entries(scope, "Sales Invoice")
	invoice = frappe.qb.DocType("Sales Invoice")
	returned = frappe.qb.DocType("Sales Invoice").as_("returned")
	job_type = _first(invoice.aftersales_voucher_type, returned.aftersales_voucher_type)
	job = _first(invoice.aftersales_voucher, returned.aftersales_voucher)
	query = (
		query.join(invoice)
		.on(invoice.name == ledger.voucher_no)
		.left_join(returned)
		.on(returned.name == invoice.return_against)
		.where(account.root_type == "Income")
	)
	return _by_job(query, job_type, job, Sum(ledger.credit - ledger.debit))


def parts(scope: Scope) -> dict[Job, float]:
	"""What parts cost that left stock for jobs: the other side of the stock account, per job."""
	found: dict[Job, float] = {}
	for doctype in ("Stock Entry", "Delivery Note"):
		ledger, account, query = _entries(scope, doctype)
		document = frappe.qb.DocType(doctype)
		query = (
			query.join(document)
			.on(document.name == ledger.voucher_no)
			.where(Coalesce(account.account_type, "") != "Stock")
		)
		rows = _by_job(
			query,
			document.aftersales_voucher_type,
			document.aftersales_voucher,
			Sum(ledger.debit - ledger.credit),
		)
		for job, amount in rows.items():
			found[job] = flt(found.get(job, 0) + amount, 2)
	return found


def labour_booked(scope: Scope) -> dict[Job, float]:
	"""Hours at cost that Journal Entries moved, per job."""
	ledger, _account, query = _entries(scope, "Journal Entry")
	document = frappe.qb.DocType("Journal Entry")
	query = query.join(document).on(document.name == ledger.voucher_no)
	return _by_job(query, document.aftersales_voucher_type, document.aftersales_voucher, Sum(ledger.debit))


def hours_at_cost(scope: Scope) -> dict[Job, tuple[float, float]]:
	"""Work and travel at the technicians' cost of the jobs posted in the period, per job."""
	found: dict[Job, tuple[float, float]] = {}
	for job_type in JOB_DOCTYPES:
		job, line = frappe.qb.DocType(job_type), frappe.qb.DocType("Service Labour Line")
		cost = line.hours * line.cost_rate
		query = (
			jobs_posted(scope, job_type)
			.join(line)
			.on((line.parent == job.name) & (line.parenttype == job_type))
			.select(
				job.name,
				Sum(Case().when(line.activity == TRAVEL, 0).else_(cost)).as_("work"),
				Sum(Case().when(line.activity == TRAVEL, cost).else_(0)).as_("travel"),
			)
			.groupby(job.name)
		)
		for row in query.run(as_dict=True):
			found[job_type, row.name] = (flt(row.work, 2), flt(row.travel, 2))
	return found


def invoiced_net(scope: Scope) -> float:
	"""Net total of the submitted invoices and credit notes of jobs, by the documents themselves."""
	invoice = frappe.qb.DocType("Sales Invoice")
	returned = frappe.qb.DocType("Sales Invoice").as_("returned")
	query = (
		frappe.qb.from_(invoice)
		.left_join(returned)
		.on(returned.name == invoice.return_against)
		.where(
			invoice.posting_date[scope.from_date : scope.to_date]
			& (invoice.company == scope.company)
			& (invoice.docstatus == 1)
			& _first(invoice.aftersales_voucher_type, returned.aftersales_voucher_type).isin(JOB_DOCTYPES)
		)
		.select(Sum(invoice.base_net_total))
	)
	return flt(query.run()[0][0], 2)


def parts_at_cost(scope: Scope) -> float:
	"""Value of the submitted Stock Entries of jobs, by the documents themselves."""
	entry = frappe.qb.DocType("Stock Entry")
	query = (
		frappe.qb.from_(entry)
		.where(
			entry.posting_date[scope.from_date : scope.to_date]
			& (entry.company == scope.company)
			& (entry.docstatus == 1)
			& entry.aftersales_voucher_type.isin(JOB_DOCTYPES)
		)
		.select(Sum(entry.value_difference * -1))
	)
	return flt(query.run()[0][0], 2)


def jobs_posted(scope: Scope, job_type: str) -> QueryBuilder:
	"""The submitted jobs of a type that were posted in the period."""
	job = frappe.qb.DocType(job_type)
	return frappe.qb.from_(job).where(
		(job.posted_at >= scope.from_date)
		& (job.posted_at < add_days(scope.to_date, 1))
		& (job.company == scope.company)
		& (job.docstatus == 1)
	)


def facts(jobs: Iterable[Job], fields: dict[str, dict[str, str]]) -> dict[Job, frappe._dict]:
	"""Fields of many jobs by one query a type; `fields`: type → name in the result → field."""
	found: dict[Job, frappe._dict] = {}
	for job_type in JOB_DOCTYPES:
		names = [name for kind, name in jobs if kind == job_type]
		if not names:
			continue
		job = frappe.qb.DocType(job_type)
		query = (
			frappe.qb.from_(job)
			.select(job.name, *(job[field].as_(alias) for alias, field in fields[job_type].items()))
			.where(job.name.isin(names))
		)
		found.update({(job_type, row.name): row for row in query.run(as_dict=True)})
	return found


def _entries(scope: Scope, voucher_type: str) -> tuple[Table, Table, QueryBuilder]:
	ledger, account = frappe.qb.DocType("GL Entry"), frappe.qb.DocType("Account")
	return (
		ledger,
		account,
		frappe.qb.from_(ledger)
		.join(account)
		.on(account.name == ledger.account)
		.where(
			ledger.posting_date[scope.from_date : scope.to_date]
			& (ledger.company == scope.company)
			& (ledger.voucher_type == voucher_type)
			& (ledger.is_cancelled == 0)
		),
	)


def _by_job(query: QueryBuilder, job_type: Term, job: Term, amount: Term) -> dict[Job, float]:
	rows = (
		query.where(job_type.isin(JOB_DOCTYPES))
		.select(job_type.as_("job_type"), job.as_("job"), amount.as_("amount"))
		.groupby(job_type, job)
	).run(as_dict=True)
	return {(row.job_type, row.job): flt(row.amount, 2) for row in rows}


def _first(one: Term, other: Term) -> Term:
	"""`one`, or `other` where it is empty; the fields of a link are empty strings or null."""
	return Coalesce(Case().when(one == "", None).else_(one), other)
