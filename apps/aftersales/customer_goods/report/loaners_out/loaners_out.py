"""Loaners that customers have, the longest overdue first (R-WS-3)."""

import frappe
from frappe import _
from frappe.query_builder import Order
from frappe.utils import cint, date_diff, getdate, nowdate

from aftersales.core.input.filters import validate_filters
from aftersales.core.permitted import permitted
from aftersales.customer_goods.loaner_rules import ISSUED, days_overdue

FILTERS = ("company", "customer", "item_code")


@validate_filters
def execute(filters: dict | None = None) -> tuple:
	"""Script report. Filters: company, customer, item_code, overdue (only those).

	User Permissions of whoever asks apply, as in a list.
	"""
	filters = frappe._dict(filters or {})
	frappe.has_permission("Loaner Issue", "read", throw=True)
	today = getdate(nowdate())
	rows = _lent(filters)
	for row in rows:
		row.days_out = date_diff(today, getdate(row.issued_at))
		row.days_overdue = days_overdue(row.due_back, today)
	return columns(), rows, None, None, _summary(rows)


def columns() -> list[dict]:
	def link(fieldname: str, label: str, doctype: str, width: int = 150) -> dict:
		return {
			"fieldname": fieldname,
			"label": label,
			"fieldtype": "Link",
			"options": doctype,
			"width": width,
		}

	return [
		link("name", _("Loaner Issue"), "Loaner Issue"),
		link("customer", _("Customer"), "Customer", 170),
		{"fieldname": "days_overdue", "label": _("Days Overdue"), "fieldtype": "Int", "width": 120},
		{"fieldname": "contact_phone", "label": _("Phone"), "fieldtype": "Data", "width": 130},
		link("item_code", _("Loaner"), "Item", 170),
		link("serial_no", _("Serial No"), "Serial No", 130),
		{"fieldname": "issued_at", "label": _("Issued at"), "fieldtype": "Datetime", "width": 160},
		{"fieldname": "due_back", "label": _("Due back"), "fieldtype": "Date", "width": 110},
		{"fieldname": "days_out", "label": _("Days Out"), "fieldtype": "Int", "width": 90},
		link("repair_call", _("Repair Call"), "Repair Call"),
		{"fieldname": "call_status", "label": _("Repair Call"), "fieldtype": "Data", "width": 100},
	]


def _lent(filters: frappe._dict) -> list[frappe._dict]:
	loaner, call = frappe.qb.DocType("Loaner Issue"), frappe.qb.DocType("Repair Call")
	query = (
		frappe.qb.from_(loaner)
		.left_join(call)
		.on(call.name == loaner.repair_call)
		.select(
			loaner.name,
			loaner.customer,
			loaner.item_code,
			loaner.serial_no,
			loaner.issued_at,
			loaner.due_back,
			loaner.repair_call,
			call.contact_phone,
			call.status.as_("call_status"),
		)
		.where((loaner.docstatus == 1) & (loaner.status == ISSUED))
		.orderby(loaner.due_back, order=Order.asc)
		.orderby(loaner.name, order=Order.asc)
	)
	for field in FILTERS:
		if filters.get(field):
			query = query.where(loaner[field] == filters[field])
	if cint(filters.overdue):
		query = query.where(loaner.due_back < nowdate())
	return permitted(query, loaner).run(as_dict=True)


def _summary(rows: list[frappe._dict]) -> list[dict]:
	late = sum(1 for row in rows if row.days_overdue)
	return [
		{"label": _("Loaners Out"), "value": len(rows), "datatype": "Int"},
		{
			"label": _("Overdue"),
			"value": late,
			"datatype": "Int",
			"indicator": "Red" if late else "Green",
		},
	]
