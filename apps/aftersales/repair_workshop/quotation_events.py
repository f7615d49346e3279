"""What happens to a Quotation that is the estimate of a Repair Card: the card says the same."""

import frappe
from frappe.model.document import Document
from frappe.utils import flt

CARD = "Repair Card"


def after_insert(quotation: Document, method: str | None = None) -> None:
	"""An amendment takes the place of what it amends on the card."""
	if quotation.get("amended_from") and (card := _card_of(quotation, quotation.amended_from)):
		card.db_set({"quotation": quotation.name, "estimated_amount": flt(quotation.net_total)}, notify=True)


def on_change(quotation: Document, method: str | None = None) -> None:
	"""Sales changed the Quotation: the estimate that the customer is told is its net total."""
	if quotation.docstatus == 2 or not (card := _card_of(quotation, quotation.name)):
		return
	if flt(card.estimated_amount) != flt(quotation.net_total):
		card.db_set("estimated_amount", flt(quotation.net_total), notify=True)


def _card_of(quotation: Document, named: str) -> Document | None:
	"""The draft card that names the Quotation as its estimate and has not been accepted yet."""
	if quotation.get("aftersales_voucher_type") != CARD:
		return None
	name = frappe.db.get_value(
		CARD,
		{
			"name": quotation.aftersales_voucher,
			"quotation": named,
			"docstatus": 0,
			"approval_status": ("!=", "Approved"),
		},
	)
	return frappe.get_doc(CARD, name) if name else None
