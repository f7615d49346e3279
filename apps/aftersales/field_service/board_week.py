"""The week on the dispatch board: technicians by days, with the room that is left and what was promised."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

import frappe

from aftersales.core.input.requests import Day, validate_call
from aftersales.field_service import arrival, board_rows, day_rules, dispatch_board
from aftersales.field_service.arrival_rules import Span
from aftersales.service_staff import availability, availability_rules
from aftersales.service_staff.availability_rules import Absence, Person

DAYS = 7
MOST_CALLS = 400


@frappe.whitelist()
@validate_call
def load(day: Day | None = None, company: str | None = None, zone: str | None = None) -> dict:
	"""The week of a day, from Monday, of all technicians the user may see.

	Returns:
		days (day, promised: windows of that day for which nobody is planned), today, technicians (name, company, zone, days:
		day, away, worked, planned, free in minutes, late: visits that should have begun, visits: name, start in minutes of the
		day, status, customer_name, what, emergency, promised: the customer has a window).

	Raises:
		frappe.PermissionError: the user may not read Service Vouchers.
	"""
	frappe.has_permission("Service Voucher", "read", throw=True)
	now = frappe.utils.now_datetime()
	on = frappe.utils.getdate(day)
	monday = datetime.combine(on - timedelta(days=on.weekday()), time())
	midnights = [monday + timedelta(days=number) for number in range(DAYS)]
	end = monday + timedelta(days=DAYS)
	rows = board_rows.visits_between(monday, company or None, end, zone or None)
	people = board_rows.people_on(company or None, rows, monday.date(), zone or None)
	known = availability.people(people, monday.date(), end.date())
	hours = arrival.working_hours(None, monday, end)
	of_technician = board_rows.of_technicians(people, rows)
	promised = windows_not_planned(company or None, zone or None, monday, end)
	return {
		"today": now.date(),
		"days": [
			{"day": midnight.date(), "promised": promised.get(midnight.date(), 0)} for midnight in midnights
		],
		"technicians": [
			{
				"name": name,
				"company": people[name].company,
				"zone": people[name].service_zone,
				"days": [
					_day(people[name], known[name], hours, own, midnight, now)
					for midnight, own in board_rows.by_day(of_technician[name], midnights).items()
				],
			}
			for name in sorted(people)
		],
	}


def _day(
	person: frappe._dict, known: Person, hours: Sequence[Span], own: list, midnight: datetime, now: datetime
) -> dict:
	absence, working = hours_of(person, known, hours, midnight)
	spans = day_rules.taken_of_day((board_rows.span(row) for row, _span in own), midnight, working)
	to_come = [(max(begin, now), end) for begin, end in working if end > now]
	return {
		"day": midnight.date(),
		"away": availability.told_plain(person.name, absence) if absence else None,
		"worked": day_rules.minutes(working),
		"planned": day_rules.minutes(spans),
		"free": day_rules.minutes(to_come) - day_rules.minutes(_within(spans, to_come)),
		"late": sum(1 for row, _span in own if is_late(row, now)),
		"visits": [
			{
				"name": row.name,
				"start": round((board_rows.span(row)[0] - midnight).total_seconds() / 60),
				"status": row.status,
				"customer_name": row.customer_name,
				"what": row.subject or row.preliminary_plan,
				"emergency": bool(row.hazard),
				"promised": bool(row.promised_from),
			}
			for row, _span in own
		],
	}


def hours_of(
	person: frappe._dict, known: Person, hours: Sequence[Span], midnight: datetime
) -> tuple[Absence | None, list[Span]]:
	"""Why a technician does not come on a day, and the hours worked on it."""
	absence = availability_rules.absence(known, midnight.date()) if person.is_active else None
	if absence or not person.is_active:
		return absence, []
	next_midnight = midnight + board_rows.DAY
	return None, [
		(max(begin, midnight), min(end, next_midnight))
		for begin, end in hours
		if begin < next_midnight and end > midnight
	]


def is_late(row: frappe._dict, now: datetime) -> bool:
	"""The visit should have begun."""
	return bool(row.status in dispatch_board.MOVABLE and row.planned_start and row.planned_start < now)


def _within(spans, working) -> list:
	return [(max(a, begin), min(b, end)) for a, b in spans for begin, end in working if a < end and b > begin]


def windows_not_planned(company: str | None, zone: str | None, begin: datetime, until: datetime) -> dict:
	"""Day → windows that customers were promised on it, for whose calls no visit has its technician and time."""
	found: dict = {}
	for row in dispatch_board.calls_waiting(company, frappe.utils.now_datetime(), MOST_CALLS, zone):
		if row.promised_from and begin <= row.promised_from < until:
			day = row.promised_from.date()
			found[day] = found.get(day, 0) + 1
	return found
