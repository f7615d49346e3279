"""Service Technician records as other rooms ask for them."""

import frappe
from frappe.model.document import Document

FIELDS_OF_ASSIGNEE = ("technician", "assigned_technician")


def technicians_of_user(user: str) -> list[str]:
	"""Names of the Service Technician records of a user (one, or none)."""
	return frappe.get_all("Service Technician", filters={"user": user}, pluck="name", order_by="name asc")


def users_assigned(doc: Document) -> set[str]:
	"""Hook `aftersales_users_of_document`: users of the technicians to whom the document is assigned."""
	links = doc.meta.get("fields", {"fieldtype": "Link", "options": "Service Technician"})
	names = {doc.get(field.fieldname) for field in links if field.fieldname in FIELDS_OF_ASSIGNEE}
	names |= {row.technician for row in doc.get("crew") or ()}
	return {frappe.get_cached_value("Service Technician", name, "user") or "" for name in names if name}
