"""Goals for key figures: what was reached in the period that runs, and whether it gets better."""

import frappe
from frappe import _

from aftersales.core.input.filters import validate_filters
from aftersales.core.report_filters import check_company, column, link
from aftersales.service_quality import goal_figures, goals


@validate_filters
def execute(filters: dict | None = None) -> tuple[list[dict], list[dict]]:
	"""Script report. Filters: on_date (default today), company.

	Raises:
		frappe.PermissionError: the user may not see the company.
	"""
	filters = frappe._dict(filters or {})
	if filters.company:
		check_company(filters.company)
	found = goals.standing(filters.on_date, filters.company)
	entries = _unexplained([goal["name"] for goal in found])
	return columns(), [{**_row(goal), "deviations": entries.get(goal["name"], 0)} for goal in found]


def columns() -> list[dict]:
	return [
		link("name", _("Goal"), "Service Goal", 200),
		column("figure", _("Key Figure"), width=160),
		column("goal_text", _("Goal"), width=100, align="right"),
		column("value_text", _("Now"), width=100, align="right"),
		column("before_text", _("Period Before"), width=130, align="right"),
		column("state_text", _("State", context="After-sales"), width=110),
		column("trend_text", _("Trend"), width=100),
		column("period_text", _("Period"), width=225),
		link("company", _("Company"), "Company", 160),
		link("request_type", _("Request Type"), "Service Request Type", 130),
		link("brand", _("Brand"), "Brand", 110),
		column("model", _("Model"), width=110),
		link("responsible", _("Responsible"), "User", 180),
		column("deviations", _("Missed Periods without Cause"), "Int", 210),
	]


def _unexplained(names: list[str]) -> dict[str, int]:
	"""Goal -> how many of its missed periods have no cause yet."""
	rows = frappe.get_all(
		"Service Deviation",
		{"goal": ("in", names or [""]), "status": "Open"},
		pluck="goal",
		order_by="goal asc",
	)
	return {name: rows.count(name) for name in names}


def _row(goal: dict) -> dict:
	first, last = (frappe.utils.format_date(goal[key]) for key in ("first", "last"))
	texts = {
		f"{name}_text": goal_figures.in_words(goal["figure"], goal[name], goal["company"])
		for name in ("goal", "value", "before")
	}
	return {
		**goal,
		**texts,
		"figure": _(goal["figure"]),
		"report": goal_figures.FIGURES[goal["figure"]].report,
		"period_text": f"{first} – {last}",
		"state_text": _(goal["state"]),
		"trend_text": _(goal["trend"]) if goal["trend"] else "–",
	}
