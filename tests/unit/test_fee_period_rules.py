"""Periods of a contract's fee by the calendar: never drifting, never overlapping, the last one by the day."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aftersales.core.rounding_rules import CENT
from aftersales.service_contracts.contract_rules import renewed_term
from aftersales.service_contracts.fee_period_rules import Cycle, periods

MONTH, QUARTER, YEAR = Cycle("Month"), Cycle("Month", 3), Cycle("Year")


def starts(first: date, last: date, cycle: Cycle) -> list[str]:
	return [str(period.first) for period in periods(first, last, cycle)]


def test_a_year_is_one_period_of_a_year_and_twelve_of_a_month():
	first, last = date(2027, 1, 1), date(2027, 12, 31)
	(year,) = periods(first, last, YEAR)
	assert (year.first, year.last, year.whole_last) == (first, last, last)
	assert len(list(periods(first, last, MONTH))) == 12
	assert starts(first, last, QUARTER) == ["2027-01-01", "2027-04-01", "2027-07-01", "2027-10-01"]


def test_the_31st_comes_back_after_a_short_month():
	assert starts(date(2028, 1, 31), date(2028, 6, 30), MONTH) == [
		"2028-01-31",
		"2028-02-29",
		"2028-03-31",
		"2028-04-30",
		"2028-05-31",
		"2028-06-30",
	]


def test_a_leap_day_every_year():
	assert starts(date(2028, 2, 29), date(2032, 3, 1), YEAR) == [
		"2028-02-29",
		"2029-02-28",
		"2030-02-28",
		"2031-02-28",
		"2032-02-29",
	]


def test_weeks_and_days():
	assert starts(date(2026, 12, 21), date(2027, 1, 10), Cycle("Week", 2)) == ["2026-12-21", "2027-01-04"]
	assert len(list(periods(date(2026, 12, 30), date(2027, 1, 2), Cycle("Day")))) == 4


@pytest.mark.parametrize(
	("last", "fee"),
	[
		(date(2026, 12, 15), "145.16"),  # 15 of the 31 days of December
		(date(2026, 12, 1), "9.68"),
		(date(2026, 12, 31), "300.00"),
	],
)
def test_a_part_of_a_period_costs_its_days(last, fee):
	period = list(periods(date(2026, 11, 1), last, MONTH))[-1]
	assert period.fee(Decimal(300), CENT) == Decimal(fee)


@settings(max_examples=200)
@given(
	st.dates(date(2024, 1, 1), date(2032, 12, 31)),
	st.integers(0, 1500),
	st.sampled_from(["Day", "Week", "Month", "Year"]),
	st.integers(1, 24),
)
def test_every_day_lies_in_exactly_one_period(first, length, interval, count):
	last = first + timedelta(days=length)
	found = list(periods(first, last, Cycle(interval, count)))
	assert (found[0].first, found[-1].last) == (first, last)
	for before, after in pairwise(found):
		assert after.first == before.last + timedelta(days=1)
		assert before.last == before.whole_last
	assert all(period.first <= period.last <= period.whole_last for period in found)


@pytest.mark.parametrize(
	("term", "follows"),
	[
		(("2027-01-01", "2027-12-31"), ("2028-01-01", "2028-12-31")),
		(("2028-01-01", "2028-12-31"), ("2029-01-01", "2029-12-31")),
		(("2026-07-01", "2026-12-31"), ("2027-01-01", "2027-06-30")),
		(("2027-01-01", "2027-06-30"), ("2027-07-01", "2027-12-31")),
		(("2026-11-15", "2027-02-14"), ("2027-02-15", "2027-05-14")),
		(("2028-02-29", "2029-02-27"), ("2029-02-28", "2030-02-27")),
		(("2026-11-01", "2026-12-15"), ("2026-12-16", "2027-01-29")),  # 45 days by 45 days
		(("2026-11-30", "2026-11-30"), ("2026-12-01", "2026-12-01")),
	],
)
def test_a_term_is_followed_by_one_as_long(term, follows):
	assert renewed_term(*map(date.fromisoformat, term)) == tuple(map(date.fromisoformat, follows))
