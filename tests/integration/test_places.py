"""Where addresses are: by map, by hand, by import, by a geocoder; and how long the way between them takes."""

import json

import frappe
import pytest
import requests

from aftersales.core.geo_rules import Point, geojson_of
from aftersales.installed_base.location import zone_of
from aftersales.service_routes import geocoding, places, travel
from tests import factories as make

QUAY, HILL = Point(53.3431, -6.2381), Point(53.4129, -6.2439)


@pytest.fixture
def address():
	return frappe.get_doc("Address", make.address(make.customer("Places Ltd")))


@pytest.fixture
def routes():
	def change(**values):
		doc = frappe.get_doc("Service Routes Settings")
		doc.update(values)
		doc.save()
		return doc

	return change


class Answer:
	def __init__(self, value):
		self.value = value

	def raise_for_status(self):
		pass

	def json(self):
		return self.value


def place(address) -> tuple:
	address.reload()
	return (
		address.aftersales_latitude,
		address.aftersales_longitude,
		address.aftersales_place_source or None,
	)


def test_coordinates_and_marker_follow_each_other(address):
	address.update({"aftersales_latitude": QUAY.latitude, "aftersales_longitude": QUAY.longitude}).save()
	assert json.loads(address.aftersales_location)["features"][0]["geometry"]["coordinates"] == [
		-6.2381,
		53.3431,
	]
	address.aftersales_location = geojson_of(HILL)
	address.save()
	assert place(address) == (HILL.latitude, HILL.longitude, "By Hand")
	address.update({"aftersales_latitude": 0, "aftersales_longitude": 0}).save()
	assert place(address) == (0, 0, None) and not address.aftersales_location


@pytest.mark.parametrize(
	("values", "told"),
	[
		(
			{"aftersales_latitude": 93.5, "aftersales_longitude": 1},
			"Latitude.*93.5 is not between -90 and 90",
		),
		({"aftersales_latitude": 1, "aftersales_longitude": -200}, "Longitude.*-200 is not between -180"),
		({"aftersales_location": "no map"}, "Place on the Map.*is not a map with a marker"),
	],
)
def test_what_is_no_place_on_the_earth_is_refused_by_its_name(address, values, told):
	address.update(values)
	with pytest.raises(frappe.ValidationError, match=told):
		address.save()


def test_an_address_of_an_import_has_its_place_at_once():
	name = make.address(make.customer("Places Ltd"), aftersales_latitude=53.1, aftersales_longitude=-6.1)
	assert places.of_addresses([name, None, "unknown"]) == {name: Point(53.1, -6.1)}


def test_a_zone_drawn_on_the_map_decides_before_its_postal_code(address):
	make.zone("By Code", "D04")
	assert zone_of(address.name, None) == "By Code"
	drawn = json.loads(geojson_of(QUAY))
	drawn["features"][0]["properties"] = {"radius": 2000}
	make.zone("By Circle", area=json.dumps(drawn))
	assert zone_of(address.name, None) == "By Code"
	address.update({"aftersales_latitude": QUAY.latitude, "aftersales_longitude": QUAY.longitude}).save()
	assert zone_of(address.name, None) == "By Circle"
	with pytest.raises(frappe.ValidationError, match="is not a map with polygons"):
		make.zone("No Map", area="{")


def test_the_geocoder_is_the_sites_own_and_its_place_goes_with_the_text(address, routes, monkeypatch):
	frappe.set_user(make.user("places.supervisor@example.com", "Service Supervisor", "Sales User"))
	with pytest.raises(frappe.ValidationError, match=r"Enter the .*Geocoder URL"):
		geocoding.find(address.name)
	frappe.set_user("Administrator")
	routes(geocoder_url="https://geo.example/search?q={address}")
	asked = []
	monkeypatch.setattr(
		requests,
		"get",
		lambda url, **_how: asked.append(url) or Answer([{"lat": "53.3431", "lon": "-6.2381"}]),
	)
	assert geocoding.find(address.name) == {"latitude": 53.3431, "longitude": -6.2381}
	assert asked == ["https://geo.example/search?q=" + asked[0].partition("q=")[2]]
	assert "4%20Grand%20Canal%20Quay" in asked[0] and "D04%20X285" in asked[0]
	assert place(address) == (53.3431, -6.2381, "Geocoder")
	address.address_line1 = "1 Other Street"
	address.save()
	assert place(address) == (0, 0, None)


def test_a_geocoder_that_knows_nothing_or_fails_changes_nothing(address, routes, monkeypatch):
	routes(geocoder_url="https://geo.example/search?q={address}")
	for answer, told in (([], "does not know"), ({"error": 1}, "did not answer"), ("x", "did not answer")):
		monkeypatch.setattr(requests, "get", lambda url, answer=answer, **_how: Answer(answer))
		with pytest.raises(frappe.ValidationError, match=told):
			geocoding.find(address.name)
	assert place(address) == (0, 0, None)


def test_settings_refuse_what_cannot_work(routes):
	for values, told in (
		({"geocoder_url": "https://geo.example/search"}, "needs .*{address}"),
		({"tile_url": "https://tiles.example/{z}"}, "needs .*{x}, {y}"),
		({"routing_url": "ftp://roads.example"}, "is not a web address"),
		({"travel_speed": 0}, "Speed"),
		({"detour": 0.5}, "is not between 1 and 5"),
	):
		with pytest.raises(frappe.ValidationError, match=told):
			routes(**values)
		frappe.clear_document_cache("Service Routes Settings")


def test_a_routing_server_is_asked_once_and_its_failure_falls_back_to_the_great_circle(routes, monkeypatch):
	routes(routing_service="OSRM", routing_url=f"https://roads.example/{frappe.generate_hash(length=8)}")
	asked = []

	def answer(method, url, **_how):
		asked.append(url)
		return Answer({"durations": [[0, 600], [660, 0]], "distances": [[0, 7000], [7100, 0]]})

	monkeypatch.setattr(requests, "request", answer)
	table = travel.table([QUAY, HILL, None, QUAY])
	assert table.by == "OSRM" and (table.seconds[0][1], table.metres[1][0]) == (600, 7100)
	assert (table.seconds[0][2], table.seconds[0][3]) == (1800, 0)
	assert travel.table([HILL, QUAY]).seconds == [[0, 660], [600, 0]]
	assert len(asked) == 1

	def fails(*_args, **_how):
		raise requests.ConnectionError("no network")

	monkeypatch.setattr(requests, "request", fails)
	by_circle = travel.table([QUAY, Point(53.0, -6.0)])
	assert by_circle.by == "great circle" and by_circle.seconds[0][1] > 0


def test_a_technicians_day_begins_where_it_is_said_or_where_the_settings_say(address, routes):
	address.update({"aftersales_latitude": QUAY.latitude, "aftersales_longitude": QUAY.longitude}).save()
	home = make.address(
		make.customer("Home"), aftersales_latitude=HILL.latitude, aftersales_longitude=HILL.longitude
	)
	aoife = make.technician("Places Aoife", start_address=home)
	brian = make.technician("Places Brian")
	assert places.of_technicians([aoife, brian]) == {aoife: (HILL, HILL), brian: (None, None)}
	routes(start_address=address.name)
	assert places.of_technicians([aoife, brian]) == {aoife: (HILL, HILL), brian: (QUAY, QUAY)}
