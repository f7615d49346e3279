"""What each service contract brought and cost: fees and shares billed, parts, work and travel (R-AC-5).

Fees are the invoices of the contract's Subscription, as far as they are income yet. Of its jobs only the lines
charged to Contract count: the customer's shares of them and the excess, their parts and hours; and vendor repairs
of a contract's category that no customer is charged for. Income, parts and vendors' bills are those dated in the
period, hours those of the jobs posted in it. Company currency.
"""

import frappe
from frappe import _
from frappe.query_builder import Order
from frappe.query_builder.functions import Sum
from frappe.utils import flt

from aftersales.core.input.filters import validate_filters
from aftersales.core.money import rounded
from aftersales.core.report_filters import (
	Scope,
	column,
	currency,
	link,
	money,
	percent,
	scope_of,
	share,
)
from aftersales.service_accounts import contract_ledger, revenue_ledger

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
		column("status", _("State", context="After-sales"), width=80),
		column("end_date", _("Ends"), "Date", 115),
		money("fees", _("Fees"), 110),
		money("billed", _("Shares Billed"), 120),
		money("cost", _("Cost"), 110),
		money("margin", _("Margin"), 110),
		percent("margin_percent", _("Margin %")),
		column("jobs", _("Jobs"), "Int", 65),
		money("parts", _("Parts at Cost"), 115),
		money("work", _("Work at Cost"), 115),
		money("travel", _("Travel at Cost"), 115),
		money("vendor", _("Vendor Repairs"), 115),
		currency(),
	]


def contract_rows(scope: Scope, customer: str | None = None) -> list[frappe._dict]:
	"""One row for each contract in force in the period, or with figures in it; the least margin first."""
	fees, jobs = revenue_ledger.contract_fees(scope), contract_ledger.figures(scope)
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
		row.margin_percent = share(row.margin, income)
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
