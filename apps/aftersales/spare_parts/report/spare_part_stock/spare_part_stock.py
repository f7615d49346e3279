"""Where the spare parts lie at a glance: the stores together, and each van in a column of its own."""

from collections import defaultdict

import frappe
from frappe import _
from frappe.utils import cint, flt

from aftersales.core.input.filters import validate_filters
from aftersales.core.report_filters import company_of
from aftersales.spare_parts import part_search, vans
from aftersales.spare_parts.parts import free_stock

MOST_ROWS = 1000


@validate_filters
def execute(filters: dict | None = None) -> tuple[list[dict], list[dict]]:
	"""Script report. Filters: company (required), brand, model, text, in_stock (only what lies somewhere).

	Raises:
		frappe.ValidationError: no company.
		frappe.PermissionError: the user may not see the company.
	"""
	filters = frappe._dict(filters or {})
	company = company_of(filters)
	by_van = vans.vans_of(company)
	parts = part_search.matching(filters.text, filters.brand, filters.model, MOST_ROWS)
	free = free_stock([part.item_code for part in parts], company)
	totals: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
	for (item_code, warehouse), qty in free.items():
		place = f"van_{list(by_van).index(warehouse)}" if warehouse in by_van else "stores"
		totals[item_code][place] += flt(qty)
	data = []
	for part in parts:
		places = totals[part.item_code]
		total = sum(places.values())
		if total or not cint(filters.in_stock):
			data.append({**part, **places, "total": total})
	return columns(by_van), data


def columns(by_van: dict[str, str]) -> list[dict]:
	def quantity(fieldname: str, label: str) -> dict:
		return {"fieldname": fieldname, "label": label, "fieldtype": "Float", "precision": 2, "width": 110}

	return [
		{
			"fieldname": "item_code",
			"label": _("Part"),
			"fieldtype": "Link",
			"options": "Spare Part",
			"width": 130,
		},
		{"fieldname": "item_name", "label": _("Name"), "fieldtype": "Data", "width": 230},
		quantity("total", _("Free in All")),
		quantity("stores", _("Stores", context="After-sales")),
		*(quantity(f"van_{i}", technician) for i, technician in enumerate(by_van.values())),
		{
			"fieldname": "supply_guaranteed_until",
			"label": _("Supply Guaranteed until"),
			"fieldtype": "Date",
			"width": 140,
		},
	]
