"""Where the work is: address and telephone numbers, how they read, and the service zone it falls into."""

import re
from html import unescape

import frappe
from frappe import _
from frappe.contacts.doctype.address.address import get_address_templates, render_address
from frappe.contacts.doctype.address_template.address_template import get_default_address_template
from frappe.model.document import Document
from frappe.utils import strip_html_tags
from frappe.utils.nestedset import get_ancestors_of

from aftersales.core.geo_rules import areas_of_geojson
from aftersales.core.shipped_texts import site_language
from aftersales.installed_base.contact_writing_rules import address_lines, written_number
from aftersales.service_routes import places
from aftersales.service_setup import zone_rules
from aftersales.service_setup.zone_rules import Zone, parse_codes


def display(address: str | None) -> str | None:
	"""The address as plain lines: by the site's Address Template, else as its country writes addresses.

	Frappe's own general template, with which each site begins, is no choice of the site's.
	"""
	if not address:
		return None
	# the address belongs to the call: who may read the call may read where the work is
	doc = frappe.get_cached_doc("Address", address)
	_name, template = get_address_templates(doc.as_dict())
	if (template or "").split() == get_default_address_template().split():
		return "\n".join(_as_its_country_writes(doc))
	rendered = render_address(doc.as_dict(), check_permissions=False)
	lines = re.split(r"<br\s*/?>|\n", rendered)
	return "\n".join(text for line in lines if (text := unescape(strip_html_tags(line)).strip()))


def _as_its_country_writes(address: Document) -> list[str]:
	language = site_language()
	code = country_code(address.country)
	reached = ((_("Phone", language), address.phone), (_("Fax", language), address.fax))
	numbers = [(label, written_number(number, code)) for label, number in reached]
	return [
		*address_lines(
			code,
			_(address.country, language),
			streets=[address.address_line1, address.address_line2],
			place=address.city,
			district=address.county,
			province=address.state,
			postal_code=address.pincode,
		),
		*(
			f"{label}: {value}"
			for label, value in (*numbers, (_("E-mail", language), address.email_id))
			if value
		),
	]


def phone(number: str | None, company: str | None) -> str | None:
	"""A telephone number as somebody in the company's country reads it."""
	if not number or not company:
		return number
	return written_number(number, country_code(frappe.get_cached_value("Company", company, "country")))


def country_code(country: str | None) -> str | None:
	"""Two letters of a Country."""
	return frappe.get_cached_value("Country", country, "code") if country else None


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
