"""When a product is exchanged under warranty, who decides, and how much is refunded (pure)."""

from datetime import date

import pytest

from aftersales.customer_goods.exchange import exchange_rules as rules
from aftersales.customer_goods.exchange.exchange_rules import Records, Terms


@pytest.mark.parametrize(
	("ground", "records", "expected"),
	[
		(rules.SEVERAL, Records(repairs=1), False),
		(rules.SEVERAL, Records(repairs=2), True),
		(rules.NOT_REPAIRABLE, Records(), False),
		(rules.NOT_REPAIRABLE, Records(given_up=True), True),
		(rules.NO_PART, Records(awaits_parts=True), True),
		(rules.TOO_LONG, Records(days_open=29), False),
		(rules.TOO_LONG, Records(days_open=30), True),
		(rules.OTHER, Records(9, True, 999, True), False),
	],
)
def test_a_ground_is_shown_by_the_records(ground, records, expected):
	assert rules.is_met(ground, records, Terms()) == expected


def test_a_manager_decides_what_is_not_shown_or_not_covered():
	assert rules.needs_manager(rules.SEVERAL, Records(repairs=2), Terms())
	assert not rules.needs_manager(rules.SEVERAL, Records(repairs=2, is_covered=True), Terms())
	assert rules.needs_manager(rules.SEVERAL, Records(repairs=2, is_covered=True), Terms(after_repairs=0))


@pytest.mark.parametrize(
	("begin", "end", "months"),
	[
		(date(2026, 1, 31), date(2026, 2, 28), 0),
		(date(2026, 1, 31), date(2026, 3, 31), 2),
		(date(2026, 1, 1), date(2027, 1, 1), 12),
		(date(2026, 5, 1), date(2026, 4, 1), 0),
	],
)
def test_months_in_use(begin, end, months):
	assert rules.months_between(begin, end) == months


@pytest.mark.parametrize(
	("used", "life", "left"),
	[(0, 60, 1000), (12, 60, 800), (7, 36, 805.56), (60, 60, 0), (99, 60, 0), (5, 0, 1000)],
)
def test_the_price_is_reduced_straight_over_the_useful_life(used, life, left):
	assert rules.reduced_rate(1000, used, life) == left
