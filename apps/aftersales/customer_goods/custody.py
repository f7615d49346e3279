"""What other rooms ask about customers' goods in our hands, and how receipts and cards come about."""

import frappe
from frappe.model.document import Document
from frappe.model.mapper import get_mapped_doc
from frappe.utils import now_datetime, strip_html_tags
from pypika.queries import QueryBuilder

from aftersales.core.guards import as_app
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


def open_cards_of_call(call: str) -> list[str]:
	"""Names of the repair cards of a call that are neither returned nor cancelled."""
	return frappe.get_all(
		"Repair Card",
		filters={
			"repair_call": call,
			"docstatus": ("<", 2),
			"status": ("not in", ("Returned", "Cancelled")),
		},
		pluck="name",
		order_by="creation asc",
	)


def calls_with_open_card(calls: list[str]) -> set[str]:
	"""Those of `calls` that have a repair card neither returned nor cancelled."""
	if not calls:
		return set()
	return set(
		frappe.get_all(
			"Repair Card",
			filters={
				"repair_call": ("in", calls),
				"docstatus": ("<", 2),
				"status": ("not in", ("Returned", "Cancelled")),
			},
			pluck="repair_call",
		)
	)


def calls_in_workshop(user: str) -> QueryBuilder:
	"""Query for the names of the calls that have a repair card which is not cancelled: the workshop's are
	everybody's there, whoever `user` is."""
	card = frappe.qb.DocType("Repair Card")
	return (
		frappe.qb.from_(card)
		.where((card.docstatus < 2) & card.repair_call.isnotnull())
		.select(card.repair_call)
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


def call_of_card(card: str) -> str | None:
	"""Name of the call a repair card belongs to; None for internal work."""
	return frappe.db.get_value("Repair Card", card, "repair_call")


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


def cards_of_receipt(receipt: str) -> list[frappe._dict]:
	"""The repair cards of a receipt that are not cancelled: name, status, docstatus. A locking read."""
	return frappe.db.get_values(
		"Repair Card",
		{"collection_receipt": receipt, "docstatus": ("<", 2), "status": ("!=", "Cancelled")},
		["name", "status", "docstatus"],
		order_by="creation asc",
		as_dict=True,
		for_update=True,
	)


def facts_of_card(card: str) -> frappe._dict:
	"""Customer, company, product, call and repairer (as `person_concerned`) of a card; empty if unknown."""
	fields = ["customer", "company", "equipment", "repair_call", "repaired_by as person_concerned"]
	return frappe.db.get_value("Repair Card", card, fields, as_dict=True) or frappe._dict()


def repairer_of_call(call: str) -> str | None:
	"""The technician of the latest workshop job of a call that was finished, or None."""
	rows = frappe.get_all(
		"Repair Card",
		filters={"repair_call": call, "docstatus": 1, "repaired_by": ("is", "set")},
		pluck="repaired_by",
		order_by="repaired_at desc, name desc",
		limit=1,
	)
	return rows[0] if rows else None


def note_location(receipt: str, location: str | None) -> str | None:
	"""The product of an issued receipt is somewhere else now, as a vendor repair tells; returns where it was.

	Whoever sends it may; he need not be allowed to edit the receipt. A receipt that is not issued any
	more is left alone.
	"""
	doc = frappe.get_doc("Collection Receipt", receipt, for_update=True)
	before = doc.location
	if doc.docstatus == 1 and doc.status == "Issued" and location != before:
		doc.location = location
		as_app(doc).save()
	return before


@frappe.whitelist()
@validate_call
def receipt_from_call(source_name: str, target_doc: TargetDocument | None = None) -> Document:
	"""An unsaved Collection Receipt for the product of Repair Call `source_name`.

	Raises:
		frappe.PermissionError: the user may not read the call or create a receipt.
	"""

	def fault_as_told(call: Document, receipt: Document) -> None:
		_take_in_now(receipt)
		receipt.repair_call = call.name
		receipt.fault_as_told = strip_html_tags(call.description or "").strip() or call.subject

	return get_mapped_doc(
		"Repair Call",
		source_name,
		{"Repair Call": {"doctype": "Collection Receipt", "field_no_map": NOT_FROM_CALL}},
		target_doc,
		fault_as_told,
	)


@frappe.whitelist()
@validate_call
def receipt_from_voucher(source_name: str, target_doc: TargetDocument | None = None) -> Document:
	"""An unsaved Collection Receipt for the product taken along from visit `source_name`.

	Raises:
		frappe.PermissionError: the user may not read the visit or create a receipt.
	"""

	def taken_on_site(voucher: Document, receipt: Document) -> None:
		_take_in_now(receipt)
		receipt.service_voucher = voucher.name
		receipt.fault_as_told = voucher.findings

	return get_mapped_doc(
		"Service Voucher",
		source_name,
		{"Service Voucher": {"doctype": "Collection Receipt", "field_no_map": ["naming_series"]}},
		target_doc,
		taken_on_site,
	)


@frappe.whitelist()
@validate_call
def card_from_receipt(source_name: str, target_doc: TargetDocument | None = None) -> Document:
	"""An unsaved Repair Card for the product taken in by receipt `source_name`.

	Raises:
		frappe.PermissionError: the user may not read the receipt or create a card.
	"""

	def carry_from_call(receipt: Document, card: Document) -> None:
		card.collection_receipt = receipt.name
		card.status = "Received"
		if receipt.repair_call:
			values = frappe.db.get_value(
				"Repair Call", receipt.repair_call, ["service_category", "symptom_code"], as_dict=True
			)
			card.update(values)

	return get_mapped_doc(
		"Collection Receipt",
		source_name,
		{"Collection Receipt": {"doctype": "Repair Card", "field_no_map": ["naming_series"]}},
		target_doc,
		carry_from_call,
	)


@frappe.whitelist()
@validate_call
def card_from_call(source_name: str, target_doc: TargetDocument | None = None) -> Document:
	"""An unsaved Repair Card for Repair Call `source_name`, with its receipt when there is one.

	Raises:
		frappe.PermissionError: the user may not read the call or create a card.
	"""

	def take_receipt(call: Document, card: Document) -> None:
		card.repair_call = call.name
		card.status = "Received"
		card.service_category = call.service_category
		card.received_at = now_datetime()
		card.collection_receipt = next(iter(unrecovered_receipts_of_call(call.name)), None)

	return get_mapped_doc(
		"Repair Call",
		source_name,
		{"Repair Call": {"doctype": "Repair Card", "field_no_map": NOT_FROM_CALL}},
		target_doc,
		take_receipt,
	)


def _take_in_now(receipt: Document) -> None:
	receipt.status = "Draft"
	receipt.received_at = now_datetime()
	receipt.received_by = frappe.session.user
