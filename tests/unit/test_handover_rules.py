"""Which cash is handed over together, and what is short or over."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aftersales.service_cash.handover_rules import (
	Cash,
	Handover,
	difference,
	in_company_currency,
	refusals,
	total,
)

HANDOVER = Handover("CH-1", "Aoife", "Liffey", "EUR")


def cash(**values):
	known = {
		"voucher": "SV-1",
		"submitted": True,
		"technician": "Aoife",
		"company": "Liffey",
		"currency": "EUR",
		"amount": Decimal("115.77"),
	}
	return Cash(**{**known, **values})


def codes(*rows):
	return [(reason.voucher, reason.code) for reason in refusals(HANDOVER, rows)]


def test_cash_of_a_completed_visit_is_accepted():
	assert codes(cash(), cash(voucher="SV-2")) == []


@pytest.mark.parametrize(
	("values", "code"),
	[
		({"submitted": False}, "not_completed"),
		({"amount": Decimal(0)}, "nothing_collected"),
		({"technician": "Declan"}, "other_technician"),
		({"company": "Shannon"}, "other_company"),
		({"currency": "GBP"}, "other_currency"),
		({"payment_entry": "PE-1"}, "paid"),
		({"handover": "CH-0", "payment_entry": "PE-1"}, "handed_over"),
	],
)
def test_what_does_not_fit_is_named(values, code):
	assert codes(cash(**values), cash(voucher="SV-2")) == [("SV-1", code)]


def test_a_voucher_is_listed_once():
	assert codes(cash(), cash()) == [("SV-1", "twice")]


amounts = st.decimals(min_value="0.01", max_value="9999.99", places=2)


@settings(max_examples=50, deadline=None, derandomize=True)
@given(st.lists(amounts, max_size=20), amounts)
def test_expected_and_difference_make_up_the_count(collected, counted):
	expected = total(cash(voucher=f"SV-{n}", amount=amount) for n, amount in enumerate(collected))
	assert expected + difference(expected, counted) == counted


def test_difference_in_company_currency_is_rounded_to_the_cent():
	assert in_company_currency(Decimal("5.00"), Decimal("0.8571")) == Decimal("4.29")
