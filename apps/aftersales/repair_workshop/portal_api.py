"""What a customer may see of their product in the workshop, and their answer to an estimate.

Only named columns leave this module: no costs, no notes, nobody else's estimate.
"""

from collections.abc import Iterable

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, escape_html, flt, getdate

from aftersales.core.guards import NotPossible, privileged
from aftersales.core.money import rounded
from aftersales.repair_workshop import card_rules as rules

CARD_FIELDS = (
	"name",
	"customer",
	"repair_call",
	"equipment",
	"status",
	"docstatus",
	"received_at",
	"promised_return",
	"approval_status",
	"approved_at",
	"ready_at",
	"returned_at",
	"sales_invoice",
)
RECEIPT_FIELDS = ("name", "customer", "repair_call", "status", "received_at", "returned_at")
NOT_ANSWERABLE = "This estimate can no longer be answered here. Please call us."


def cards_of_call(call: str) -> list[frappe._dict]:
	"""The repair cards of a call that were not called off, the oldest first."""
	return frappe.get_all(
		"Repair Card",
		filters={"repair_call": call, "docstatus": ("<", 2), "status": ("!=", rules.CANCELLED)},
		fields=list(CARD_FIELDS),
		order_by="creation asc",
	)


def receipts_of_call(call: str) -> list[frappe._dict]:
	"""The receipts of a call that were handed out, the oldest first."""
	return frappe.get_all(
		"Collection Receipt",
		filters={"repair_call": call, "docstatus": 1},
		fields=list(RECEIPT_FIELDS),
		order_by="creation asc",
	)


def undecided_of(customers: Iterable[str]) -> list[frappe._dict]:
	"""Repair cards of the customers whose estimate waits for their answer, the oldest first."""
	return frappe.get_all(
		"Repair Card",
		filters={
			"customer": ("in", list(customers)),
			"docstatus": 0,
			"status": rules.AWAITING_APPROVAL,
			"approval_status": "Pending",
		},
		fields=["name", "repair_call", "equipment", "received_at"],
		order_by="creation asc",
	)


def estimate_of(card: str, customers: Iterable[str]) -> frappe._dict | None:
	"""The estimate of a repair card of one of the customers, as they are told it; None for any other name.

	Returns:
		doctype, card, customer, repair_call, equipment, currency, diagnosis, lines (description, qty, amount), net
		(what is accepted), taxes, total, valid_until, state: "open", "approved", "declined", "expired" or
		"closed" (overtaken by events), and who answered it when.
	"""
	customers = list(customers)
	if not customers or not isinstance(card, str):
		return None
	name = frappe.db.get_value("Repair Card", {"name": card, "customer": ("in", customers)})
	return _estimate(frappe.get_doc("Repair Card", name)) if name else None


def accept_estimate(card: str, seen: float, by: str, channel: str, decided: dict) -> None:
	"""The customer accepts the net amount `seen`; who accepted it already changes nothing.

	Args:
		channel: Portal or Signed Link.
		decided: by what: approval_user, approval_link (name of the Service Link), approval_ip.

	Raises:
		NotPossible: the estimate was changed, declined or overtaken meanwhile.
	"""
	doc = _locked(card)
	estimate = _estimate(doc)
	if estimate.state == "approved" and rounded(doc.approved_amount) == rounded(seen):
		return
	require_open(estimate, seen)
	# the customer's word, not their rights on the card
	privileged(doc).store_approval(channel, by, estimate.net, decided)


def decline_estimate(card: str, seen: float, reason: str, by: str, channel: str, decided: dict) -> None:
	"""The customer does not want the repair at the net amount `seen`, and says why.

	Raises:
		NotPossible: the estimate was changed, accepted or overtaken meanwhile.
	"""
	doc = _locked(card)
	estimate = _estimate(doc)
	if estimate.state == "declined":
		return
	require_open(estimate, seen)
	privileged(doc).store_decline(reason, decided)
	note_decline(doc, channel, by, reason)


def note_decline(doc: Document, channel: str, by: str, reason: str) -> None:
	"""What the customer said against it stands on the timeline of the job."""
	doc.add_comment(
		"Info", _("has declined ({0}, {1}): {2}").format(_(channel), escape_html(by), escape_html(reason))
	)


def _locked(card: str) -> Document:
	return frappe.get_doc("Repair Card", card, for_update=True)


def require_open(estimate: frappe._dict, seen: float) -> None:
	"""The estimate waits for its answer, and is the one that the customer has seen.

	Raises:
		NotPossible: it does not, or was changed.
	"""
	if estimate.state != "open":
		frappe.throw(_(NOT_ANSWERABLE), NotPossible)
	if rounded(estimate.net) != rounded(seen):
		frappe.throw(_("The estimate has changed meanwhile. Please look at the new amount."), NotPossible)


def _estimate(doc: Document) -> frappe._dict:
	estimate = as_told(doc, doc.diagnosis, doc.promised_return)
	estimate.state = _state(doc, estimate)
	return estimate


def as_told(doc: Document, diagnosis: str | None, promised_return: object = None) -> frappe._dict:
	"""What a customer is told of the estimate of a job, in the form of :func:`estimate_of`, but for its state."""
	estimate = frappe._dict(
		doctype=doc.doctype,
		card=doc.name,
		customer=doc.customer,
		repair_call=doc.repair_call,
		equipment=doc.equipment,
		company=doc.company,
		currency=doc.currency or frappe.get_cached_value("Company", doc.company, "default_currency"),
		diagnosis=diagnosis,
		promised_return=promised_return,
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
	_take_quotation(estimate, doc.quotation)
	return estimate


def _take_quotation(estimate: frappe._dict, name: str | None) -> None:
	"""The quotation's rows, when it is the one the estimate was taken from."""
	if not name:
		return
	quotation = frappe.get_doc("Quotation", name)
	if cint(quotation.docstatus) == 2 or rounded(quotation.net_total) != rounded(estimate.net):
		return
	estimate.update(
		{
			"currency": quotation.currency,
			"lines": [
				frappe._dict(
					description=frappe.utils.strip_html_tags(row.description or "") or row.item_name,
					item=row.item_name,
					qty=row.qty,
					uom=row.uom,
					amount=row.net_amount,
				)
				for row in quotation.items
			],
			"taxes": flt(quotation.total_taxes_and_charges),
			"total": flt(quotation.grand_total),
			"valid_until": quotation.valid_till,
		}
	)


def _state(doc: Document, estimate: frappe._dict) -> str:
	if doc.approval_status == "Approved" and doc.status != rules.DECLINED:
		return "approved"
	if doc.approval_status == "Declined":
		return "declined"
	if doc.docstatus or doc.status != rules.AWAITING_APPROVAL or doc.approval_status != "Pending":
		return "closed"
	if estimate.valid_until and getdate(estimate.valid_until) < getdate():
		return "expired"
	return "open"
