"""What a late return is worth."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aftersales.service_accounts.delay_rules import Rule, compensation, complete_on, days_late

PROMISED = date(2026, 11, 20)


@pytest.mark.parametrize(
	("promised", "ready", "days"),
	[
		(PROMISED, date(2026, 11, 24), 4),
		(PROMISED, PROMISED, 0),
		(PROMISED, date(2026, 11, 19), 0),
		(None, PROMISED, 0),
		(PROMISED, None, 0),
	],
)
def test_days_late(promised, ready, days):
	assert days_late(promised, ready) == days


def test_rows_that_no_delivery_names_are_no_error():
	left = [(PROMISED, None, Decimal(1)), (PROMISED, "row", Decimal(2))]
	assert complete_on({"row": Decimal(2)}, left) == PROMISED


@pytest.mark.parametrize(
	("rule", "days", "net", "amount"),
	[
		(Rule(Decimal(5)), 4, "102", "20.00"),
		(Rule(Decimal(5), grace_days=3), 4, "102", "5.00"),
		(Rule(Decimal(5), grace_days=9), 4, "102", "0.00"),
		(Rule(Decimal(5), max_percent=Decimal(10)), 4, "102.05", "10.21"),
		(Rule(Decimal(5), max_percent=Decimal(10)), 4, "0", "20.00"),
		(Rule(Decimal(0)), 4, "102", "0.00"),
	],
)
def test_compensation(rule, days, net, amount):
	assert compensation(rule, days, Decimal(net)) == Decimal(amount)


money = st.decimals(min_value=0, max_value=1000, places=2)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(money, st.integers(0, 9), st.integers(0, 60), money, st.integers(0, 100))
def test_never_more_than_the_limit_nor_less_for_a_longer_delay(per_day, grace, days, net, percent):
	rule = Rule(per_day, grace, Decimal(percent))
	late = days_late(PROMISED, PROMISED + timedelta(days=days))
	amount = compensation(rule, late, net)
	assert 0 <= amount <= compensation(rule, late + 1, net)
	if net:
		assert amount <= net * percent / 100 + Decimal("0.005")
