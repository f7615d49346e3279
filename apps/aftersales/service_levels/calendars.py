"""Service Calendar records as the pure calendars that working time is counted in."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import frappe
from frappe.utils import get_system_timezone, get_time, getdate

from aftersales.service_levels.working_time import Calendar, Window

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def load(name: str) -> Calendar:
	"""The pure calendar of Service Calendar `name`, its holidays included."""
	return from_terms(as_terms(name))


def as_terms(name: str) -> dict:
	"""Everything that defines calendar `name`, as plain values that can be frozen in a clock."""
	doc = frappe.get_cached_doc("Service Calendar", name)
	if doc.around_the_clock:
		return {"around_the_clock": 1, "time_zone": doc.time_zone or get_system_timezone()}
	windows: dict[str, list[Window]] = {}
	for row in doc.windows:
		windows.setdefault(str(WEEKDAYS.index(row.weekday)), []).append(window_of(row))
	holidays = []
	if doc.holiday_list:
		holidays = [
			str(getdate(row.holiday_date))
			for row in frappe.get_cached_doc("Holiday List", doc.holiday_list).holidays
		]
	return {"windows": windows, "holidays": holidays, "time_zone": doc.time_zone or get_system_timezone()}


def hours_between(name: str, begin: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
	"""The stretches of working time of calendar `name` between two moments (naive system time), in order.

	For spans of days or weeks: each day is looked at.
	"""
	calendar = load(name)
	zone = ZoneInfo(calendar.time_zone)
	first, last = aware(begin).astimezone(zone).date(), aware(end).astimezone(zone).date()
	found = []
	for number in range((last - first).days + 1):
		day = first + timedelta(days=number)
		if day in calendar.holidays:
			continue
		midnight = datetime.combine(day, time())
		for opening, closing in calendar.windows[day.weekday()]:
			start, finish = (
				stored((midnight + timedelta(seconds=seconds)).replace(tzinfo=zone))
				for seconds in (opening, closing)
			)
			if start < end and finish > begin:
				found.append((max(start, begin), min(finish, end)))
	return found


def from_terms(terms: dict) -> Calendar:
	"""The pure calendar that `as_terms` described.

	Raises:
		CalendarError: overlapping windows, an end before its start, no working time.
	"""
	if terms.get("around_the_clock"):
		return Calendar.around_the_clock(terms["time_zone"])
	return _calendar(
		tuple(
			(int(day), tuple((start, end) for start, end in windows))
			for day, windows in sorted(terms["windows"].items())
		),
		tuple(terms["holidays"]),
		terms["time_zone"],
	)


def window_of(row) -> Window:
	"""Seconds after midnight of a window's start and end; 23:59:59 and 0:00 as an end mean 24:00."""
	start, end = _seconds(row.start_time), _seconds(row.end_time)
	return start, 86_400 if end in (0, 86_399) else end


def aware(moment: datetime) -> datetime:
	"""A stored (naive, system time zone) datetime with its zone."""
	return moment.replace(tzinfo=_system_zone())


def stored(moment: datetime | None) -> datetime | None:
	"""The reverse of `aware`, to whole seconds."""
	return moment and moment.astimezone(_system_zone()).replace(tzinfo=None, microsecond=0)


def _system_zone() -> ZoneInfo:
	return ZoneInfo(get_system_timezone())


def _seconds(value) -> int:
	moment = get_time(value)
	return moment.hour * 3600 + moment.minute * 60 + moment.second


@lru_cache(maxsize=256)
def _calendar(windows: tuple, holidays: tuple[str, ...], time_zone: str) -> Calendar:
	# A pure function of its arguments: every worker may keep its own copy.
	return Calendar.of(dict(windows), (date.fromisoformat(day) for day in holidays), time_zone)
