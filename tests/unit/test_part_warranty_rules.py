"""Which part lines replace a part under warranty, without a site."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aftersales.service_calls.entitlement.part_warranty_rules import FittedPart, WantedPart, honoured

DAY = date(2028, 11, 30)
BEFORE, AFTER = DAY - timedelta(days=1), DAY + timedelta(days=1)


def fitted(line="old", **values) -> FittedPart:
	return FittedPart(
		**{"line": line, "job": "Service Voucher SV-1", "item_code": "PCB", "until": DAY, **values}
	)


def wanted(line="1", **values) -> WantedPart:
	return WantedPart(**{"line": line, "item_code": "PCB", **values})


@pytest.mark.parametrize(
	("part", "line", "is_honoured"),
	[
		({}, {}, True),  # through the last day printed
		({"until": BEFORE}, {}, False),
		({"item_code": "FAN"}, {}, False),
		# the number of the part taken out decides where both are known
		({"serials": frozenset({"C1"})}, {"removed": frozenset({"C1"})}, True),
		({"serials": frozenset({"C1"})}, {"removed": frozenset({"C9"})}, False),
		({"serials": frozenset({"C1"})}, {}, True),
		({}, {"removed": frozenset({"C9"})}, True),
		# another item may stand in: by its number, or as a listed substitute
		({"serials": frozenset({"C1"})}, {"item_code": "PCB-V2", "removed": frozenset({"C1"})}, True),
		({}, {"item_code": "PCB-V2", "substitute_for": "PCB"}, True),
		({"item_code": "PCB-V2", "substitute_for": "PCB"}, {}, True),
		# pieces
		({"left": 2}, {"qty": 2}, True),
		({"left": 1}, {"qty": 2}, False),
		({"left": 0}, {}, False),
	],
)
def test_one_line_against_one_fitted_part(part, line, is_honoured):
	assert bool(honoured([wanted(**line)], [fitted(**part)], DAY)) is is_honoured


def test_a_part_is_honoured_once():
	found = honoured([wanted("1"), wanted("2")], [fitted(until=AFTER)], DAY)
	assert set(found) == {"1"}


def test_who_names_the_removed_part_comes_first():
	parts = [fitted("a", serials=frozenset({"C1"}))]
	found = honoured([wanted("1"), wanted("2", removed=frozenset({"C1"}))], parts, DAY)
	assert {line: part.line for line, part in found.items()} == {"2": "a"}


def test_the_part_warranted_longest_is_taken():
	found = honoured([wanted()], [fitted("short"), fitted("long", until=AFTER)], DAY)
	assert found["1"].line == "long"


lines = st.lists(
	st.builds(
		WantedPart,
		line=st.uuids().map(str),
		item_code=st.sampled_from(["PCB", "FAN"]),
		qty=st.integers(1, 3),
		removed=st.sampled_from([frozenset(), frozenset({"C1"}), frozenset({"C2"})]),
	),
	max_size=5,
)
parts = st.lists(
	st.builds(
		FittedPart,
		line=st.uuids().map(str),
		job=st.just("Service Voucher SV-1"),
		item_code=st.sampled_from(["PCB", "FAN"]),
		until=st.dates(DAY - timedelta(days=5), DAY + timedelta(days=5)),
		left=st.integers(0, 3),
		serials=st.sampled_from([frozenset(), frozenset({"C1"}), frozenset({"C2"})]),
	),
	max_size=5,
)


@settings(derandomize=True, max_examples=400)
@given(lines, parts)
def test_never_more_pieces_than_were_fitted_and_never_after_the_last_day(asked, there):
	found = honoured(asked, there, DAY)
	quantity = {line.line: line.qty for line in asked}
	for part in there:
		taken = sum(quantity[line] for line, given_by in found.items() if given_by.line == part.line)
		assert taken <= part.left
		assert not taken or part.until >= DAY
