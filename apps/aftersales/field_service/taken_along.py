"""A product that a visit takes along: the Collection Receipt made on site."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.model.mapper import get_mapped_doc

from aftersales.core.input.requests import TargetDocument, validate_call
from aftersales.customer_goods.custody import take_in_now


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
