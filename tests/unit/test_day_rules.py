"""How full a day is, where it has room, what is drawn beside what."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftersales.field_service import day_rules
from aftersales.field_service.arrival_rules import Technician

DAY = datetime(2026, 11, 25)


def at(hour: float) -> datetime:
	return DAY + timedelta(hours=hour)


def span(start: float, end: float):
	return at(start), at(end)


hours = st.integers(0, 95).map(lambda quarter: quarter / 4)
spans = st.lists(
	st.tuples(hours, st.integers(1, 16)).map(lambda pair: span(pair[0], pair[0] + pair[1] / 4)), max_size=12
)


@pytest.mark.parametrize(
	("taken", "minutes"),
	[
		([], 0),
		([span(8, 9.5)], 90),
		([span(8, 9), span(9, 10)], 120),
		([span(8, 10), span(9, 11)], 180),  # at two places at a time is three hours of work, not four
		([span(8, 12), span(9, 10)], 240),
	],
)
def test_time_taken_twice_counts_once(taken, minutes):
	assert day_rules.minutes(taken) == minutes


@pytest.mark.parametrize(
	("busy", "now", "start"),
	[
		([], 6, 8),
		([], 9.1, 9.25),  # on the quarter of an hour
		([span(8, 9)], 6, 9),
		([span(9, 10)], 6, 10),  # one hour before it is too short for ninety minutes
		([span(9.5, 12)], 6, 8),
		([span(8, 16)], 6, None),  # one hour is left
		([], 15.75, None),
	],
)
def test_the_first_time_with_room_for_ninety_minutes(busy, now, start):
	day = Technician("Aoife", working=(span(8, 17),), busy=tuple(busy))
	found = day_rules.first_fit(day, at(now), timedelta(minutes=90))
	assert found == (None if start is None else at(start))


def test_one_who_is_off_has_no_room():
	assert day_rules.first_fit(Technician("Aoife", working=()), at(8), timedelta(minutes=30)) is None


@given(spans)
def test_in_one_lane_nothing_overlaps_and_no_lane_is_wasted(taken):
	lanes = day_rules.lanes(taken)
	for one in range(len(taken)):
		for other in range(one):
			apart = taken[one][1] <= taken[other][0] or taken[other][1] <= taken[one][0]
			assert apart or lanes[one] != lanes[other]
	most = max((sum(start <= moment < end for start, end in taken) for moment, _end in taken), default=0)
	assert len(set(lanes)) == most


@pytest.mark.parametrize(
	("taken", "shown"),
	[
		([], (8, 18)),
		([span(9, 10)], (8, 18)),
		([span(6.5, 7)], (6, 18)),
		([span(17, 20.25)], (8, 21)),
		([span(-3, 2)], (0, 18)),  # began the day before
		([span(22, 30)], (8, 24)),
		([span(-10, -2)], (8, 18)),
	],
)
def test_the_hours_shown_hold_all_that_happens_on_the_day(taken, shown):
	assert day_rules.hours_shown(taken, DAY) == shown


def test_emergencies_wait_least_then_what_is_due_then_what_is_old():
	waiting = {
		"old": (False, None, at(1)),
		"new": (False, None, at(9)),
		"due": (False, 3600, at(9)),
		"late": (False, -60, at(9)),
		"gas": (True, None, at(10)),
	}
	assert sorted(waiting, key=lambda name: day_rules.pressing(*waiting[name])) == [
		"gas",
		"late",
		"due",
		"old",
		"new",
	]


def test_a_visit_that_lasts_days_takes_what_is_worked_on_each_and_a_night_is_one_piece_of_work():
	monday = datetime(2026, 11, 30)
	working = [(monday + timedelta(hours=8), monday + timedelta(hours=17))]
	long = (monday + timedelta(hours=10), monday + timedelta(days=2, hours=12))
	night = (monday + timedelta(hours=22), monday + timedelta(days=1, hours=2))
	assert day_rules.lasts_days(long) and not day_rules.lasts_days(night)
	assert [day.day for day in day_rules.days_touched(long)] == [30, 1, 2]
	assert len(day_rules.days_touched((monday, monday + timedelta(days=1)))) == 1, "until midnight"
	taken = day_rules.time_of_day(long, monday, working)
	assert taken == [(monday + timedelta(hours=10), monday + timedelta(hours=17))]
	assert day_rules.time_of_day(long, monday - timedelta(days=1), working) == []
	assert day_rules.time_of_day(night, monday, working) == [(night[0], monday + timedelta(days=1))]
