"""Whether a change of the design helped, at equal age."""

from datetime import date, timedelta
from random import Random

import pytest

from aftersales.service_quality.reliability.effect_rules import BETTER, OPEN, TOO_EARLY, WORSE, effect

CHANGED, NOW = date(2026, 1, 1), date(2026, 7, 1)


def sold(day: date, *failed: int) -> tuple[date, tuple[date, ...]]:
	return day, tuple(day + timedelta(days=days) for days in failed)


def test_counted_by_hand_up_to_the_age_that_both_have():
	found = effect(
		[
			sold(date(2025, 1, 1), 100, 300),
			sold(date(2025, 6, 1)),
			sold(date(2026, 3, 1)),
			sold(date(2026, 5, 2), 10),
		],
		CHANGED,
		NOW,
	)
	assert found.age_days == 122  # of the oldest after the change
	assert (found.before.products, found.before.days, found.before.failures) == (2, 244, 1)
	assert (found.after.products, found.after.days, found.after.failures) == (2, 122 + 60, 1)
	# the failure before came in the days 90 to 119 of age: 2 products x 30 days; after it one has been that old
	assert (found.expected, found.ratio) == (round(30 / 60, 1), 2.0)
	assert found.verdict == OPEN


def test_nothing_is_said_too_early():
	assert effect([sold(date(2025, 1, 1), 5), sold(date(2026, 6, 15))], CHANGED, NOW).verdict == TOO_EARLY
	assert effect([], CHANGED, NOW).verdict == TOO_EARLY


@pytest.mark.parametrize(("after", "verdict"), [(0.02, BETTER), (0.5, WORSE), (0.2, OPEN)])
def test_five_hundred_products_on_each_side(after, verdict):
	random = Random(7)
	units = [
		sold(date(2025, 1, 1) + timedelta(days=number % 300), *([60] if random.random() < 0.2 else []))
		for number in range(500)
	]
	units += [
		sold(CHANGED + timedelta(days=number % 100), *([60] if random.random() < after else []))
		for number in range(500)
	]
	found = effect(units, CHANGED, NOW)
	assert found.verdict == verdict, found
	assert found.low < found.ratio < found.high


def test_an_interval_holds_the_truth_in_ninety_of_a_hundred():
	random = Random(11)
	inside = 0
	for _trial in range(200):
		units = [sold(date(2025, 6, 1), *([50] if random.random() < 0.2 else [])) for _number in range(300)]
		units += [sold(CHANGED, *([50] if random.random() < 0.1 else [])) for _number in range(300)]
		found = effect(units, CHANGED, NOW)
		inside += found.low <= 0.5 <= found.high
	assert 170 <= inside <= 196
