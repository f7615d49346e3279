"""What visits and workshop jobs tell of a product's life (hook aftersales_product_events)."""

from frappe import _

from aftersales.installed_base.life import Event, events_of


def of_product(equipment: str) -> list[Event]:
	"""Finished visits and Repair Cards."""
	done = {"equipment": equipment, "docstatus": 1}
	return [
		*events_of("Service Voucher", done, "departed_at", _("Visit"), "outcome", ("technician",)),
		*events_of("Repair Card", done, "received_at", _("Workshop"), "status", ("repair_method",)),
	]
