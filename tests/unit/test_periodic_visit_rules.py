"""Periods of a visit plan: no day without one, no day in two, and a due day inside."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftersales.customer_care.periodic_visit_rules import Period, due_in, period_at

JANUARY = date(2026, 1, 1)


@pytest.mark.parametrize(
	("starts_on", "every", "day", "start", "end"),
	[
		(JANUARY, 6, date(2026, 1, 1), date(2026, 1, 1), date(2026, 7, 1)),
		(JANUARY, 6, date(2026, 6, 30), date(2026, 1, 1), date(2026, 7, 1)),
		(JANUARY, 6, date(2026, 7, 1), date(2026, 7, 1), date(2027, 1, 1)),
		(date(2026, 1, 31), 1, date(2026, 2, 27), date(2026, 1, 31), date(2026, 2, 28)),
		(date(2026, 1, 31), 1, date(2026, 2, 28), date(2026, 2, 28), date(2026, 3, 31)),
		(date(2026, 1, 31), 1, date(2026, 3, 30), date(2026, 2, 28), date(2026, 3, 31)),
		(date(2025, 11, 15), 3, date(2026, 2, 14), date(2025, 11, 15), date(2026, 2, 15)),
	],
)
def test_periods(starts_on, every, day, start, end):
	assert period_at(starts_on, every, day) == Period(start, end)


def test_nothing_before_the_plan_begins():
	assert period_at(JANUARY, 6, date(2025, 12, 31)) is None


days = st.dates(date(2020, 1, 1), date(2040, 12, 31))
months = st.integers(min_value=1, max_value=24)


@given(days, months, st.integers(min_value=0, max_value=4000))
def test_every_day_has_one_period_and_they_join(starts_on, every, later):
	day = starts_on + timedelta(days=later)
	period = period_at(starts_on, every, day)
	assert period.start <= day < period.end
	assert period_at(starts_on, every, period.end).start == period.end
	assert period_at(starts_on, every, period.start) == period


@given(days, months, st.text(min_size=1), st.booleans(), st.integers(min_value=0, max_value=900))
def test_the_due_day_lies_in_the_period(starts_on, every, customer, spread, later):
	period = period_at(starts_on, every, starts_on)
	not_before = starts_on + timedelta(days=later)
	due = due_in(period, customer, spread, not_before)
	assert period.start <= due < period.end
	if not_before < period.end:
		assert due >= not_before
	assert due == due_in(period, customer, spread, not_before)


def test_visits_are_spread_over_the_period():
	period = Period(JANUARY, date(2026, 2, 1))
	due = [due_in(period, f"Customer {n}", True, JANUARY) for n in range(620)]
	by_day = [due.count(JANUARY + timedelta(days=n)) for n in range(31)]
	assert min(by_day) > 5 and max(by_day) < 45
	assert {due_in(period, f"Customer {n}", False, JANUARY) for n in range(9)} == {JANUARY}
