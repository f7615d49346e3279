"""The unused share of a fee, by the day."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aftersales.core.rounding_rules import Unit
from aftersales.service_contracts.fee_rules import Fee, days, unused, unused_days

APRIL = Fee(date(2026, 4, 1), date(2026, 4, 30), Decimal("60.00"))


@pytest.mark.parametrize(
	("end", "left", "amount"),
	[
		(date(2026, 4, 30), 0, "0"),
		(date(2026, 5, 9), 0, "0"),
		(date(2026, 4, 29), 1, "2.00"),
		(date(2026, 4, 10), 20, "40.00"),
		(date(2026, 4, 1), 29, "58.00"),
		(date(2026, 3, 31), 30, "60.00"),
		(date(2026, 1, 1), 30, "60.00"),  # invoiced after the end: all of it
	],
)
def test_unused_by_the_day(end, left, amount):
	assert unused_days(APRIL, end) == left
	assert unused(APRIL, end) == Decimal(amount)


def test_what_was_credited_is_not_credited_again():
	credited = Fee(APRIL.first, APRIL.last, APRIL.net, Decimal("15.00"))
	assert unused(credited, date(2026, 4, 10)) == Decimal("25.00")
	assert unused(credited, date(2026, 4, 25)) == 0


def test_a_yen_is_not_divided():
	fee = Fee(APRIL.first, APRIL.last, Decimal(1000))
	assert unused(fee, date(2026, 4, 10), Unit(1)) == 667


@settings(max_examples=60)
@given(st.integers(0, 800), st.integers(-20, 900), st.integers(0, 10**7))
def test_used_and_unused_are_the_fee(length, end, cents):
	first = date(2026, 1, 1)
	fee = Fee(first, first + timedelta(days=length), Decimal(cents) / 100)
	last_day = first + timedelta(days=end)
	used = days(fee.first, min(last_day, fee.last))
	assert used + unused_days(fee, last_day) == days(fee.first, fee.last)
	assert 0 <= unused(fee, last_day) <= fee.net
