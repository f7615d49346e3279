"""One rounding for all rooms: as the site rounds, in whole smallest amounts of the currency."""

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

import pytest

from aftersales.core.rounding_rules import CENT, Unit, round_to, rounding_of
from aftersales.repair_workshop.card_rules import approval_limit
from aftersales.service_accounts.delay_rules import Rule, compensation
from aftersales.service_cash.handover_rules import in_company_currency

COMMERCIAL, BANKERS = Unit("0.01", ROUND_HALF_UP), Unit("0.01", ROUND_HALF_EVEN)


@pytest.mark.parametrize(
	("unit", "expected"), [(COMMERCIAL, "0.13"), (BANKERS, "0.12"), (Unit(1), "0"), (Unit("0.001"), "0.125")]
)
def test_a_half_goes_where_the_site_says(unit, expected):
	assert round_to(Decimal("0.125"), unit) == Decimal(expected)
	assert round_to(Decimal("-0.125"), unit) == -Decimal(expected)


@pytest.mark.parametrize(("unit", "expected"), [(COMMERCIAL, "0.13"), (BANKERS, "0.12")])
def test_rooms_round_alike(unit, expected):
	assert in_company_currency(Decimal("0.25"), Decimal("0.5"), unit) == Decimal(expected)
	assert approval_limit(0.125, 0, unit) == Decimal(expected)
	assert compensation(Rule(Decimal("0.125"), 0, Decimal(100)), 1, Decimal(100), unit) == Decimal(expected)


def test_methods_of_the_site():
	assert rounding_of("Commercial Rounding") == ROUND_HALF_UP
	for method in ("Banker's Rounding", "Banker's Rounding (legacy)", None):
		assert rounding_of(method) == ROUND_HALF_EVEN
	assert CENT == Decimal("0.01")
