"""What customers see of the quote on a visit, and their answer to it. Only named columns leave this module."""

from collections.abc import Iterable

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, flt, getdate

from aftersales.core.guards import NotPossible, with_system_privileges
from aftersales.core.money import rounded
from aftersales.field_service import quotes
from aftersales.repair_workshop.portal_api import NOT_ANSWERABLE, take_quotation


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
	_require_open(quote, seen)
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
	_require_open(quote, seen)
	with with_system_privileges(doc, incomplete=True):
		quotes.store_decline(doc, reason, decided)
	doc.add_comment(
		"Info", _("has declined ({0}, {1}): {2}").format(_(channel), escape_html(by), escape_html(reason))
	)


def _quote(doc: Document) -> frappe._dict:
	quote = frappe._dict(
		doctype=doc.doctype,
		card=doc.name,
		customer=doc.customer,
		repair_call=doc.repair_call,
		equipment=doc.equipment,
		company=doc.company,
		currency=doc.currency or frappe.get_cached_value("Company", doc.company, "default_currency"),
		diagnosis=doc.findings,
		promised_return=None,
		net=flt(doc.estimated_amount),
		lines=[],
		taxes=0,
		total=None,
		valid_until=None,
		approved_by=doc.approved_by,
		approved_at=doc.approved_at,
		approved_amount=flt(doc.approved_amount),
		decline_reason=doc.decline_reason,
	)
	take_quotation(quote, doc.quotation)
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


def _require_open(quote: frappe._dict, seen: float) -> None:
	if quote.state != "open":
		frappe.throw(_(NOT_ANSWERABLE), NotPossible)
	if rounded(quote.net) != rounded(seen):
		frappe.throw(_("The estimate has changed meanwhile. Please look at the new amount."), NotPossible)
