"""The way between the visits of a day, for the dispatch board and the map: minutes and metres, and where time is short."""

from collections.abc import Iterable
from itertools import chain

import frappe

from aftersales.core.geo_rules import Point
from aftersales.service_routes import places, travel


def places_of(visits: Iterable[frappe._dict]) -> dict[str, Point]:
	"""Visit → its place, by the address of its call, else of its product; those whose place is known.

	Args:
		visits: rows with `name`; whoever asks has seen that the user may read them.
	"""
	names = [visit.name for visit in visits]
	rows = names and frappe.get_all(
		"Service Voucher",
		filters={"name": ("in", names)},
		fields=[
			*("name", "repair_call.service_address as service_address"),
			"equipment.address as product_address",
		],
		order_by="name asc",
	)
	address = _addresses(rows or ())
	known = places.of_addresses(address.values())
	return {name: known[where] for name, where in address.items() if where in known}


def _addresses(rows: Iterable[frappe._dict]) -> dict[str, str | None]:
	"""Visit → the address of its call, else of its product."""
	return {row.name: row.service_address or row.product_address for row in rows}


def add(technicians: list[dict], rows: Iterable[frappe._dict], people: dict[str, frappe._dict]) -> None:
	"""Give each visit shown `travel` (minutes from the stop before, None where a place is not known) and `tight`.

	Each technician gets `travel` (minutes) and `kilometres` of the whole day, the way home included.

	Args:
		technicians: as the board shows them.
		rows: the visits of the day, as `board_rows` reads them.
		people: technicians by name, as `board_rows` reads them.
	"""
	address, ends = _addresses(rows), places.starts_and_ends(people.values())
	known = places.of_addresses((*address.values(), *chain.from_iterable(ends.values())))
	where = {name: known[one] for name, one in address.items() if one in known}
	speeds = travel.speeds_of_zones() if where else {}
	for technician in technicians:
		visits = sorted(technician["visits"], key=lambda visit: (visit["start"], visit["name"]))
		start, end = (known.get(one) for one in ends[technician["name"]])
		stops = [start, *(where.get(visit["name"]) for visit in visits), end]
		zones = [technician["zone"], *(visit["zone"] for visit in visits), technician["zone"]]
		ways = travel.along(stops, zones, speeds) if where and visits else [None] * (len(visits) + 1)
		before = None
		for visit, way in zip(visits, ways, strict=False):
			visit["travel"] = round(way[0] / 60) if way else None
			visit["tight"] = bool(way and before and visit["start"] - before["end"] < visit["travel"])
			before = visit
		driven = [way for way in ways if way]
		technician["travel"] = round(sum(way[0] for way in driven) / 60)
		technician["kilometres"] = round(sum(way[1] for way in driven) / 1000, 1)
