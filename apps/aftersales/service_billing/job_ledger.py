"""What service jobs moved in the general ledger, by job and period (company currency).

Read from the ledger itself, so that the sums of every report are the ledger's to the cent. A credit note
belongs to the job of the invoice it returns.
"""

from collections.abc import Iterable

import frappe
from frappe.query_builder import Case, CustomFunction
from frappe.query_builder.functions import Coalesce, Sum
from frappe.utils import add_days, flt
from pypika.functions import NullIf
from pypika.queries import QueryBuilder, Table
from pypika.terms import ExistsCriterion, Term

from aftersales.money import digits, rounded
from aftersales.repair_workshop.vendor_repairs import costs as vendor_costs
from aftersales.service_billing.posting import JOB_DOCTYPES
from aftersales.service_billing.report_filters import Scope

Round = CustomFunction("ROUND", ["amount", "digits"])

Job = tuple[str, str]
"""Type and name of a job."""

TRAVEL = "Travel"


def income(scope: Scope) -> dict[Job, float]:
	"""Credit less debit on income accounts by the invoices and credit notes of jobs, per job.

	An invoice of one job is all its own. On an invoice of several, each has the rows that name it.
	"""
	ledger, account, query = _entries(scope, "Sales Invoice")
	invoice, returned, query = _with_returned(query, ledger.voucher_no)
	query = query.where(account.root_type == "Income")
	job_type = _first(invoice.aftersales_voucher_type, returned.aftersales_voucher_type)
	job = _first(invoice.aftersales_voucher, returned.aftersales_voucher)
	found = _by_job(query, job_type, job, Sum(ledger.credit - ledger.debit))

	invoice, row, query = _rows_of_shared_invoices(scope)
	shared = _by_job(query, row.aftersales_voucher_type, row.aftersales_voucher, Sum(row.base_net_amount))
	for one, amount in shared.items():
		found[one] = rounded(found.get(one, 0) + amount)
	return found


def income_of_invoices(scope: Scope) -> float:
	"""Income in the ledger by the same documents as :func:`invoiced_net`, added up by account."""
	ledger, account, query = _entries(scope, "Sales Invoice")
	query = query.where(
		(account.root_type == "Income") & ledger.voucher_no.isin(_invoices_of_jobs(scope))
	).select(Sum(ledger.credit - ledger.debit))
	return rounded(query.run()[0][0])


def income_of_all_invoices(scope: Scope) -> float:
	"""Income in the ledger by every sales invoice and credit note of the period, of jobs or not."""
	ledger, account, query = _entries(scope, "Sales Invoice")
	query = query.where(account.root_type == "Income").select(Sum(ledger.credit - ledger.debit))
	return rounded(query.run()[0][0])


def contract_fees(scope: Scope) -> dict[str, float]:
	"""Income in the ledger by the invoices of the contracts' subscriptions, credit notes taken off; by contract."""
	ledger, account, query = _entries(scope, "Sales Invoice")
	invoice, contract = frappe.qb.DocType("Sales Invoice"), frappe.qb.DocType("Service Contract")
	query = (
		query.join(invoice)
		.on(invoice.name == ledger.voucher_no)
		.join(contract)
		.on((contract.subscription == invoice.subscription) & (contract.docstatus > 0))
		.where((contract.subscription != "") & (account.root_type == "Income"))
		.select(contract.name, Sum(ledger.credit - ledger.debit))
		.groupby(contract.name)
	)
	return {name: rounded(amount) for name, amount in query.run()}


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
			found[job] = rounded(found.get(job, 0) + amount)
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
		cost = cost_of_line(line)
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
		precision = digits()
		for row in query.run(as_dict=True):
			found[job_type, row.name] = (flt(row.work, precision), flt(row.travel, precision))
	return found


def cost_of_line(line: Table) -> Term:
	"""What the hours of a Service Labour Line cost, rounded line by line as `posting_plan` books them."""
	return Round(line.hours * line.cost_rate, digits())


def vendor_repairs(scope: Scope) -> dict[Job, float]:
	"""What vendors billed in the period, and what those cost whose bill is still to come, per job."""
	found: dict[Job, float] = {}
	for repair in vendor_costs(scope.company, scope.from_date, scope.to_date):
		job = ("Repair Card", repair.repair_card)
		found[job] = rounded(found.get(job, 0) + repair.cost)
	return found


def invoiced_net(scope: Scope) -> float:
	"""Net total of the submitted invoices and credit notes of jobs, by the documents themselves."""
	invoice = frappe.qb.DocType("Sales Invoice")
	query = (
		frappe.qb.from_(invoice)
		.where(invoice.name.isin(_invoices_of_jobs(scope)))
		.select(Sum(invoice.base_net_total))
	)
	return rounded(query.run()[0][0])


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
	return rounded(query.run()[0][0])


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
	precision = digits()
	return {(row.job_type, row.job): flt(row.amount, precision) for row in rows}


def _with_returned(query: QueryBuilder, name: Term) -> tuple[Table, Table, QueryBuilder]:
	"""The invoice of that name, and the one it returns."""
	invoice = frappe.qb.DocType("Sales Invoice")
	returned = frappe.qb.DocType("Sales Invoice").as_("returned")
	return (
		invoice,
		returned,
		query.join(invoice)
		.on(invoice.name == name)
		.left_join(returned)
		.on(returned.name == invoice.return_against),
	)


def _invoices_in(scope: Scope) -> tuple[Table, Table, QueryBuilder]:
	"""The submitted invoices and credit notes of the period, each with the one it returns."""
	invoice = frappe.qb.DocType("Sales Invoice")
	returned = frappe.qb.DocType("Sales Invoice").as_("returned")
	return (
		invoice,
		returned,
		frappe.qb.from_(invoice)
		.left_join(returned)
		.on(returned.name == invoice.return_against)
		.where(
			invoice.posting_date[scope.from_date : scope.to_date]
			& (invoice.company == scope.company)
			& (invoice.docstatus == 1)
		),
	)


def _rows_of_shared_invoices(scope: Scope) -> tuple[Table, Table, QueryBuilder]:
	"""Rows that name their job on an invoice that names none, and on its credit notes."""
	invoice, returned, query = _invoices_in(scope)
	row = frappe.qb.DocType("Sales Invoice Item")
	named = _first(invoice.aftersales_voucher, returned.aftersales_voucher)
	return invoice, row, query.join(row).on(row.parent == invoice.name).where(named.isnull())


def _invoices_of_jobs(scope: Scope) -> QueryBuilder:
	"""Names of the submitted invoices and credit notes that bill or credit a job."""
	invoice, returned, query = _invoices_in(scope)
	row = frappe.qb.DocType("Sales Invoice Item")
	of_one = _first(invoice.aftersales_voucher_type, returned.aftersales_voucher_type).isin(JOB_DOCTYPES)
	of_several = ExistsCriterion(
		frappe.qb.from_(row)
		.select(row.name)
		.where((row.parent == invoice.name) & row.aftersales_voucher_type.isin(JOB_DOCTYPES))
	)
	return query.where(of_one | of_several).select(invoice.name)


def _first(one: Term, other: Term) -> Term:
	"""`one`, or `other` where it is empty; the fields of a link are empty strings or null."""
	return Coalesce(NullIf(one, ""), NullIf(other, ""))
