"""Finished work that no submitted invoice bills yet, with its age (R-AC-4)."""

import frappe
from frappe import _
from frappe.query_builder.functions import Coalesce
from frappe.utils import date_diff, flt, nowdate

from aftersales.money import rounded
from aftersales.service_billing import discounts
from aftersales.service_billing.posting import JOB_DOCTYPES
from aftersales.service_billing.reconciliation_checks import TECHNICIAN
from aftersales.service_billing.report_filters import (
	check_company,
	column,
	currency,
	job_columns,
	link,
	money,
)
from aftersales.source_text import N_

CREDITED = "Credited"
AGES = ((0, N_("Today")), (1, N_("1 to 7 days")), (8, N_("8 to 30 days")), (31, N_("Over 30 days")))
"""From so many days on."""


def execute(filters: dict | None = None) -> tuple:
	"""Script report. Filters: company (needed), customer, with_credited (also jobs whose invoice was credited)."""
	filters = frappe._dict(filters or {})
	if not filters.company:
		frappe.throw(_("Set {0}.").format(frappe.bold(_("Company"))), frappe.MandatoryError)
	check_company(filters.company)
	found = [row for job_type in JOB_DOCTYPES for row in _unbilled(filters, job_type)]
	credited = sum(row.billing_status == CREDITED for row in found)
	rows = [row for row in found if filters.with_credited or row.billing_status != CREDITED]
	to_come = discounts.awaiting_invoice(filters.company)
	own = frappe.get_cached_value("Company", filters.company, "default_currency")
	for row in rows:
		row.discount, row.company_currency = to_come.get(row.job, 0), own
		row.date = row.posted_at and row.posted_at.date()
		row.age = date_diff(nowdate(), row.date) if row.date else 0
		row.state = _state(row)
	rows.sort(key=lambda row: (-row.age, row.job))
	return columns(any(row.discount for row in rows)), rows, None, _chart(rows), _summary(rows, credited, own)


def columns(with_discounts: bool) -> list[dict]:
	return [
		*job_columns(),
		link("customer", _("Customer"), "Customer", 180),
		link("technician", _("Technician"), "Service Technician", 140),
		column("date", _("Done on"), "Date", 115),
		column("age", _("Days"), "Int", 70),
		money("amount_due", _("To Be Billed")),
		*([money("discount", _("Net Discount to Come"), 175, "company_currency")] if with_discounts else []),
		column("state", _("State"), width=120),
		link("sales_invoice", _("Sales Invoice"), "Sales Invoice", 190),
		currency(),
	]


def _unbilled(filters: frappe._dict, job_type: str) -> list[frappe._dict]:
	job = frappe.qb.DocType(job_type)
	query = (
		frappe.qb.from_(job)
		.select(
			job.name.as_("job"),
			job.customer,
			job[TECHNICIAN[job_type]].as_("technician"),
			job.posted_at,
			job.amount_due,
			Coalesce(job.sales_invoice, "").as_("sales_invoice"),
			job.currency,
			job.billing_status,
		)
		.where(job.billing_status.isin(["To Bill", CREDITED]))
		.where((job.docstatus == 1) & (job.company == filters.company))
		.orderby(job.posted_at)
	)
	if filters.customer:
		query = query.where(job.customer == filters.customer)
	return [frappe._dict(row, job_type=job_type) for row in query.run(as_dict=True)]


def _state(row: frappe._dict) -> str:
	if row.billing_status == CREDITED:
		return _("Credited")
	return _("Draft invoice") if row.sales_invoice else _("No invoice")


def _chart(rows: list[frappe._dict]) -> dict | None:
	if not rows:
		return None
	counts = [0] * len(AGES)
	for row in rows:
		counts[max(place for place, (days, _label) in enumerate(AGES) if row.age >= days or not place)] += 1
	return {
		"data": {
			"labels": [_(label) for _days, label in AGES],
			"datasets": [{"name": _("Jobs"), "values": counts}],
		},
		"type": "bar",
		"colors": ["#2490EF"],
	}


def _summary(rows: list[frappe._dict], credited: int, own_currency: str) -> list[dict]:
	totals: dict[str, float] = {}
	to_bill = [row for row in rows if row.billing_status != CREDITED]
	for row in to_bill:
		totals[row.currency] = rounded(totals.get(row.currency, 0) + row.amount_due)
	discount = rounded(sum(row.discount for row in to_bill))
	return [
		{"label": _("Jobs"), "value": len(to_bill), "datatype": "Int"},
		*(
			{"label": _("To be billed"), "value": total, "datatype": "Currency", "currency": code}
			for code, total in sorted(totals.items())
		),
		*(
			[
				{
					"label": _("Net discounts to come"),
					"value": discount,
					"datatype": "Currency",
					"currency": own_currency,
				}
			]
			if discount
			else []
		),
		*(
			[
				{
					"label": _("Credited, not billed again"),
					"value": credited,
					"datatype": "Int",
					"indicator": "Orange",
				}
			]
			if credited
			else []
		),
	]
