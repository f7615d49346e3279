"""Who bears a damage, and that what is booked for it balances."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aftersales.service_accounts.damage_rules import (
	CASH,
	CREDIT,
	CUSTOMER,
	EXPENSE,
	INSURER,
	MAKER,
	ON_THE_SPOT,
	REPAIRED,
	SETTLEMENTS,
	Row,
	Shares,
	our_share,
	rows,
)

cents = st.integers(min_value=0, max_value=10_000_00).map(lambda amount: Decimal(amount) / 100)


@pytest.mark.parametrize(("settlement", "paid_to"), [(CREDIT, CUSTOMER), (ON_THE_SPOT, CASH)])
def test_shared_damage(settlement, paid_to):
	shares = Shares(Decimal(300), maker=Decimal(100), insurer=Decimal(150))
	assert rows(settlement, shares) == (
		Row(MAKER, debit=Decimal(100)),
		Row(INSURER, debit=Decimal(150)),
		Row(EXPENSE, debit=Decimal(50)),
		Row(paid_to, credit=Decimal(300)),
	)


def test_repaired_damage_takes_off_what_others_bear():
	assert rows(REPAIRED, Shares(Decimal(300), insurer=Decimal(250))) == (
		Row(INSURER, debit=Decimal(250)),
		Row(EXPENSE, credit=Decimal(250)),
	)
	assert rows(REPAIRED, Shares(Decimal(300))) == ()


@settings(max_examples=80, deadline=None, derandomize=True)
@given(st.sampled_from(SETTLEMENTS), cents, cents, cents)
def test_rows_balance_and_have_one_side(settlement, ours, maker, insurer):
	shares = Shares(ours + maker + insurer, maker, insurer)
	assert our_share(shares) == ours
	made = rows(settlement, shares)
	assert sum(row.debit for row in made) == sum(row.credit for row in made)
	assert all(bool(row.debit) != bool(row.credit) for row in made)
