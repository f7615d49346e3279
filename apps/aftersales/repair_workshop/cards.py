"""What other rooms ask about repair cards, and how a card comes about."""

from collections.abc import Iterable

import frappe
from frappe.model.document import Document
from frappe.model.mapper import get_mapped_doc
from frappe.query_builder import Order
from frappe.query_builder.functions import Coalesce
from frappe.utils import now_datetime
from pypika.queries import QueryBuilder

from aftersales.core.input.requests import TargetDocument, validate_call
from aftersales.customer_goods.custody import NOT_FROM_CALL, unrecovered_receipts_of_call
from aftersales.repair_workshop.card_rules import GONE


def open_cards_of_call(call: str) -> list[str]:
	"""Names of the repair cards of a call that are neither returned nor cancelled."""
	return frappe.get_all(
		"Repair Card",
		filters={
			"repair_call": call,
			"docstatus": ("<", 2),
			"status": ("not in", GONE),
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
				"status": ("not in", GONE),
			},
			pluck="repair_call",
		)
	)


def in_order_of_promise(cards: Iterable[str]) -> list[str]:
	"""Hook `aftersales_reserving_jobs`: the card promised first at the head, then the one received first."""
	card = frappe.qb.DocType("Repair Card")
	rows = (
		frappe.qb.from_(card)
		.select(card.name)
		.where(card.name.isin(list(cards)))
		.orderby(Coalesce(card.promised_return, "9999-12-31"), order=Order.asc)
		.orderby(card.received_at, order=Order.asc)
		.orderby(card.name, order=Order.asc)
	).run()
	return [name for (name,) in rows]


def calls_in_workshop(user: str) -> QueryBuilder:
	"""Query for the names of the calls that have a repair card which is not cancelled: the workshop's are
	everybody's there, whoever `user` is."""
	card = frappe.qb.DocType("Repair Card")
	return (
		frappe.qb.from_(card)
		.where((card.docstatus < 2) & card.repair_call.isnotnull())
		.select(card.repair_call)
	)


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


def call_of_card(card: str) -> str | None:
	"""Name of the call a repair card belongs to; None for internal work."""
	return frappe.db.get_value("Repair Card", card, "repair_call")


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
