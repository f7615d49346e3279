"""Where addresses and technicians are: coordinates on ERPNext's Address, given by map, by hand, by import or by geocoder."""

from collections.abc import Iterable
from itertools import chain

import frappe
from frappe import _
from frappe.model.document import Document

from aftersales.core import geo_rules
from aftersales.core.geo_rules import NoPoint, Point
from aftersales.service_routes.settings import routes_settings

LATITUDE, LONGITUDE, MAP, SOURCE = (
	"aftersales_latitude",
	"aftersales_longitude",
	"aftersales_location",
	"aftersales_place_source",
)
BY_HAND, BY_GEOCODER = "By Hand", "Geocoder"
WRITTEN = ("address_line1", "address_line2", "city", "state", "pincode", "country")


def validate_address(address: Document) -> None:
	"""Marker and coordinates of an address say the same; those of a geocoder go with the text they were found for.

	Raises:
		frappe.ValidationError: no place on the earth.
	"""
	if not address.meta.has_field(LATITUDE):
		return
	typed = address.has_value_changed(LATITUDE) or address.has_value_changed(LONGITUDE)
	drawn = address.has_value_changed(MAP)
	if address.is_new():
		typed, drawn = bool(address.get(LATITUDE) or address.get(LONGITUDE)), bool(address.get(MAP))
	if typed:
		_set(address, _read(address, lambda: geo_rules.point(address.get(LATITUDE), address.get(LONGITUDE))))
	elif drawn:
		_set(address, _read(address, lambda: geo_rules.point_of_geojson(address.get(MAP))))
	elif address.get(SOURCE) == BY_GEOCODER and any(address.has_value_changed(field) for field in WRITTEN):
		_set(address, None)
	if (typed or drawn) and not address.flags.found_by_geocoder:
		address.set(SOURCE, BY_HAND if address.get(LATITUDE) or address.get(LONGITUDE) else None)


def set_found(address: Document, place: Point) -> None:
	"""Save what a geocoder has found for an address."""
	address.flags.found_by_geocoder = True
	address.update({LATITUDE: place.latitude, LONGITUDE: place.longitude, SOURCE: BY_GEOCODER})
	address.save()


def of_addresses(names: Iterable[str | None]) -> dict[str, Point]:
	"""Address → its place, of those that have one."""
	names = sorted({name for name in names if name})
	rows = names and frappe.get_all(
		"Address",
		filters={"name": ("in", names)},
		fields=["name", LATITUDE, LONGITUDE],
		order_by="name asc",
	)
	places = {}
	for row in rows or ():
		try:
			place = geo_rules.point(row[LATITUDE], row[LONGITUDE])
		except NoPoint:
			continue
		if place:
			places[row.name] = place
	return places


def of_technicians(names: Iterable[str]) -> dict[str, tuple[Point | None, Point | None]]:
	"""Technician → where the day begins and where it ends; as the settings say where the technician has no address."""
	rows = frappe.get_all(
		"Service Technician",
		filters={"name": ("in", sorted(set(names)))},
		fields=["name", "start_address", "end_address"],
		order_by="name asc",
	)
	ends = starts_and_ends(rows)
	places = of_addresses(chain.from_iterable(ends.values()))
	return {name: (places.get(start), places.get(end)) for name, (start, end) in ends.items()}


def starts_and_ends(technicians: Iterable[frappe._dict]) -> dict[str, tuple[str | None, str | None]]:
	"""Technician → addresses where the day begins and where it ends, of rows with `start_address` and `end_address`."""
	usual = routes_settings().start_address
	return {
		row.name: (row.start_address or usual, row.end_address or row.start_address or usual)
		for row in technicians
	}


def _set(address: Document, place: Point | None) -> None:
	address.set(LATITUDE, place.latitude if place else 0)
	address.set(LONGITUDE, place.longitude if place else 0)
	address.set(MAP, geo_rules.geojson_of(place) if place else None)
	if not place:
		address.set(SOURCE, None)


def _read(address: Document, read) -> Point | None:
	try:
		return read()
	except NoPoint as error:
		which = str(error)
		if which == "geojson":
			frappe.throw(
				_(
					"{0} is not a map with a marker. Set the marker again, or enter latitude and longitude."
				).format(frappe.bold(_(address.meta.get_label(MAP))))
			)
		fieldname, most = (LATITUDE, 90) if which == "latitude" else (LONGITUDE, 180)
		frappe.throw(
			_("{0}: {1} is not between -{2} and {2}.").format(
				frappe.bold(_(address.meta.get_label(fieldname))), address.get(fieldname), most
			)
		)
