"""What each van has, used and lacks; its buttons draft the transfers."""

import frappe
from frappe import _
from frappe.utils import cint

from aftersales.core.input.filters import validate_filters
from aftersales.spare_parts import vans


@validate_filters
def execute(filters: dict | None = None) -> tuple[list[dict], list[dict]]:
	"""Script report. Filters: company, technician, days, all (also what the van has enough of)."""
	filters = frappe._dict(filters or {})
	rows = vans.needs(filters.company, filters.technician, cint(filters.days) or vans.DAYS)
	reasons = {
		"below minimum": _("Below minimum"),
		"used": _("Used, not on the van's list"),
	}
	data = [
		{**row, "reason": reasons.get(row.reason), "short": max(row.propose - row.in_store, 0)}
		for row in rows
		if row.propose or cint(filters.all)
	]
	return columns(), data


def columns() -> list[dict]:
	def quantity(fieldname: str, label: str) -> dict:
		return {"fieldname": fieldname, "label": label, "fieldtype": "Float", "precision": 2, "width": 88}

	return [
		{
			"fieldname": "technician",
			"label": _("Technician"),
			"fieldtype": "Link",
			"options": "Service Technician",
			"width": 140,
		},
		{"fieldname": "item_code", "label": _("Part"), "fieldtype": "Link", "options": "Item", "width": 220},
		quantity("minimum", _("Minimum")),
		quantity("maximum", _("Maximum")),
		quantity("there", _("In the Van")),
		quantity("coming", _("Coming")),
		quantity("used", _("Used", context="After-sales")),
		quantity("propose", _("Bring")),
		quantity("in_store", _("In Store")),
		quantity("short", _("Short")),
		{"fieldname": "uom", "label": _("Unit"), "fieldtype": "Link", "options": "UOM", "width": 70},
		{"fieldname": "reason", "label": _("Why"), "fieldtype": "Data", "width": 190},
		{
			"fieldname": "supply",
			"label": _("Filled from"),
			"fieldtype": "Link",
			"options": "Warehouse",
			"width": 170,
		},
	]
