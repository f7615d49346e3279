"""Where the work is: address, how it reads, and the service zone it falls into."""

import re
from html import unescape

import frappe
from frappe.contacts.doctype.address.address import render_address
from frappe.utils import strip_html_tags
from frappe.utils.nestedset import get_ancestors_of

from aftersales.core.geo_rules import areas_of_geojson
from aftersales.service_routes import places
from aftersales.service_setup import zone_rules
from aftersales.service_setup.zone_rules import Zone, parse_codes


def display(address: str | None) -> str | None:
	"""The address as its country's Address Template writes it, as plain lines."""
	if not address:
		return None
	# the address belongs to the call: who may read the call may read where the work is
	rendered = render_address(address, check_permissions=False)
	lines = re.split(r"<br\s*/?>|\n", rendered)
	return "\n".join(text for line in lines if (text := unescape(strip_html_tags(line)).strip()))


def zone_of(address: str | None, territory: str | None) -> str | None:
	"""Service Zone of an address by the areas drawn or by postal code, else of the customer's territory."""
	zones = enabled_zones()
	if not any(zone.postal_codes or zone.territory or zone.areas for zone in zones):
		return None
	code = frappe.get_cached_value("Address", address, "pincode") if address else None
	place = places.of_addresses([address]).get(address) if any(zone.areas for zone in zones) else None
	return zone_rules.choose(zones, code, _with_parents(territory, zones), place)


def enabled_zones() -> list[Zone]:
	"""Enabled Service Zones, the nearest first."""
	zone = frappe.qb.DocType("Service Zone")
	rows = (
		frappe.qb.from_(zone)
		.select(zone.name, zone.postal_codes, zone.territory, zone.area)
		.where(zone.disabled == 0)
		.orderby(zone.distance_from, zone.name)
	).run()
	return [
		Zone(name, parse_codes(codes), territory, areas_of_geojson(area))
		for name, codes, territory, area in rows
	]


def _with_parents(territory: str | None, zones: list[Zone]) -> list[str]:
	if not territory or not any(zone.territory for zone in zones):
		return []
	if any(zone.territory == territory for zone in zones):
		return [territory]
	return [territory, *get_ancestors_of("Territory", territory)]
