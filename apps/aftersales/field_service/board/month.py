"""The month on the dispatch board: how full the days of each technician are, and who is away."""

from collections.abc import Sequence
from datetime import date, datetime, time

import frappe
from frappe.utils import add_months, get_first_day, getdate, now_datetime

from aftersales.core.input.requests import Day, validate_call
from aftersales.field_service import arrival, board_rows, board_week, day_rules
from aftersales.field_service.arrival_rules import Span
from aftersales.service_staff import availability
from aftersales.service_staff.availability_rules import Person

FIELDS = ("name", "status", "technician", "planned_start", "planned_end", "arrived_at", "departed_at")
MOST_VISITS = 20_000
"""Of a month: 80 technicians with eight visits on each of 31 days."""


@frappe.whitelist()
@validate_call
def load(day: Day | None = None, company: str | None = None, zone: str | None = None) -> dict:
	"""The month of a day, of all technicians the user may see.

	Returns:
		today, days (dates), promised (for each of them the windows for which nobody is planned), more (there are more visits
		than are counted), technicians (name, company, zone, days: visits, planned and worked in minutes, late: visits that
		should have begun, away: why the technician does not come, None otherwise).

	Raises:
		frappe.PermissionError: the user may not read Service Vouchers.
	"""
	frappe.has_permission("Service Voucher", "read", throw=True)
	first = get_first_day(getdate(day))
	midnights = _midnights(first)
	begin, end = midnights[0], midnights[-1] + board_rows.DAY
	rows = board_rows.visits_between(begin, company or None, end, zone or None, FIELDS, MOST_VISITS + 1)
	people = board_rows.people_on(company or None, rows, first, zone or None)
	known = availability.people(people, first, midnights[-1].date())
	hours = arrival.working_hours(None, begin, end)
	own = board_rows.of_technicians(people, rows)
	promised = board_week.windows_not_planned(company or None, zone or None, begin, end)
	now = now_datetime()
	return {
		"today": now.date(),
		"days": [midnight.date() for midnight in midnights],
		"promised": [promised.get(midnight.date(), 0) for midnight in midnights],
		"more": len(rows) > MOST_VISITS,
		"technicians": [
			{
				"name": name,
				"company": people[name].company,
				"zone": people[name].service_zone,
				"days": _days(people[name], known[name], hours, own[name], midnights, now),
			}
			for name in sorted(people)
		],
	}


def _midnights(first: date) -> list[datetime]:
	begin = datetime.combine(first, time())
	days = (getdate(add_months(first, 1)) - first).days
	return [begin + number * board_rows.DAY for number in range(days)]


def _days(
	person: frappe._dict,
	known: Person,
	hours: Sequence[Span],
	own: list[frappe._dict],
	midnights: list[datetime],
	now: datetime,
) -> list[dict]:
	shown = []
	for midnight, visits in board_rows.by_day(own, midnights).items():
		absence, working = board_week.hours_of(person, known, hours, midnight)
		shown.append(
			{
				"visits": len(visits),
				"planned": day_rules.minutes(
					day_rules.taken_of_day((board_rows.span(row) for row, _span in visits), midnight, working)
				),
				"worked": day_rules.minutes(working),
				"late": sum(1 for row, _span in visits if board_week.is_late(row, now)),
				"away": availability.told_plain(person.name, absence) if absence else None,
			}
		)
	return shown
