"""What a unit is worth after the work, and what the maker credits for old parts (pure)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftersales.customer_goods.refurbishing import refurbish_rules as rules
from aftersales.vendor_repairs.cores import core_rules

MONEY = st.floats(0, 1e6).map(lambda value: round(value, 2))


def test_a_unit_is_worth_its_cost_where_nothing_is_typed():
	assert rules.value_of_unit(0, 175, 30) == 205
	assert rules.value_of_unit(120, 175, 30) == 120


@given(MONEY, MONEY)
def test_no_more_than_cost_comes_in(left, work):
	assert not rules.is_too_much(rules.value_of_unit(0, left, work), left, work)
	assert rules.is_too_much(left + work + 0.01, left, work)


def test_parts_gained_add_up():
	assert rules.gained([(2, 30), (1, 12.5)]) == 72.5


@pytest.mark.parametrize(
	("serial", "is_other", "expected"),
	[("B-1", False, "B-1"), ("B-1", True, "B-1-R"), (None, True, None), ("", False, None)],
)
def test_the_number_of_a_refurbished_unit(serial, is_other, expected):
	assert rules.new_number(serial, is_other) == expected


def test_what_the_maker_accepts_of_old_parts():
	amounts = core_rules.expected([(2, 4), (3, 1.333)])
	assert amounts == [8, 4]
	assert core_rules.accepted(amounts, 50) == [4, 2]
	assert [core_rules.after_answer(total) for total in (6, 0)] == ["Answered", "Rejected"]
