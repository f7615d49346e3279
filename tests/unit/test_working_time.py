"""Working time against a minute-by-minute oracle, and its closed form against itself.

`AFTERSALES_ORACLE_CASES` widens the comparison (default 300 random calendars; the full comparison of
10,000 is `make oracle`).
"""

import os
import random
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from aftersales.service_levels.working_time import (
	Calendar,
	CalendarError,
	add,
	elapsed,
	is_working,
	until_close,
)

ZONES = (
	"UTC",
	"Europe/Dublin",
	"America/New_York",
	"America/St_Johns",  # changes at one minute past midnight until 2011
	"Australia/Lord_Howe",  # moves by half an hour
	"Pacific/Apia",  # skipped 30 December 2011
	"Asia/Kathmandu",
)
OFFICE = Calendar.of(
	{day: [(8 * 3600, 12 * 3600), (13 * 3600, 17 * 3600)] for day in range(5)}, (), "Europe/Dublin"
)
MONDAY = datetime(2026, 11, 23)


def at(day: int, clock: str) -> datetime:
	hour, minute = map(int, clock.split(":"))
	return MONDAY + timedelta(days=day, hours=hour, minutes=minute)


@pytest.mark.parametrize(
	("start", "hours", "due"),
	[
		(at(0, "09:00"), 2, at(0, "11:00")),
		(at(0, "11:00"), 2, at(0, "14:00")),  # over lunch
		(at(0, "16:00"), 1, at(0, "17:00")),  # ends at closing time, not the next morning
		(at(0, "18:30"), 1, at(1, "09:00")),
		(at(4, "16:00"), 4, at(7, "11:00")),  # over the weekend
		(at(5, "10:00"), 0, at(5, "10:00")),
		(at(0, "08:00"), 240, at(39, "17:00")),  # thirty days of eight hours
	],
)
def test_time_is_added_in_working_hours(start, hours, due):
	assert add(OFFICE, start, hours * 3600) == due
	assert elapsed(OFFICE, start, due) == hours * 3600


def test_holiday_is_not_worked():
	christmas = Calendar.of(
		{day: [(8 * 3600, 16 * 3600)] for day in range(7)}, [date(2026, 12, 25)], "Europe/Dublin"
	)
	assert add(christmas, datetime(2026, 12, 24, 15), 2 * 3600) == datetime(2026, 12, 26, 9)


def test_the_hour_skipped_in_spring_is_not_worked_and_the_one_repeated_in_autumn_is_worked_twice():
	night = Calendar.of({day: [(0, 6 * 3600)] for day in range(7)}, (), "Europe/Dublin")
	spring, autumn = datetime(2026, 3, 29), datetime(2026, 10, 25)
	assert elapsed(night, spring, spring + timedelta(days=1)) == 5 * 3600
	assert elapsed(night, autumn, autumn + timedelta(days=1)) == 7 * 3600


def test_windows_across_midnight_join():
	shift = Calendar.of({0: [(22 * 3600, 86_400)], 1: [(0, 6 * 3600)]}, (), "UTC")
	assert add(shift, at(0, "22:00"), 7 * 3600) == at(1, "05:00")
	assert is_working(shift, at(1, "00:00"))
	assert not is_working(shift, at(1, "06:00"))


def test_around_the_clock_is_clock_time():
	calendar = Calendar.around_the_clock("America/New_York")
	begin = datetime(2026, 3, 7, 12, tzinfo=timezone.utc)
	assert elapsed(calendar, begin, begin + timedelta(days=3)) == 3 * 86_400


@pytest.mark.parametrize(
	("windows", "reason"),
	[
		({}, "no working time"),
		({0: [(3600, 3600)]}, "ends before it starts"),
		({0: [(7200, 3600)]}, "ends before it starts"),
		({0: [(0, 90_000)]}, "ends before it starts"),
		({2: [(0, 7200), (3600, 9000)]}, "overlaps"),
	],
)
def test_calendars_that_cannot_be_counted_are_refused(windows, reason):
	with pytest.raises(CalendarError, match=reason):
		Calendar.of(windows)


def test_negative_time_is_refused():
	with pytest.raises(ValueError, match="negative"):
		add(OFFICE, MONDAY, -1)


@pytest.mark.parametrize(
	("start", "days", "close"),
	[
		(at(0, "09:00"), 0, at(0, "17:00")),
		(at(0, "06:00"), 0, at(0, "17:00")),
		(at(0, "17:00"), 0, at(1, "17:00")),  # nothing is left of today
		(at(4, "18:00"), 0, at(7, "17:00")),  # Friday evening: Monday
		(at(4, "09:00"), 1, at(7, "17:00")),
		(at(0, "09:00"), 25, at(35, "17:00")),
	],
)
def test_the_close_of_a_business_day(start, days, close):
	assert add(OFFICE, start, until_close(OFFICE, start, days)) == close


def test_days_before_today_are_refused():
	with pytest.raises(ValueError, match="negative"):
		until_close(OFFICE, MONDAY, -1)


def test_work_until_the_close_agrees_with_the_minute_oracle():
	chance = random.Random(20261123)
	for _ in range(int(os.environ.get("AFTERSALES_ORACLE_CASES", "300"))):
		calendar, begin, _end = _case(chance)
		days = chance.randrange(5)
		expected = _minutes_until_close(calendar, begin, days) * 60
		assert until_close(calendar, begin, days) == expected, (calendar, begin, days)


def test_closed_form_agrees_with_the_minute_oracle():
	chance = random.Random(20261122)
	for _ in range(int(os.environ.get("AFTERSALES_ORACLE_CASES", "300"))):
		calendar, begin, end = _case(chance)
		assert elapsed(calendar, begin, end) == _minutes(calendar, begin, end) * 60, (calendar, begin, end)


def test_what_is_added_has_elapsed_and_not_a_moment_earlier():
	chance = random.Random(7)
	for _ in range(2000):
		calendar, begin, _end = _case(chance)
		seconds = chance.randrange(1, 400_000)
		due = add(calendar, begin, seconds)
		assert elapsed(calendar, begin, due) == seconds
		assert elapsed(calendar, begin, due - timedelta(microseconds=1)) < seconds


def _case(chance: random.Random) -> tuple[Calendar, datetime, datetime]:
	windows = {}
	for day in range(7):
		count = chance.choice((0, 1, 1, 2, 3))
		cuts = sorted(chance.sample(range(1441), 2 * count))
		windows[day] = [(cuts[2 * i] * 60, cuts[2 * i + 1] * 60) for i in range(count)]
	if not any(windows.values()):
		windows[2] = [(0, 86_400)]
	first = date(2009, 1, 1) + timedelta(days=chance.randrange(365 * 20))
	holidays = {first + timedelta(days=chance.randrange(20)) for _ in range(chance.randrange(6))}
	begin = datetime(first.year, first.month, first.day, tzinfo=timezone.utc)
	begin += timedelta(minutes=chance.randrange(20_000))
	calendar = Calendar.of(windows, holidays, chance.choice(ZONES))
	return calendar, begin, begin + timedelta(minutes=chance.randrange(12_000))


def _minutes_until_close(calendar: Calendar, begin: datetime, days: int) -> int:
	"""Walk minute by minute to the first one worked, then date by date to the business day that counts."""
	zone, moment = ZoneInfo(calendar.time_zone), begin
	while not _minutes(calendar, moment, moment + timedelta(minutes=1)):
		moment += timedelta(minutes=1)
	day = moment.astimezone(zone).date()
	while days:
		day += timedelta(days=1)
		days -= bool(calendar.windows[day.weekday()]) and day not in calendar.holidays
	# Everything worked on dates up to that day; two days more cover any change of the zone.
	end = datetime(day.year, day.month, day.day, tzinfo=timezone.utc) + timedelta(days=2)
	count = 0
	while moment < end:
		local = moment.astimezone(zone)
		second = local.hour * 3600 + local.minute * 60
		if local.date() <= day and local.date() not in calendar.holidays:
			count += any(start <= second < stop for start, stop in calendar.windows[local.weekday()])
		moment += timedelta(minutes=1)
	return count


def _minutes(calendar: Calendar, begin: datetime, end: datetime) -> int:
	"""Count the minutes whose wall clock stands in a window: slow, and too simple to be wrong."""
	zone, count, moment = ZoneInfo(calendar.time_zone), 0, begin
	while moment < end:
		local = moment.astimezone(zone)
		second = local.hour * 3600 + local.minute * 60
		if local.date() not in calendar.holidays:
			count += any(start <= second < stop for start, stop in calendar.windows[local.weekday()])
		moment += timedelta(minutes=1)
	return count
