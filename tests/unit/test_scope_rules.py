"""Which products a document or campaign is for, and which version of a document is offered."""

from datetime import date

import pytest

from aftersales.product_knowledge import scope_rules as rules
from aftersales.product_knowledge.scope_rules import Product, Scope, Version

BOILER = Product("EQ-1", "BX-1", "Baxi", "600 Combi", ("Boilers", "All"), "AB0150")


@pytest.mark.parametrize(
	("scope", "fits"),
	[
		(Scope(), False),
		(Scope(serials=("AB0100", "AB0200")), False),
		(Scope(item_code="BX-1"), True),
		(Scope(brand="BAXI", model="600 combi"), True),
		(Scope(brand="Vaillant", model="600 Combi"), False),
		(Scope(item_group="All"), True),
		(Scope(equipment="EQ-2"), False),
		(Scope(model="600 Combi", serials=("AB0100", "AB0200")), True),
		(Scope(model="600 Combi", serials=("AB0151", "")), False),
		(Scope(model="600 Combi", serials=("", "AB0150")), True),
		(Scope(model="600 Combi", serials=("AB100", "AB200")), False),
	],
)
def test_all_that_is_filled_must_fit(scope, fits):
	assert rules.fits(scope, BOILER) is fits


def test_an_empty_scope_can_mean_everything_and_a_range_needs_a_number():
	assert rules.fits(Scope(), BOILER, empty_fits=True)
	assert not rules.in_range("", "A1", "A9")
	assert rules.in_range("", "", "")


OLD = Version("v1", "Customer", date(2024, 1, 1))
NEW = Version("v2", "Customer", date(2026, 6, 1), replaces="v1")
BULLETIN = Version("tb", "Technician", date(2025, 1, 1), date(2025, 12, 31))
PLAN = Version("plan", "Staff", date(2024, 1, 1))
GERMAN = Version("de", "Customer", date(2024, 1, 1), language="de")


@pytest.mark.parametrize(
	("on", "audience", "names"),
	[
		(date(2026, 5, 31), "Customer", ["v1", "de"]),
		(date(2026, 6, 1), "Customer", ["v2", "de"]),
		(date(2025, 6, 1), "Technician", ["v1", "tb", "de"]),
		(date(2026, 1, 1), "Technician", ["v1", "de"]),
		(date(2024, 6, 1), "Staff", ["v1", "plan", "de"]),
	],
)
def test_what_is_valid_not_replaced_and_for_the_audience(on, audience, names):
	assert sorted(rules.current([OLD, NEW, BULLETIN, PLAN, GERMAN], on, audience)) == sorted(names)


def test_languages_in_their_order_and_none_in_particular_last():
	english = Version("en", "Customer", date(2024, 1, 1), language="en")
	french = Version("fr", "Customer", date(2024, 1, 1), language="fr")
	found = rules.current([OLD, english, french, GERMAN], date(2026, 1, 1), "Customer", ("de", "en"))
	assert found == ["de", "en", "v1"]
