"""Goals of the service beside what the key figures say: of the period that runs, and of the one before."""

from datetime import date

import frappe
from frappe import _
from frappe.utils import flt, getdate

from aftersales.service_accounts import receivables
from aftersales.service_calls.metrics import Selection
from aftersales.service_quality import goal_rules
from aftersales.service_quality.goal_rules import Period
from aftersales.service_quality.key_figure_rules import KeyFigures, figures, total
from aftersales.service_quality.key_figures import counts_by_group

FIGURES = {
	"Solved by Phone": "remote_resolution_rate",
	"Promise Kept": "promise_kept_rate",
	"First-time Fix Rate": "first_time_fix_rate",
	"Repeat Rate": "repeat_rate",
	"SLA Compliance": "sla_compliance",
	"CSAT": "csat",
	"NPS": "nps",
	"Response Time": "response_time",
	"Time to Arrive": "time_to_arrive",
	"Resolution Time": "resolution_time",
	"Workshop Turnaround": "turnaround_time",
	"Mean Repair Time": "mean_repair_time",
	"Days Outstanding": "days_outstanding",
	"Receivable Turnover": "receivable_turnover",
}
"""Label of a figure as a goal stores it → its name among the key figures."""
SHARES = (
	"remote_resolution_rate",
	"promise_kept_rate",
	"first_time_fix_rate",
	"repeat_rate",
	"sla_compliance",
	"csat",
	"nps",
)


OF_MONEY = {
	"days_outstanding": receivables.days_outstanding,
	"receivable_turnover": receivables.turnover,
}
"""Figures that are not counted from calls, but read for a company: first and last day and company -> value."""


def is_share(label: str) -> bool:
	"""True for per cent, false for hours, days and numbers."""
	return FIGURES[label] in SHARES


def is_of_money(label: str) -> bool:
	"""True for figures that a goal asks of one company."""
	return FIGURES[label] in OF_MONEY


def in_words(label: str, value: float | None) -> str:
	"""A value with its unit, one decimal; a dash where there is none."""
	if value is None:
		return "–"
	number = frappe.format_value(value, {"fieldtype": "Float", "precision": 1})
	if is_share(label):
		return f"{number} %"
	if label == "Receivable Turnover":
		return number
	return (_("{0} days") if label == "Days Outstanding" else _("{0} h")).format(number)


def standing(
	on: date | str | None = None, company: str | None = None, counted: dict | None = None
) -> list[dict]:
	"""Every goal that holds on a day (default today), of a company and of all, with value, state and trend.

	Args:
		counted: what :func:`figures_of` has counted for the caller already.

	Returns:
		name, title, figure, responsible, company, request_type, period, first, last, goal, value, before (hours, or per
		cent), state, color, trend.
	"""
	day = getdate(on)
	rows = frappe.get_list(
		"Service Goal",
		filters={"disabled": 0},
		fields=[
			*("name", "title", "figure", "for_company", "request_type", "period", "goal", "margin_percent"),
			*("valid_from", "valid_until", "responsible"),
		],
		order_by="figure asc, name asc",
	)
	counted = {} if counted is None else counted
	return [
		_standing(goal, day, counted)
		for goal in rows
		if _holds(goal, day) and (not company or goal.for_company in (None, "", company))
	]


def color_of(figure: str, value: float | None, on: date | str | None = None) -> str | None:
	"""Colour of a figure beside the general goal for it; None where there is none. `value` as the key figures have it."""
	label = next((label for label, name in FIGURES.items() if name == figure), None)
	goal = label and frappe.db.get_value(
		"Service Goal",
		{"figure": label, "disabled": 0, "for_company": ("is", "not set"), "request_type": ("is", "not set")},
		["goal", "margin_percent", "valid_from", "valid_until"],
		as_dict=True,
	)
	if not goal or not _holds(goal, getdate(on)):
		return None
	state = goal_rules.state(figure, _shown(figure, value), flt(goal.goal), flt(goal.margin_percent))
	return goal_rules.COLORS[state]


def value_of(
	label: str, first: date, last: date, company: str | None = None, request_type: str | None = None
) -> float | None:
	"""A figure of a period, in per cent, hours or days; None where there is nothing to divide by."""
	if read := OF_MONEY.get(FIGURES[label]):
		return read(first, last, company)
	scope = {"company": company, "request_type": request_type}
	filters = {key: value for key, value in scope.items() if value}
	found = figures(total(counts_by_group(Selection(first, last, filters=filters)).values()))
	return _shown(FIGURES[label], getattr(found, FIGURES[label]))


def to_count(on: date | str | None = None) -> list[frappe._dict]:
	"""Goals whose period before the one of a day was not counted yet: name, title, figure, first, last, goal,
	margin_percent, for_company, request_type and responsible. What nobody aimed at is left out: a goal that was set after
	the period was over.
	"""
	day = getdate(on)
	fields = ["name", "title", "figure", "for_company", "request_type", "period", "goal", "margin_percent"]
	fields += ["valid_from", "valid_until", "responsible", "creation", "counted_until"]
	found = []
	for goal in frappe.get_all("Service Goal", {"disabled": 0}, fields, order_by="name asc"):
		period = goal_rules.period_before(goal.period, goal_rules.period_of(goal.period, day))
		if goal.counted_until and getdate(goal.counted_until) >= period.last:
			continue
		if _holds(goal, period.last) and (goal.valid_from or getdate(goal.creation) <= period.last):
			found.append(frappe._dict(goal, first=period.first, last=period.last))
	return found


def missed_by(goal: frappe._dict) -> float | None:
	"""Value of a goal of :func:`to_count` that was missed; None where it was reached, close to it, or without a case."""
	value = value_of(goal.figure, goal.first, goal.last, goal.for_company, goal.request_type)
	state = goal_rules.state(FIGURES[goal.figure], value, flt(goal.goal), flt(goal.margin_percent))
	return value if state == goal_rules.MISSED else None


def note_counted(goal: frappe._dict) -> None:
	"""A goal of :func:`to_count` is not counted again for its period."""
	frappe.db.set_value("Service Goal", goal.name, "counted_until", goal.last, update_modified=False)


def _standing(goal: frappe._dict, day: date, counted: dict) -> dict:
	figure = FIGURES[goal.figure]
	period = goal_rules.period_of(goal.period, day)
	value = _value(goal, figure, period, counted)
	before = _value(goal, figure, goal_rules.period_before(goal.period, period), counted)
	state = goal_rules.state(figure, value, flt(goal.goal), flt(goal.margin_percent))
	return {
		**{
			key: goal[key]
			for key in ("name", "title", "figure", "request_type", "period", "goal", "responsible")
		},
		"company": goal.for_company,
		"first": period.first,
		"last": period.last,
		"value": value,
		"before": before,
		"state": state,
		"color": goal_rules.COLORS[state],
		"trend": goal_rules.trend(figure, value, before),
	}


def _value(goal: frappe._dict, figure: str, period: Period, counted: dict) -> float | None:
	if read := OF_MONEY.get(figure):
		return read(period.first, period.last, goal.for_company)
	scope = {"company": goal.for_company, "request_type": goal.request_type}
	filters = {key: value for key, value in scope.items() if value}
	return _shown(figure, getattr(figures_of(period, filters, counted), figure))


def figures_of(period: Period, filters: dict[str, str], counted: dict) -> KeyFigures:
	"""The key figures of a period, counted once for whoever passes the same `counted`."""
	key = (period, tuple(filters.items()))
	if key not in counted:
		found = counts_by_group(Selection(period.first, period.last, filters=filters))
		counted[key] = figures(total(found.values()))
	return counted[key]


def _shown(figure: str, value: float | None) -> float | None:
	return value if value is None or figure in SHARES else round(value / 3600, 2)


def _holds(goal: frappe._dict, day: date) -> bool:
	return not (goal.valid_from and getdate(goal.valid_from) > day) and not (
		goal.valid_until and getdate(goal.valid_until) < day
	)
