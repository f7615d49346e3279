"""Windows that can be promised: inside working hours, beside planned visits, in time where anybody can."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftersales.field_service.arrival_rules import (
	SHORTEST,
	Suggestion,
	Technician,
	Wish,
	choose_with_cheap,
	mark_cheap,
	on_call,
	on_days,
	suggest,
	with_promises,
)

MONDAY = datetime(2026, 3, 2)


def at(hour: float, day: int = 0) -> datetime:
	return MONDAY + timedelta(days=day, hours=hour)


HOURS = ((at(8), at(17)), (at(8, 1), at(17, 1)))


def technician(name="Aoife", *busy, zone=None, working=HOURS):
	return Technician(name, working, tuple(sorted(busy)), zone)


EIGHT = at(8)


def wish(earliest=EIGHT, due=None, zone=None, visit=1.5, window=2.0):
	return Wish(earliest, timedelta(hours=visit), timedelta(hours=window), due, zone)


def plain(found):
	return [(s.start, s.end, s.technician) for s in found]


def test_a_free_day_is_offered_from_now_on():
	found = suggest([technician()], wish(earliest=at(9.2)))
	assert plain(found) == [
		(at(9.5), at(11.5), "Aoife"),
		(at(11.5), at(13.5), "Aoife"),
		(at(13.5), at(15.5), "Aoife"),
	]
	assert all(window.in_time for window in found)


def test_a_planned_visit_is_not_disturbed():
	found = suggest([technician("Aoife", (at(10), at(12)))], wish(), count=2)
	# the visit before ten has to be over by ten: half an hour is too narrow, so the window ends at 8:30
	assert plain(found) == [(at(8), at(8.5), "Aoife"), (at(12), at(14), "Aoife")]
	assert [window.visits_that_day for window in found] == [1, 1]


def test_after_hours_the_next_day_is_offered():
	assert plain(suggest([technician()], wish(earliest=at(18)), count=1)) == [(at(8, 1), at(10, 1), "Aoife")]


def test_the_window_ends_with_the_target():
	(first, second) = suggest([technician()], wish(due=at(9)), count=2)
	assert (first.end, first.in_time) == (at(9), True)
	assert (second.start, second.in_time) == (at(9), False)


def test_the_zone_goes_before_the_hour_while_the_target_is_met():
	near = technician("Near", (at(8), at(10)), zone="Zone 1")
	far = technician("Far", zone="Zone 4")
	assert suggest([near, far], wish(due=at(17), zone="Zone 1"), count=1)[0].technician == "Near"
	assert suggest([near, far], wish(due=at(10), zone="Zone 1"), count=1)[0].technician == "Far"
	assert suggest([near, far], wish(zone=None), count=1)[0].technician == "Far"


def test_of_two_alike_the_one_with_less_to_do():
	busy = technician("Aoife", (at(15), at(16)))
	assert suggest([busy, technician("Brian")], wish(), count=1)[0].technician == "Brian"


def test_late_windows_come_last_and_earliest_first():
	found = suggest([technician("A", (at(8), at(11))), technician("B", (at(8), at(9)))], wish(due=at(9)))
	assert [window.in_time for window in found] == [False, False, False]
	assert [window.start for window in found] == sorted(window.start for window in found)
	assert found[0].technician == "B"


def test_nobody_is_qualified():
	assert suggest([], wish()) == []
	assert with_promises([], [(at(8), at(10))], timedelta(hours=1)) == []


def test_a_promise_without_a_visit_takes_somebody_s_time():
	both = [technician("A"), technician("B", (at(8), at(9)))]
	(a, b) = with_promises(both, [(at(8), at(10)), (at(8), at(10))], timedelta(hours=1.5))
	assert a.busy == ((at(8), at(9.5)), (at(8), at(9.5))), "B is not free at eight; the work has to be done"
	assert b.busy == ((at(8), at(9)),)
	(a, b) = with_promises(both, [(at(10), at(12))], timedelta(hours=1.5))
	assert (len(a.busy), len(b.busy)) == (1, 1), "the one with less to do"


def test_an_emergency_at_night():
	night = wish(earliest=at(22), due=at(23))
	assert not suggest([technician()], night)[0].in_time
	assert on_call([technician()], night, at(24 * 3)) == [
		Suggestion(at(22), at(23), "Aoife", 0, in_time=True, outside_hours=True)
	]


halves = st.integers(min_value=0, max_value=47).map(lambda half: at(half / 2))


@st.composite
def technicians(draw):
	made = []
	for name in "ABC"[: draw(st.integers(min_value=1, max_value=3))]:
		busy, end = [], at(0)
		for start in sorted(draw(st.lists(halves, max_size=3))):
			if start >= end:
				end = start + timedelta(minutes=draw(st.integers(min_value=15, max_value=240)))
				busy.append((start, end))
		made.append(technician(name, *busy, zone=draw(st.sampled_from([None, "Z1", "Z2"]))))
	return made


@given(technicians(), halves, st.none() | halves, st.integers(min_value=15, max_value=300), st.randoms())
def test_every_window_can_be_kept(people, earliest, due, visit, random):
	asked = Wish(earliest, timedelta(minutes=visit), timedelta(hours=2), due, "Z1")
	found = suggest(people, asked, count=4)
	by_name = {person.name: person for person in people}
	for window in found:
		person = by_name[window.technician]
		last_leave = window.end + asked.visit
		assert window.start >= earliest and window.end - window.start >= SHORTEST
		assert any(begin <= window.start and last_leave <= end for begin, end in person.working)
		assert not any(begin < last_leave and window.start < end for begin, end in person.busy)
		assert window.in_time == (due is None or window.end <= due)
	assert len({window.start for window in found}) == len(found) <= 4
	late = [window.in_time for window in found]
	assert late == sorted(late, reverse=True)
	shuffled = list(people)
	random.shuffle(shuffled)
	assert suggest(shuffled, asked, count=4) == found


@pytest.mark.parametrize("count", [1, 2])
def test_no_more_than_asked_for(count):
	assert len(suggest([technician(), technician("B")], wish(), count=count)) == count


def test_days_off_are_cut_out_and_what_touches_stays_one():
	whole = ((at(9), at(12, 3)),)
	assert on_days(whole, lambda day: True) == whole
	assert on_days(whole, lambda day: day.day != 3) == ((at(9), at(0, 1)), (at(0, 2), at(12, 3)))
	assert on_days(HOURS, lambda day: day.day != 2) == HOURS[1:]
	assert on_days((), lambda day: True) == ()


@given(st.lists(st.integers(0, 400), max_size=8, unique=True), st.sets(st.integers(0, 17)))
def test_what_is_left_lies_within_and_on_working_days(quarters, days):
	edges = [at(quarter) for quarter in sorted(quarters)]
	spans = tuple(zip(edges[::2], edges[1::2], strict=False))
	off = {(MONDAY + timedelta(days=number)).date() for number in days}
	left = on_days(spans, lambda day: day not in off)
	for hour in range(401):
		middle = at(hour + 0.5)
		inside = any(start <= middle < end for start, end in spans)
		assert any(start <= middle < end for start, end in left) == (inside and middle.date() not in off)


def window(hour: int, detour: int | None, in_time: bool = True) -> Suggestion:
	return Suggestion(at(hour), at(hour + 1), "Aoife", 0, in_time, detour=detour)


def test_a_window_that_is_clearly_on_the_way_is_offered_and_marked():
	found = [window(8, 40), window(10, 35), window(12, 50)]
	more = [*found, window(14, 20), window(15, 5, in_time=False)]
	offered = mark_cheap(choose_with_cheap(found, more))
	assert [(one.start.hour, one.detour, one.cheap) for one in offered] == [
		(8, 40, False),
		(10, 35, False),
		(14, 20, True),
	]


def test_windows_that_cost_about_the_same_or_are_not_known_are_left_as_they_are():
	same = [window(8, 30), window(10, 34)]
	assert mark_cheap(choose_with_cheap(same, [window(14, 25)])) == same
	unknown = [window(8, None), window(10, None)]
	assert mark_cheap(choose_with_cheap(unknown, [window(14, 5)])) == unknown
