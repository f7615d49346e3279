"""Which parts a card gets, and which are short."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aftersales.spare_parts.reservation_rules import (
	IGNORE,
	STOP,
	WARN,
	Holding,
	Need,
	Share,
	Stock,
	allocate,
	answer,
	let_go,
	taken,
	to_request,
)

SEAL = ("Seal", "Store")


def need(line: str, qty: float, held: float = 0, item: str = "Seal") -> Need:
	return Need(line, 1, item, "Store", qty, held)


def got(shares: tuple[Share, ...]) -> list[tuple[float, float]]:
	return [(share.held, share.missing) for share in shares]


@pytest.mark.parametrize(
	("stock", "expected"),
	[
		(Stock(5, 0), [(2, 0)]),
		(Stock(5, 4), [(1, 1)]),
		(Stock(5, 5), [(0, 2)]),
		(Stock(5, 7), [(0, 2)]),
		(Stock(-3, 0), [(0, 2)]),
	],
)
def test_a_line_gets_what_is_free(stock, expected):
	assert got(allocate([need("a", 2)], {SEAL: stock})) == expected


def test_nothing_lies_where_nothing_ever_was():
	assert got(allocate([need("a", 2)], {})) == [(0, 2)]


def test_two_lines_of_one_part_share_what_is_there():
	assert got(allocate([need("a", 2), need("b", 2)], {SEAL: Stock(3)})) == [(2, 0), (1, 1)]


def test_what_a_line_holds_is_its_own():
	# 4 there, all promised, 3 of them to this line, which needs 5
	assert got(allocate([need("a", 5, held=3)], {SEAL: Stock(4, 4)})) == [(3, 2)]


def test_what_a_line_no_longer_needs_is_there_for_the_next():
	assert got(allocate([need("a", 1, held=3), need("b", 2)], {SEAL: Stock(3, 3)})) == [(1, 0), (2, 0)]


def test_quantities_are_free_of_binary_dust():
	assert got(allocate([need("a", 0.3)], {SEAL: Stock(0.3, 0.1)})) == [(0.2, 0.1)]


def test_only_what_is_not_on_its_way_is_requested():
	shares = allocate([need("a", 3), need("b", 2, item="Lamp")], {SEAL: Stock(1)})
	assert [(share.need.line, share.missing) for share in to_request(shares, {})] == [("a", 2), ("b", 2)]
	assert [(share.need.line, share.missing) for share in to_request(shares, {"a": 2, "b": 0.5})] == [
		("b", 1.5)
	]


def test_pieces_count_as_taken_once_less_is_there_than_is_promised():
	assert taken(5, 3, 3) == 0
	assert taken(3, 3, 3) == 0
	assert taken(2, 3, 3) == 1
	assert taken(-1, 3, 3) == 3, "no more than was set aside"
	assert taken(6, 7, 3) == 1, "four are reserved by ERPNext"
	assert taken(0.2, 0.3, 0.3) == 0.1


@pytest.mark.parametrize(
	"policy, may_take, expected",
	[
		(STOP, False, STOP),
		(STOP, True, WARN),
		(WARN, False, WARN),
		(WARN, True, WARN),
		(IGNORE, False, IGNORE),
		(IGNORE, True, IGNORE),
	],
)
def test_what_is_said_to_whom(policy, may_take, expected):
	assert answer(policy, may_take) == expected


def test_who_was_promised_last_loses_first():
	held = [Holding("first", "a", 2), Holding("second", "b", 1), Holding("third", "c", 1.5)]
	assert left(let_go(held, 0)) == []
	assert left(let_go(held, 1)) == [("c", 0.5)]
	assert left(let_go(held, 3)) == [("c", 0), ("b", 0), ("a", 1.5)]
	assert left(let_go(held, 99)) == [("c", 0), ("b", 0), ("a", 0)]


def left(losers) -> list[tuple[str, float]]:
	return [(holding.line, rest) for holding, rest in losers]


quantities = st.integers(0, 500).map(lambda tenths: tenths / 10)


@settings(max_examples=150)
@given(
	rows=st.lists(st.tuples(st.sampled_from(["Seal", "Lamp"]), quantities, quantities), max_size=6),
	free=st.dictionaries(st.sampled_from(["Seal", "Lamp"]), quantities),
	others=quantities,
)
def test_nothing_is_promised_twice_and_nothing_is_lost(rows, free, others):
	needs = [need(str(i), qty, min(held, qty), item) for i, (item, qty, held) in enumerate(rows)]
	stock = {}
	for item in ("Seal", "Lamp"):
		own = sum(row.held for row in needs if row.item_code == item)
		stock[item, "Store"] = Stock(others + own + free.get(item, 0), others + own)
	shares = allocate(needs, stock)
	for item in ("Seal", "Lamp"):
		mine = [share for share in shares if share.need.item_code == item]
		held = sum(share.held for share in mine)
		assert held <= stock[item, "Store"].actual - others + 1e-6
		for share in mine:
			assert share.held + share.missing == pytest.approx(share.need.qty)
			assert share.held >= share.need.held - 1e-6
		if any(share.missing for share in mine):
			assert held == pytest.approx(stock[item, "Store"].actual - others)


@settings(max_examples=150)
@given(held=st.lists(quantities, max_size=6), gone=quantities)
def test_exactly_what_is_gone_is_let_go(held, gone):
	holdings = [Holding(f"card {number}", str(number), qty) for number, qty in enumerate(held)]
	losers = let_go(holdings, gone)
	lost = sum(holding.held - rest for holding, rest in losers)
	assert lost == pytest.approx(min(gone, sum(held)))
	assert all(0 <= rest < holding.held for holding, rest in losers)
