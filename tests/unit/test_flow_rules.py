"""Little's law on stays counted by hand, and the wait for a technician against a simulated queue."""

from datetime import datetime, timedelta
from heapq import heappop, heappush
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aftersales.service_quality import flow_rules
from aftersales.service_quality.flow_rules import Counts, Flow, chance_of_waiting, mean_wait

BEGIN = datetime(2026, 3, 1)
END = BEGIN + timedelta(days=10)


def at(days: float) -> datetime:
	return BEGIN + timedelta(days=days)


def flow(stays, begin: datetime, end: datetime) -> Flow:
	"""(came, left or None) one by one, as flows.py lets the database count them."""
	counts = Counts()
	for came, gone in stays:
		if came >= end or (gone is not None and gone <= begin):
			continue
		has_left = gone is not None and gone < end
		counts += Counts(
			int(begin <= came),
			int(has_left),
			int(came < begin),
			int(not has_left),
			(min(gone or end, end) - max(came, begin)).total_seconds(),
			(gone - came).total_seconds() if has_left else 0,
		)
	return flow_rules.flow(counts, begin, end)


def test_counted_by_hand():
	found = flow(
		[(at(-2), at(1)), (at(0), at(5)), (at(4), None), (at(9), at(12)), (at(-9), at(-1)), (at(11), None)],
		BEGIN,
		END,
	)
	assert (found.arrived, found.left, found.waiting_before, found.waiting) == (3, 2, 1, 2)
	assert found.days_through == (3 + 5) / 2
	assert found.mean_waiting == pytest.approx((1 + 5 + 6 + 1) / 10)
	assert (found.arrivals_a_day, found.departures_a_day) == (0.3, 0.2)
	assert found.direction == "Steady"


def test_what_is_there_is_what_came_less_what_left():
	grown = flow([(at(day), None) for day in range(8)], BEGIN, END)
	assert (grown.direction, grown.by_little, grown.days_through) == ("Growing", None, None)
	assert flow([(at(-3), at(day)) for day in range(1, 9)], BEGIN, END).direction == "Shrinking"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(-20, 20), st.floats(0, 20)), max_size=40))
def test_nothing_is_lost(pairs):
	found = flow([(at(came), at(came + stay)) for came, stay in pairs], BEGIN, END)
	assert found.waiting_before + found.arrived == found.left + found.waiting


def test_littles_law_holds_where_nothing_piles_up():
	random = Random(3)
	stays = [(at(day / 10), at(day / 10 + random.uniform(0.5, 1.5))) for day in range(-200, 1200)]
	found = flow(stays, BEGIN, BEGIN + timedelta(days=100))
	assert found.by_little == pytest.approx(found.days_through, rel=0.02)
	assert found.mean_waiting == pytest.approx(found.arrivals_a_day * found.days_through, rel=0.02)


def test_known_values_of_erlang():
	assert chance_of_waiting(0.5, 1) == pytest.approx(0.5)  # one server: the load itself
	assert chance_of_waiting(2, 3) == pytest.approx(4 / 9)
	assert mean_wait(0.5, 1, 1) == pytest.approx(1.0)
	assert mean_wait(3, 1, 3) is None, "as much comes as can be done: it never ends"


@pytest.mark.parametrize("technicians", [3, 4])
def test_the_wait_is_that_of_a_simulated_queue(technicians):
	"""2.5 jobs an hour of an hour each, 200,000 of them."""
	random = Random(technicians)
	free = [0.0] * technicians
	now = waited = 0.0
	jobs = 200_000
	for _job in range(jobs):
		now += random.expovariate(2.5)
		begins = max(now, heappop(free))
		waited += begins - now
		heappush(free, begins + random.expovariate(1))
	assert mean_wait(2.5, 1, technicians) == pytest.approx(waited / jobs, rel=0.06)
