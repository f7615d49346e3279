"""How long the way between places takes: by great circle, or as a routing server answers. Pure.

Without a server a way is as long as the great circle times the detour of its zone, at the speed of its zone. Places that
are not known are a fixed time away from all others: a plan with some of them is rough, and no plan at all is worse.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from aftersales.core.geo_rules import Point, metres_between

OSRM, VALHALLA, ORS = "OSRM", "Valhalla", "openrouteservice"
SERVICES = (OSRM, ORS, VALHALLA)
MOST_PLACES = 100
"""Places asked of a server at once: its own limit is at least that, as it is shipped."""


class NoTable(ValueError):
	"""The answer of a routing server is not what its kind of server answers."""


@dataclass(frozen=True)
class Speed:
	"""Kilometres an hour, and how much longer a road is than the great circle."""

	kmh: float = 40.0
	detour: float = 1.3


@dataclass(frozen=True)
class Table:
	"""Seconds and metres from each place (row) to each place (column). `by`: how they were found."""

	seconds: list[list[int]]
	metres: list[list[int]]
	by: str = "great circle"


def way(a: Point, b: Point, speed: Speed) -> tuple[int, int]:
	"""Seconds and metres by great circle."""
	metres = metres_between(a, b) * speed.detour
	return math.ceil(metres / 1000 / max(speed.kmh, 0.1) * 3600), round(metres)


def estimated(
	places: Sequence[Point | None], speeds: Sequence[Speed | None], usual: Speed, unknown: int
) -> Table:
	"""The table by great circle.

	Args:
		speeds: of the zone each place is in; the speed of a way is that of where it leads to.
		usual: where a place is in no zone, or its zone has none.
		unknown: seconds to and from a place that is not known.
	"""
	seconds, metres = [], []
	for number, start in enumerate(places):
		row = [
			_way(start, end, speeds[other] or usual, unknown) if other != number else (0, 0)
			for other, end in enumerate(places)
		]
		seconds.append([time for time, _metres in row])
		metres.append([length for _time, length in row])
	return Table(seconds, metres)


def _way(a: Point | None, b: Point | None, speed: Speed, unknown: int) -> tuple[int, int]:
	return (unknown, 0) if a is None or b is None else way(a, b, speed)


def request(service: str, url: str, places: Sequence[Point]) -> tuple[str, str, dict | None]:
	"""Method, address and body of the request for a table of `places`.

	Args:
		service: one of SERVICES.
		url: base address of the server, for OSRM and openrouteservice with or without the profile.
	"""
	url = url.rstrip("/")
	if service == OSRM:
		base = url if "/table/" in url else f"{url}/table/v1/driving"
		points = ";".join(f"{place.longitude:.6f},{place.latitude:.6f}" for place in places)
		return "GET", f"{base}/{points}?annotations=duration,distance", None
	if service == ORS:
		base = url if "/matrix" in url else f"{url}/v2/matrix/driving-car"
		points = [[place.longitude, place.latitude] for place in places]
		return "POST", base, {"locations": points, "metrics": ["duration", "distance"]}
	base = url if url.endswith("sources_to_targets") else f"{url}/sources_to_targets"
	points = [{"lat": place.latitude, "lon": place.longitude} for place in places]
	return "POST", base, {"sources": points, "targets": points, "costing": "auto", "units": "kilometers"}


def read(service: str, answer: object, count: int) -> Table:
	"""The table in the answer of a server for `count` places.

	Raises:
		NoTable: it has another form or size, or a way that there is not.
	"""
	try:
		if service == VALHALLA:
			rows = answer["sources_to_targets"]
			seconds = [[_whole(cell["time"]) for cell in row] for row in rows]
			metres = [[_whole(float(cell["distance"]) * 1000) for cell in row] for row in rows]
		else:
			seconds = [[_whole(cell) for cell in row] for row in answer["durations"]]
			metres = [[_whole(cell) for cell in row] for row in answer["distances"]]
	except (KeyError, TypeError, ValueError, OverflowError) as error:
		raise NoTable(service) from error
	sizes = {len(seconds), len(metres), *(len(row) for row in seconds), *(len(row) for row in metres)}
	if sizes != {count}:
		raise NoTable(service)
	return Table(seconds, metres, service)


def _whole(value) -> int:
	number = math.ceil(float(value))
	if number < 0:
		raise ValueError(value)
	return number
