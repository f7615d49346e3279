"""The key figures of the service by month, zone, model … (R-KPI; the formulas are in key_figure_rules.py).

Each figure counts what happened in the period: calls received, calls resolved, calls closed, answers given.
"""

from dataclasses import replace
from datetime import date

import frappe
from frappe import _

from aftersales.core import charts
from aftersales.core.input.filters import validate_filters
from aftersales.core.report_filters import check_company, period_of, scope_of
from aftersales.core.report_parts import card
from aftersales.service_calls.metrics import FILTERS, GROUPS, MONTH, Selection
from aftersales.service_quality import goal_figures, goals
from aftersales.service_quality.key_figure_rules import (
	Counts,
	KeyFigures,
	figures,
	total,
)
from aftersales.service_quality.key_figures import counts_by_group


@validate_filters
def execute(filters: dict | None = None) -> tuple:
	"""Script report. Filters: from_date, to_date (both needed), group_by (one of GROUPS), chart (a figure), and
	company, request_type, service_zone, customer, brand, model to look at some calls only.

	Raises:
		frappe.ValidationError: a date is missing, the period ends before it begins, an unknown grouping.
		frappe.PermissionError: the user may not see the company.
	"""
	filters = frappe._dict(filters or {})
	if filters.company:
		check_company(filters.company)
	selection = _selection(filters)
	by_group = counts_by_group(selection)
	currency = _currency(filters.company)
	rows = [_row(value, counts, selection.group, currency) for value, counts in by_group.items()]
	if selection.group != MONTH:
		rows.sort(key=lambda row: -row.calls)
	everything = _figures(total(by_group.values()), currency)
	return (
		columns(selection.group),
		rows,
		None,
		_chart(filters.chart, rows),
		_summary(everything, filters, currency),
	)


def columns(group: str) -> list[dict]:
	return [
		{"fieldname": "value", "label": _(group), "width": 150, **GROUPS[group]},
		_column("calls", _("Calls"), "Int", 80),
		_column("closed", _("Closed"), "Int", 80),
		*(_column(name, label(name), fieldtype, 165) for name, fieldtype in FIGURES.items()),
		_column("currency", _("Currency"), "Link", 80, options="Currency", hidden=1),
	]


FIGURES = {
	"response_time": "Duration",
	"time_to_arrive": "Duration",
	"resolution_time": "Duration",
	"resolution_time_net": "Duration",
	"remote_resolution_rate": "Percent",
	"first_time_fix_rate": "Percent",
	"promise_kept_rate": "Percent",
	"repeat_rate": "Percent",
	"turnaround_time": "Duration",
	"mean_repair_time": "Duration",
	"mean_time_to_restore": "Duration",
	"sla_compliance": "Percent",
	"csat": "Percent",
	"nps": "Float",
	"cost_per_call": "Currency",
}


def label(name: str) -> str:
	return {
		"response_time": _("Response Time"),
		"time_to_arrive": _("Time to Arrive"),
		"resolution_time": _("Resolution Time"),
		"resolution_time_net": _("Resolution, Net of Holds"),
		"remote_resolution_rate": _("Solved by Phone"),
		"first_time_fix_rate": _("First-time Fix Rate"),
		"promise_kept_rate": _("Promise Kept"),
		"repeat_rate": _("Repeat Rate"),
		"turnaround_time": _("Workshop Turnaround"),
		"mean_repair_time": _("Mean Repair Time"),
		"mean_time_to_restore": _("Mean Time to Restore"),
		"sla_compliance": _("SLA Compliance"),
		"csat": _("CSAT"),
		"nps": _("NPS"),
		"cost_per_call": _("Cost per Call"),
	}[name]


def _row(value: str, counts: Counts, group: str, currency: str | None) -> frappe._dict:
	if group == "Company":
		currency = value and frappe.get_cached_value("Company", value, "default_currency")
	return frappe._dict(value=value, currency=currency, **vars(_figures(counts, currency)))


def cards(found: KeyFigures, company: str, from_date: date, to_date: date) -> list[dict]:
	"""The numbers above the report of a company and period, from its figures."""
	currency = _currency(company)
	filters = frappe._dict(company=company, from_date=from_date, to_date=to_date)
	return _summary(_seen(found, currency), filters, currency)


def _figures(counts: Counts, currency: str | None) -> KeyFigures:
	return _seen(figures(counts), currency)


def _seen(found: KeyFigures, currency: str | None) -> KeyFigures:
	"""Costs are for those who see the books: of a single call they would tell what a technician's hour costs.

	Costs of companies with different currencies are no sum.
	"""
	return found if currency and goal_figures.sees_costs() else replace(found, cost_per_call=None)


def _selection(filters: frappe._dict) -> Selection:
	first, last = period_of(filters)
	group = filters.group_by or MONTH
	if group not in GROUPS:
		frappe.throw(_("Group by one of: {0}.").format(", ".join(_(name) for name in GROUPS)))
	return Selection(first, last, group, {name: filters[name] for name in FILTERS if filters.get(name)})


def _column(fieldname: str, text: str, fieldtype: str, width: int, **more) -> dict:
	column = {"fieldname": fieldname, "label": text, "fieldtype": fieldtype, "width": width, **more}
	if fieldtype == "Currency":
		column["options"] = "currency"
	if fieldtype in ("Float", "Percent"):
		column["precision"] = 1
	if fieldtype == "Duration":
		column["hide_seconds"] = 1
	return column


def _currency(company: str | None) -> str | None:
	"""Of the company; without one that of all companies, None where they differ."""
	if company:
		return frappe.get_cached_value("Company", company, "default_currency")
	companies = frappe.get_list("Company", fields=["default_currency"], order_by="name asc")
	currencies = {company.default_currency for company in companies}
	return currencies.pop() if len(currencies) == 1 else None


def _chart(name: str | None, rows: list[frappe._dict]) -> dict | None:
	name = name if name in FIGURES else "first_time_fix_rate"
	shown = [row for row in rows if row[name] is not None][:12]
	if not shown:
		return None
	hours = FIGURES[name] == "Duration"
	values = [round(row[name] / 3600, 1) if hours else row[name] for row in shown]
	text = _("{0} (hours)").format(label(name)) if hours else label(name)
	return charts.bars([row.value or _("Not known") for row in shown], [(text, values, charts.COUNT)])


def _summary(every: KeyFigures, filters: frappe._dict, currency: str | None) -> list[dict]:
	shown = (
		"first_time_fix_rate",
		"remote_resolution_rate",
		"promise_kept_rate",
		"repeat_rate",
		"sla_compliance",
		"csat",
		"nps",
	)
	values = {name: value for name in shown if (value := getattr(every, name)) is not None}
	cards = {name: card(label(name), value, FIGURES[name]) for name, value in values.items()}
	if every.cost_per_call is not None:
		values["cost_per_call"] = every.cost_per_call
		cards["cost_per_call"] = {
			"value": every.cost_per_call,
			"label": label("cost_per_call"),
			"datatype": "Currency",
			"currency": currency,
		}
	rate = _warranty_cost_rate(filters)
	if rate is not None:
		values["warranty_cost_rate"] = rate
		cards["warranty_cost_rate"] = card(_("Warranty Cost of Product Revenue"), rate, "Percent", 2)
	for name, color in goals.colors(values, filters.to_date, filters.company).items():
		cards[name]["indicator"] = color.title()
	return list(cards.values())


def _warranty_cost_rate(filters: frappe._dict) -> float | None:
	"""Of a company as a whole, for those who see its books."""
	if any(filters.get(name) for name in FILTERS if name != "company") or not filters.company:
		return None
	if not goal_figures.sees_costs():
		return None
	scope = scope_of(filters)
	return goal_figures.warranty_cost_of_revenue(scope.from_date, scope.to_date, scope.company)
