"""Share of travel, kilometres, utilisation, visits a day, plan against what happened: by technician, zone or week."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import frappe
from frappe import _
from frappe.utils import add_days, now_datetime

from aftersales.core.input.filters import validate_filters
from aftersales.core.report_filters import Scope, scope_of
from aftersales.field_service import arrival, board_travel, day_rules
from aftersales.field_service.crew import crews
from aftersales.service_routes import places, travel
from aftersales.service_setup.settings import aftersales_settings
from aftersales.service_staff import availability, availability_rules
from aftersales.visit_planning.figures_rules import Figures, Made, summed, week_of

GROUPS: dict[str, Callable[[Made], str]] = {
	"Technician": lambda visit: visit.technician,
	"Zone": lambda visit: visit.zone or "",
	"Week": lambda visit: week_of(visit.arrived.date()),
}


@validate_filters
def execute(filters: dict | None = None) -> tuple:
	"""Script report. Filters: company, from_date, to_date (all needed), group_by (Technician, Zone or Week)."""
	scope = scope_of(filters)
	group = (filters or {}).get("group_by") or "Technician"
	if group not in GROUPS:
		frappe.throw(_("Group by {0} is not possible.").format(frappe.bold(frappe.utils.escape_html(group))))
	made = _made(scope)
	found = summed(made, GROUPS[group], _available(scope, group))
	rows = [_row(name, found[name]) for name in sorted(found)]
	unknown = sum(figures.unknown for figures in found.values())
	message = (
		_("{0} ways are not counted: one of their addresses has no latitude and longitude.").format(unknown)
		if unknown
		else None
	)
	return columns(group), rows, message


def columns(group: str) -> list[dict]:
	def column(fieldname: str, label: str, fieldtype: str = "Float", width: int = 110) -> dict:
		return {
			"fieldname": fieldname,
			"label": label,
			"fieldtype": fieldtype,
			"width": width,
			"precision": 1,
		}

	first = {
		"Technician": {"fieldtype": "Link", "options": "Service Technician", "label": _("Technician")},
		"Zone": {"fieldtype": "Link", "options": "Service Zone", "label": _("Zone")},
		"Week": {"fieldtype": "Data", "label": _("Week")},
	}[group]
	return [
		{"fieldname": "name", "width": 170, **first},
		column("visits", _("Visits"), "Int", 80),
		column("visits_a_day", _("Visits a Day")),
		column("work", _("Hours on Site")),
		column("travel", _("Hours of Travel")),
		column("travel_share", _("Share of Travel"), "Percent", 130),
		column("kilometres", _("Kilometres")),
		*([] if group == "Zone" else [column("utilisation", _("Utilisation"), "Percent", 120)]),
		column("minutes_after_plan", _("Minutes after the Plan"), width=160),
		column("on_time", _("As Planned"), "Percent", 120),
		column("kept", _("Promises Kept"), "Percent", 130),
	]


def _row(name: str, figures: Figures) -> dict:
	return {
		"name": name,
		"visits": figures.visits,
		"visits_a_day": figures.visits_a_day,
		"work": figures.work / 3600,
		"travel": figures.travel / 3600,
		"travel_share": figures.travel_share,
		"kilometres": figures.metres / 1000,
		"utilisation": figures.utilisation,
		"minutes_after_plan": figures.minutes_after_plan,
		"on_time": figures.on_time_share,
		"kept": figures.kept_share,
	}


def _made(scope: Scope) -> list[Made]:
	"""Visits that ended in the period, each with the way to it in the order in which they were made.

	One of a crew counts for each of its technicians, its promise once.
	"""
	rows = frappe.get_list(
		"Service Voucher",
		filters=[
			["company", "=", scope.company],
			["docstatus", "=", 1],
			["technician", "is", "set"],
			["arrived_at", "is", "set"],
			["departed_at", ">=", scope.from_date],
			["departed_at", "<", add_days(scope.to_date, 1)],
		],
		fields=[
			*("name", "technician", "arrived_at", "departed_at", "planned_start"),
			*("repair_call.service_zone as zone", "repair_call.promise_result as promise"),
		],
		order_by="technician asc, arrived_at asc, name asc",
		limit_page_length=0,
	)
	rows += [frappe._dict(row, promise=None) for row in crews.rows_of_crews(rows)]
	rows.sort(key=lambda row: (row.technician, row.arrived_at, row.name))
	ways = _ways(rows)
	return [
		Made(
			row.technician,
			row.zone,
			row.arrived_at,
			row.departed_at,
			row.planned_start,
			*ways[row.name, row.technician],
			row.promise or None,
			_worked(row.arrived_at, row.departed_at),
		)
		for row in rows
	]


def _worked(arrived: datetime, departed: datetime) -> float | None:
	"""Seconds of the service's hours during a visit that lasted several days; None for any other."""
	if not day_rules.lasts_days((arrived, departed)):
		return None
	return sum((end - start).total_seconds() for start, end in arrival.working_hours(None, arrived, departed))


def _ways(rows: list[frappe._dict]) -> dict[tuple[str, str], tuple[int, int, bool]]:
	"""Visit and technician → seconds and metres of the way there (and home from the last of a day), and whether all is known."""
	where = board_travel.places_of(rows)
	homes = places.of_technicians({row.technician for row in rows}) if rows else {}
	days: dict[tuple, list[frappe._dict]] = {}
	for row in rows:
		days.setdefault((row.technician, row.arrived_at.date()), []).append(row)
	found, speeds = {}, travel.speeds_of_zones()
	for (technician, _day), visits in days.items():
		start, end = homes.get(technician, (None, None))
		stops = [start, *(where.get(visit.name) for visit in visits), end]
		ways = travel.along(stops, [None, *(visit.zone for visit in visits), None], speeds)
		for number, visit in enumerate(visits):
			own = [ways[number], *([ways[-1]] if number + 1 == len(visits) else [])]
			known = [way for way in own if way]
			found[visit.name, visit.technician] = (
				sum(way[0] for way in known),
				sum(way[1] for way in known),
				len(known) == len(own),
			)
	return found


def _available(scope: Scope, group: str) -> dict[str, float] | None:
	"""Seconds of working time up to now, by technician or week, less absences; None where nobody knows."""
	if group == "Zone" or not aftersales_settings().working_calendar:
		return None
	begin = datetime.combine(scope.from_date, time())
	until = min(datetime.combine(scope.to_date, time()) + timedelta(days=1), now_datetime())
	people = frappe.get_list(
		"Service Technician",
		filters={"company": scope.company, "is_active": 1},
		pluck="name",
		order_by="name asc",
		limit_page_length=0,
	)
	if until <= begin or not people:
		return None
	by_day: dict[date, float] = {}
	for start, end in arrival.working_hours(None, begin, until):
		by_day[start.date()] = by_day.get(start.date(), 0) + (end - start).total_seconds()
	known = availability.people(people, scope.from_date, until.date())
	found: dict[str, float] = {}
	for name in people:
		for day, seconds in by_day.items():
			if not availability_rules.absence(known[name], day):
				key = name if group == "Technician" else week_of(day)
				found[key] = found.get(key, 0) + seconds
	return found
