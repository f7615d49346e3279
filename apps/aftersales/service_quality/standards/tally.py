"""How often each standard was kept in a period."""

from datetime import date

import frappe
from frappe.query_builder import Case
from frappe.query_builder.functions import Count
from frappe.utils import add_days, flt, getdate

from aftersales.service_levels.clock_machine import State
from aftersales.service_quality import goal_rules, goals
from aftersales.service_quality.standards.standard_rules import GRADES, KEY_FIGURE, Tally, total
from aftersales.service_staff import grades

KEPT, MISSED = State.MET.value, (State.MISSED.value, State.OVERDUE.value)


def standards(published: bool = False) -> list[frappe._dict]:
	"""Standards that hold, in their order, each with `targets`, and `figure` and `company` of its goal.

	Rights are the caller's to ask.
	"""
	filters = {"disabled": 0, **({"published": 1} if published else {})}
	found = frappe.get_all(
		"Service Standard",
		filters=filters,
		fields=[
			*("name", "title", "number", "standard_set", "promise", "measured_by", "goal", "least_share"),
			*(
				"consequence_action",
				"consequence",
				"responsible",
				"report",
				"request_type",
				"service_category",
			),
		],
		order_by="standard_set asc, number asc, name asc",
	)
	rows = frappe.get_all(
		"Service Standard Target",
		filters={"parent": ("in", [row.name for row in found] or [""]), "parenttype": "Service Standard"},
		fields=["parent", "service_target"],
		order_by="idx asc",
	)
	goals_of = {
		goal.name: goal
		for goal in frappe.get_all(
			"Service Goal",
			filters={"name": ("in", [row.goal for row in found if row.goal] or [""])},
			fields=["name", "figure", "for_company"],
			order_by="name asc",
		)
	}
	for standard in found:
		standard.targets = [row.service_target for row in rows if row.parent == standard.name]
		goal = goals_of.get(standard.goal) or frappe._dict()
		standard.update(figure=goal.figure, company=goal.for_company)
	return found


def tallies(
	found: list[frappe._dict], first: date | str, last: date | str, company: str | None = None
) -> dict[str, Tally]:
	"""Name of each of `found` -> what was kept and missed in the period."""
	wanted = sorted({target for standard in found for target in standard.targets})
	by_target = _of_targets(wanted, getdate(first), getdate(last), company)
	return {
		standard.name: _tally(standard, by_target, getdate(first), getdate(last), company)
		for standard in found
	}


def _tally(
	standard: frappe._dict, by_target: dict[str, Tally], first: date, last: date, company: str | None
) -> Tally:
	if standard.measured_by == GRADES:
		return Tally(*grades.tally(min(last, getdate()), company))
	if standard.measured_by == KEY_FIGURE:
		return _of_goal(standard.goal, first, last, company)
	return total(by_target.get(target, Tally()) for target in standard.targets)


def _of_targets(wanted: list[str], first: date, last: date, company: str | None) -> dict[str, Tally]:
	"""Kept: stopped in time in the period. Missed: due in the period and not stopped by then."""
	if not wanted:
		return {}
	clock = frappe.qb.DocType("Service Clock")
	after = add_days(last, 1)
	moment = Case().when(clock.state == KEPT, clock.stopped_at).else_(clock.due_at)
	query = (
		frappe.qb.from_(clock)
		.select(clock.target, clock.state, Count(clock.name))
		.where(clock.target.isin(wanted) & clock.state.isin([KEPT, *MISSED]))
		.where((moment >= first) & (moment < after))
		.groupby(clock.target, clock.state)
	)
	if company:
		query = query.where(clock.company == company)
	found: dict[str, Tally] = {}
	for target, state, number in query.run():
		one = Tally(kept=number) if state == KEPT else Tally(missed=number)
		found[target] = found.get(target, Tally()) + one
	return found


def _of_goal(name: str | None, first: date, last: date, company: str | None) -> Tally:
	"""The figure of the period; it counts as one case, kept when the goal was reached."""
	goal = name and frappe.db.get_value(
		"Service Goal",
		name,
		[*goals.FIELDS],
		as_dict=True,
	)
	if not goal or (company and goal.for_company and goal.for_company != company):
		return Tally()
	value = goals.value_of(goal.figure, first, last, goals.scope_of(goal, company))
	if value is None:
		return Tally()
	state = goal_rules.state(goals.FIGURES[goal.figure].name, value, flt(goal.goal), 0)
	return Tally(int(state == goal_rules.REACHED), int(state != goal_rules.REACHED), value)
