"""Which warranty terms a product has, and until when they cover the product and the work on it.

Pure: plain values in, plain values out. `warranty.py` loads the terms.
"""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

RunsFrom = Literal["Delivery", "Installation"]


@dataclass(frozen=True)
class Terms:
	"""Warranty Terms. `labour_months` is None where labour has the term of the product."""

	name: str
	months: int
	labour_months: int | None = None
	runs_from: RunsFrom = "Delivery"
	latest_start_months: int = 0
	item_code: str | None = None
	brand: str | None = None
	item_group: str | None = None
	company: str | None = None
	valid_from: date | None = None


@dataclass(frozen=True)
class Product:
	"""What decides about a product's terms. `item_groups`: its item group and those above it, the nearest first."""

	item_code: str | None = None
	brand: str | None = None
	item_groups: Sequence[str] = ()
	company: str | None = None


@dataclass(frozen=True)
class Ends:
	"""Last warranted day of the product, and of the work on it where that differs.

	None while nothing is known to start it, and where labour is warranted as long as the product. Work that is not
	warranted at all ended the day before it could begin.
	"""

	product: date | None
	labour: date | None


def choose(terms: Iterable[Terms], product: Product, on: date | None) -> Terms | None:
	"""The most specific terms for a product delivered on a day (None: unknown); None when none fit.

	Item before brand, brand before item group, the nearest item group first; then those of the company, then
	those valid from the latest day, then by name.
	"""
	fitting = [each for each in terms if _fits(each, product, on)]
	return min(fitting, key=lambda each: _place(each, product), default=None)


def ends(terms: Terms, delivered: date | None, installed: date | None) -> Ends:
	"""Until when the terms cover a product, its last day included.

	From the delivery, else from the day it was installed. Terms that run from the installation start with the
	delivery, or so many months after it, until the product is installed, and not later than that.
	"""
	start = _start(terms, delivered, installed)
	if not start:
		return Ends(None, None)
	product = _last_day(start, terms.months)
	if terms.labour_months is None:
		return Ends(product, None)
	return Ends(product, _last_day(start, terms.labour_months) or start - timedelta(days=1))


def _start(terms: Terms, delivered: date | None, installed: date | None) -> date | None:
	if terms.runs_from == "Delivery" or not delivered:
		return delivered or installed
	latest = add_months(delivered, terms.latest_start_months)
	if not installed:
		return latest
	return min(installed, latest) if terms.latest_start_months else installed


def _last_day(start: date, months: int) -> date | None:
	"""As part warranties are counted: through the same day of a later month. Without a month there is none."""
	return add_months(start, months) if months else None


def _fits(terms: Terms, product: Product, on: date | None) -> bool:
	return (
		(not terms.item_code or terms.item_code == product.item_code)
		and (not terms.brand or terms.brand.casefold() == (product.brand or "").casefold())
		and (not terms.item_group or terms.item_group in product.item_groups)
		and (not terms.company or terms.company == product.company)
		and (not terms.valid_from or (on is not None and terms.valid_from <= on))
	)


def _place(terms: Terms, product: Product) -> tuple:
	near = product.item_groups.index(terms.item_group) if terms.item_group else len(product.item_groups)
	since = terms.valid_from or date.min
	return (not terms.item_code, not terms.brand, near, not terms.company, -since.toordinal(), terms.name)


def add_months(day: date, months: int) -> date:
	"""The same day so many months later, or the last one of a shorter month."""
	years, month = divmod(day.month - 1 + months, 12)
	year = day.year + years
	return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
