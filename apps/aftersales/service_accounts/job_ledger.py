"""What hours and vendors of service jobs cost, by job and period (company currency).

What they earned is in `revenue_ledger`, what their parts cost in `parts_ledger`, what contracts bear in
`contract_ledger`.
"""

from collections.abc import Iterable

import frappe
from frappe.query_builder import Case, CustomFunction
from frappe.query_builder.functions import Coalesce, Sum
from frappe.utils import add_days, flt
from pypika.functions import NullIf
from pypika.queries import QueryBuilder, Table
from pypika.terms import ExistsCriterion, Term

from aftersales.core.job_types import JOB_DOCTYPES
from aftersales.core.money import digits, rounded
from aftersales.core.report_filters import Scope
from aftersales.field_service.subcontracting.terms import SUBCONTRACTED_VISIT
from aftersales.vendor_repairs.vendor_costs import VENDOR_REPAIR
from aftersales.vendor_repairs.vendor_costs import costs as vendor_costs

Round = CustomFunction("ROUND", ["amount", "digits"])

Job = tuple[str, str]
"""Type and name of a job."""

TRAVEL = "Travel"

BOUGHT = (VENDOR_REPAIR, SUBCONTRACTED_VISIT)
"""What suppliers do for jobs."""


def labour_booked(scope: Scope) -> dict[Job, float]:
	"""Hours at cost that Journal Entries moved, per job."""
	ledger, _account, query = _entries(scope, "Journal Entry")
	document = frappe.qb.DocType("Journal Entry")
	query = query.join(document).on(document.name == ledger.voucher_no)
	return _by_job(query, document.aftersales_voucher_type, document.aftersales_voucher, Sum(ledger.debit))


def hours_at_cost(scope: Scope) -> dict[Job, tuple[float, float, float]]:
	"""Work and travel at the technicians' cost, and hours of work, of the jobs posted in the period, per job."""
	found: dict[Job, tuple[float, float, float]] = {}
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
				Sum(Case().when(line.activity == TRAVEL, 0).else_(line.hours)).as_("hours"),
			)
			.groupby(job.name)
		)
		precision = digits()
		for row in query.run(as_dict=True):
			found[job_type, row.name] = (
				flt(row.work, precision),
				flt(row.travel, precision),
				flt(row.hours, 2),
			)
	return found


def cost_of_line(line: Table) -> Term:
	"""What the hours of a Service Labour Line cost, rounded line by line as `posting_plan` books them."""
	return Round(line.hours * line.cost_rate, digits())


def vendor_repairs(scope: Scope) -> dict[Job, float]:
	"""What vendors billed in the period, and what those cost whose bill is still to come, per job."""
	found: dict[Job, float] = {}
	for kind in BOUGHT:
		for bought in vendor_costs(scope.company, scope.from_date, scope.to_date, kind):
			job = (kind.job_type, bought.job)
			found[job] = rounded(found.get(job, 0) + bought.cost)
	return found


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
