"""The map beside the dispatch board: who goes where on a day, and which calls wait where (page service-map).

It shows what the board shows to the same user, with the places of it.
"""

import frappe
from frappe.utils import flt

from aftersales.core.geo_rules import Point
from aftersales.core.input.requests import Day, Number, validate_call
from aftersales.core.permitted import permitted
from aftersales.field_service import board_travel, dispatch_board
from aftersales.service_routes import places
from aftersales.service_routes.settings import routes_settings

MOST_PRODUCTS = 500
"""Shown at once: of more somebody looks at a smaller part of the map."""


@frappe.whitelist()
@validate_call
def load(day: Day | None = None, company: str | None = None, zone: str | None = None) -> dict:
	"""The routes of a day and the calls that wait, with their places.

	Returns:
		day, tiles (url and attribution of the background, None without one), routes (technician, company, start, end, travel in
		minutes, kilometres, stops: visit, call, customer_name, what, status, start and end in minutes of the day, travel,
		tight, emergency, place), waiting (call, subject, customer_name, emergency, promised, place) and
		`unknown`: visits and calls without a place, which the map cannot show.

	Raises:
		frappe.PermissionError: the user may not read Service Vouchers.
	"""
	board = dispatch_board.load(day, company, zone)
	visits = [frappe._dict(visit) for row in board["technicians"] for visit in row["visits"]]
	of_visits = board_travel.places_of(visits)
	of_calls = _places_of_calls([call["call"] for call in board["waiting"]])
	homes = places.of_technicians(row["name"] for row in board["technicians"])
	routes = [_route(row, homes.get(row["name"], (None, None)), of_visits) for row in board["technicians"]]
	waiting = [_waiting(call, of_calls.get(call["call"])) for call in board["waiting"]]
	return {
		"day": board["day"],
		"tiles": _tiles(),
		"routes": routes,
		"waiting": waiting,
		"unknown": sum(1 for route in routes for stop in route["stops"] if not stop["place"])
		+ sum(1 for call in waiting if not call["place"]),
	}


@frappe.whitelist()
@validate_call
def products(south: Number, west: Number, north: Number, east: Number) -> dict:
	"""Products within a part of the map, given in degrees.

	Returns:
		products (name, title, customer_name, place), those the user may read, and more: there are others.

	Raises:
		frappe.PermissionError: the user may not read products.
	"""
	frappe.has_permission("Customer Equipment", "read", throw=True)
	product, address = frappe.qb.DocType("Customer Equipment"), frappe.qb.DocType("Address")
	latitude, longitude = address[places.LATITUDE], address[places.LONGITUDE]
	query = (
		frappe.qb.from_(product)
		.join(address)
		.on(address.name == product.address)
		.select(product.name, latitude, longitude)
		.where(latitude.between(south, north) & longitude.between(west, east))
		.where((latitude != 0) | (longitude != 0))
		.orderby(product.name)
		.limit(MOST_PRODUCTS + 1)
	)
	# Before the limit: those of others would take the places of those that the user may read
	rows = permitted(query, product).run()
	where = {name: (flt(row_latitude), flt(row_longitude)) for name, row_latitude, row_longitude in rows}
	shown = where and frappe.get_list(
		"Customer Equipment",
		filters={"name": ("in", list(where)[:MOST_PRODUCTS])},
		fields=["name", "title", "customer_name"],
		order_by="name asc",
		limit_page_length=0,
	)
	return {
		"products": [{**row, "place": where[row.name]} for row in shown or ()],
		"more": len(rows) > MOST_PRODUCTS,
	}


def _tiles() -> dict | None:
	settings = routes_settings()
	if not settings.tile_url:
		return None
	return {"url": settings.tile_url, "attribution": settings.tile_attribution or ""}


def _route(row: dict, home: tuple, of_visits: dict[str, Point]) -> dict:
	return {
		"technician": row["name"],
		"company": row["company"],
		"away": row["away"],
		"start": _shown(home[0]),
		"end": _shown(home[1]),
		"travel": row["travel"],
		"kilometres": row["kilometres"],
		"stops": [
			{
				"visit": visit["name"],
				"call": visit["call"],
				"customer_name": visit["customer_name"],
				"what": visit["what"],
				"status": visit["status"],
				"start": visit["start"],
				"end": visit["end"],
				"travel": visit["travel"],
				"tight": visit["tight"],
				"emergency": visit["emergency"],
				"place": _shown(of_visits.get(visit["name"])),
			}
			for visit in sorted(row["visits"], key=lambda visit: (visit["start"], visit["name"]))
		],
	}


def _waiting(call: dict, place: Point | None) -> dict:
	fields = ("call", "subject", "customer_name", "emergency", "promised", "product")
	return {**{field: call[field] for field in fields}, "place": _shown(place)}


def _shown(place: Point | None) -> tuple[float, float] | None:
	return (place.latitude, place.longitude) if place else None


def _places_of_calls(calls: list[str]) -> dict[str, Point]:
	rows = calls and frappe.get_all(
		"Repair Call",
		filters={"name": ("in", calls)},
		fields=["name", "service_address", "equipment.address as product_address"],
		order_by="name asc",
	)
	address = {row.name: row.service_address or row.product_address for row in rows or ()}
	known = places.of_addresses(address.values())
	return {name: known[where] for name, where in address.items() if where in known}
