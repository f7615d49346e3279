"""How customers found us: calls and customers by source, and by month where asked (R-FU-5)."""

import frappe
from frappe import _
from frappe.query_builder import Order
from frappe.query_builder.functions import Count, DateFormat
from frappe.utils import add_days, getdate

from aftersales.core.input.filters import validate_filters
from aftersales.core.permitted import permitted


@validate_filters
def execute(filters: dict | None = None) -> tuple:
	"""Script report. Filters: from_date and to_date of the calls, company, by_month.

	Counted are calls that name a source. A customer counts once in each row, whatever they called for.
	"""
	filters = frappe._dict(filters or {})
	return columns(filters), _counts(filters)


def columns(filters: frappe._dict) -> list[dict]:
	month = {"fieldname": "month", "label": _("Month"), "fieldtype": "Data", "width": 110}
	return [
		{"fieldname": "source", "label": _("How Did You Find Us"), "fieldtype": "Data", "width": 280},
		*([month] if filters.by_month else []),
		{"fieldname": "calls", "label": _("Calls"), "fieldtype": "Int", "width": 110},
		{"fieldname": "customers", "label": _("Customers"), "fieldtype": "Int", "width": 110},
	]


def _counts(filters: frappe._dict) -> list[frappe._dict]:
	call = frappe.qb.DocType("Repair Call")
	calls = Count(call.name)
	query = (
		frappe.qb.from_(call)
		.select(
			call.referral.as_("source"),
			calls.as_("calls"),
			Count(call.customer).distinct().as_("customers"),
		)
		.where((call.referral != "") & (call.status != "Cancelled"))
		.groupby(call.referral)
	)
	if filters.by_month:
		month = DateFormat(call.received_at, "%Y-%m")
		query = query.select(month.as_("month")).groupby(month).orderby(month, order=Order.asc)
	if filters.from_date:
		query = query.where(call.received_at >= getdate(filters.from_date))
	if filters.to_date:
		query = query.where(call.received_at < add_days(getdate(filters.to_date), 1))
	if filters.company:
		query = query.where(call.company == filters.company)
	return (
		permitted(query, call)
		.orderby(calls, order=Order.desc)
		.orderby(call.referral, order=Order.asc)
		.run(as_dict=True)
	)
