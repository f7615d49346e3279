"""The acts of a quote on the spot: made, accepted by signature up to a limit, declined (field_service/quotes.py).

A phone without a network shows what it knows, marked as an estimate, and lets the customer sign up to an amount. The
server makes the quote of the lines that come with the signature; where it costs more than was signed for, the visit
cannot be completed until the customer has been asked again.
"""

from datetime import datetime

import frappe
from frappe import _
from frappe.model.document import Document

from aftersales.core.input import field_values
from aftersales.core.money import rounded
from aftersales.field_service import quotes

PICTURE = "data:image/png;base64,"


def quote(doc: Document, values: dict, at: datetime) -> dict:
	"""Quote the lines as they are, at the server's prices and taxes."""
	doc.save()
	return _told(quotes.make_quote(doc.name))


def accept_quote(doc: Document, values: dict, at: datetime) -> dict:
	"""The customer has signed at `at`: `approved_by`, `signature` (data URI of a PNG), `limit` (net amount, currency of
	the invoice, that they agree to; the quote's net total when empty)."""
	limit, signature = values.get("limit"), values.get("signature")
	if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int | float)):
		field_values.refuse("limit", limit, _("a number"))
	if not isinstance(signature, str) or not signature.startswith(PICTURE):
		frappe.throw(_("Capture the customer's signature."), frappe.MandatoryError)
	approved_by = values.get("approved_by")
	if approved_by is not None and not isinstance(approved_by, str):
		field_values.refuse("approved_by", approved_by, _("a name"))
	doc.save()
	if quotes.is_outdated(doc):
		quotes.make_quote(doc.name)
		doc = frappe.get_doc(doc.doctype, doc.name)
	decided = {"approval_signature": signature, "approved_at": at}
	quotes.store_acceptance(doc, "Signature", approved_by or "", limit, decided)
	return _told(quotes.quote_of(doc.name))


def decline_quote(doc: Document, values: dict, at: datetime) -> dict:
	"""The customer does not want the work, for `reason`: what was not done is not charged."""
	reason = values.get("reason")
	if reason is not None and not isinstance(reason, str):
		field_values.refuse("reason", reason, _("a text"))
	doc.save()
	return _told(quotes.decline_quote(doc.name, reason or ""))


def on_phone(doc: Document) -> dict | None:
	"""The quote of a visit as a phone shows it; None without one."""
	if doc.approval_status in (None, "", "Not Needed"):
		return None
	told = quotes.quote_of(doc.name)
	told.pop("voucher")
	told["approved_at"] = doc.approved_at and str(doc.approved_at)[:19]
	told["decline_reason"] = doc.decline_reason
	return told


def _told(told: dict) -> dict:
	"""Kept as the answer: amounts, and nothing of whom."""
	return {
		"quoted": rounded(told["net"]),
		"approval_status": told["approval_status"],
		"needs_new_quote": bool(told["needs_new_quote"]),
	}
