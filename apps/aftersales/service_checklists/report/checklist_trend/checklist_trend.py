"""How a measured value of a product went over its life, beside its limits."""

import frappe
from frappe import _
from frappe.utils import cint, flt, format_date

from aftersales.core.input.filters import validate_filters


@validate_filters
def execute(filters: dict | None = None) -> tuple:
	"""Script report. Filters: equipment, question (both needed to show anything)."""
	filters = frappe._dict(filters or {})
	rows = _rows(filters.equipment, filters.question) if filters.equipment else []
	return columns(), rows, None, _chart(rows, filters.question)


def columns() -> list[dict]:
	return [
		{"fieldname": "done_on", "label": _("Date"), "fieldtype": "Date", "width": 110},
		{"fieldname": "question", "label": _("Question"), "fieldtype": "Data", "width": 260},
		{"fieldname": "value", "label": _("Value"), "fieldtype": "Float", "width": 110},
		{"fieldname": "uom", "label": _("Unit"), "fieldtype": "Data", "width": 80},
		{"fieldname": "lower", "label": _("Lower Limit"), "fieldtype": "Float", "width": 110},
		{"fieldname": "upper", "label": _("Upper Limit"), "fieldtype": "Float", "width": 110},
		{"fieldname": "state", "label": _("State", context="After-sales"), "fieldtype": "Data", "width": 120},
		{
			"fieldname": "checklist",
			"label": _("Checklist"),
			"fieldtype": "Link",
			"options": "Service Checklist",
			"width": 150,
		},
		{"fieldname": "job", "label": _("Job"), "fieldtype": "Data", "width": 160},
	]


def _rows(equipment: str, question: str | None) -> list[dict]:
	frappe.get_doc("Customer Equipment", equipment).check_permission("read")
	checklist, answer = frappe.qb.DocType("Service Checklist"), frappe.qb.DocType("Checklist Answer")
	query = (
		frappe.qb.from_(checklist)
		.join(answer)
		.on((answer.parent == checklist.name) & (answer.parenttype == "Service Checklist"))
		.select(
			*(checklist.done_on, checklist.name.as_("checklist"), checklist.reference_name.as_("job")),
			*(answer.question, answer.value, answer.uom, answer.state, answer.has_lower, answer.lower),
			*(answer.has_upper, answer.upper),
		)
		.where((checklist.equipment == equipment) & (checklist.status == "Complete"))
		.where(answer.kind.isin(("Value", "Meter")) & (answer.state != ""))
		.orderby(checklist.done_on)
		.orderby(checklist.name)
		.orderby(answer.idx)
	)
	if question:
		query = query.where(answer.question == question)
	return [
		{
			**row,
			"lower": flt(row.lower) if cint(row.has_lower) else None,
			"upper": flt(row.upper) if cint(row.has_upper) else None,
		}
		for row in query.run(as_dict=True)
	]


def _chart(rows: list[dict], question: str | None) -> dict | None:
	if not rows or not question:
		return None
	sets = [{"name": question, "values": [flt(row["value"]) for row in rows]}]
	for fieldname, label in (("lower", _("Lower Limit")), ("upper", _("Upper Limit"))):
		if any(row[fieldname] is not None for row in rows):
			sets.append({"name": label, "values": [flt(row[fieldname]) for row in rows]})
	return {
		"data": {"labels": [format_date(row["done_on"]) for row in rows], "datasets": sets},
		"type": "line",
	}
