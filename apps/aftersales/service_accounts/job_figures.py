"""Figures of the jobs of a company and period that a goal can be set for: margin, kinds and methods of work."""

from collections.abc import Iterable
from datetime import date

import frappe
from frappe.query_builder import Case
from frappe.query_builder.functions import Coalesce, Count, Sum
from frappe.utils import add_days, flt

from aftersales.core.job_types import CARD, JOB_DOCTYPES, VISIT
from aftersales.core.report_filters import Scope, share
from aftersales.service_accounts import job_ledger, parts_ledger, revenue_ledger
from aftersales.service_calls.metrics import is_failure, number

FINISHED = {
	VISIT: ("departed_at", "outcome", ("Completed",)),
	CARD: ("verified_at", "status", ("Ready", "Returned")),
}
COMPONENT = "Component"


def margin(
	first: date, last: date, company: str | None, brand: str | None = None, model: str | None = None
) -> float | None:
	"""Income less cost in per cent of the income of service jobs, as the report Job Profitability has it; all or of a model."""
	if not company:
		return None
	scope = Scope(company, first, last)
	income, parts = revenue_ledger.income(scope), parts_ledger.parts(scope)
	hours, vendors = job_ledger.hours_at_cost(scope), job_ledger.vendor_repairs(scope)
	jobs = {*income, *parts, *hours, *vendors}
	if brand or model:
		jobs = _of_products(jobs, {"brand": brand, "model": model})
	earned = sum(income.get(job, 0) for job in jobs)
	cost = sum(parts.get(job, 0) + vendors.get(job, 0) + sum(hours.get(job, (0, 0))[:2]) for job in jobs)
	return share(earned - cost, earned)


def _of_products(jobs: Iterable[job_ledger.Job], wanted: dict[str, str | None]) -> set[job_ledger.Job]:
	"""Those of `jobs` that were done on products with the fields `wanted`; empty ones are not asked."""
	product = frappe.qb.DocType("Customer Equipment")
	found: set[job_ledger.Job] = set()
	for job_type in JOB_DOCTYPES:
		names = [name for kind, name in jobs if kind == job_type]
		job = frappe.qb.DocType(job_type)
		query = frappe.qb.from_(job).join(product).on(product.name == job.equipment).select(job.name)
		for field, value in wanted.items():
			if value:
				query = query.where(product[field] == value)
		if names:
			found |= {(job_type, name) for name in query.where(job.name.isin(names)).run(pluck=True)}
	return found


def repair_share(first: date, last: date, company: str | None) -> float | None:
	"""Hours spent on what had failed in per cent of all hours of work, travel left out, of the jobs posted."""
	if not company:
		return None
	call, line = frappe.qb.DocType("Repair Call"), frappe.qb.DocType("Service Labour Line")
	repairing = every = 0.0
	for job_type in JOB_DOCTYPES:
		job = frappe.qb.DocType(job_type)
		query = (
			job_ledger.jobs_posted(Scope(company, first, last), job_type)
			.join(line)
			.on((line.parent == job.name) & (line.parenttype == job_type))
			.left_join(call)
			.on(call.name == job.repair_call)
			.where(line.activity != job_ledger.TRAVEL)
			.select(
				Sum(Case().when(call.name.notnull() & is_failure(call), line.hours).else_(0)), Sum(line.hours)
			)
		)
		of_failures, of_all = query.run()[0]
		repairing, every = repairing + flt(of_failures), every + flt(of_all)
	return share(repairing, every)


def component_share(first: date, last: date, company: str | None) -> float | None:
	"""Repairs of a component, the cheapest method, in per cent of those that say a method (report Repair Methods)."""
	if not company:
		return None
	call = frappe.qb.DocType("Repair Call")
	components = every = 0
	for job_type, (day, field, values) in FINISHED.items():
		job = frappe.qb.DocType(job_type)
		query = (
			frappe.qb.from_(job)
			.left_join(call)
			.on(call.name == job.repair_call)
			.where((job.docstatus == 1) & (job.company == company) & job[field].isin(values))
			.where((job[day] >= first) & (job[day] < add_days(last, 1)))
			.where((Coalesce(job.repair_method, "") != "") & (call.name.isnull() | is_failure(call)))
			.select(number(job.repair_method == COMPONENT), Count(job.name))
		)
		of_component, of_all = query.run()[0]
		components, every = components + flt(of_component), every + flt(of_all)
	return share(components, every)
