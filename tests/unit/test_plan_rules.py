"""Services of a maintenance plan: each number once, in season, none made up for, sites together."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftersales.planned_service import plan_rules as rules
from aftersales.planned_service.plan_rules import Occurrence, Rhythm, Waiting

DAYS = st.dates(date(2015, 1, 1), date(2035, 12, 31))
MONTHS = st.integers(1, 36)


def test_the_first_service_counts_from_the_installation():
	assert rules.first(Rhythm(12), date(2026, 3, 31), date(2026, 1, 1)) == Occurrence(
		1, date(2027, 3, 31), date(2027, 3, 31)
	)
	assert rules.first(Rhythm(12, first_after=1), date(2026, 1, 31), date(2026, 1, 1)).due_on == date(
		2026, 2, 28
	)


def test_a_plan_does_not_make_up_for_the_years_before_it():
	assert rules.first(Rhythm(6), date(2018, 5, 10), date(2026, 6, 1)).due_on == date(2026, 11, 10)


@pytest.mark.parametrize(
	("day", "season", "moved"),
	[
		(date(2027, 1, 15), (4, 9), date(2027, 4, 1)),
		(date(2026, 12, 31), (4, 9), date(2027, 4, 1)),
		(date(2027, 5, 5), (4, 9), date(2027, 5, 5)),
		(date(2027, 1, 15), (10, 3), date(2027, 1, 15)),
		(date(2027, 6, 1), (10, 3), date(2027, 10, 1)),
		(date(2027, 6, 1), None, date(2027, 6, 1)),
	],
)
def test_services_are_made_in_the_season(day, season, moved):
	assert rules.into_season(day, season) == moved


def test_a_season_does_not_move_the_next_service_on_and_on():
	rhythm = Rhythm(12, season=(4, 9))
	one = rules.first(rhythm, date(2026, 1, 15), date(2026, 1, 1))
	assert (one.due_on, one.unmoved) == (date(2027, 4, 1), date(2027, 1, 15))
	two = rules.following(rhythm, one.number, one.unmoved, date(2027, 4, 20))
	assert (two.number, two.due_on) == (2, date(2028, 4, 1))


def test_after_a_long_downtime_one_service_is_due_and_the_others_are_counted():
	later = rules.following(Rhythm(6), 3, date(2024, 1, 1), date(2026, 2, 1))
	assert later == Occurrence(8, date(2026, 7, 1), date(2026, 7, 1), passed_over=4)


def test_a_short_month_does_not_move_the_months_after_it():
	february = rules.first(Rhythm(6, first_after=3), date(2026, 11, 30), date(2026, 11, 30))
	august = rules.following(Rhythm(6), 1, february.unmoved, date(2027, 3, 1), 30)
	assert (february.due_on, august.due_on) == (date(2027, 2, 28), date(2027, 8, 30))


@given(base=DAYS, start=DAYS, months=MONTHS)
def test_no_service_is_due_before_the_plan_begins(base, start, months):
	first = rules.first(Rhythm(months), base, start)
	assert first.due_on >= start
	assert first.due_on <= max(rules.add_months(start, months), rules.add_months(base, months))


@given(day=DAYS, months=MONTHS, late=st.integers(0, 2000))
def test_the_following_service_is_never_long_ago(day, months, late):
	today = day + timedelta(days=late)
	following = rules.following(Rhythm(months), 1, day, today)
	assert following.due_on >= today or following.number == 2
	assert following.number == 2 + following.passed_over


@given(due=DAYS, months=MONTHS, until=DAYS)
def test_a_forecast_has_each_service_once(due, months, until):
	rhythm = Rhythm(months, season=(3, 10))
	planned = Occurrence(4, rules.into_season(due, rhythm.season), due)
	found = rules.ahead(rhythm, planned, until)
	assert [one.number for one in found] == list(range(4, 4 + len(found)))
	assert all(one.due_on <= until for one in found)


@pytest.mark.parametrize(
	("number", "nth", "is_part"), [(1, 1, True), (1, 2, False), (2, 2, True), (4, 2, True), (3, 0, True)]
)
def test_some_work_belongs_to_every_second_service(number, nth, is_part):
	assert rules.is_part_of(number, nth) is is_part


@pytest.mark.parametrize(
	("included", "period", "term", "months"),
	[
		(1, "Year", 36, 12),
		(2, "Year", 12, 6),
		(4, "Contract Term", 24, 6),
		(0, "Year", 12, 0),
		(3, "Month", 12, 1),
	],
)
def test_included_visits_are_spread_over_their_period(included, period, term, months):
	assert rules.months_between_visits(included, period, term) == months


def test_services_of_a_site_are_called_together():
	site, other = ("Nora", "Quay 4"), ("Sean", "Mill 1")
	day = date(2027, 3, 1)
	due = [Waiting("a", site, day), Waiting("b", other, day), Waiting("c", site, day)]
	waiting = [
		Waiting("e", site, day + timedelta(days=30)),
		Waiting("d", site, day + timedelta(days=10)),
		Waiting("f", ("Ciara", ""), day),
	]
	assert rules.called_with(due, waiting, 14) == {"a": ["c", "d"], "b": []}
	assert rules.called_with(due, waiting, 0) == {"a": ["c"], "b": []}
