"""Which service price applies, to which hours, and what it includes (pure)."""

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftersales.service_prices import price_rules as rules
from aftersales.service_prices.price_rules import Holidays, Line, Price

FACTS = {
	"company": "Liffey",
	"request_type": "Repair",
	"service_zone": "Zone 1",
	"brand": "Baxi",
	"model": "600 Combi",
	"item_group": ("Boilers", "Heating", "All Item Groups"),
	"customer_group": ("Individual", "All Customer Groups"),
}
MONDAY_NOON = datetime(2026, 11, 30, 12)
SUNDAY = date(2026, 12, 6)
CHRISTMAS = date(2026, 12, 25)
LIST = Holidays(frozenset([CHRISTMAS]), frozenset([SUNDAY]))


def price(name, kind=rules.CALL_OUT, **values):
	return Price(name, kind, "Item", **values)


def chosen(*prices, at=MONDAY_NOON):
	return {
		kind: found.name for kind, found in rules.chosen(prices, FACTS, at, [p.kind for p in prices]).items()
	}


@pytest.mark.parametrize(
	("conditions", "better"),
	[
		({"request_type": "Repair"}, {"item_group": "Heating"}),
		({"item_group": "Heating"}, {"item_group": "Boilers"}),
		({"item_group": "Boilers"}, {"brand": "baxi"}),
		({"brand": "Baxi", "item_group": "Boilers"}, {"model": "600 Combi"}),
		({"model": "600 Combi", "brand": "Baxi"}, {"service_zone": "Zone 1"}),
		({"service_zone": "Zone 1", "model": "600 Combi"}, {"customer_group": "Individual"}),
		({}, {"company": "Liffey"}),
	],
)
def test_the_more_specific_price_applies(conditions, better):
	two = (price("A", conditions=conditions), price("B", conditions=better))
	assert chosen(*two) == chosen(*reversed(two)) == {"Call-out": "B"}


def test_a_price_of_another_model_date_or_kind_does_not_apply():
	assert chosen(price("A", conditions={"model": "800"})) == {}
	assert chosen(price("A", valid_from=date(2026, 12, 1))) == {}
	assert chosen(price("A", valid_upto=date(2026, 11, 29))) == {}
	assert chosen(price("A", valid_upto=date(2026, 11, 30)), price("B", rules.FLAT_RATE)) == {
		"Call-out": "A",
		"Flat Rate": "B",
	}


NIGHT = {"from_time": time(22), "to_time": time(6)}


@pytest.mark.parametrize(
	("at", "expected"),
	[
		(datetime(2026, 11, 30, 21, 59), "Any"),
		(datetime(2026, 11, 30, 22), "Night"),
		(datetime(2026, 12, 1, 5, 59), "Night"),
		(datetime(2026, 12, 1, 6), "Any"),
		(datetime(2026, 12, 6, 12), "Sunday"),
		(datetime(2026, 12, 25, 23), "Holiday"),
	],
)
def test_day_and_hours_decide(at, expected):
	prices = (
		price("Any", conditions={"service_zone": "Zone 1"}),
		price("Night", **NIGHT),
		price("Sunday", day=rules.SUNDAY),
		price("Holiday", day=rules.HOLIDAY, holidays=LIST),
		price("Work", rules.FLAT_RATE, day=rules.WORKING_DAY, holidays=LIST),
	)
	found = chosen(*prices, at=at)
	assert found["Call-out"] == expected
	assert ("Flat Rate" in found) == (at.date() not in (SUNDAY, CHRISTMAS))


def test_surcharged_hours_are_cut_at_night_and_midnight():
	night = price("Night", rules.SURCHARGE, percent=50, **NIGHT)
	holiday = price("Holiday", rules.SURCHARGE, percent=100, day=rules.HOLIDAY, holidays=LIST)
	begin, end = datetime(2026, 12, 24, 20), datetime(2026, 12, 25, 2)
	assert rules.surcharged_hours([night], FACTS, begin, end) == {"Night": 4}
	assert rules.surcharged_hours([night, holiday], FACTS, begin, end) == {"Night": 2, "Holiday": 2}
	assert rules.surcharged_hours([night], FACTS, MONDAY_NOON, datetime(2026, 11, 30, 14)) == {}


@given(st.integers(0, 47), st.integers(1, 40), st.integers(0, 23), st.integers(0, 23))
def test_no_hour_is_surcharged_twice_and_none_outside(start, length, begin, end):
	if begin == end:
		return
	night = price("N", rules.SURCHARGE, from_time=time(begin), to_time=time(end))
	sunday = price("S", rules.SURCHARGE, day=rules.SUNDAY)
	first = datetime.fromtimestamp(datetime(2026, 12, 5).timestamp() + start * 3600)
	last = datetime.fromtimestamp(first.timestamp() + length * 3600)
	found = rules.surcharged_hours([night, sunday], FACTS, first, last)
	assert sum(found.values()) <= length + 1e-9
	each = [datetime.fromtimestamp(first.timestamp() + n * 3600) for n in range(length)]
	assert found.get("S", 0) == sum(at.weekday() == 6 for at in each)


LINES = [
	Line("labour:1", 1.5),
	Line("labour:2", 1),
	Line("labour:3", 0.5, None, True),
	Line("parts:1", 3, "Seal"),
]


@pytest.mark.parametrize(
	("values", "expected"),
	[
		({}, {}),
		({"included_hours": 2}, {"labour:1": 1.5, "labour:2": 0.5}),
		({"included_hours": None}, {"labour:1": 1.5, "labour:2": 1}),
		({"includes_travel": True}, {"labour:3": 0.5}),
		({"included_parts": (("Seal", 2),)}, {"parts:1": 2}),
		({"included_parts": (("Valve", 2),)}, {}),
	],
)
def test_what_a_price_includes(values, expected):
	found = rules.included([price("P", rules.FLAT_RATE, **values)], LINES)
	assert {key: qty for key, (qty, _name) in found.items()} == expected
