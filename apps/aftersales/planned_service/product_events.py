"""What planned service tells of a product's life (hook aftersales_product_events)."""

from frappe import _

from aftersales.installed_base.life import Event, events_of


def of_product(equipment: str) -> list[Event]:
	"""Services that were done, and the next one."""
	done = {"equipment": equipment, "status": "Done"}
	next_one = {"equipment": equipment, "status": "Planned"}
	return [
		*events_of("Planned Service", done, "done_on", _("Planned service done"), "plan", ("number",)),
		*events_of("Planned Service", next_one, "due_on", _("Planned service due"), "plan", ("number",)),
	]
