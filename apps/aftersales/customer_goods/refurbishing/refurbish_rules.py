"""What a unit that is refurbished or taken apart may be worth in stock. Pure: plain values in and out.

Inventory is not written up above its cost (IAS 2.9 and 2.10): a refurbished unit costs what the unit was valued at, the
parts that were put into it, and the work; what is gained from a unit that is taken apart shares the unit's value and work.
"""

from collections.abc import Iterable

BACK, APART, SCRAPPED = "Back to Stock", "Taken Apart", "Scrapped"
SUFFIX = "-R"


def most(left_stock: float, work: float = 0) -> float:
	"""The highest value that may come in for what left stock at `left_stock` and took `work`."""
	return max(left_stock, 0) + max(work, 0)


def value_of_unit(typed: float, left_stock: float, work: float) -> float:
	"""The value of a refurbished unit: as typed, or its whole cost where nothing is typed."""
	return typed or most(left_stock, work)


def is_too_much(value: float, left_stock: float, work: float, tolerance: float = 0.005) -> bool:
	"""Whether a value is above cost by more than rounding."""
	return value - most(left_stock, work) > tolerance


def gained(rows: Iterable[tuple[float, float]]) -> float:
	"""The value of parts gained: (quantity, value each)."""
	return sum(qty * rate for qty, rate in rows)


def new_number(serial: str | None, is_other_item: bool) -> str | None:
	"""The serial number of a refurbished unit: its own, or with a suffix where it becomes another item."""
	if not serial:
		return None
	return f"{serial}{SUFFIX}" if is_other_item else serial
