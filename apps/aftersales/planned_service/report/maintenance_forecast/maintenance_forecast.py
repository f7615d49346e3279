"""Planned services in arrears and of the months to come: how many, hours, or the parts they need."""

import frappe
from frappe import _
from frappe.utils import cint, flt

from aftersales.core import charts
from aftersales.core.input.filters import validate_filters
from aftersales.core.report_filters import company_of
from aftersales.planned_service import forecast

PARTS = "Parts"


@validate_filters
def execute(filters: dict | None = None) -> tuple:
	"""Script report. Filters: company, months (ahead, 3), plan, show (Work or Parts)."""
	filters = frappe._dict(filters or {})
	company = company_of(filters)
	months = 3 if filters.months in (None, "") else max(min(cint(filters.months), 60), 0)
	services = forecast.expected(company, forecast.last_day_of(months), filters.plan)
	if filters.show == PARTS:
		return part_columns(), forecast.parts_of(services)
	rows = forecast.by_month(services)
	data = [{**row, "month": forecast.label_of(row["month"]), "late": not row["month"]} for row in rows]
	return work_columns(), data, None, _chart(data)


def work_columns() -> list[dict]:
	return [
		{"fieldname": "month", "label": _("Month"), "fieldtype": "Data", "width": 110},
		{
			"fieldname": "plan",
			"label": _("Plan", context="After-sales"),
			"fieldtype": "Link",
			"options": "Maintenance Plan",
			"width": 260,
		},
		{"fieldname": "services", "label": _("Services"), "fieldtype": "Int", "width": 100},
		{"fieldname": "hours", "label": _("Hours"), "fieldtype": "Float", "precision": 2, "width": 100},
	]


def part_columns() -> list[dict]:
	return [
		{"fieldname": "item_code", "label": _("Part"), "fieldtype": "Link", "options": "Item", "width": 220},
		{"fieldname": "item_name", "label": _("Name"), "fieldtype": "Data", "width": 220},
		{"fieldname": "qty", "label": _("Quantity"), "fieldtype": "Float", "width": 110},
		{"fieldname": "uom", "label": _("Unit"), "fieldtype": "Link", "options": "UOM", "width": 80},
		{"fieldname": "by", "label": _("Needed by"), "fieldtype": "Date", "width": 120},
	]


def _chart(data: list[dict]) -> dict | None:
	if not data:
		return None
	hours: dict[str, float] = {}
	for row in data:
		hours[row["month"]] = hours.get(row["month"], 0) + flt(row["hours"])
	return charts.bars(list(hours), [(_("Hours"), [flt(value, 2) for value in hours.values()], charts.COUNT)])
