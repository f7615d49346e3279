"""Points on the earth and areas drawn on a map. Pure: plain values in, plain values out.

GeoJSON is what Frappe's map field stores: points and polygons with longitude first; a circle is a point whose properties
have `radius` (metres), as Leaflet draws it.
"""

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

EARTH = 6_371_008.8
"""Mean radius of the earth in metres."""


class NoPoint(ValueError):
	"""Values that are no place on the earth; the argument names the one that is wrong: latitude or longitude."""


@dataclass(frozen=True)
class Point:
	"""A place on the earth in degrees (WGS 84)."""

	latitude: float
	longitude: float


@dataclass(frozen=True)
class Area:
	"""A circle (`center`, `radius` in metres) or a polygon (`ring` of points)."""

	ring: tuple[Point, ...] = ()
	center: Point | None = None
	radius: float = 0.0


def point(latitude: float | None, longitude: float | None) -> Point | None:
	"""The point of two coordinates; None where both are empty or 0, which is how a form stores "not known".

	Raises:
		NoPoint: out of range.
	"""
	latitude, longitude = float(latitude or 0), float(longitude or 0)
	if not latitude and not longitude:
		return None
	if not -90 <= latitude <= 90:
		raise NoPoint("latitude")
	if not -180 <= longitude <= 180:
		raise NoPoint("longitude")
	return Point(round(latitude, 6), round(longitude, 6))


def metres_between(a: Point, b: Point) -> float:
	"""Length of the great circle between two points (haversine formula)."""
	lat_a, lat_b = math.radians(a.latitude), math.radians(b.latitude)
	d_lat, d_lon = lat_b - lat_a, math.radians(b.longitude - a.longitude)
	half = math.sin(d_lat / 2) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin(d_lon / 2) ** 2
	return 2 * EARTH * math.asin(math.sqrt(min(1.0, half)))


def geojson_of(place: Point) -> str:
	"""A map with one marker."""
	feature = {
		"type": "Feature",
		"properties": {},
		"geometry": {"type": "Point", "coordinates": [place.longitude, place.latitude]},
	}
	return json.dumps({"type": "FeatureCollection", "features": [feature]})


def point_of_geojson(text: str | None) -> Point | None:
	"""The first marker of a map; None without one.

	Raises:
		NoPoint: it is out of range, or the text is no GeoJSON.
	"""
	for geometry, properties in _geometries(text):
		if geometry.get("type") == "Point" and not properties.get("radius"):
			longitude, latitude = _pair(geometry.get("coordinates"))
			return point(latitude, longitude)
	return None


def areas_of_geojson(text: str | None) -> tuple[Area, ...]:
	"""Circles and polygons of a map; holes in polygons are not looked at.

	Raises:
		NoPoint: the text is no GeoJSON.
	"""
	try:
		return tuple(_areas(text))
	except NoPoint:
		raise
	except (TypeError, ValueError, KeyError, IndexError) as error:
		raise NoPoint("geojson") from error


def _areas(text: str | None) -> Iterator[Area]:
	for geometry, properties in _geometries(text):
		kind, coordinates = geometry.get("type"), geometry.get("coordinates")
		if kind == "Point" and properties.get("radius"):
			longitude, latitude = _pair(coordinates)
			yield Area(center=Point(latitude, longitude), radius=float(properties["radius"]))
		rings = {"Polygon": [coordinates], "MultiPolygon": coordinates}.get(kind) or []
		for polygon in rings:
			ring = polygon[0] if polygon else ()
			yield Area(ring=tuple(Point(lat, lon) for lon, lat in (_pair(pair) for pair in ring)))


def contains(area: Area, place: Point) -> bool:
	"""Whether a place is in an area; its edge may count as either."""
	if area.center:
		return metres_between(area.center, place) <= area.radius
	inside = False
	for a, b in zip(area.ring, (*area.ring[1:], *area.ring[:1]), strict=True):
		if (a.latitude > place.latitude) != (b.latitude > place.latitude):
			crossing = a.longitude + (b.longitude - a.longitude) * (place.latitude - a.latitude) / (
				b.latitude - a.latitude
			)
			if place.longitude < crossing:
				inside = not inside
	return inside


def size(area: Area) -> float:
	"""Square metres, near enough to tell a smaller area from a larger one."""
	if area.center:
		return math.pi * area.radius**2
	if not area.ring:
		return 0.0
	scale = math.radians(1) * EARTH
	shrink = math.cos(math.radians(area.ring[0].latitude))
	flat = [(p.longitude * scale * shrink, p.latitude * scale) for p in area.ring]
	return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in _edges(flat))) / 2


def _edges(points: Sequence) -> Iterable[tuple]:
	return zip(points, (*points[1:], *points[:1]), strict=True)


def _geometries(text: str | None) -> list[tuple[dict, dict]]:
	if not (text or "").strip():
		return []
	try:
		found = json.loads(text)
	except ValueError as error:
		raise NoPoint("geojson") from error
	if not isinstance(found, dict):
		raise NoPoint("geojson")
	features = found.get("features") or ()
	if not isinstance(features, list):
		raise NoPoint("geojson")
	pairs = []
	for feature in features:
		geometry = feature.get("geometry") if isinstance(feature, dict) else None
		if not isinstance(geometry, dict):
			raise NoPoint("geojson")
		properties = feature.get("properties")
		pairs.append((geometry, properties if isinstance(properties, dict) else {}))
	return pairs


def _pair(value) -> tuple[float, float]:
	try:
		longitude, latitude = float(value[0]), float(value[1])
	except (TypeError, ValueError, IndexError, KeyError) as error:
		raise NoPoint("geojson") from error
	if not (-90 <= latitude <= 90):
		raise NoPoint("latitude")
	if not (-180 <= longitude <= 180):
		raise NoPoint("longitude")
	return longitude, latitude
