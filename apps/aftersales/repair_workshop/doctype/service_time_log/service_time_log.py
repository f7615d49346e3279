import frappe
from frappe.model.document import Document


class ServiceTimeLog(Document):
	pass


def on_doctype_update() -> None:
	"""The running clock of a technician is found, and locked, without touching his past logs."""
	frappe.db.add_index("Service Time Log", ["technician", "to_time"])
