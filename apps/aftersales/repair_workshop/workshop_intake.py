"""A product the technician takes along: the visit leaves its receipt and its card as drafts (R-SV-4).

They are made in the transaction that submits the visit, once: what is there already for the product of
the call is taken. The receipt waits for condition and signature, the card for the receipt.
"""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, get_link_to_form

from aftersales.core.guards import privileged
from aftersales.repair_workshop import cards
from aftersales.repair_workshop.card_rules import GONE
from aftersales.service_calls import jobs


def take_in(visit: Document) -> tuple[str, str]:
	"""Make receipt and card for the product that Service Voucher `visit` took along.

	Returns:
		names of the receipt and of the card; a receipt or card that the call has for this product
		already is returned instead of a second one.
	"""
	receipt = _receipt_there(visit) or _new_receipt(visit)
	card = _card_there(visit) or _new_card(visit, receipt)
	jobs.note(
		visit,
		_("Taken in by {0}, to be repaired on {1}").format(
			get_link_to_form("Collection Receipt", receipt), get_link_to_form("Repair Card", card)
		),
	)
	return receipt, card


def join_card(receipt: Document, method: str | None = None) -> None:
	"""on_submit of Collection Receipt: the card that waits for it on the same call gets it."""
	if not receipt.repair_call or cards.cards_of_receipt(receipt.name):
		return
	waiting = _waiting_cards(receipt.repair_call, receipt.equipment)
	if len(waiting) != 1:
		return
	card = frappe.get_doc("Repair Card", waiting[0])
	card.collection_receipt = receipt.name
	privileged(card).save()


def validate_receipt_cancel(receipt: Document, method: str | None = None) -> None:
	"""before_cancel of Collection Receipt: not while somebody has worked on the product.

	Raises:
		frappe.ValidationError: names the card.
	"""
	for card in cards.cards_of_receipt(receipt.name):
		if card.status != "Received" or card.docstatus:
			frappe.throw(
				_("Repair Card {0} is {1}, so the receipt can no longer be cancelled.").format(
					get_link_to_form("Repair Card", card.name), _(card.status)
				),
				title=_("In the Workshop"),
			)


def release_cards(receipt: Document, method: str | None = None) -> None:
	"""on_cancel of Collection Receipt: a card on which nobody has worked stays, without the receipt."""
	for card in cards.cards_of_receipt(receipt.name):
		frappe.db.set_value("Repair Card", card.name, "collection_receipt", None)
		frappe.get_doc("Repair Card", card.name).add_comment(
			"Info", _("Collection Receipt {0} was cancelled.").format(receipt.name)
		)


def release(visit: Document) -> None:
	"""A draft receipt no longer names `visit` once that is cancelled; receipt and card stay."""
	for name in frappe.get_all(
		"Collection Receipt",
		filters={"service_voucher": visit.name, "docstatus": 0},
		pluck="name",
		order_by="creation asc",
	):
		frappe.db.set_value("Collection Receipt", name, "service_voucher", None)


def _receipt_there(visit: Document) -> str | None:
	"""The receipt of the call for this product, drafted or issued; a draft is made the visit's."""
	found = frappe.db.get_value(
		"Collection Receipt",
		{
			"repair_call": visit.repair_call,
			"equipment": visit.equipment or ("is", "not set"),
			"status": ("in", ("Draft", "Issued")),
		},
		["name", "service_voucher", "docstatus"],
		as_dict=True,
		order_by="docstatus desc, creation asc",
	)
	if found and not found.docstatus and not found.service_voucher:
		frappe.db.set_value("Collection Receipt", found.name, "service_voucher", visit.name)
	return found and found.name


def _card_there(visit: Document) -> str | None:
	return frappe.db.get_value(
		"Repair Card",
		{
			"repair_call": visit.repair_call,
			"equipment": visit.equipment or ("is", "not set"),
			"docstatus": ("<", 2),
			"status": ("not in", GONE),
		},
		"name",
		order_by="creation asc",
	)


def _waiting_cards(call: str, equipment: str | None) -> list[str]:
	return frappe.get_all(
		"Repair Card",
		filters={
			"repair_call": call,
			"equipment": equipment or ("is", "not set"),
			"collection_receipt": ("is", "not set"),
			"docstatus": 0,
			"status": ("!=", "Cancelled"),
		},
		pluck="name",
		order_by="creation asc",
	)


def _new_receipt(visit: Document) -> str:
	receipt = frappe.new_doc(
		"Collection Receipt",
		service_voucher=visit.name,
		received_at=visit.departed_at,
		received_by=frappe.session.user,
		fault_as_told=visit.findings,
		**_whose(visit),
	)
	# Nobody has looked at it yet: the condition is written down, and signed for, before it is issued.
	return privileged(receipt).insert().name


def _new_card(visit: Document, receipt: str) -> str:
	card = frappe.new_doc("Repair Card", received_at=visit.departed_at, **_whose(visit), **jobs.codes(visit))
	if frappe.db.get_value("Collection Receipt", receipt, "docstatus") == 1:
		card.collection_receipt = receipt
	privileged(card).insert()
	for text in _told_by(visit):
		card.add_comment("Info", text)
	return card.name


def _told_by(visit: Document) -> list[str]:
	"""What the bench should know from the visit, for the timeline of the card."""
	told = [
		_("Taken along from visit {0} by {1}").format(
			get_link_to_form(visit.doctype, visit.name), escape_html(visit.technician)
		)
	]
	for fieldname in ("findings", "work_left", "parts_left"):
		if visit.get(fieldname):
			label = _(visit.meta.get_label(fieldname))
			told.append(_("{0}: {1}").format(label, escape_html(visit.get(fieldname))))
	return told


def _whose(visit: Document) -> dict:
	return {
		"repair_call": visit.repair_call,
		"customer": visit.customer,
		"equipment": visit.equipment,
		"company": visit.company,
	}
