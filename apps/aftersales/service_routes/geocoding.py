"""Coordinates for addresses from a geocoder whose address the site sets; none is set by default."""

from urllib.parse import quote

import frappe
import requests
from frappe import _
from frappe.utils import escape_html

from aftersales.core import geo_rules
from aftersales.core.geo_rules import NoPoint, Point
from aftersales.core.input.requests import validate_call
from aftersales.service_routes import places
from aftersales.service_routes.settings import routes_settings

TIMEOUT = 10


@frappe.whitelist(methods=["POST"])
@validate_call
def find(address: str) -> dict:
	"""Ask the site's geocoder where an address is, and store it there.

	Returns:
		latitude and longitude.

	Raises:
		frappe.PermissionError: the user may not write the address.
		frappe.ValidationError: no geocoder is set, it does not answer, or does not know the address.
	"""
	frappe.has_permission("Address", "write", throw=True)
	doc = frappe.get_doc("Address", address)
	doc.check_permission("write")
	place = ask(written(doc))
	if not place:
		frappe.throw(
			_(
				"The geocoder does not know {0}. Set the marker on the map, or enter latitude and longitude."
			).format(frappe.bold(escape_html(written(doc)))),
			title=_("Place Not Found"),
		)
	places.set_found(doc, place)
	return {"latitude": place.latitude, "longitude": place.longitude}


def written(address) -> str:
	"""An address in one line, as geocoders read it."""
	parts = (address.get(fieldname) for fieldname in places.WRITTEN)
	return ", ".join(part.strip() for part in parts if part and part.strip())


def ask(text: str) -> Point | None:
	"""The place the geocoder gives for an address; None where it knows none.

	Raises:
		frappe.ValidationError: no geocoder is set, or it does not answer.
	"""
	url = (routes_settings().geocoder_url or "").strip()
	if not url:
		frappe.throw(
			_("Enter the {0} in {1} first.").format(
				frappe.bold(_("Geocoder URL")), frappe.bold(_("Service Routes Settings"))
			)
		)
	try:
		answer = requests.get(
			url.replace("{address}", quote(text)),
			headers={"User-Agent": "aftersales"},
			timeout=TIMEOUT,
		)
		answer.raise_for_status()
		return place_in(answer.json())
	except (requests.RequestException, NoPoint, ValueError) as error:
		frappe.throw(
			_(
				"The geocoder did not answer as expected: {0}. Try again later, or set the marker on the map."
			).format(escape_html(str(error)[:140])),
			title=_("No Answer from the Geocoder"),
		)


def place_in(answer: object) -> Point | None:
	"""The first place of an answer: a list as Nominatim gives it, or GeoJSON as Photon and openrouteservice do."""
	if isinstance(answer, list):
		first = answer[0] if answer else None
		return geo_rules.point(first.get("lat"), first.get("lon")) if isinstance(first, dict) else None
	features = answer.get("features") if isinstance(answer, dict) else None
	if not isinstance(features, list):
		raise ValueError("no list of places")
	return geo_rules.point_of_geojson(frappe.as_json({"features": features[:1]}))
