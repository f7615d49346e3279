"""The quote on a visit: what the customer would pay is told, accepted or declined, and billed as accepted (R-WS-5).

The functions here are for the form of a visit, for the technician's app and for the customer's pages. A quote is an
ERPNext Quotation made from the lines of the visit; who accepted how much, when and how is stored on the visit. What
was accepted is what is billed: its rates become those of the lines, and more than the tolerance has to be quoted again.
"""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, escape_html, flt, fmt_money, get_link_to_form, now_datetime

from aftersales.core.guards import set_protected_values
from aftersales.core.input.requests import validate_call
from aftersales.core.money import rounded, unit
from aftersales.field_service.visit_rules import DECLINED, QUOTE_CHANNELS, is_kept_when_declined
from aftersales.repair_workshop import accepted_rates, card_rules, estimate
from aftersales.service_calls import jobs
from aftersales.service_setup.settings import aftersales_settings

VOUCHER = "Service Voucher"
FIELDS_OF_APPROVAL = (
	"approval_status",
	"approved_amount",
	"approved_by",
	"approved_at",
	"approval_channel",
	"approval_signature",
	"approval_user",
	"approval_link",
	"approval_ip",
	"decline_reason",
)
FIELDS_OF_QUOTE = ("quotation", "estimated_amount", *FIELDS_OF_APPROVAL)
"""Fields of record of a visit that only this module writes."""


@frappe.whitelist()
@validate_call
def quote_of(voucher: str) -> dict:
	"""The quote of a visit as it stands, to be shown to the customer.

	Returns:
		quotation, currency, lines (description, qty, uom, amount), net (what is accepted), taxes, total,
		approval_status (Not Needed, Pending, Approved, Declined), approved_amount, approved_by, approved_at,
		needs_new_quote (True when the lines charge more than was accepted and the tolerance allows).

	Raises:
		frappe.PermissionError: the user may not read the visit.
	"""
	doc = frappe.get_doc(VOUCHER, voucher)
	doc.check_permission("read")
	return _told(doc)


@frappe.whitelist(methods=["POST"])
@validate_call
def make_quote(voucher: str) -> dict:
	"""Quote the lines of a draft visit, or quote again what has changed; the approval is asked for (anew).

	Lines of an earlier accepted quote keep the rates that were accepted.

	Returns:
		as :func:`quote_of`.

	Raises:
		frappe.PermissionError: the user may not write the visit.
		frappe.ValidationError: the visit is over, or no line is charged to the customer.
	"""
	doc = _draft(voucher)
	former, doc.quotation = doc.quotation, None
	quotation = estimate.make_quotation(doc)
	if former:
		_forget(former)
		jobs.note(doc, _("Quoted again: {0} instead of {1}").format(quotation, former))
	_withdraw(doc)
	set_protected_values(doc, quotation=quotation, estimated_amount=doc.estimated_amount)
	doc.save()
	return _told(doc)


@frappe.whitelist(methods=["POST"])
@validate_call
def accept_quote(
	voucher: str,
	channel: str,
	approved_by: str,
	amount: float | None = None,
	signature: str | None = None,
) -> dict:
	"""Note that the customer accepted the quote of a visit. Doing it twice changes nothing.

	Args:
		channel: Signature, Phone, E-mail, In Person or Letter; what the customer decides on a page of its own is
			stored by that page.
		approved_by: the customer's person.
		amount: net amount accepted, currency of the invoice; empty takes the quote's net total.
		signature: the drawn signature (data URI of a picture), for the channel Signature.

	Returns:
		as :func:`quote_of`.

	Raises:
		frappe.PermissionError: the user may not write the visit, or the channel is a page of the customer.
		frappe.MandatoryError: no quote, no person, no amount, or no signature.
	"""
	doc = _draft(voucher)
	if channel not in QUOTE_CHANNELS:
		frappe.throw(
			_("{0} cannot be chosen. Choose one of: {1}.").format(
				frappe.bold(escape_html(channel)), ", ".join(_(name) for name in QUOTE_CHANNELS)
			),
			frappe.PermissionError,
		)
	if channel == "Signature" and not signature:
		frappe.throw(_("Capture the customer's signature."), frappe.MandatoryError)
	store_acceptance(doc, channel, approved_by, amount, {"approval_signature": signature})
	return _told(doc)


@frappe.whitelist(methods=["POST"])
@validate_call
def decline_quote(voucher: str, reason: str) -> dict:
	"""Note that the customer does not want the work: what was not done is no longer charged, the fee for the diagnosis is.

	Diagnosis, travel and the call-out stay; the outcome becomes Declined.

	Returns:
		as :func:`quote_of`.

	Raises:
		frappe.MandatoryError: no reason.
	"""
	doc = _draft(voucher)
	store_decline(doc, reason, {})
	return _told(doc)


def store_acceptance(
	doc: Document, channel: str, approved_by: str, amount: float | None, decided: dict
) -> None:
	"""See :func:`accept_quote`; the caller has checked whose word it is. `decided`: by what the customer decided."""
	quoted = accepted_rates.quoted_net(doc)
	if not doc.quotation or not quoted:
		frappe.throw(_("Create the quote first."), frappe.MandatoryError)
	accepted = flt(amount) if amount is not None else quoted
	if not (approved_by or "").strip():
		frappe.throw(_("Enter the name of the person who accepted."), frappe.MandatoryError)
	if accepted <= 0:
		frappe.throw(_("Enter the net amount that was accepted."), frappe.MandatoryError)
	if doc.approval_status == "Approved" and flt(doc.approved_amount) == accepted:
		return
	set_protected_values(
		doc,
		**{
			**dict.fromkeys(FIELDS_OF_APPROVAL),
			"approval_status": "Approved",
			"approved_by": approved_by.strip(),
			"approved_at": now_datetime(),
			"approval_channel": channel,
			"approved_amount": accepted,
			**decided,
		},
	)
	accepted_rates.take(doc, accepted)
	set_protected_values(doc, estimated_amount=doc.estimated_amount)
	doc.save()


def store_decline(doc: Document, reason: str, decided: dict) -> None:
	"""See :func:`decline_quote`; `decided` as in :func:`store_acceptance`."""
	if not (reason or "").strip():
		frappe.throw(_("Enter why the customer declined."), frappe.MandatoryError)
	set_protected_values(
		doc,
		**{
			**dict.fromkeys(FIELDS_OF_APPROVAL),
			"approval_status": "Declined",
			"approved_amount": 0,
			"decline_reason": reason.strip(),
			**decided,
		},
	)
	doc.outcome = DECLINED
	_charge_diagnosis_only(doc)
	doc.save()


# ---------------------------------------------------------------------------------- steps of the visit


def validate_answer(doc: Document) -> None:
	"""before_submit: a quote was answered, and a declined one charges what is due all the same.

	Raises:
		frappe.ValidationError: the customer has not answered, or lines are charged that were declined.
	"""
	if doc.approval_status == "Pending" and jobs.charged_to_customer(doc):
		frappe.throw(
			_(
				"The customer has not answered the quote of {0}. Record the answer before completing the visit."
			).format(fmt_money(doc.estimated_amount, currency=doc.currency)),
			title=_("Quote Not Answered"),
		)
	if doc.approval_status == "Declined" and (lines := _declined_lines(doc)):
		frappe.throw(
			_(
				"The customer declined the quote. Only diagnosis, travel, call-out and fee can be charged; remove {0}."
			).format(", ".join(escape_html(line.item_code or _(line.activity)) for line in lines)),
			title=_("Quote Declined"),
		)


def validate_amount(doc: Document) -> None:
	"""After posting: the invoice is not above what was accepted and the tolerance allows.

	Raises:
		frappe.ValidationError: names both amounts.
	"""
	if doc.approval_status != "Approved" or not _exceeds(doc):
		return
	frappe.throw(
		_(
			"{0} net would be charged, {1} was accepted (tolerance {2} %). Quote again and ask the customer."
		).format(
			fmt_money(_charged(doc), currency=doc.currency),
			fmt_money(doc.approved_amount, currency=doc.currency),
			flt(aftersales_settings().approval_tolerance),
		),
		title=_("More than Accepted"),
	)


def is_outdated(doc: Document) -> bool:
	"""Whether a draft has to be quoted before its customer can accept what its lines cost by now."""
	quoted = accepted_rates.quoted_net(doc) if doc.quotation else 0
	if not quoted or doc.approval_status == "Declined":
		return True
	if doc.approval_status == "Approved":
		return _exceeds(doc)
	return rounded(_charged(doc)) != rounded(quoted)


def follow_lines(doc: Document) -> None:
	"""validate of a draft: an outcome other than Declined takes back nothing that the customer decided."""
	if doc.approval_status == "Declined" and not doc.outcome:
		doc.outcome = DECLINED


# ---------------------------------------------------------------------------------- for the customer's pages


def undecided_of(customers: list[str]) -> list[frappe._dict]:
	"""Visits of the customers whose quote waits for their answer, the oldest first."""
	return frappe.get_all(
		VOUCHER,
		filters={"customer": ("in", customers), "docstatus": 0, "approval_status": "Pending"},
		fields=["name", "repair_call", "equipment", "arrived_at as received_at"],
		order_by="creation asc",
	)


def locked(voucher: str) -> Document:
	"""The visit, locked until the request ends."""
	return frappe.get_doc(VOUCHER, voucher, for_update=True)


# ---------------------------------------------------------------------------------- details


def _draft(voucher: str) -> Document:
	doc = frappe.get_doc(VOUCHER, voucher, for_update=True)
	doc.check_permission("write")
	if doc.docstatus or doc.status == "Cancelled":
		frappe.throw(
			_("Service Voucher {0} is completed or cancelled: it cannot be quoted.").format(doc.name)
		)
	return doc


def _withdraw(doc: Document) -> None:
	set_protected_values(
		doc,
		**{**dict.fromkeys(FIELDS_OF_APPROVAL), "approval_status": "Pending", "approved_amount": 0},
	)
	if doc.outcome == DECLINED:
		doc.outcome = None


def _forget(quotation: str) -> None:
	"""A draft that was overtaken is deleted; a submitted Quotation stays as what was offered then."""
	if frappe.db.get_value("Quotation", quotation, "docstatus") == 0:
		in_use = frappe.db.exists("Service Labour Line", {"agreed_in": quotation}) or frappe.db.exists(
			"Service Part Line", {"agreed_in": quotation}
		)
		if not in_use:
			frappe.db.set_value(VOUCHER, {"quotation": quotation}, "quotation", None, update_modified=False)
			frappe.delete_doc("Quotation", quotation, ignore_permissions=True, force=True)


def _charge_diagnosis_only(doc: Document) -> None:
	for line in _declined_lines(doc):
		doc.remove(line)
	fee = aftersales_settings().diagnosis_fee_item
	if not fee or jobs.charge_rule(doc.service_category) != jobs.CUSTOMER:
		return
	if not any(line.item_code == fee for line in doc.parts):
		doc.append("parts", {"item_code": fee, "qty": 1})


def _declined_lines(doc: Document) -> list[Document]:
	fee = aftersales_settings().diagnosis_fee_item or None
	return [
		line
		for line in jobs.charged_to_customer(doc)
		if not is_kept_when_declined(
			line.get("activity"), line.item_code == fee if fee else False, _price_kind(line)
		)
	]


def _price_kind(line: Document) -> str | None:
	name = line.get("service_price")
	return frappe.get_cached_value("Service Price", name, "kind") if name else None


def _charged(doc: Document) -> float:
	return sum(flt(line.amount) for line in jobs.charged_to_customer(doc))


def _exceeds(doc: Document) -> bool:
	tolerance = flt(aftersales_settings().approval_tolerance)
	net = _charged(doc)
	return bool(net) and card_rules.needs_new_quote(
		net, flt(doc.approved_amount), tolerance, unit(doc.currency)
	)


def _told(doc: Document) -> dict:
	quotation = doc.quotation and frappe.get_doc("Quotation", doc.quotation)
	return {
		"voucher": doc.name,
		"quotation": doc.quotation,
		"currency": (quotation and quotation.currency) or doc.currency,
		"lines": [
			{
				"description": frappe.utils.strip_html_tags(row.description or "") or row.item_name,
				"qty": row.qty,
				"uom": row.uom,
				"amount": row.net_amount,
			}
			for row in (quotation.items if quotation else ())
		],
		"net": flt(quotation.net_total) if quotation else 0,
		"taxes": flt(quotation.total_taxes_and_charges) if quotation else 0,
		"total": (flt(quotation.rounded_total) or flt(quotation.grand_total)) if quotation else 0,
		"approval_status": doc.approval_status,
		"approved_amount": flt(doc.approved_amount),
		"approved_by": doc.approved_by,
		"approved_at": doc.approved_at,
		"needs_new_quote": doc.approval_status == "Approved" and _exceeds(doc),
	}
