"""The queries that look for lines of a posted job that are not what it was posted with (R-AC-6).

Only a save of the job writes its lines, and a submitted one is not saved with other lines. What got in by
another way (the database, another app) is told here. Columns as in `reconciliation_checks`.
"""

from collections.abc import Iterable

import frappe
from frappe.query_builder.functions import Coalesce, Sum
from pypika.queries import QueryBuilder, Table
from pypika.terms import Criterion, LiteralValue, Term

from aftersales.core.job_types import JOB_DOCTYPES
from aftersales.core.money import nothing
from aftersales.core.report_filters import Scope
from aftersales.service_accounts.breaks.queries import (
	EMPTY,
	LINES,
	NOTHING,
	Check,
	billed_jobs,
	jobs,
	select,
)
from aftersales.service_accounts.reconciliation_rules import Reason
from aftersales.service_posting.plan.posting_plan import CUSTOMER

A_MINUTE_LATER = LiteralValue("interval 1 minute")


def checks(scope: Scope) -> Iterable[Check]:
	"""Reason, type of job, type of document and query of each check."""
	for job_type in JOB_DOCTYPES:
		yield Reason.LINES_DIFFER, job_type, None, _more_than_due(scope, job_type)
		for line_type in LINES:
			yield Reason.LINES_DIFFER, job_type, None, _added_later(scope, job_type, line_type)
			yield Reason.LINES_DIFFER, job_type, "Sales Invoice", _not_on_invoice(scope, job_type, line_type)


def _added_later(scope: Scope, job_type: str, line_type: str) -> QueryBuilder:
	"""Lines that were made after the job was posted: the sum of their amounts was never due."""
	job, query = jobs(scope, job_type)
	line = frappe.qb.DocType(line_type)
	query = (
		query.join(line)
		.on(_of(job, job_type, line))
		.where(line.creation > job.posted_at + A_MINUTE_LATER)
		.groupby(job.name)
	)
	return select(query, job, job_type, EMPTY, NOTHING, Sum(line.amount), job.currency)


def _more_than_due(scope: Scope, job_type: str) -> QueryBuilder:
	"""Before it is invoiced: the customer's lines come to more net than is due with taxes."""
	job, query = jobs(scope, job_type)
	net = _net(job, job_type, LINES[0]) + _net(job, job_type, LINES[1])
	query = query.where(job.sales_invoice.isnull() & (job.billing_status == "To Bill"))
	query = query.where(net > job.amount_due + nothing())
	return select(query, job, job_type, EMPTY, job.amount_due, net, job.currency)


def _not_on_invoice(scope: Scope, job_type: str, line_type: str) -> QueryBuilder:
	"""Lines of the customer with an amount that no row of the job's own invoice has."""
	job, query, invoice = billed_jobs(scope, job_type)
	line, row = frappe.qb.DocType(line_type), frappe.qb.DocType("Sales Invoice Item")
	billed = Coalesce(Sum(row.net_amount), 0)
	query = (
		query.join(line)
		.on(_of(job, job_type, line))
		.left_join(row)
		.on((row.parent == invoice.name) & (row.aftersales_line == line.name))
		.where(
			(line.charge_to == CUSTOMER) & (invoice.aftersales_voucher == job.name) & (invoice.docstatus < 2)
		)
		.where((line.amount != 0) & row.name.isnull())
		.groupby(job.name, invoice.name)
	)
	return select(query, job, job_type, invoice.name, Sum(line.amount), billed, job.currency)


def _net(job: Table, job_type: str, line_type: str) -> Term:
	"""What the lines of a job come to, net, as far as the customer pays them."""
	line = frappe.qb.DocType(line_type)
	lines = (
		frappe.qb.from_(line)
		.select(Sum(line.amount))
		.where(_of(job, job_type, line) & (line.charge_to == CUSTOMER))
	)
	return Coalesce(lines, 0)


def _of(job: Table, job_type: str, line: Table) -> Criterion:
	return (line.parent == job.name) & (line.parenttype == job_type)
