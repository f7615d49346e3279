"""What calls cost, and what warranty costs beside the sale of products, for the key figures (R-KPI)."""

import frappe
from frappe.query_builder import Case, Interval
from frappe.query_builder.functions import Coalesce, Date, Sum
from pypika.terms import LiteralValue

from aftersales.core.job_types import JOB_DOCTYPES
from aftersales.core.money import rounded
from aftersales.core.report_filters import Scope
from aftersales.service_accounts import revenue_ledger
from aftersales.service_accounts.warranty_exchanges import replaced_in
from aftersales.service_accounts.warranty_lines import cost_of_lines, warranty_vendor_repairs
from aftersales.service_calls import metrics as calls
from aftersales.service_calls.metrics import Selection


def cost_of_closed_calls(selection: Selection) -> list[dict]:
	"""cost: parts, hours and travel at cost of all jobs of the calls closed in the period, and what vendors
	asked for (their labour and parts); company currency.

	A job that was called off or cancelled cost nothing of ours, but its supplier's bill stands.
	"""
	call = frappe.qb.DocType("Repair Call")
	found = []
	for job_type in JOB_DOCTYPES:
		job = frappe.qb.DocType(job_type)
		own = Case().when(job.docstatus == 1, job.parts_cost + job.labour_cost).else_(0)
		cost = own + Coalesce(job.vendor_cost, 0)
		query = frappe.qb.from_(job)
		found += (
			calls.of_calls(selection, query, call.closed_at, job.repair_call)
			.select(Sum(cost).as_("cost"))
			.run(as_dict=True)
		)
	return found


def queue(company: str | None = None) -> list[dict]:
	"""Finished jobs that nobody has billed yet, one row for each kind of job; their age counts from when they
	were finished; late are those whose clock is over, or without a clock all from before today (R-AC-4)."""
	found = []
	for job_type in JOB_DOCTYPES:
		job = frappe.qb.DocType(job_type)
		query = frappe.qb.from_(job).where((job.docstatus == 1) & (job.billing_status == "To Bill"))
		stage = LiteralValue(f"'{job_type}'")
		end_of_day = Date(job.posted_at) + Interval(days=1)
		found += calls.waiting(query, job, stage, job.posted_at, end_of_day, company, by_clock_alone=True)
	return found


def warranty_cost(scope: Scope) -> float:
	"""What the report Warranty Cost says of a period: lines of the jobs posted in it, vendors' repairs, products replaced."""
	rows = (*warranty_vendor_repairs(scope), *replaced_in(scope))
	return rounded(cost_of_lines(scope) + sum(row.cost for row in rows))


def product_revenue(scope: Scope) -> float:
	"""Income by the invoices of the period that bill neither a service job nor a contract's fee, by the ledger."""
	jobs = sum(one.income for one in revenue_ledger.of_jobs(scope).values())
	fees = sum(revenue_ledger.contract_fees(scope).values())
	return rounded(revenue_ledger.of_all_invoices(scope) - jobs - fees)
