"""What campaigns tell of a product's life (hook aftersales_product_events)."""

import frappe
from frappe import _
from frappe.utils import getdate

from aftersales.installed_base.life import Event


def of_product(equipment: str) -> list[Event]:
	"""The bulletins, recalls and updates that concern the product, and how far they are."""
	if not frappe.has_permission("Campaign Product", "read"):
		return []
	rows = frappe.get_list(
		"Campaign Product",
		filters={"equipment": equipment},
		fields=["campaign", "status", "creation"],
		order_by="creation asc, name asc",
	)
	return [_event(row) for row in rows]


def _event(row: frappe._dict) -> Event:
	kind, title = frappe.get_cached_value("Service Campaign", row.campaign, ("kind", "title"))
	return Event(
		getdate(row.creation), _(kind), f"{title} · {_(row.status)}", "Service Campaign", row.campaign
	)
