"""The service clock: due times, pauses in working time, events once and in order."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aftersales.service_levels import clock_machine as machine
from aftersales.service_levels.clock_machine import EventKind, State, Step, Terms
from aftersales.service_levels.working_time import Calendar, elapsed

OFFICE = Calendar.of({day: [(8 * 3600, 17 * 3600)] for day in range(5)}, (), "Europe/Dublin")
FRIDAY = datetime(2026, 11, 20)
DAY = 24 * 3600


def friday(clock: str, days: int = 0) -> datetime:
	hour, minute = map(int, clock.split(":"))
	return FRIDAY + timedelta(days=days, hours=hour, minutes=minute)


def clock(steps=(), allowed=DAY, begin=FRIDAY + timedelta(hours=16)):
	return machine.start(Terms.of(OFFICE, allowed, steps), begin)


def test_due_after_the_time_allowed_in_working_hours():
	# 1 h on Friday, 9 h each on Monday and Tuesday, 5 h on Wednesday
	assert machine.due_at(clock()) == friday("13:00", 5)


def test_a_pause_loses_its_working_time_and_not_its_calendar_time():
	paused = machine.pause(clock(), friday("10:00", 3))
	assert paused.state is State.PAUSED
	assert machine.next_event_at(paused) is None
	resumed = machine.resume(paused, friday("09:00", 4))
	assert resumed.paused_seconds == 8 * 3600  # 10 to 17 h on Monday, 8 to 9 h on Tuesday
	assert machine.due_at(resumed) == friday("12:00", 6)


def test_a_pause_over_the_weekend_costs_nothing():
	paused = machine.pause(clock(), friday("17:00"))
	resumed = machine.resume(paused, friday("08:00", 3))
	assert machine.due_at(resumed) == machine.due_at(clock())


@pytest.mark.parametrize(
	("at", "state", "overrun"),
	[
		(friday("13:00", 5), State.MET, 0),
		(friday("13:01", 5), State.MISSED, 60),
		(friday("09:00", 6), State.MISSED, 5 * 3600),
	],
)
def test_met_up_to_the_due_time_and_missed_after_it(at, state, overrun):
	stopped = machine.stop(clock(), at)
	assert (stopped.state, machine.overrun_seconds(stopped, friday("12:00", 30))) == (state, overrun)


def test_events_come_in_order_each_once():
	steps = [
		Step("nudge", percent=75),
		Step("boss", minutes=60, repeat_minutes=30, times=3),
		Step("hour", minutes=-60),
	]
	running, first = machine.take_due_events(clock(steps), friday("13:00", 5))
	assert [(event.kind, event.step) for event in first] == [
		(EventKind.WARNING, "nudge"),
		(EventKind.WARNING, "hour"),
		(EventKind.BREACH, ""),
	]
	assert running.state is State.OVERDUE
	assert machine.take_due_events(running, friday("13:00", 5))[1] == ()
	running, later = machine.take_due_events(running, friday("17:00", 9))
	assert [(event.step, event.repetition) for event in later] == [("boss", 1), ("boss", 2), ("boss", 3)]
	assert machine.next_event_at(running) is None


def test_steps_at_the_due_time_follow_the_breach():
	steps = [Step("a", minutes=0), Step("b", percent=100), Step("later", minutes=60)]
	_running, events = machine.take_due_events(clock(steps), friday("13:00", 5))
	assert [(event.kind, event.step) for event in events] == [
		(EventKind.BREACH, ""),
		(EventKind.BREACH, "a"),
		(EventKind.BREACH, "b"),
	]


def test_an_overdue_clock_that_waits_for_the_customer_stays_overdue_and_counts_no_further():
	late, _events = machine.take_due_events(clock(), friday("14:00", 5))
	late = machine.pause(late, friday("14:00", 5))
	assert late.state is State.OVERDUE
	assert machine.overrun_seconds(late, friday("17:00", 5)) == 3600
	stopped = machine.stop(late, friday("17:00", 5))
	assert (stopped.state, machine.overrun_seconds(stopped, friday("17:00", 5))) == (State.MISSED, 3600)


def test_a_closed_clock_does_not_move():
	closed = machine.cancel(clock(), friday("17:00"))
	for change in (machine.pause, machine.resume, machine.stop, machine.cancel):
		assert change(closed, friday("12:00", 4)) is closed
	assert machine.next_event_at(closed) is None


def test_repeating_without_an_interval_is_refused():
	with pytest.raises(ValueError, match="repeated"):
		Terms.of(OFFICE, DAY, [Step("boss", minutes=10, times=2)])
	with pytest.raises(ValueError, match="more than zero"):
		Terms.of(OFFICE, 0)


moments = st.integers(0, 60 * 24 * 30).map(lambda minutes: FRIDAY + timedelta(minutes=minutes))


@settings(max_examples=300, deadline=None, derandomize=True)
@given(times=st.lists(moments, min_size=1, max_size=9), allowed=st.integers(1, 60 * 80))
def test_any_pauses_add_exactly_their_working_time(times, allowed):
	ordered = sorted(times)
	running = machine.start(Terms.of(OFFICE, allowed * 60), ordered[0])
	lost = 0.0
	for begin, end in zip(ordered[1::2], ordered[2::2], strict=False):
		running = machine.resume(machine.pause(running, begin), end)
		lost += elapsed(OFFICE, begin, end)
	due = machine.due_at(running)
	assert elapsed(OFFICE, running.started_at, due) == allowed * 60 + lost
	end = max(due, ordered[-1])
	assert machine.stop(running, end).state is (State.MET if end == due else _verdict(running, end))


@settings(max_examples=200, deadline=None, derandomize=True)
@given(looks=st.lists(moments, min_size=1, max_size=12), percents=st.lists(st.integers(1, 200), max_size=5))
def test_however_often_the_sweep_looks_each_event_is_done_once(looks, percents):
	steps = [Step(f"s{i}", percent=percent) for i, percent in enumerate(percents)]
	running = clock(steps)
	done = []
	for now in (*sorted(looks), FRIDAY + timedelta(days=90)):
		running, events = machine.take_due_events(running, now)
		done += events
	assert tuple(done) == running.terms.events
	assert len(set(done)) == len(done)


def _verdict(running, end):
	spent = machine.spent_seconds(replace(running, stopped_at=None), end)
	return State.MET if spent <= running.terms.allowed_seconds else State.MISSED
