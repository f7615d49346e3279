"""Where work piles up: what came, left and waits in each department, by Little's law, and what one more technician would
change (R-KPI, bottleneck)."""

from datetime import datetime, time, timedelta

import frappe
from frappe import _
from frappe.utils import now_datetime

from aftersales.core import charts
from aftersales.core.input.filters import validate_filters
from aftersales.core.report_filters import check_company, column, period_of
from aftersales.field_service.metrics import Period
from aftersales.service_quality import flow_rules, flows
from aftersales.service_quality.flow_rules import Counts, Flow

DEPARTMENT, PERSON = "Department", "Person"
GROUPS = (DEPARTMENT, PERSON)
COLORS = {flow_rules.GROWING: "red", flow_rules.SHRINKING: "green", flow_rules.STEADY: "gray"}


@validate_filters
def execute(filters: dict | None = None) -> tuple:
	"""Script report. Filters: from_date, to_date (both needed), company, group_by (Department or Person).

	Raises:
		frappe.ValidationError: a date is missing, the period ends before it begins, an unknown grouping.
		frappe.PermissionError: the user may not see the company.
	"""
	filters = frappe._dict(filters or {})
	if filters.company:
		check_company(filters.company)
	first, last = period_of(filters)
	group = filters.group_by or DEPARTMENT
	if group not in GROUPS:
		frappe.throw(_("Group by one of: {0}.").format(", ".join(_(name) for name in GROUPS)))
	begin = datetime.combine(first, time())
	end = min(datetime.combine(last + timedelta(days=1), time()), now_datetime())
	if end <= begin:
		frappe.throw(_("{0} lies in the future.").format(frappe.bold(_("From"))))
	rows = _rows(begin, end, filters.company or None, group == PERSON)
	message = None if group == PERSON else _message(Period(first, last, filters.company or None), rows)
	return columns(group), rows, message, _chart(rows)


def columns(group: str) -> list[dict]:
	return [
		column("department", _("Department"), width=190),
		*([column("person", _("Person"), width=200)] if group == PERSON else []),
		column("arrived", _("Came"), "Int", 80),
		column("left", _("Left", context="After-sales"), "Int", 80),
		column("waiting_before", _("There Before"), "Int", 120),
		column("waiting", _("There Now"), "Int", 110),
		column("mean_waiting", _("There on the Mean"), "Float", 150, precision=1),
		column("a_day", _("Came a Day"), "Float", 110, precision=2),
		column("left_a_day", _("Left a Day"), "Float", 110, precision=2),
		column("days_through", _("Days until Done"), "Float", 140, precision=1),
		column("by_little", _("Days by Little's Law"), "Float", 160, precision=1),
		column("direction", _("Direction"), width=110),
	]


def _rows(begin: datetime, end: datetime, company: str | None, by_person: bool) -> list[dict]:
	rows = []
	for department in flows.departments():
		people = department.people(begin, end, company)
		if people and not by_person:
			people = {"": sum(people.values(), Counts())}
		for person, counts in sorted(people.items(), key=lambda one: (-_touched(one[1]), one[0])):
			rows.append(_row(department, person, flow_rules.flow(counts, begin, end)))
	return rows


def _touched(counts: Counts) -> int:
	return counts.waiting_before + counts.arrived


def _row(department: flows.Department, person: str, found: Flow) -> dict:
	def rounded(value: float | None, digits: int) -> float | None:
		return None if value is None else round(value, digits)

	return {
		"department": _(department.name),
		"key": department.name,
		"person": person or _("Nobody"),
		"arrived": found.arrived,
		"left": found.left,
		"waiting_before": found.waiting_before,
		"waiting": found.waiting,
		"mean_waiting": rounded(found.mean_waiting, 1),
		"a_day": rounded(found.arrivals_a_day, 2),
		"left_a_day": rounded(found.departures_a_day, 2),
		"days_through": rounded(found.days_through, 1),
		"by_little": rounded(found.by_little, 1),
		"direction": _(found.direction),
		"color": COLORS[found.direction],
	}


def _message(period: Period, rows: list[dict]) -> str | None:
	"""What a further technician would change, for visits and the workshop."""
	arrived = {row["key"]: row["arrived"] for row in rows}
	said = []
	for key, is_workshop in (("Field Service", False), ("Workshop", True)):
		change = flows.further_technician(period, arrived.get(key, 0), is_workshop)
		if not change:
			continue
		said.append(
			_(
				"{0}: technicians {1}, at work {2} % of their hours. Work waits {3} for them, {4} with one more."
			).format(
				_(key),
				change["people"],
				round(100 * change["load"]),
				_hours(change["wait"]),
				_hours(change["wait_with_one_more"]),
			)
		)
	return "<br>".join(said) or None


def _hours(value: float | None) -> str:
	return _("longer and longer") if value is None else _("{0} working hours").format(round(value, 1))


def _chart(rows: list[dict]) -> dict | None:
	if not rows:
		return None
	names: dict[str, list[float]] = {}
	for row in rows:
		sums = names.setdefault(row["department"], [0.0, 0.0])
		sums[0] += row["waiting_before"]
		sums[1] += row["waiting"]
	return charts.bars(
		list(names),
		[
			(_("There Before"), [one[0] for one in names.values()], charts.QUIET),
			(_("There Now"), [one[1] for one in names.values()], charts.COUNT),
		],
	)
