"""Goals: reached, close or missed; better or worse; which period a day is in."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftersales.service_quality import goal_rules as rules


@pytest.mark.parametrize(
	"figure, value, goal, margin, state",
	[
		("remote_resolution_rate", 80, 80, 10, rules.REACHED),
		("remote_resolution_rate", 72, 80, 10, rules.NEAR),
		("remote_resolution_rate", 71.9, 80, 10, rules.MISSED),
		("remote_resolution_rate", None, 80, 10, rules.UNKNOWN),
		("repeat_rate", 4, 5, 0, rules.REACHED),
		("repeat_rate", 5.1, 5, 0, rules.MISSED),
		("response_time", 4.2, 4, 10, rules.NEAR),
		("nps", -5, 0, 10, rules.MISSED),
	],
)
def test_how_a_value_stands_to_its_goal(figure, value, goal, margin, state):
	assert rules.state(figure, value, goal, margin) == state


@pytest.mark.parametrize(
	"figure, value, before, trend",
	[
		("csat", 90, 80, rules.BETTER),
		("csat", 70, 80, rules.WORSE),
		("repeat_rate", 3, 5, rules.BETTER),
		("repeat_rate", 6, 5, rules.WORSE),
		("csat", 80, 80, rules.SAME),
		("csat", None, 80, None),
		("csat", 80, None, None),
	],
)
def test_better_or_worse(figure, value, before, trend):
	assert rules.trend(figure, value, before) == trend


@pytest.mark.parametrize(
	"kind, day, first, last",
	[
		("Month", date(2027, 2, 14), date(2027, 2, 1), date(2027, 2, 28)),
		("Month", date(2027, 12, 31), date(2027, 12, 1), date(2027, 12, 31)),
		("Quarter", date(2027, 5, 1), date(2027, 4, 1), date(2027, 6, 30)),
		("Year", date(2028, 2, 29), date(2028, 1, 1), date(2028, 12, 31)),
	],
)
def test_the_period_of_a_day(kind, day, first, last):
	assert rules.period_of(kind, day) == rules.Period(first, last)


@given(st.sampled_from(sorted(rules.MONTHS)), st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_periods_follow_each_other_without_a_gap(kind, day):
	period = rules.period_of(kind, day)
	assert period.first <= day <= period.last
	assert (period.first - rules.period_before(kind, period).last).days == 1


@pytest.mark.parametrize(
	"first, last, begin, end",
	[
		(date(2026, 12, 1), date(2026, 12, 31), date(2026, 11, 1), date(2026, 11, 30)),
		(date(2028, 3, 1), date(2028, 3, 31), date(2028, 2, 1), date(2028, 2, 29)),
		(date(2027, 1, 1), date(2027, 3, 31), date(2026, 10, 1), date(2026, 12, 31)),
		(date(2027, 1, 5), date(2027, 1, 11), date(2026, 12, 29), date(2027, 1, 4)),
		(date(2026, 12, 1), date(2026, 12, 1), date(2026, 11, 30), date(2026, 11, 30)),
	],
)
def test_the_period_before_of_months_and_of_days(first, last, begin, end):
	assert rules.as_long_before(first, last) == rules.Period(begin, end)
