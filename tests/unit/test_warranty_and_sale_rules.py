"""Units of a sale, warranty terms, meters: pure rules of the installed base."""

from datetime import date, datetime

import pytest

from aftersales.installed_base.meters import meter_rules
from aftersales.installed_base.meters.meter_rules import Reading
from aftersales.installed_base.sale import sale_rules, warranty_rules
from aftersales.installed_base.sale.sale_rules import Row
from aftersales.installed_base.sale.warranty_rules import Ends, Product, Terms

SOLD = date(2026, 1, 31)


def test_units_have_keys_of_their_own_and_are_shared_out_over_bundles():
	rows = [
		Row("r1", "SET", 2),
		Row("p1", "FAN", 4, bundle="r1"),
		Row("p2", "SCREW", 200, bundle="r1"),
		Row("r2", "BOILER", 2, ("B-1", "B-2")),
		Row("r3", "CABLE", 2.5),
	]
	found = sale_rules.units(rows, {"SET", "FAN", "BOILER", "CABLE"})
	assert [(unit.key, unit.serial, unit.part_of) for unit in found] == [
		("r1/1", None, None),
		("r1/2", None, None),
		("r2/1", "B-1", None),
		("r2/2", "B-2", None),
		("p1/1", None, "r1/1"),
		("p1/2", None, "r1/1"),
		("p1/3", None, "r1/2"),
		("p1/4", None, "r1/2"),
	]


def test_a_return_takes_the_last_units_back():
	assert sale_rules.taken_back(Row("x", "FAN", 2), ["r/1", "r/10", "r/9"]) == ["r/10", "r/9"]
	assert sale_rules.too_many([Row("r", "SCREW", 101)], {"SCREW"})
	assert not sale_rules.too_many([Row("r", "SCREW", 100)], {"SCREW"})


TERMS = [
	Terms("All", 12, item_group="All Item Groups"),
	Terms("Boilers", 24, item_group="Boilers"),
	Terms("Baxi", 36, brand="Baxi"),
	Terms("Baxi boilers", 48, brand="Baxi", item_group="Boilers"),
	Terms("BX-1", 60, item_code="BX-1"),
	Terms("BX-1 from 2027", 72, item_code="BX-1", valid_from=date(2027, 1, 1)),
	Terms("Other company", 6, item_code="BX-1", company="Other Ltd"),
]
GROUPS = ("Boilers", "All Item Groups")


@pytest.mark.parametrize(
	("product", "on", "name"),
	[
		(Product("BX-1", "Baxi", GROUPS, "Ours"), SOLD, "BX-1"),
		(Product("BX-1", "Baxi", GROUPS, "Ours"), date(2027, 1, 1), "BX-1 from 2027"),
		(Product("BX-1", "Baxi", GROUPS, "Other Ltd"), SOLD, "Other company"),
		(Product("BX-2", "baxi", GROUPS), SOLD, "Baxi boilers"),
		(Product(None, "Baxi", ("All Item Groups",)), SOLD, "Baxi"),
		(Product(None, None, GROUPS), SOLD, "Boilers"),
		(Product(None, None, ()), SOLD, None),
	],
)
def test_the_most_specific_terms_count(product, on, name):
	found = warranty_rules.choose(TERMS, product, on)
	assert (found and found.name) == name


FROM_INSTALLATION = Terms("i", 24, 12, "Installation", 6)


@pytest.mark.parametrize(
	("terms", "delivered", "installed", "ends"),
	[
		(Terms("d", 1), SOLD, None, Ends(date(2026, 2, 28), None)),
		(Terms("d", 24, 0), SOLD, date(2026, 3, 1), Ends(date(2028, 1, 31), date(2026, 1, 30))),
		(Terms("d", 24), None, date(2026, 3, 1), Ends(date(2028, 3, 1), None)),
		(Terms("d", 24), None, None, Ends(None, None)),
		(FROM_INSTALLATION, SOLD, None, Ends(date(2028, 7, 31), date(2027, 7, 31))),
		(FROM_INSTALLATION, SOLD, date(2026, 3, 1), Ends(date(2028, 3, 1), date(2027, 3, 1))),
		(FROM_INSTALLATION, SOLD, date(2027, 3, 1), Ends(date(2028, 7, 31), date(2027, 7, 31))),
		(
			Terms("i", 24, None, "Installation"),
			SOLD,
			date(2027, 3, 1),
			Ends(date(2029, 3, 1), None),
		),
	],
)
def test_ends(terms, delivered, installed, ends):
	assert warranty_rules.ends(terms, delivered, installed) == ends


def at(day: int, value: float, total: float | None = None) -> Reading:
	return Reading(datetime(2026, 1, day), value, value if total is None else total)


def test_totals_go_on_over_a_new_meter():
	assert meter_rules.total_of(100, False, None) == 100
	assert meter_rules.total_of(150, False, at(1, 100)) == 150
	assert meter_rules.total_of(5, True, at(2, 900)) == 900
	assert meter_rules.total_of(30, False, at(3, 5, 900)) == 925


def test_a_counter_does_not_go_back():
	assert meter_rules.goes_back(90, at(1, 100), None).value == 100
	assert meter_rules.goes_back(120, at(1, 100), at(9, 110)).value == 110
	assert meter_rules.goes_back(105, at(1, 100), at(9, 110)) is None


def test_when_a_total_is_reached():
	readings = [at(1, 100), at(11, 150)]
	assert meter_rules.per_day(readings) == 5
	assert meter_rules.per_day(readings[:1]) == 0
	assert meter_rules.reached_on(200, 150, date(2026, 1, 11), 5) == date(2026, 1, 21)
	assert meter_rules.reached_on(150, 150, date(2026, 1, 11), 5) == date(2026, 1, 11)
	assert meter_rules.reached_on(200, 150, date(2026, 1, 11), 0) is None
