"""The service category of a job: who pays, and by whose accounts it is booked."""

import frappe
from frappe import _
from frappe.model.document import Document


def category_of(doc: Document) -> frappe._dict:
	"""Name, charge rule and switches of the job's service category.

	Raises:
		frappe.ValidationError: none is set, or it is disabled.
	"""
	if not doc.service_category:
		frappe.throw(_("Set {0}. It determines who pays.").format(frappe.bold(_("Service Category"))))
	category = frappe.get_cached_value(
		"Service Category",
		doc.service_category,
		["name", "title", "charge_rule", "requires_authorisation", "disabled"],
		as_dict=True,
	)
	if not category:
		frappe.throw(_("Service Category {0} does not exist.").format(frappe.bold(doc.service_category)))
	if category.disabled and doc.has_value_changed("service_category"):
		frappe.throw(_("Service Category {0} is disabled: choose another one.").format(category.name))
	return category
