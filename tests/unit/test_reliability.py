"""Failures by age, and a forecast that is held against what came: a simulated field over three years."""

from datetime import date, timedelta
from random import Random

import pytest

from aftersales.service_quality.reliability import nevada_rules, weibull
from aftersales.service_quality.reliability.nevada_rules import Unit

SHAPE, SCALE = 1.8, 1500.0
FIRST, TODAY, LATER = date(2023, 1, 1), date(2024, 12, 31), date(2025, 12, 31)


def field(seed: int, units: int = 1200) -> list[Unit]:
	"""Sales over two years of a product that wears out; each unit with its first failure, whenever that is."""
	random = Random(seed)
	found = []
	for _number in range(units):
		since = FIRST + timedelta(days=random.randrange(730))
		failed = since + timedelta(days=random.weibullvariate(SCALE, SHAPE))
		found.append(Unit(since, (failed,)))
	return found


def test_the_nevada_table_counts_by_month_of_sale_and_age():
	units = [
		Unit(date(2026, 1, 10), (date(2026, 1, 20), date(2026, 4, 9)), ((date(2026, 4, 9), 80.0),)),
		Unit(date(2026, 1, 31), (date(2026, 3, 1),)),
		Unit(date(2026, 3, 1), (date(2026, 9, 1),)),
		Unit(date(2026, 9, 1)),
	]
	rows = nevada_rules.table(units, date(2026, 5, 31))
	assert [(row.month, row.sold, row.failures, row.costs) for row in rows] == [
		(date(2026, 1, 1), 2, {0: 1, 1: 1, 2: 1}, {2: 80.0}),
		(date(2026, 3, 1), 1, {}, {}),
	]
	ages = nevada_rules.by_age(units, date(2026, 5, 31))
	assert [(age.month, age.at_risk, age.failures) for age in ages] == [
		(0, 3, 1),
		(1, 3, 1),
		(2, 3, 1),
		(3, 2, 0),
		(4, 2, 0),
	]
	assert (ages[2].rate, ages[2].cost_per_unit) == (0.33333, 26.67)


def test_a_life_ends_with_the_first_failure_or_is_not_over():
	units = [Unit(date(2026, 1, 1), (date(2026, 1, 1),)), Unit(date(2026, 1, 1), (date(2027, 1, 1),))]
	assert nevada_rules.lives(units, date(2026, 1, 31)) == [(0.5, True), (30, False)]
	assert nevada_rules.lives(units, date(2025, 1, 31)) == []
	assert nevada_rules.expected_by_constant_rate([(10, True), (30, False)], 20) == 0.5


def test_too_few_failures_are_fitted_by_nothing():
	assert weibull.fit([(10, True)] * 4 + [(100, False)] * 50) is None
	assert weibull.forecast([(100, False)] * 50, 30) is None


scipy_stats = pytest.importorskip("scipy.stats")


def test_the_fit_is_that_of_scipy_for_censored_lives():
	lives = nevada_rules.lives(field(1), TODAY)
	found = weibull.fit(lives)
	data = scipy_stats.CensoredData.right_censored(
		[days for days, _failed in lives], [not failed for _days, failed in lives]
	)
	shape, _loc, scale = scipy_stats.weibull_min.fit(data, floc=0)
	assert found.shape == pytest.approx(shape, rel=1e-3)
	assert found.scale == pytest.approx(scale, rel=1e-3)
	assert found.shape == pytest.approx(SHAPE, rel=0.15)


def test_all_failures_at_one_age_have_no_shape():
	assert weibull.fit([(100, True)] * 10) is None


def test_the_third_year_held_back_against_a_constant_rate():
	"""Twenty fields of 1,200 units: fitted on two years, held against the third."""
	horizon = (LATER - TODAY).days
	errors, naive_errors, inside = [], [], 0
	for seed in range(20):
		units = field(seed)
		lives = nevada_rules.lives(units, TODAY)
		came = sum(TODAY < unit.failures[0] <= LATER for unit in units)
		found = weibull.forecast(lives, horizon)
		naive = nevada_rules.expected_by_constant_rate(lives, horizon)
		errors.append(abs(found.expected - came) / came)
		naive_errors.append(abs(naive - came) / came)
		inside += found.low <= came <= found.high
	assert sum(errors) / 20 < 0.16, "40 fields: 0.120, standard error 0.013; the constant rate 0.433, 0.011"
	assert sum(naive_errors) / 20 > 0.35, "a mean that knows no age misses what wears out"
	assert inside >= 15, "the bars are of 90 of 100"
