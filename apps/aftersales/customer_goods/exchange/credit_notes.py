"""The credit note of a refund in ERPNext: who cancels it or deletes its draft frees the exchange; its amendment takes its place."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import get_link_to_form

from aftersales.core.selling_terms import KEY, posting_key

EXCHANGE, CREDIT = "Product Exchange", "Credit Note"


def before_insert(note: Document) -> None:
	"""An amendment credits what the cancelled credit note did, as long as the exchange has no other one."""
	exchange = _amended_exchange(note)
	if exchange:
		note.update({"aftersales_voucher_type": EXCHANGE, "aftersales_voucher": exchange})
		note.set(KEY, posting_key(EXCHANGE, exchange, CREDIT))


def after_insert(note: Document) -> None:
	"""The exchange names the amendment."""
	if exchange := _amended_exchange(note):
		frappe.db.set_value(EXCHANGE, exchange, "credit_note", note.name)


def release(note: Document, cancelled: bool) -> None:
	"""on_cancel (`cancelled`), on_trash: the exchange has no credit note any more, and says so."""
	for name in frappe.get_all(EXCHANGE, {"credit_note": note.name}, pluck="name", order_by="name asc"):
		exchange = frappe.get_doc(EXCHANGE, name)
		exchange.db_set("credit_note", None, notify=True)
		if exchange.docstatus == 1:
			exchange.add_comment(
				"Info",
				(
					_(
						"Credit Note {0} was cancelled: the price is not refunded. Amend it, or cancel the exchange."
					)
					if cancelled
					else _(
						"The draft of Credit Note {0} was deleted: the price is not refunded. Cancel the exchange."
					)
				).format(get_link_to_form(note.doctype, note.name)),
			)
		if cancelled:
			note.db_set(KEY, None, update_modified=False)


def _amended_exchange(note: Document) -> str | None:
	"""The submitted exchange without a credit note whose cancelled one `note` amends."""
	if not note.get("is_return") or not note.get("amended_from"):
		return None
	original = frappe.db.get_value(
		note.doctype, note.amended_from, ["aftersales_voucher_type", "aftersales_voucher"], as_dict=True
	)
	if original.aftersales_voucher_type != EXCHANGE:
		return None
	return frappe.db.get_value(
		EXCHANGE, {"name": original.aftersales_voucher, "docstatus": 1, "credit_note": ("is", "not set")}
	)
