"""Which products a document, an article or a campaign is for, and which version of a document counts.

Pure: plain values in, plain values out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

AUDIENCES = {"Customer": 0, "Technician": 1, "Staff": 2}
"""Who sees what: whoever may see a number sees the lower ones, too."""


@dataclass(frozen=True)
class Scope:
	"""What something is for. All filled fields must fit; `serials`: first and last number."""

	item_code: str = ""
	brand: str = ""
	model: str = ""
	item_group: str = ""
	equipment: str = ""
	serials: tuple[str, str] = ("", "")

	@property
	def is_empty(self) -> bool:
		"""True when nothing is filled but serial numbers, which alone say nothing."""
		return not (self.item_code or self.brand or self.model or self.item_group or self.equipment)


@dataclass(frozen=True)
class Product:
	"""A product. `item_groups`: its group and those above; `serial_key`: its number without signs, upper case."""

	equipment: str = ""
	item_code: str = ""
	brand: str = ""
	model: str = ""
	item_groups: tuple[str, ...] = ()
	serial_key: str = ""


def fits(scope: Scope, product: Product, *, empty_fits: bool = False) -> bool:
	"""True when a scope is for a product. An empty scope fits nothing, or everything with `empty_fits`."""
	if scope.is_empty:
		return empty_fits
	return (
		(not scope.equipment or scope.equipment == product.equipment)
		and (not scope.item_code or scope.item_code == product.item_code)
		and _same(scope.brand, product.brand)
		and _same(scope.model, product.model)
		and (not scope.item_group or scope.item_group in product.item_groups)
		and in_range(product.serial_key, *scope.serials)
	)


def in_range(serial_key: str, first: str, last: str) -> bool:
	"""True when a number lies from `first` to `last` (keys), both included; without a range always.

	Numbers are compared as texts of equal length: of another length than the range's ends a number is outside. A
	product without a number is outside of any range.
	"""
	if not first and not last:
		return True
	if not serial_key:
		return False
	if first and (len(serial_key) != len(first) or serial_key < first):
		return False
	return not (last and (len(serial_key) != len(last) or serial_key > last))


def _same(wanted: str, found: str) -> bool:
	return not wanted or wanted.casefold() == (found or "").casefold()


@dataclass(frozen=True)
class Version:
	"""A document as one of a line of versions: `replaces` names the one before."""

	name: str
	audience: str
	valid_from: date
	valid_until: date | None = None
	replaces: str = ""
	language: str = ""


def current(versions: Iterable[Version], on: date, audience: str, languages: Sequence[str] = ()) -> list[str]:
	"""Names of the documents that are offered on a day to an audience.

	Not yet valid, no longer valid and replaced ones are left out; a replaced one is offered until the one that
	replaces it is valid. With `languages` only documents in these, or in none in particular, in that order.
	"""
	versions = list(versions)
	valid = [
		each
		for each in versions
		if each.valid_from <= on and (not each.valid_until or each.valid_until >= on)
	]
	replaced = {each.replaces for each in valid if each.replaces}
	shown = [
		each
		for each in valid
		if each.name not in replaced
		and AUDIENCES[each.audience] <= AUDIENCES[audience]
		and (not languages or not each.language or each.language in languages)
	]
	place = {language: number for number, language in enumerate(languages)}
	return [each.name for each in sorted(shown, key=lambda one: place.get(one.language, len(place)))]
