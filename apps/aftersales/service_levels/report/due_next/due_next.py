"""Open service clocks, the most pressing first, of documents the user may read."""

from itertools import groupby

import frappe
from frappe import _
from frappe.query_builder import Order
from frappe.utils import get_datetime, now_datetime

from aftersales.core.input.filters import validate_filters
from aftersales.service_levels.display import OPEN

MOST_ROWS = 500


@validate_filters
def execute(filters: dict | None = None) -> tuple[list[dict], list[dict]]:
	"""Script report. Filters: reference_doctype, measure, state, company, within_hours."""
	filters = frappe._dict(filters or {})
	now = now_datetime()
	rows = _open_clocks(filters, now)
	readable = _readable(rows)
	data = [
		{**row, "left": round((get_datetime(row.due_at) - now).total_seconds())}
		for row in rows
		if (row.reference_doctype, row.reference_name) in readable
	]
	return columns(), data


def columns() -> list[dict]:
	return [
		{"fieldname": "due_at", "label": _("Due at"), "fieldtype": "Datetime", "width": 190},
		{"fieldname": "left", "label": _("Time Left"), "fieldtype": "Duration", "width": 150},
		{"fieldname": "state", "label": _("State", context="After-sales"), "fieldtype": "Data", "width": 90},
		{"fieldname": "measure", "label": _("What is Measured"), "fieldtype": "Data", "width": 130},
		# No link: Frappe lets only those run a report with one who may read DocTypes
		{"fieldname": "reference_doctype", "label": _("Document Type"), "fieldtype": "Data", "width": 150},
		{
			"fieldname": "reference_name",
			"label": _("Document"),
			"fieldtype": "Dynamic Link",
			"options": "reference_doctype",
			"width": 150,
		},
		{
			"fieldname": "customer",
			"label": _("Customer"),
			"fieldtype": "Link",
			"options": "Customer",
			"width": 160,
		},
		{
			"fieldname": "call_owner",
			"label": _("Call Owner"),
			"fieldtype": "Link",
			"options": "User",
			"width": 180,
		},
		{
			"fieldname": "service_zone",
			"label": _("Zone"),
			"fieldtype": "Link",
			"options": "Service Zone",
			"width": 130,
		},
		{
			"fieldname": "target",
			"label": _("Target"),
			"fieldtype": "Link",
			"options": "Service Target",
			"width": 180,
		},
	]


def _open_clocks(filters: frappe._dict, now) -> list[frappe._dict]:
	clock = frappe.qb.DocType("Service Clock")
	query = (
		frappe.qb.from_(clock)
		.select(
			clock.due_at,
			clock.state,
			clock.measure,
			clock.reference_doctype,
			clock.reference_name,
			clock.customer,
			clock.call_owner,
			clock.service_zone,
			clock.target,
		)
		.where(clock.state.isin(OPEN))
		.orderby(clock.due_at, order=Order.asc)
		.limit(MOST_ROWS)
	)
	for field in ("reference_doctype", "measure", "state", "company"):
		if filters.get(field):
			query = query.where(clock[field] == filters[field])
	if filters.get("within_hours"):
		query = query.where(
			clock.due_at <= frappe.utils.add_to_date(now, hours=frappe.utils.flt(filters.within_hours))
		)
	return query.run(as_dict=True)


def _readable(rows: list[frappe._dict]) -> set[tuple[str, str]]:
	"""The documents among `rows` that the user may read; one query per type."""
	found = set()
	for doctype, group in groupby(
		sorted(rows, key=lambda row: row.reference_doctype), key=lambda row: row.reference_doctype
	):
		if not frappe.has_permission(doctype, "read"):
			continue
		names = list({row.reference_name for row in group})
		listed = frappe.get_list(
			doctype, filters={"name": ("in", names)}, pluck="name", limit_page_length=len(names)
		)
		found.update((doctype, name) for name in listed)
	return found
