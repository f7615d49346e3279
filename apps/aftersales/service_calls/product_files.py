"""A product file for the product that a call is about."""

import frappe
from frappe.model.document import Document

from aftersales.core.input.requests import validate_call
from aftersales.installed_base.equipment import PRODUCT_FIELDS, find_product_file


@frappe.whitelist()
@validate_call
def from_call(repair_call: str) -> str:
	"""Open a product file for the product named on a call and link it; returns its name.

	A file the call already has, or one with the same serial, is linked instead of a second one.

	Raises:
		frappe.PermissionError: without write permission on the call or create permission on files.
	"""
	call = frappe.get_doc("Repair Call", repair_call)
	call.check_permission("write")
	if call.equipment:
		return call.equipment
	name = find_product_file(call.customer, call.serial_no, call.serial_text, call.brand)
	if not name:
		name = _new_product_file(call).insert().name
	call.equipment = name
	call.save()
	return name


def _new_product_file(call: Document) -> Document:
	return frappe.new_doc(
		"Customer Equipment",
		customer=call.customer,
		company=call.company,
		address=call.service_address,
		service_zone=call.service_zone,
		**{field: call.get(field) for field in PRODUCT_FIELDS},
	)
