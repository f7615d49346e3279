"""What other rooms ask about customers' goods in our custody, and how receipts come about."""

import frappe
from frappe.model.document import Document
from frappe.model.mapper import get_mapped_doc
from frappe.utils import now_datetime, strip_html_tags
from pypika.queries import QueryBuilder

from aftersales.core.guards import privileged
from aftersales.core.input.requests import TargetDocument, validate_call

NOT_FROM_CALL = ["naming_series", "received_at", "fault_code", "cause_code", "action_code"]


def unrecovered_receipts_of_call(call: str) -> list[str]:
	"""Names of the receipts of a call whose product is still with us (R-WS-1)."""
	return frappe.get_all(
		"Collection Receipt",
		filters={"repair_call": call, "docstatus": 1, "status": "Issued"},
		pluck="name",
		order_by="creation asc",
	)


def calls_taken_in(user: str) -> QueryBuilder:
	"""Query for the names of the calls whose product was taken in: a repair card is made from its receipt."""
	receipt = frappe.qb.DocType("Collection Receipt")
	return (
		frappe.qb.from_(receipt)
		.where((receipt.docstatus == 1) & receipt.repair_call.isnotnull())
		.select(receipt.repair_call)
	)


def validate_product_is_here(fieldname: str, name: str | None) -> None:
	"""Ask who may have sent the product of a card or receipt (`fieldname` says which) away whether it is back.

	Raises:
		frappe.ValidationError: names the document by which it is out of the house.
	"""
	for function in frappe.get_hooks("aftersales_validate_product_is_here"):
		frappe.get_attr(function)(fieldname, name)


def issued_receipts_of_equipment(equipment: str) -> list[str]:
	"""Names of the receipts by which a product is in our hands now (at most one).

	A locking read: it sees what others committed since this transaction began, so that a caller who
	holds the lock of the product can rely on it.
	"""
	return frappe.db.get_values(
		"Collection Receipt",
		{"equipment": equipment, "docstatus": 1, "status": "Issued"},
		"name",
		order_by="creation asc",
		pluck=True,
		for_update=True,
	)


def accessories_of(receipt: str | None) -> str:
	"""What was taken in with a product, in one line: "2 Hose, Adapter"; empty without receipt."""
	if not receipt:
		return ""
	rows = frappe.get_all(
		"Collected Accessory",
		filters={"parent": receipt, "parenttype": "Collection Receipt", "qty": (">", 0)},
		fields=["accessory", "qty"],
		order_by="idx asc",
	)
	return ", ".join(f"{row.qty} {row.accessory}" if row.qty > 1 else row.accessory for row in rows)


def note_location(receipt: str, location: str | None) -> str | None:
	"""The product of an issued receipt is somewhere else now, as a vendor repair tells; returns where it was.

	Users who send a product need no right to edit the receipt. A receipt that is not issued any
	more is left alone.
	"""
	doc = frappe.get_doc("Collection Receipt", receipt, for_update=True)
	before = doc.location
	if doc.docstatus == 1 and doc.status == "Issued" and location != before:
		doc.location = location
		privileged(doc).save()
	return before


@frappe.whitelist()
@validate_call
def receipt_from_call(source_name: str, target_doc: TargetDocument | None = None) -> Document:
	"""An unsaved Collection Receipt for the product of Repair Call `source_name`.

	Raises:
		frappe.PermissionError: the user may not read the call or create a receipt.
	"""

	def fault_as_told(call: Document, receipt: Document) -> None:
		take_in_now(receipt)
		receipt.repair_call = call.name
		receipt.fault_as_told = strip_html_tags(call.description or "").strip() or call.subject

	return get_mapped_doc(
		"Repair Call",
		source_name,
		{"Repair Call": {"doctype": "Collection Receipt", "field_no_map": NOT_FROM_CALL}},
		target_doc,
		fault_as_told,
	)


def take_in_now(receipt: Document) -> None:
	"""Set what a receipt begins with: the product is taken in by this user at this moment."""
	receipt.status = "Draft"
	receipt.received_at = now_datetime()
	receipt.received_by = frappe.session.user
