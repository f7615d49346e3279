"""Products that are built into other products: a component has a file of its own and names what it is part of."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html

DOCTYPE = "Customer Equipment"
DEEPEST = 20
"""Levels of components that are looked at."""


def validate(file: Document) -> None:
	"""A step of a product file's validate: parent of the same customer, and none of its own components.

	Raises:
		frappe.ValidationError: names both products.
	"""
	parent = file.parent_equipment
	if not parent:
		file.position = None
		return
	if not file.has_value_changed("parent_equipment") and not file.has_value_changed("customer"):
		return
	owner = frappe.db.get_value(DOCTYPE, parent, "customer")
	if owner and owner != file.customer:
		frappe.throw(
			_(
				"{0} belongs to customer {1}, not to {2}: choose a product of the same customer in {3}."
			).format(
				frappe.bold(escape_html(parent)),
				frappe.bold(escape_html(owner)),
				frappe.bold(escape_html(file.customer)),
				frappe.bold(_("Part of")),
			),
			title=_("Another Customer's Product"),
		)
	if file.name and file.name in above(parent):
		frappe.throw(
			_("{0} is built into {1} already, so it cannot contain it.").format(
				frappe.bold(escape_html(parent)), frappe.bold(escape_html(file.name))
			),
			title=_("Part of Itself"),
		)


def above(equipment: str) -> list[str]:
	"""The product itself and those it is built into, the nearest first."""
	found = [equipment]
	while len(found) < DEEPEST:
		parent = frappe.db.get_value(DOCTYPE, found[-1], "parent_equipment")
		if not parent or parent in found:
			break
		found.append(parent)
	return found


def take_along(file: Document) -> None:
	"""Components follow the product they are built into to another owner, and back into stock with it."""
	before = file.get_doc_before_save()
	if not before or (before.customer == file.customer and before.status == file.status):
		return
	for name in frappe.get_all(
		DOCTYPE, filters={"parent_equipment": file.name}, pluck="name", order_by="name asc"
	):
		component = frappe.get_doc(DOCTYPE, name)
		component.flags.ignore_permissions = component.flags.ignore_mandatory = True
		if before.status != file.status and component.status == before.status:
			component.status = file.status
		if before.customer != file.customer and component.customer == before.customer:
			component.update({"customer": file.customer, "address": file.address, "service_zone": None})
			component.flags.identity_change = file.flags.identity_change
		component.save()
