"""What each job earned and cost: income and parts from the general ledger, vendors by their bills, hours from the job.

Income, parts and vendors' bills are those dated in the period, hours those of the jobs posted in it. A vendor
repair not billed yet counts on the day the product came back. Company currency.
"""

import frappe
from frappe import _
from frappe.utils import flt

from aftersales.core.input.filters import validate_filters
from aftersales.core.money import rounded
from aftersales.core.report_filters import (
	Scope,
	column,
	currency,
	job_columns,
	link,
	money,
	percent,
	scope_of,
	share,
)
from aftersales.service_accounts import job_ledger, parts_ledger, revenue_ledger

COMMON = {
	"customer": "customer",
	"customer_name": "customer_name",
	"service_category": "service_category",
	"equipment": "equipment",
	"repair_call": "repair_call",
	"posted_at": "posted_at",
}
FIELDS = {
	"Service Voucher": {**COMMON, "technician": "technician"},
	"Repair Card": {**COMMON, "technician": "assigned_technician"},
}
GROUPS = {
	"Job": "",
	"Customer": "customer",
	"Technician": "technician",
	"Service Category": "service_category",
	"Model": "model",
	"Request Type": "request_type",
}
OF_OTHERS = {
	"Model": ("Customer Equipment", "equipment", ("brand", "model")),
	"Request Type": ("Repair Call", "repair_call", ("request_type",)),
}
"""Group -> the DocType it is read from, the job's link to it, and its fields."""
AMOUNTS = ("income", "parts", "work", "travel", "vendor", "cost", "margin")


@validate_filters
def execute(filters: dict | None = None) -> tuple:
	"""Script report. Filters: company, from_date, to_date (all needed), group_by, and customer, technician,
	service_category to look at some jobs only."""
	scope = scope_of(filters)
	filters = frappe._dict(filters)
	group = filters.group_by or "Job"
	if group not in GROUPS:
		frappe.throw(_("Group by one of: {0}.").format(", ".join(_(name) for name in GROUPS)))
	rows = [row for row in job_rows(scope) if _wanted(row, filters)]
	if group in OF_OTHERS:
		_read_of_others(rows, group)
	if group != "Job":
		rows = _grouped(rows, GROUPS[group])
	for row in rows:
		row.margin_percent = share(row.margin, row.income)
	return columns(group), rows, None, None, _summary(rows)


def columns(group: str) -> list[dict]:
	first = {
		"Job": [
			column("date", _("Date"), "Date", 115),
			*job_columns(),
			link("customer", _("Customer"), "Customer", 160),
			link("technician", _("Technician"), "Service Technician", 125),
			link("service_category", _("Category"), "Service Category", 90),
		],
		"Customer": [link("value", _("Customer"), "Customer", 240)],
		"Technician": [link("value", _("Technician"), "Service Technician", 240)],
		"Service Category": [link("value", _("Category"), "Service Category", 200)],
		"Model": [column("value", _("Model"), width=240)],
		"Request Type": [link("value", _("Request Type"), "Service Request Type", 240)],
	}[group]
	if group != "Job":
		first.append(column("jobs", _("Jobs"), "Int", 70))
		first.append(percent("income_share", _("Income %")))
		first.append(percent("cost_share", _("Cost %")))
		first.append(percent("hours_share", _("Hours %")))
	return [
		*first,
		money("income", _("Income")),
		money("cost", _("Cost")),
		money("margin", _("Margin")),
		percent("margin_percent", _("Margin %")),
		column("hours", _("Hours of Work"), "Float", 120, precision=2),
		money("parts", _("Parts at Cost")),
		money("work", _("Work at Cost")),
		money("travel", _("Travel at Cost")),
		money("vendor", _("Vendor Repairs")),
		currency(),
	]


def job_rows(scope: Scope) -> list[frappe._dict]:
	"""One row for each job that earned or cost something in the period, by date and name."""
	income, parts = revenue_ledger.income(scope), parts_ledger.parts(scope)
	hours, vendors = job_ledger.hours_at_cost(scope), job_ledger.vendor_repairs(scope)
	jobs = {*income, *parts, *hours, *vendors}
	facts = job_ledger.facts(jobs, FIELDS)
	currency = frappe.get_cached_value("Company", scope.company, "default_currency")
	rows = []
	for job in jobs:
		fact = facts.get(job) or frappe._dict()
		work, travel, worked = hours.get(job, (0, 0, 0))
		vendor = vendors.get(job, 0)
		cost = rounded(parts.get(job, 0) + work + travel + vendor)
		rows.append(
			frappe._dict(
				job_type=job[0],
				job=job[1],
				date=fact.posted_at and fact.posted_at.date(),
				customer=fact.customer,
				equipment=fact.equipment,
				repair_call=fact.repair_call,
				technician=fact.technician,
				service_category=fact.service_category,
				income=income.get(job, 0),
				parts=parts.get(job, 0),
				work=work,
				travel=travel,
				hours=worked,
				vendor=vendor,
				cost=cost,
				margin=rounded(income.get(job, 0) - cost),
				currency=currency,
			)
		)
	return sorted(rows, key=lambda row: (str(row.date or ""), row.job))


def _wanted(row: frappe._dict, filters: frappe._dict) -> bool:
	return all(
		not filters.get(field) or row[field] == filters[field]
		for field in ("customer", "technician", "service_category")
	)


def _read_of_others(rows: list[frappe._dict], group: str) -> None:
	"""Set what the group asks of the product or of the call of each job."""
	doctype, link_field, fields = OF_OTHERS[group]
	names = {row[link_field] for row in rows if row[link_field]}
	found = {
		row.name: row
		for row in frappe.get_all(
			doctype, {"name": ("in", list(names) or [""])}, ["name", *fields], order_by="name asc"
		)
	}
	for row in rows:
		other = found.get(row[link_field]) or frappe._dict()
		row[GROUPS[group]] = " ".join(part for field in fields if (part := other.get(field)))


def _grouped(rows: list[frappe._dict], field: str) -> list[frappe._dict]:
	found: dict[str, frappe._dict] = {}
	for row in rows:
		value = row[field] or ""
		group = found.setdefault(
			value,
			frappe._dict(value=value, jobs=0, currency=row.currency, hours=0, **dict.fromkeys(AMOUNTS, 0)),
		)
		group.jobs += 1
		group.hours = flt(group.hours + row.hours, 2)
		for amount in AMOUNTS:
			group[amount] = rounded(group[amount] + row[amount])
	income, cost, hours = (
		sum(group[amount] for group in found.values()) for amount in ("income", "cost", "hours")
	)
	for group in found.values():
		group.update(
			income_share=share(group.income, income),
			cost_share=share(group.cost, cost),
			hours_share=share(group.hours, hours),
		)
	return sorted(found.values(), key=lambda row: (-row.margin, row.value))


def _summary(rows: list[frappe._dict]) -> list[dict]:
	if not rows:
		return []
	labels = {"income": _("Income"), "cost": _("Cost"), "margin": _("Margin")}
	return [
		{
			"label": label,
			"value": rounded(sum(row[field] for row in rows)),
			"datatype": "Currency",
			"currency": rows[0].currency,
		}
		for field, label in labels.items()
	]
