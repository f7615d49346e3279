"""Number cards of the service desk that no plain list can count."""

import frappe

from aftersales.core.input.requests import validate_call
from aftersales.service_calls.call_status_rules import CLOSED
from aftersales.service_setup.settings import aftersales_settings


@frappe.whitelist()
@validate_call
def count_open_emergencies(filters: dict | str | None = None) -> dict:
	"""Number card: calls that are not resolved and have the priority the settings name for emergencies.

	Raises:
		frappe.PermissionError: the user may not read calls.
	"""
	frappe.has_permission("Repair Call", "read", throw=True)
	priority = aftersales_settings().emergency_priority
	open_ones = {"priority": priority, "status": ("not in", ("Resolved", *CLOSED))}
	names = priority and frappe.get_list(
		"Repair Call", filters=open_ones, pluck="name", limit_page_length=0, order_by="received_at asc"
	)
	return {
		"value": len(names or ()),
		"fieldtype": "Int",
		"route": ["List", "Repair Call"],
		"route_options": {"priority": priority, "status": ["not in", ["Resolved", *CLOSED]]},
	}
