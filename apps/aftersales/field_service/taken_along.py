"""A product that a visit takes along: the Collection Receipt made on site, and signed there."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.model.mapper import get_mapped_doc

from aftersales.core.input.requests import TargetDocument, validate_call
from aftersales.customer_goods.custody import take_in_now
from aftersales.field_service.visit_rules import TAKEN_TO_WORKSHOP

RECEIPT = "Collection Receipt"


@frappe.whitelist()
@validate_call
def receipt_from_voucher(source_name: str, target_doc: TargetDocument | None = None) -> Document:
	"""An unsaved Collection Receipt for the product taken along from visit `source_name`.

	Raises:
		frappe.PermissionError: the user may not read the visit or create a receipt.
	"""

	def taken_on_site(voucher: Document, receipt: Document) -> None:
		take_in_now(receipt)
		receipt.service_voucher = voucher.name
		receipt.fault_as_told = voucher.findings

	return get_mapped_doc(
		"Service Voucher",
		source_name,
		{"Service Voucher": {"doctype": "Collection Receipt", "field_no_map": ["naming_series"]}},
		target_doc,
		taken_on_site,
	)


def give_values_to_receipt(receipt: Document, method: str | None = None) -> None:
	"""before_validate of Collection Receipt: a receipt of a visit is about its call, customer and product.

	Raises:
		frappe.ValidationError: the visit belongs to another call.
	"""
	if not receipt.service_voucher or receipt.docstatus == 2:
		return
	voucher = frappe.db.get_value(
		"Service Voucher", receipt.service_voucher, ["repair_call", "customer", "equipment"], as_dict=True
	)
	for fieldname, value in (voucher or {}).items():
		if not receipt.get(fieldname):
			receipt.set(fieldname, value)
	if voucher and voucher.repair_call != receipt.repair_call:
		frappe.throw(
			_("Service Voucher {0} belongs to Repair Call {1}, this receipt to {2}.").format(
				receipt.service_voucher, voucher.repair_call or "-", receipt.repair_call or "-"
			)
		)


def receipt_of_visit(voucher: Document) -> dict | None:
	"""The receipt for the product that a completed visit took along: name, issued (1 or 0); None without one."""
	if voucher.docstatus != 1 or voucher.outcome != TAKEN_TO_WORKSHOP:
		return None
	found = frappe.db.get_value(
		RECEIPT,
		{"service_voucher": voucher.name, "docstatus": ("<", 2)},
		["name", "docstatus as issued"],
		as_dict=True,
		order_by="docstatus desc, creation asc",
	)
	return found and dict(found)


def issue_receipt(voucher: Document, values: dict, accessories: list[dict]) -> str:
	"""Issue the drafted receipt of a completed visit as the customer has signed it, with the user's own rights.

	Args:
		values: condition, customer_signature, signed_by or unsigned_reason, loaner, as on the receipt.
		accessories: accessory and qty of what goes along with the product.

	Returns:
		the name of the receipt.

	Raises:
		frappe.PermissionError: the user may not issue receipts.
		frappe.ValidationError: the visit took nothing along, its receipt is issued already, or is not complete.
	"""
	found = receipt_of_visit(voucher)
	if not found:
		frappe.throw(_("This visit took no product along, or its receipt was deleted."))
	receipt = frappe.get_doc(RECEIPT, found["name"], for_update=True)
	receipt.check_permission("submit")
	if receipt.docstatus:
		frappe.throw(_("{0} is issued already.").format(receipt.name), title=_("Already Issued"))
	receipt.update(values)
	for row in accessories:
		receipt.append("accessories", row)
	receipt.submit()
	return receipt.name
