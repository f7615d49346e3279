"""What calls tell of a product's life (hook aftersales_product_events)."""

from frappe import _

from aftersales.installed_base.life import Event, events_of


def of_product(equipment: str) -> list[Event]:
	"""Every call about the product that was not cancelled."""
	filters = {"equipment": equipment, "status": ("!=", "Cancelled")}
	return events_of(
		"Repair Call", filters, "received_at", _("Repair Call"), "subject", ("request_type", "status")
	)
