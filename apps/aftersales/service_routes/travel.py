"""Travel tables: from the routing server that the site names, cached; by great circle where none is named or it fails."""

import hashlib
from collections.abc import Sequence

import frappe
import requests
from frappe.utils.password import get_decrypted_password

from aftersales.core.geo_rules import Point
from aftersales.service_routes import travel_rules
from aftersales.service_routes.settings import routes_settings, unknown_seconds, usual_speed
from aftersales.service_routes.travel_rules import MOST_PLACES, NoTable, Speed, Table

CACHED_FOR = 7 * 24 * 3600
TIMEOUT = 10
"""Seconds a routing server may take for one answer."""
LEFT_ALONE = 60
"""Seconds for which a server that gave no answer is not asked: a board of forty technicians does not wait forty times."""


def speeds_of_zones() -> dict[str, Speed]:
	"""Zone → speed and detour, of the zones that have their own."""
	usual = usual_speed()
	return {
		row.name: Speed(row.travel_speed or usual.kmh, row.detour or usual.detour)
		for row in frappe.get_all(
			"Service Zone", fields=["name", "travel_speed", "detour"], order_by="name asc"
		)
		if row.travel_speed or row.detour
	}


def table(places: Sequence[Point | None], zones: Sequence[str | None] | None = None) -> Table:
	"""Seconds and metres between all of `places`.

	Args:
		zones: the service zone of each place, where it is known.
	"""
	of_zone = speeds_of_zones()
	speeds = [of_zone.get(zone) for zone in zones or [None] * len(places)]
	by_circle = travel_rules.estimated(places, speeds, usual_speed(), unknown_seconds())
	known = list(dict.fromkeys(place for place in places if place))
	if not routes_settings().routing_service or len(known) < 2:
		return by_circle
	ways = _asked(known)
	if ways is None:
		return by_circle
	for a, start in enumerate(places):
		for b, end in enumerate(places):
			if start and end and start != end:
				by_circle.seconds[a][b], by_circle.metres[a][b] = ways[start, end]
	return Table(by_circle.seconds, by_circle.metres, routes_settings().routing_service)


def _asked(known: list[Point]) -> dict[tuple[Point, Point], tuple[int, int]] | None:
	"""The ways between all of `known` by the server; None where it does not answer, which is logged."""
	ways: dict[tuple[Point, Point], tuple[int, int]] = {}
	if frappe.cache.get_value(_key("down"), expires=True):
		return None
	for start in known:
		for end, found in (frappe.cache.get_value(_key(start), expires=True) or {}).items():
			ways[start, Point(*end)] = found
	try:
		half = MOST_PLACES // 2
		groups = [known[at : at + half] for at in range(0, len(known), half)]
		for number, group in enumerate(groups):
			for other in groups[number:]:
				_fill(ways, list(dict.fromkeys([*group, *other])))
	except (requests.RequestException, NoTable, ValueError):
		frappe.cache.set_value(_key("down"), 1, expires_in_sec=LEFT_ALONE)
		frappe.log_error(title="The routing server gave no travel times")
		return None
	return ways


def _fill(ways: dict, places: list[Point]) -> None:
	missing = [start for start in places if any((start, end) not in ways for end in places if end != start)]
	if not missing:
		return
	settings = routes_settings()
	method, url, body = travel_rules.request(settings.routing_service, settings.routing_url or "", places)
	answer = requests.request(method, url, json=body, headers=_headers(), timeout=TIMEOUT)
	answer.raise_for_status()
	found = travel_rules.read(settings.routing_service, answer.json(), len(places))
	for a, start in enumerate(places):
		for b, end in enumerate(places):
			if a != b:
				ways[start, end] = (found.seconds[a][b], found.metres[a][b])
		frappe.cache.set_value(
			_key(start),
			{(end.latitude, end.longitude): way for (begin, end), way in ways.items() if begin == start},
			expires_in_sec=CACHED_FOR,
		)


def _headers() -> dict[str, str]:
	key = get_decrypted_password(
		"Service Routes Settings", "Service Routes Settings", "routing_key", raise_exception=False
	)
	return {"Authorization": key} if key else {}


def _key(of: Point | str) -> str:
	settings = routes_settings()
	server = hashlib.sha256(f"{settings.routing_service} {settings.routing_url}".encode()).hexdigest()[:12]
	text = of if isinstance(of, str) else f"{of.latitude:.6f},{of.longitude:.6f}"
	return f"aftersales_ways|{server}|{text}"


def along(
	places_in_order: Sequence[Point | None],
	zones: Sequence[str | None],
	speeds: dict[str, Speed] | None = None,
) -> list[tuple[int, int] | None]:
	"""Seconds and metres of each way from a place to the next; None where one of the two is not known.

	Args:
		speeds: of zones (:func:`speeds_of_zones`), where somebody asks for many days.
	"""
	if len(places_in_order) < 2:
		return []
	ways = None
	known = list(dict.fromkeys(place for place in places_in_order if place))
	if routes_settings().routing_service and 1 < len(known) <= MOST_PLACES:
		ways = _asked(known)
	of_zone, usual = speeds_of_zones() if speeds is None else speeds, usual_speed()
	found: list[tuple[int, int] | None] = []
	for start, end, zone in zip(places_in_order, places_in_order[1:], zones[1:], strict=False):
		if not start or not end:
			found.append(None)
		elif start == end:
			found.append((0, 0))
		else:
			found.append(
				ways[start, end] if ways else travel_rules.way(start, end, of_zone.get(zone) or usual)
			)
	return found
