"""What each service contract brought and cost: fees and shares billed, parts, work and travel (R-AC-5).

Fees are the invoices of the contract's Subscription; shares and excess are what its jobs billed to the
customer. Income, parts and vendors' bills are those dated in the period, hours those of the jobs posted in
it. Company currency.
"""

import frappe
from frappe import _
from frappe.query_builder import Order

from aftersales.core.filters import validate_filters
from aftersales.money import rounded
from aftersales.service_billing import job_ledger
from aftersales.service_billing.report_filters import Scope, column, currency, link, money, scope_of

FIELDS = {doctype: {"service_contract": "service_contract"} for doctype in job_ledger.JOB_DOCTYPES}

NOTHING = dict.fromkeys(("jobs", "billed", "parts", "work", "travel", "vendor"), 0)


@validate_filters
def execute(filters: dict | None = None) -> tuple:
	"""Script report. Filters: company, from_date, to_date (all needed), customer."""
	scope = scope_of(filters)
	rows = contract_rows(scope, (filters or {}).get("customer"))
	return columns(), rows, None, None, _summary(rows)


def columns() -> list[dict]:
	return [
		link("service_contract", _("Service Contract"), "Service Contract", 155),
		link("customer", _("Customer"), "Customer", 170),
		column("status", _("State"), width=80),
		column("end_date", _("Ends"), "Date", 115),
		money("fees", _("Fees"), 110),
		money("billed", _("Shares Billed"), 120),
		money("cost", _("Cost"), 110),
		money("margin", _("Margin"), 110),
		column("margin_percent", _("Margin %"), width=90, align="right"),
		column("jobs", _("Jobs"), "Int", 65),
		money("parts", _("Parts at Cost"), 115),
		money("work", _("Work at Cost"), 115),
		money("travel", _("Travel at Cost"), 115),
		money("vendor", _("Vendor Repairs"), 115),
		currency(),
	]


def contract_rows(scope: Scope, customer: str | None = None) -> list[frappe._dict]:
	"""One row for each contract in force in the period, or with figures in it; the least margin first."""
	fees, jobs = job_ledger.contract_fees(scope), _figures_of_jobs(scope)
	code = frappe.get_cached_value("Company", scope.company, "default_currency")
	rows = []
	for contract in _contracts(scope, customer):
		name = contract.service_contract
		figures = jobs.get(name) or frappe._dict(NOTHING)
		if not (contract.in_force or name in fees or name in jobs):
			continue
		row = frappe._dict(contract, **figures, fees=fees.get(name, 0), currency=code)
		row.cost = rounded(row.parts + row.work + row.travel + row.vendor)
		income = rounded(row.fees + row.billed)
		row.margin = rounded(income - row.cost)
		row.margin_percent = f"{100 * row.margin / income:.1f} %" if income else ""
		rows.append(row)
	return sorted(rows, key=lambda row: (row.margin, row.service_contract))


def _contracts(scope: Scope, customer: str | None) -> list[frappe._dict]:
	contract = frappe.qb.DocType("Service Contract")
	query = (
		frappe.qb.from_(contract)
		.select(
			contract.name.as_("service_contract"),
			contract.customer,
			contract.status,
			contract.start_date,
			contract.end_date,
		)
		.where((contract.docstatus > 0) & (contract.company == scope.company))
		.orderby(contract.name, order=Order.asc)
	)
	if customer:
		query = query.where(contract.customer == customer)
	rows = query.run(as_dict=True)
	for row in rows:
		row.in_force = row.start_date <= scope.to_date and (
			not row.end_date or row.end_date >= scope.from_date
		)
	return rows


def _figures_of_jobs(scope: Scope) -> dict[str, frappe._dict]:
	"""Jobs, what they billed and what they cost, by contract."""
	income, parts = job_ledger.income(scope), job_ledger.parts(scope)
	hours, vendors = job_ledger.hours_at_cost(scope), job_ledger.vendor_repairs(scope)
	found: dict[str, frappe._dict] = {}
	for job, fact in job_ledger.facts({*income, *parts, *hours, *vendors}, FIELDS).items():
		if not fact.service_contract or fact.name != job[1]:
			continue
		row = found.setdefault(fact.service_contract, frappe._dict(NOTHING))
		work, travel = hours.get(job, (0, 0))
		row.jobs += 1
		for field, amount in (
			("billed", income.get(job, 0)),
			("parts", parts.get(job, 0)),
			("work", work),
			("travel", travel),
			("vendor", vendors.get(job, 0)),
		):
			row[field] = rounded(row[field] + amount)
	return found


def _summary(rows: list[frappe._dict]) -> list[dict]:
	if not rows:
		return []
	labels = {"fees": _("Fees"), "billed": _("Shares Billed"), "cost": _("Cost"), "margin": _("Margin")}
	return [
		{
			"label": label,
			"value": rounded(sum(row[field] for row in rows)),
			"datatype": "Currency",
			"currency": rows[0].currency,
		}
		for field, label in labels.items()
	]
