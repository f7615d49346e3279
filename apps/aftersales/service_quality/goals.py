"""Goals of the service beside what the key figures say: of the period that runs, and of the one before."""

from datetime import date

import frappe
from frappe.utils import flt, getdate

from aftersales.service_calls.metrics import Selection
from aftersales.service_quality import goal_figures, goal_rules
from aftersales.service_quality.goal_figures import FIGURES
from aftersales.service_quality.goal_rules import Period
from aftersales.service_quality.key_figure_rules import KeyFigures, figures, total
from aftersales.service_quality.key_figures import counts_by_group

FIELDS = (
	*("name", "title", "figure", "for_company", "request_type", "brand", "model"),
	*("period", "goal", "margin_percent"),
)
SCOPE = ("company", "request_type", "brand", "model")


def standing(
	on: date | str | None = None, company: str | None = None, counted: dict | None = None
) -> list[dict]:
	"""Every goal that holds on a day (default today), with value, state and trend; of costs for who may see them.

	Args:
		company: its own goals, and the general ones, measured for it.
		counted: what :func:`figures_of` has counted for the caller already.

	Returns:
		name, title, figure, responsible, company, request_type, brand, model, period, first, last, goal, value, before (in
		the unit of the figure), state, color, trend.
	"""
	day = getdate(on)
	rows = frappe.get_list(
		"Service Goal",
		filters={"disabled": 0},
		fields=[*FIELDS, "valid_from", "valid_until", "responsible"],
		order_by="figure asc, name asc",
	)
	counted = {} if counted is None else counted
	return [
		_standing(goal, day, counted, company)
		for goal in rows
		if _holds(goal, day) and (not company or goal.for_company in (None, "", company))
	]


def colors(values: dict[str, float | None], on: date | str | None, company: str | None) -> dict[str, str]:
	"""Key figure -> its colour beside the goal of the company for it, else beside the general one; without a goal none.

	Args:
		values: as the key figures have them.
	"""
	label_of = {figure.name: label for label, figure in FIGURES.items() if figure.name in values}
	goals = frappe.get_all(
		"Service Goal",
		{"figure": ("in", list(label_of.values())), "disabled": 0},
		[*FIELDS, "valid_from", "valid_until"],
		order_by="name asc",
	)
	found = {}
	for name, label in label_of.items():
		fitting = [
			goal
			for goal in goals
			if goal.figure == label
			and _holds(goal, getdate(on))
			and not (goal.request_type or goal.brand or goal.model)
		]
		own = (goal for goal in fitting if goal.for_company and goal.for_company == company)
		goal = next(own, None) or next((goal for goal in fitting if not goal.for_company), None)
		if goal:
			value = goal_figures.shown(label, values[name])
			state = goal_rules.state(name, value, flt(goal.goal), flt(goal.margin_percent))
			found[name] = goal_rules.COLORS[state]
	return found


def scope_of(goal: frappe._dict, company: str | None = None) -> dict[str, str]:
	"""What a goal is measured for, empty values left out: a general goal for `company` where one is asked about."""
	scope = {field: goal.get(field) for field in SCOPE} | {"company": goal.for_company or company}
	return {field: value for field, value in scope.items() if value}


def value_of(label: str, first: date, last: date, scope: dict[str, str]) -> float | None:
	"""A figure of a period in its unit (see goal_figures); None where there is nothing to divide by.

	Args:
		scope: see :func:`scope_of`.
	"""
	return _value(label, Period(first, last), scope, {})


def to_count(on: date | str | None = None) -> list[frappe._dict]:
	"""Goals whose period before the one of a day was not counted yet, with its `first` and `last` day.

	What nobody aimed at is left out: a goal that was set after the period was over.
	"""
	day = getdate(on)
	fields = [*FIELDS, "valid_from", "valid_until", "responsible", "creation", "counted_until"]
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
	value = value_of(goal.figure, goal.first, goal.last, scope_of(goal))
	state = goal_rules.state(FIGURES[goal.figure].name, value, flt(goal.goal), flt(goal.margin_percent))
	return value if state == goal_rules.MISSED else None


def note_counted(goal: frappe._dict) -> None:
	"""A goal of :func:`to_count` is not counted again for its period."""
	frappe.db.set_value("Service Goal", goal.name, "counted_until", goal.last, update_modified=False)


def _standing(goal: frappe._dict, day: date, counted: dict, company: str | None) -> dict:
	name = FIGURES[goal.figure].name
	period = goal_rules.period_of(goal.period, day)
	scope, value, before = scope_of(goal, company), None, None
	if goal_figures.sees(goal.figure):
		value = _value(goal.figure, period, scope, counted)
		before = _value(goal.figure, goal_rules.period_before(goal.period, period), scope, counted)
	state = goal_rules.state(name, value, flt(goal.goal), flt(goal.margin_percent))
	return {
		**{key: goal[key] for key in ("name", "title", "figure", "period", "goal", "responsible")},
		**{field: scope.get(field) for field in SCOPE},
		"first": period.first,
		"last": period.last,
		"value": value,
		"before": before,
		"state": state,
		"color": goal_rules.COLORS[state],
		"trend": goal_rules.trend(name, value, before),
	}


def _value(label: str, period: Period, scope: dict[str, str], counted: dict) -> float | None:
	figure = FIGURES[label]
	if not figure.read:
		return goal_figures.shown(label, getattr(figures_of(period, scope, counted), figure.name))
	of_model = {field: scope[field] for field in ("brand", "model") if figure.by_model and field in scope}
	return figure.read(period.first, period.last, scope.get("company"), **of_model)


def figures_of(period: Period, filters: dict[str, str], counted: dict) -> KeyFigures:
	"""The key figures of a period, counted once for whoever passes the same `counted`."""
	key = (period, tuple(filters.items()))
	if key not in counted:
		found = counts_by_group(Selection(period.first, period.last, filters=filters))
		counted[key] = figures(total(found.values()))
	return counted[key]


def _holds(goal: frappe._dict, day: date) -> bool:
	return not (goal.valid_from and getdate(goal.valid_from) > day) and not (
		goal.valid_until and getdate(goal.valid_until) < day
	)
