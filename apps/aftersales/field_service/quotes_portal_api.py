"""What customers see of the quote on a visit, and their answer to it. Only named columns leave this module."""

from collections.abc import Iterable

import frappe
from frappe.model.document import Document
from frappe.utils import getdate

from aftersales.core.guards import with_system_privileges
from aftersales.core.money import rounded
from aftersales.field_service import quotes
from aftersales.repair_workshop.portal_api import as_told, note_decline, require_open


def quote_of(voucher: str, customers: Iterable[str]) -> frappe._dict | None:
	"""The quote of a visit of one of the customers, in the form of `repair_workshop.portal_api.estimate_of`."""
	customers = list(customers)
	if not customers or not isinstance(voucher, str):
		return None
	name = frappe.db.get_value(
		quotes.VOUCHER,
		{"name": voucher, "customer": ("in", customers), "approval_status": ("!=", "Not Needed")},
	)
	return _quote(frappe.get_doc(quotes.VOUCHER, name)) if name else None


def accept_quote(voucher: str, seen: float, by: str, channel: str, decided: dict) -> None:
	"""The customer accepts the net amount `seen`; who accepted it already changes nothing.

	Raises:
		NotPossible: the quote was changed, declined or overtaken meanwhile.
	"""
	doc = quotes.locked(voucher)
	quote = _quote(doc)
	if quote.state == "approved" and rounded(doc.approved_amount) == rounded(seen):
		return
	require_open(quote, seen)
	with with_system_privileges(doc, incomplete=True):  # the customer's word, not their rights on the visit
		quotes.store_acceptance(doc, channel, by, quote.net, decided)


def decline_quote(voucher: str, seen: float, reason: str, by: str, channel: str, decided: dict) -> None:
	"""The customer does not want the work at the net amount `seen`, and says why.

	Raises:
		NotPossible: the quote was changed, accepted or overtaken meanwhile.
	"""
	doc = quotes.locked(voucher)
	quote = _quote(doc)
	if quote.state == "declined":
		return
	require_open(quote, seen)
	with with_system_privileges(doc, incomplete=True):
		quotes.store_decline(doc, reason, decided)
	note_decline(doc, channel, by, reason)


def _quote(doc: Document) -> frappe._dict:
	quote = as_told(doc, doc.findings)
	quote.state = _state(doc, quote)
	return quote


def _state(doc: Document, quote: frappe._dict) -> str:
	if doc.approval_status in ("Approved", "Declined"):
		return doc.approval_status.lower()
	if doc.docstatus or doc.status == "Cancelled":
		return "closed"
	if quote.valid_until and getdate(quote.valid_until) < getdate():
		return "expired"
	return "open"
