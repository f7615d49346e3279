"""Places on the earth, areas drawn on a map, and the way between places."""

import json

import pytest

from aftersales.core.geo_rules import (
	Area,
	NoPoint,
	Point,
	areas_of_geojson,
	contains,
	geojson_of,
	metres_between,
	point,
	point_of_geojson,
	size,
)
from aftersales.service_routes import travel_rules
from aftersales.service_routes.travel_rules import ORS, OSRM, VALHALLA, NoTable, Speed
from aftersales.service_setup.zone_rules import Zone, choose

DUBLIN, CORK, GALWAY = Point(53.3498, -6.2603), Point(51.8985, -8.4756), Point(53.2707, -9.0568)


def drawn(*geometries: tuple[dict, dict]) -> str:
	features = [{"type": "Feature", "geometry": shape, "properties": more} for shape, more in geometries]
	return json.dumps({"type": "FeatureCollection", "features": features})


def circle(center: Point, radius: float) -> tuple[dict, dict]:
	return {"type": "Point", "coordinates": [center.longitude, center.latitude]}, {"radius": radius}


def square(south: float, west: float, north: float, east: float) -> tuple[dict, dict]:
	ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
	return {"type": "Polygon", "coordinates": [ring]}, {}


def test_dublin_to_cork_is_219_kilometres_of_air():
	assert metres_between(DUBLIN, CORK) == pytest.approx(219_300, rel=0.005)
	assert metres_between(DUBLIN, DUBLIN) == 0


def test_empty_coordinates_are_no_place_and_wrong_ones_are_named():
	assert point(None, None) is None and point(0, 0) is None
	assert point(0, 10) == Point(0, 10)
	for latitude, longitude, which in ((91, 0, "latitude"), (1, 181, "longitude")):
		with pytest.raises(NoPoint, match=which):
			point(latitude, longitude)


def test_a_marker_is_read_as_it_was_written():
	assert point_of_geojson(geojson_of(CORK)) == CORK
	assert point_of_geojson(drawn(circle(CORK, 500))) is None
	assert point_of_geojson("") is None
	for wrong in ("{", "[]", '{"features": [1]}', '{"features": 3}'):
		with pytest.raises(NoPoint):
			point_of_geojson(wrong)


@pytest.mark.parametrize(
	"shape",
	[
		({"type": "MultiPolygon", "coordinates": 3}, {}),
		({"type": "Polygon", "coordinates": {"a": 1}}, {}),
		({"type": ["Polygon"], "coordinates": []}, {}),
		({"type": "Point", "coordinates": [1, 2]}, {"radius": "wide"}),
	],
)
def test_what_is_no_area_is_refused(shape):
	with pytest.raises(NoPoint):
		areas_of_geojson(drawn(shape))


def test_the_smallest_area_a_place_is_in_decides_before_the_postal_code():
	zones = [
		Zone("Country", ("D*",), areas=areas_of_geojson(drawn(square(51, -11, 56, -5)))),
		Zone("City", areas=areas_of_geojson(drawn(circle(DUBLIN, 10_000)))),
		Zone("By Code", ("D04",)),
	]
	assert choose(zones, "D04", place=DUBLIN) == "City"
	assert choose(zones, "D04", place=GALWAY) == "Country"
	assert choose(zones, "D04", place=Point(40, 0)) == choose(zones, "D04") == "By Code"


def test_a_polygon_with_a_notch_does_not_contain_what_is_in_the_notch():
	ring = tuple(Point(*at) for at in ((0, 0), (0, 4), (4, 4), (4, 3), (1, 3), (1, 1), (4, 1), (4, 0)))
	assert contains(Area(ring=ring), Point(0.5, 2))
	assert not contains(Area(ring=ring), Point(3, 2))
	assert size(Area(center=DUBLIN, radius=1000)) == pytest.approx(3_141_593, rel=1e-6)


def test_without_a_server_a_way_is_the_great_circle_times_detour_at_the_speed_of_where_it_leads():
	table = travel_rules.estimated(
		[DUBLIN, CORK, None], [None, Speed(80, 1.2), None], Speed(40, 1.3), unknown=1800
	)
	metres = metres_between(DUBLIN, CORK)
	assert table.metres[0][1] == round(metres * 1.2)
	assert table.seconds[0][1] == pytest.approx(metres * 1.2 / 80 * 3.6, abs=1)
	assert table.seconds[1][0] == pytest.approx(metres * 1.3 / 40 * 3.6, abs=1)
	assert (table.seconds[0][2], table.metres[0][2], table.seconds[2][2]) == (1800, 0, 0)


@pytest.mark.parametrize(
	("service", "url", "answer"),
	[
		(
			OSRM,
			"https://roads.example/table/v1/driving/-6.260300,53.349800;-8.475600,51.898500?annotations=duration,distance",
			{"durations": [[0, 60.2], [59, 0]], "distances": [[0, 1000], [990, 0]]},
		),
		(
			ORS,
			"https://roads.example/v2/matrix/driving-car",
			{"durations": [[0, 60.2], [59, 0]], "distances": [[0, 1000], [990, 0]]},
		),
		(
			VALHALLA,
			"https://roads.example/sources_to_targets",
			{
				"sources_to_targets": [
					[{"time": 0, "distance": 0}, {"time": 60.2, "distance": 1}],
					[{"time": 59, "distance": 0.99}, {"time": 0, "distance": 0}],
				]
			},
		),
	],
)
def test_each_kind_of_server_is_asked_and_read_in_its_own_form(service, url, answer):
	_method, asked, _body = travel_rules.request(service, "https://roads.example/", [DUBLIN, CORK])
	assert asked == url
	table = travel_rules.read(service, answer, 2)
	assert (table.seconds, table.metres) == ([[0, 61], [59, 0]], [[0, 1000], [990, 0]])
	for wrong in ({}, [], None, {"durations": [[0]], "distances": [[0]]}, {"durations": [[0, None]] * 2}):
		with pytest.raises(NoTable):
			travel_rules.read(service, wrong, 2)
