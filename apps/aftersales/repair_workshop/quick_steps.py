"""Steps of a repair that belong together, in one go: for a workshop where one person does several of them.

Each is made of the card's and the receipt's own actions, with their guards, in one transaction: where one is refused,
none has happened.
"""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt

from aftersales.core.guards import has_any_role
from aftersales.core.input.requests import Number, validate_call
from aftersales.core.roles import SUPERVISORS
from aftersales.repair_workshop import cards
from aftersales.service_contracts import contracts


@frappe.whitelist(methods=["POST"])
@validate_call
def card_of_receipt(receipt: str) -> str:
	"""The open Repair Card of a receipt, made where there is none.

	Raises:
		frappe.PermissionError: the user may not read the receipt, or not make cards.
		frappe.ValidationError: the receipt is not issued.
	"""
	frappe.has_permission("Collection Receipt", "read", throw=True)
	doc = frappe.get_doc("Collection Receipt", receipt, for_update=True)
	doc.check_permission("read")
	if doc.docstatus != 1 or doc.status != "Issued":
		frappe.throw(
			_("{0} is {1}. Only the product of an issued receipt is repaired.").format(
				frappe.bold(doc.name), frappe.bold(_(doc.status))
			)
		)
	for card in cards.cards_of_receipt(receipt):
		if card.status not in ("Returned", "Cancelled"):
			return card.name
	return cards.card_from_receipt(receipt).insert().name


@frappe.whitelist(methods=["POST"])
@validate_call
def hand_to_check(card: str, hours: Number = 0, technician: str | None = None) -> None:
	"""Note hours of repair by a technician, and hand the card to the quality check.

	Raises:
		frappe.PermissionError: the user may not write the card.
		frappe.ValidationError: a guard of the card refuses.
	"""
	doc = _writable(card)
	if technician and not doc.assigned_technician:
		doc.assigned_technician = technician
	if flt(hours) > 0:
		doc.append("labour", {"activity": "Repair", "hours": flt(hours), "technician": technician})
	doc.hand_to_check()


@frappe.whitelist(methods=["POST"])
@validate_call
def verify_and_finish(card: str, notes: str | None = None, signature: str | None = None) -> None:
	"""Verify the repair and finish the card: parts and invoice are posted.

	Raises:
		frappe.PermissionError: the user may not verify, or not submit cards.
		frappe.ValidationError: see the card's verify and finish.
	"""
	doc = _writable(card)
	doc.verify(notes, signature)
	doc.finish()


@frappe.whitelist(methods=["POST"])
@validate_call
def hand_back(card: str, signed_by: str, signature: str, notes: str | None = None) -> None:
	"""The customer signs for the product: its receipt is recovered, by a supervisor voided, and the card is returned.

	All accessories go back; where one stays, the return is recorded on the receipt.

	Raises:
		frappe.PermissionError: the user may not submit the card, or not write the receipt.
		frappe.ValidationError: the card is not finished, or a guard of the receipt refuses.
	"""
	doc = _writable(card)
	if doc.collection_receipt:
		receipt = frappe.get_doc("Collection Receipt", doc.collection_receipt, for_update=True)
		if receipt.status == "Issued":
			receipt.recover(signed_by, signature, notes)
		if receipt.status == "Recovered" and has_any_role(SUPERVISORS):
			receipt.void()
	doc.hand_over()


def _writable(card: str) -> Document:
	frappe.has_permission("Repair Card", "write", throw=True)
	if job := frappe.db.get_value("Repair Card", card, ["service_contract", "posted_at"], as_dict=True):
		contracts.lock_contract(job)  # the step may submit the card, which takes this lock first
	doc = frappe.get_doc("Repair Card", card, for_update=True)
	doc.check_permission("write")
	return doc
