"""Finished work that no submitted invoice billed at the end of a day, with its age (R-AC-4).

Looked at from later, that is what was done by then and is invoiced since, or still not: the accrual of a month.
"""

from datetime import date

import frappe
from frappe import _
from frappe.query_builder import Case
from frappe.query_builder.functions import Coalesce, Sum
from frappe.utils import add_days, date_diff, flt, getdate

from aftersales.core import charts
from aftersales.core.input.filters import validate_filters
from aftersales.core.job_types import JOB_DOCTYPES
from aftersales.core.money import nothing, rounded
from aftersales.core.report_filters import (
	check_company,
	column,
	currency,
	day_of,
	job_columns,
	link,
	money,
)
from aftersales.core.source_text import N_
from aftersales.service_accounts.reconciliation_checks import LINES, TECHNICIAN
from aftersales.service_billing import billing
from aftersales.service_posting.invoicing import discounts

CREDITED = "Credited"
AGES = ((0, N_("Today")), (1, N_("1 to 7 days")), (8, N_("8 to 30 days")), (31, N_("Over 30 days")))
"""From so many days on."""


@validate_filters
def execute(filters: dict | None = None) -> tuple:
	"""Script report. Filters: company (needed), on_date (end of that day; default today), customer, with_credited
	(also jobs whose invoice was credited).
	"""
	filters = frappe._dict(filters or {})
	if not filters.company:
		frappe.throw(_("Set {0}.").format(frappe.bold(_("Company"))), frappe.MandatoryError)
	check_company(filters.company)
	day = day_of(filters)
	found = [row for job_type in JOB_DOCTYPES for row in _unbilled(filters, job_type, day)]
	credited = sum(row.billing_status == CREDITED for row in found)
	rows = [row for row in found if filters.with_credited or row.billing_status != CREDITED]
	to_come = discounts.awaiting_invoice(filters.company)
	own = frappe.get_cached_value("Company", filters.company, "default_currency")
	_set_days_late(rows, day)
	for row in rows:
		row.discount, row.company_currency = 0 if row.invoiced_on else to_come.get(row.job, 0), own
		row.date = row.posted_at and row.posted_at.date()
		row.age = date_diff(day, row.date) if row.date else 0
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
		column("days_late", _("Days Late"), "Int", 100),
		money("net", _("Net")),
		money("amount_due", _("To Be Billed")),
		*([money("discount", _("Net Discount to Come"), 175, "company_currency")] if with_discounts else []),
		column("state", _("State", context="After-sales"), width=120),
		column("invoiced_on", _("Invoiced on"), "Date", 115),
		link("sales_invoice", _("Sales Invoice"), "Sales Invoice", 190),
		currency(),
	]


def _set_days_late(rows: list[frappe._dict], day: date) -> None:
	"""Days since the job should have been invoiced, as the Billing Desk says; only of today, as clocks are of today."""
	if day < getdate():
		return
	jobs = [
		frappe._dict(doctype=row.job_type, name=row.job, posted_at=row.posted_at)
		for row in rows
		if row.posted_at and not row.invoiced_on and row.billing_status != CREDITED
	]
	billing.set_clocks(jobs)
	late = {(job.doctype, job.name): billing.late_since_of(job) for job in jobs}
	for row in rows:
		since = late.get((row.job_type, row.job))
		row.days_late = date_diff(day, since) if since else 0


def _unbilled(filters: frappe._dict, job_type: str, day: date) -> list[frappe._dict]:
	"""Jobs posted by the end of `day` that no invoice dated by then bills, credit notes taken off."""
	job, invoice = frappe.qb.DocType(job_type), frappe.qb.DocType("Sales Invoice")
	invoiced_later = (invoice.docstatus == 1) & (invoice.posting_date > day)
	query = (
		frappe.qb.from_(job)
		.left_join(invoice)
		.on(invoice.name == job.sales_invoice)
		.select(
			job.name.as_("job"),
			job.customer,
			job[TECHNICIAN[job_type]].as_("technician"),
			job.posted_at,
			job.amount_due,
			job.contract_excess,
			job.contract_share,
			Coalesce(job.sales_invoice, "").as_("sales_invoice"),
			job.currency,
			job.billing_status,
			Case().when(invoiced_later, invoice.posting_date).as_("invoiced_on"),
			invoice.creation.as_("drafted_at"),
		)
		.where(job.billing_status.isin(["To Bill", CREDITED]) | invoiced_later)
		.where((job.docstatus == 1) & (job.company == filters.company))
		.where(job.posted_at < add_days(day, 1))
		.orderby(job.posted_at)
	)
	if filters.customer:
		query = query.where(job.customer == filters.customer)
	rows = [frappe._dict(row, job_type=job_type) for row in query.run(as_dict=True)]
	for row in rows:
		if row.invoiced_on:
			row.billing_status = "To Bill"
	if day < getdate():
		rows = _as_they_were(rows, job_type, day)
	net = _net_of_lines(rows, job_type)
	for row in rows:
		customer, contract = net.get(row.job, (0, 0))
		excess = (
			contract - flt(row.contract_share) if flt(row.contract_excess) else 0
		)  # as line_amounts.net_excess
		row.net = rounded(customer + excess)
	return rows


def _as_they_were(rows: list[frappe._dict], job_type: str, day: date) -> list[frappe._dict]:
	"""Without those that were billed on `day`; one that was credited by then says so, until it was drafted anew."""
	billed = _billed_by(rows, job_type, day)
	left = []
	for row in rows:
		net = billed.get(row.job)
		if net is not None and abs(net) > nothing():
			continue
		anew = row.billing_status != CREDITED and row.drafted_at and getdate(row.drafted_at) <= day
		row.billing_status = CREDITED if net is not None and not anew else "To Bill"
		left.append(row)
	return left


def _billed_by(rows: list[frappe._dict], job_type: str, day: date) -> dict[str, float]:
	"""Net of the invoice and credit note rows of jobs dated by `day`; nothing for those that had none."""
	if not rows:
		return {}
	invoice, item = frappe.qb.DocType("Sales Invoice"), frappe.qb.DocType("Sales Invoice Item")
	query = (
		frappe.qb.from_(invoice)
		.join(item)
		.on(item.parent == invoice.name)
		.select(item.aftersales_voucher, Sum(item.net_amount))
		.where(invoice.customer.isin(list({row.customer for row in rows})))
		.where((invoice.docstatus == 1) & (invoice.posting_date <= day))
		.where(item.aftersales_voucher_type == job_type)
		.where(item.aftersales_voucher.isin([row.job for row in rows]))
		.groupby(item.aftersales_voucher)
	)
	return dict(query.run())


def _net_of_lines(rows: list[frappe._dict], job_type: str) -> dict[str, tuple[float, float]]:
	"""What the customer pays of the lines of jobs, and what their contract pays of them, without taxes."""
	found: dict[str, tuple[float, float]] = {}
	for line_type in LINES if rows else ():
		line = frappe.qb.DocType(line_type)
		query = (
			frappe.qb.from_(line)
			.select(line.parent, Sum(line.amount), Sum(line.contract_amount))
			.where((line.parenttype == job_type) & line.parent.isin([row.job for row in rows]))
			.groupby(line.parent)
		)
		for name, *amounts in query.run():
			customer, contract = (flt(amount) for amount in amounts)
			before = found.get(name, (0, 0))
			found[name] = (before[0] + customer, before[1] + contract)
	return found


def _state(row: frappe._dict) -> str:
	if row.billing_status == CREDITED:
		return _("Credited")
	if row.invoiced_on:
		return _("Invoiced since")
	return _("Draft invoice") if row.sales_invoice else _("No invoice")


def _chart(rows: list[frappe._dict]) -> dict | None:
	if not rows:
		return None
	counts = [0] * len(AGES)
	for row in rows:
		counts[max(place for place, (days, _label) in enumerate(AGES) if row.age >= days or not place)] += 1
	return charts.bars([_(label) for _days, label in AGES], [(_("Jobs"), counts, charts.COUNT)])


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
