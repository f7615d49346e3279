"""Which products a row of a delivery is, one by one, and which of them go back with a return.

Pure: plain values in, plain values out. `deliveries.py` reads the documents.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MOST_WITHOUT_SERIAL = 100
"""Units of one row that get a product file each without a serial number; more are goods, not products."""


@dataclass(frozen=True)
class Row:
	"""A row of a delivery: `name` of the row, `origin` the row that a return takes back.

	`qty` counts stock units, above zero also for a return. `bundle` names the row of the Product Bundle that the
	row is packed in.
	"""

	name: str
	item_code: str
	qty: float
	serials: tuple[str, ...] = ()
	origin: str | None = None
	bundle: str | None = None


@dataclass(frozen=True)
class Unit:
	"""One product of a row. `key` tells it from every other unit ever delivered."""

	key: str
	row: str
	item_code: str
	serial: str | None = None
	part_of: str | None = None


def units(rows: Sequence[Row], wanted: Iterable[str]) -> list[Unit]:
	"""The products of a delivery that get a file of their own, those that others are built into first.

	Units of a Product Bundle are shared out over its own units, where both get files and the numbers allow it.

	Args:
		wanted: items whose sale makes product files.
	"""
	wanted = set(wanted)
	found = {row.name: _units_of(row) for row in rows if row.item_code in wanted}
	whole = [unit for row in rows if not row.bundle for unit in found.get(row.name, ())]
	parts = [
		unit
		for row in rows
		if row.bundle
		for unit in _within(found.get(row.name, []), found.get(row.bundle, []))
	]
	return whole + parts


def too_many(rows: Iterable[Row], wanted: Iterable[str]) -> list[Row]:
	"""Rows of wanted items that get no files, because they are too many without a serial number."""
	wanted = set(wanted)
	return [
		row for row in rows if row.item_code in wanted and not row.serials and row.qty > MOST_WITHOUT_SERIAL
	]


def taken_back(row: Row, kept: Sequence[str]) -> list[str]:
	"""Keys of the units without serial number that a return takes back: the last ones delivered and still there.

	Args:
		kept: keys of the units of the row delivered that were not returned, in any order.
	"""
	return sorted(kept, key=number_of, reverse=True)[: int(row.qty)]


def number_of(key: str) -> int:
	"""The number of a unit in its row, by its key."""
	return int(key.rpartition("/")[2])


def _units_of(row: Row) -> list[Unit]:
	if not row.serials and (row.qty > MOST_WITHOUT_SERIAL or row.qty != int(row.qty)):
		return []
	serials = row.serials or (None,) * int(row.qty)
	return [
		Unit(f"{row.name}/{number}", row.name, row.item_code, serial)
		for number, serial in enumerate(serials, start=1)
	]


def _within(parts: list[Unit], bundles: list[Unit]) -> list[Unit]:
	if not bundles or not parts or len(parts) % len(bundles):
		return parts
	each = len(parts) // len(bundles)
	return [
		Unit(part.key, part.row, part.item_code, part.serial, bundles[place // each].key)
		for place, part in enumerate(parts)
	]
