"""Service Technician records as other rooms ask for them."""

import frappe


def technicians_of_user(user: str) -> list[str]:
	"""Names of the Service Technician records of a user (one, or none)."""
	return frappe.get_all("Service Technician", filters={"user": user}, pluck="name", order_by="name asc")
