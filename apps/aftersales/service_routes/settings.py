"""Service Routes Settings for all rooms: typed, and cached by Frappe."""

from typing import TYPE_CHECKING

import frappe
from frappe.utils import cint, flt

from aftersales.service_routes.planner.route_rules import Prices
from aftersales.service_routes.travel_rules import Speed

if TYPE_CHECKING:
	from aftersales.service_routes.doctype.service_routes_settings.service_routes_settings import (
		ServiceRoutesSettings,
	)


def routes_settings() -> "ServiceRoutesSettings":
	"""The settings of the site. Nobody changes the document that this gives."""
	return frappe.get_cached_doc("Service Routes Settings")


def usual_speed() -> Speed:
	settings = routes_settings()
	return Speed(flt(settings.travel_speed) or 40.0, flt(settings.detour) or 1.3)


def unknown_seconds() -> int:
	"""To and from a place that is not known."""
	minutes = routes_settings().unknown_minutes
	return (30 if minutes is None else cint(minutes)) * 60


def prices() -> Prices:
	"""What the planner weighs against each other."""
	settings = routes_settings()
	return Prices(flt(settings.driving_hour), flt(settings.kilometre), flt(settings.overtime_hour))


def missing_parts() -> float:
	"""What it costs that the parts of a visit are not in the van; 0: they are not looked at."""
	price = routes_settings().missing_parts
	return 30.0 if price is None else flt(price)
