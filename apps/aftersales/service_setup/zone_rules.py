"""Which service zone an address falls into.

Pure: plain values in, plain values out. A place inside an area drawn for a zone decides, the smallest area first; then the
postal code by its longest match; where none matches, the customer's territory (or the nearest territory above it) does.

An entry of a zone is a code or a beginning of codes:
- `20*` matches every code that begins with 20;
- `D04` matches the code D04, the codes whose first part is D04 (`D04 X285`), and, when a code is
  written without its space, those beginning with it (`D04X285`).
Case, spaces and hyphens do not matter otherwise.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aftersales.core.geo_rules import Area, Point, contains, size


@dataclass(frozen=True)
class Zone:
	name: str
	postal_codes: tuple[str, ...] = ()
	territory: str | None = None
	areas: tuple[Area, ...] = ()


def parse_codes(text: str | None) -> tuple[str, ...]:
	"""Entries of a zone's postal codes field, one per line or separated by commas or semicolons."""
	entries = re.split(r"[\n,;]", text or "")
	return tuple(entry.strip().upper() for entry in entries if entry.strip().strip("*"))


def choose(
	zones: Iterable[Zone],
	postal_code: str | None,
	territories: Sequence[str] = (),
	place: Point | None = None,
) -> str | None:
	"""Name of the zone of an address, or None.

	Args:
		zones: enabled zones; at equal length of match the first wins.
		postal_code: as written in the address.
		territories: the customer's territory and those above it, nearest first.
		place: where the address is, if that is known.
	"""
	zones = list(zones)
	return _by_area(zones, place) or _by_postal_code(zones, postal_code) or _by_territory(zones, territories)


def _by_area(zones: list[Zone], place: Point | None) -> str | None:
	found = [
		(size(area), number)
		for number, zone in enumerate(zones)
		for area in zone.areas
		if place and contains(area, place)
	]
	return zones[min(found)[1]].name if found else None


def _by_postal_code(zones: list[Zone], postal_code: str | None) -> str | None:
	best, longest = None, 0
	for zone in zones:
		for entry in zone.postal_codes:
			length = _match_length(entry, postal_code or "")
			if length > longest:
				best, longest = zone.name, length
	return best


def _by_territory(zones: list[Zone], territories: Sequence[str]) -> str | None:
	for territory in territories:
		for zone in zones:
			if zone.territory == territory:
				return zone.name
	return None


def _match_length(entry: str, postal_code: str) -> int:
	"""Number of characters of the code that the entry explains; 0 when it does not match."""
	whole, parts = _compact(postal_code), re.split(r"[\s-]+", postal_code.strip().upper())
	wanted = _compact(entry)
	if not wanted or not whole:
		return 0
	is_beginning = whole.startswith(wanted)
	if entry.strip().endswith("*"):
		matched = is_beginning
	elif len(parts) > 1:
		matched = wanted in (whole, parts[0])
	else:
		matched = is_beginning
	return len(wanted) if matched else 0


def _compact(code: str) -> str:
	return re.sub(r"[\s*-]+", "", code).upper()
