"""Small fees that a technician collects on the spot, against numbered receipts (R-SV-5).

What the technician has is what the receipts say: it grows by a new receipt, and shrinks by one for money
paid out again, with a reason, and the customer's signature or somebody's authority. Neither is changed or
forgotten; when a visit is cancelled and amended, its receipts go with it.
"""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.model.naming import make_autoname
from frappe.utils import flt, fmt_money, get_link_to_form, getdate, now_datetime

from aftersales.core.guards import has_any_role, set_protected_values
from aftersales.core.money import digits, rounded
from aftersales.core.roles import ACCOUNTANTS, SUPERVISORS, SUPERVISORS_AND_ACCOUNTANTS
from aftersales.core.selling_terms import billing_currency
from aftersales.field_service.visit_rules import cash_refusal, open_cash
from aftersales.service_posting.invoicing import service_facts
from aftersales.service_posting.invoicing.payable import payable
from aftersales.service_setup.settings import aftersales_settings

RECEIVED, PAID_OUT = "Received", "Paid Out"
SERIES = {RECEIVED: "REC-{company}-.YYYY.-.#####", PAID_OUT: "REF-{company}-.YYYY.-.#####"}
"""One series per company, year and kind; receipts of two companies are never mixed."""

ROW_FIELDS = ("receipt_no", "kind", "amount", "given_at", "reason", "signed_by", "authorised_by")
STORED_FIELDS = (*ROW_FIELDS, "customer_signature")


def carry_receipts(doc: Document) -> None:
	"""validate of a voucher that is not submitted yet: it has the receipts of the one it amends, and no others.

	Raises:
		frappe.ValidationError: less cash is entered than the receipts say.
	"""
	rows = _receipts_to_carry(doc)
	doc.set("cash_receipts", rows)
	carried = _net(doc)
	if not carried:
		return
	if not flt(doc.cash_collected):
		doc.cash_collected = carried
	if rounded(doc.cash_collected) < carried:
		_refuse_less(doc, carried)


def accept_cash(doc: Document) -> None:
	"""Check the cash of a completed visit and give a numbered receipt for what no receipt says yet.

	Raises:
		frappe.ValidationError: more than due, above the small fee limit (company currency), or changed
			after a receipt was handed out.
	"""
	submitting = doc._action == "submit"
	if not submitting and "cash_receipts" in (doc.flags.written_by_app or {}):
		return  # by `collect` or `pay_out`, which checked it
	if not submitting:
		_refuse_edited_receipts(doc)
		if doc.cash_receipts or doc.cash_receipt_no:
			_refuse_other_amount(doc)
			return
	more = rounded(flt(doc.cash_collected) - _net(doc))
	if more < 0:
		_refuse_less(doc, _net(doc))
	if more:
		_refuse_too_much(doc)
		row = _append(doc, RECEIVED, more)
		if submitting:
			row.db_insert()
	if not doc.cash_receipts:
		return
	latest = [row.receipt_no for row in doc.cash_receipts if row.kind == RECEIVED][-1]
	if submitting:
		doc.db_set("cash_receipt_no", latest)
	else:
		set_protected_values(doc, cash_receipt_no=latest)
	service_facts.add_receipt(doc)


def collect(doc: Document, amount: float, collected_so_far: float) -> str:
	"""Give a receipt for `amount` more (invoice currency) on a completed visit; return its number.

	`collected_so_far`: what the caller knows was collected before; a second press of the same button differs.
	"""
	_check_open(doc, amount, collected_so_far)
	if doc.docstatus != 1:
		frappe.throw(_("Complete the visit first, then collect the cash."))
	doc.cash_collected = rounded(flt(doc.cash_collected) + amount)
	_refuse_too_much(doc)
	row = _append(doc, RECEIVED, amount)
	set_protected_values(
		doc,
		cash_collected=doc.cash_collected,
		cash_receipt_no=row.receipt_no,
		cash_receipts=doc.cash_receipts,
	)
	doc.save()
	service_facts.add_receipt(doc)
	return row.receipt_no


def pay_out(doc: Document, amount: float, collected_so_far: float, reason: str, **signature) -> str:
	"""Give `amount` back to the customer before it was handed over; return the number of the paid-out receipt.

	`signature`: signed_by and customer_signature. Without them the user needs one of SUPERVISORS_AND_ACCOUNTANTS. A visit
	that was cancelled and is not amended may be paid back, too.

	Raises:
		frappe.ValidationError: more than the technician has, handed over already, or the visit is amended.
		frappe.MandatoryError: no reason.
		frappe.PermissionError: neither signed by the customer nor authorised.
	"""
	_check_open(doc, amount, collected_so_far)
	if amount > rounded(doc.cash_collected):
		frappe.throw(
			_("{0} cannot be paid out: the receipts say {1}.").format(
				fmt_money(amount, currency=doc.currency), fmt_money(doc.cash_collected, currency=doc.currency)
			)
		)
	if not (reason or "").strip():
		frappe.throw(_("Enter the reason why the money is paid out."), frappe.MandatoryError)
	authority = _authority(signature)
	row = _append(doc, PAID_OUT, amount, reason=reason, **signature, authorised_by=authority)
	left = rounded(flt(doc.cash_collected) - amount)
	if doc.docstatus == 2:
		row.db_insert()  # a cancelled document is saved no more
		doc.db_set("cash_collected", left, notify=True)
	else:
		set_protected_values(doc, cash_collected=left, cash_receipts=doc.cash_receipts)
		doc.save()
	return row.receipt_no


def validate_not_handed_over(doc: Document) -> None:
	"""A visit whose cash is booked cannot be cancelled before its payment is."""
	if doc.payment_entry:
		frappe.throw(
			_("Payment Entry {0} books the cash of this visit. Cancel it first.").format(
				get_link_to_form("Payment Entry", doc.payment_entry)
			)
		)


def _receipts_to_carry(doc: Document) -> list[dict]:
	if not doc.get("amended_from"):
		return []
	# Locked, so that nobody pays out of the cancelled visit meanwhile
	original = frappe.db.get_value(
		doc.doctype, doc.amended_from, ["docstatus", "payment_entry"], as_dict=True, for_update=True
	)
	if not original or original.docstatus != 2 or original.payment_entry:
		return []
	return frappe.get_all(
		"Service Cash Receipt",
		filters={"parent": doc.amended_from, "parenttype": doc.doctype},
		fields=list(STORED_FIELDS),
		order_by="idx asc",
	)


def _net(doc: Document) -> float:
	return rounded(open_cash((row.kind == RECEIVED, flt(row.amount)) for row in doc.cash_receipts))


def _append(doc: Document, kind: str, amount: float, **values) -> Document:
	abbreviation = frappe.get_cached_value("Company", doc.company, "abbr")
	number = make_autoname(SERIES[kind].format(company=abbreviation))
	row = doc.append(
		"cash_receipts",
		{"receipt_no": number, "kind": kind, "amount": amount, "given_at": now_datetime(), **values},
	)
	row.docstatus = doc.docstatus
	return row


def _check_open(doc: Document, amount: float, collected_so_far: float) -> None:
	"""The cash is still the technician's, and as much as the caller believes."""
	if not amount > 0:
		frappe.throw(_("Enter the amount collected."))
	stored = frappe.db.get_value(
		doc.doctype, doc.name, ["cash_collected", "payment_entry"], as_dict=True, for_update=True
	)
	if stored.payment_entry:
		frappe.throw(
			_(
				"Payment Entry {0} books the cash of this visit already. Cancel it first, or receive or pay back the difference with another Payment Entry of the customer."
			).format(get_link_to_form("Payment Entry", stored.payment_entry))
		)
	if rounded(stored.cash_collected) != rounded(collected_so_far):
		frappe.throw(
			_(
				"Receipt {0} was handed out, {1} are collected. Reload the visit. Use Collect More Cash to collect more, or Pay Out Cash to give money back."
			).format(
				frappe.bold(doc.cash_receipt_no or "-"),
				fmt_money(stored.cash_collected, currency=doc.currency),
			)
		)
	if doc.docstatus == 2:
		_refuse_amended(doc)


def _refuse_amended(doc: Document) -> None:
	amended = frappe.db.get_value(
		doc.doctype, {"amended_from": doc.name, "docstatus": ("<", 2)}, "name", for_update=True
	)
	if amended:
		frappe.throw(
			_("{0} amends this visit and has its receipts. Complete it, and pay out there.").format(
				get_link_to_form(doc.doctype, amended)
			)
		)


def _authority(signature: dict) -> str | None:
	if signature.get("customer_signature"):
		if not (signature.get("signed_by") or "").strip():
			frappe.throw(_("Enter the name of the customer who signed."), frappe.MandatoryError)
		return frappe.session.user if has_any_role(SUPERVISORS_AND_ACCOUNTANTS) else None
	if not has_any_role(SUPERVISORS_AND_ACCOUNTANTS):
		frappe.throw(
			_(
				"Capture the customer's signature for the money, or ask a user with one of these roles to pay it out: {0}."
			).format(", ".join(_(role) for role in SUPERVISORS_AND_ACCOUNTANTS)),
			frappe.PermissionError,
		)
	return frappe.session.user


def _refuse_edited_receipts(doc: Document) -> None:
	before = doc.get_doc_before_save()
	if before and _rows(before) != _rows(doc):
		frappe.throw(
			_("{0} are set by the system and cannot be edited.").format(
				frappe.bold(_(doc.meta.get_label("cash_receipts")))
			),
			frappe.PermissionError,
		)


def _rows(doc: Document) -> list[tuple]:
	return [
		tuple(
			flt(row.get(field)) if field == "amount" else str(row.get(field) or "") for field in STORED_FIELDS
		)
		for row in doc.cash_receipts
	]


def _refuse_other_amount(doc: Document) -> None:
	before = doc.get_doc_before_save()
	if before and flt(before.cash_collected) != flt(doc.cash_collected):
		frappe.throw(
			_(
				"Receipt {0} was handed out for {1}: the amount cannot be changed any more. Use Collect More Cash to collect more, or Pay Out Cash to give money back."
			).format(
				frappe.bold(doc.cash_receipt_no), fmt_money(before.cash_collected, currency=doc.currency)
			)
		)


def _refuse_less(doc: Document, carried: float) -> None:
	currency = doc.currency or billing_currency(doc)
	frappe.throw(
		_(
			"{0} cannot be {1}: receipts for {2} were handed out by {3}, which this visit amends. Enter {2}, complete the visit, and give money back with Pay Out Cash."
		).format(
			frappe.bold(_(doc.meta.get_label("cash_collected"))),
			fmt_money(doc.cash_collected, currency=currency),
			fmt_money(carried, currency=currency),
			frappe.bold(doc.amended_from),
		),
		title=_("Cash Collected"),
	)


def _refuse_too_much(doc: Document) -> None:
	limit = flt(aftersales_settings().small_fee_limit)
	due = payable(doc)
	reason = cash_refusal(flt(doc.cash_collected), due, limit, _rate_to_company(doc), digits())
	company_currency = frappe.get_cached_value("Company", doc.company, "default_currency")
	if reason == "more_than_due":
		frappe.throw(
			_("{0} was collected, but only {1} is due.").format(
				fmt_money(doc.cash_collected, currency=doc.currency),
				fmt_money(due, currency=doc.currency),
			)
			+ _paid_before(doc, due),
			title=_("Cash Collected"),
		)
	if reason == "more_than_limit":
		frappe.throw(
			_(
				"{0} was collected, but at most {1} may be collected on the spot (Small Fee Limit in Aftersales Settings)."
			).format(
				fmt_money(doc.cash_collected, currency=doc.currency),
				fmt_money(limit, currency=company_currency),
			),
			title=_("Cash Collected"),
		)


def _paid_before(doc: Document, due: float) -> str:
	"""Why less is due than the job costs."""
	if flt(doc.amount_due) <= due:
		return ""
	return " " + _("The job costs {0}; the rest is paid already or paid in advance.").format(
		fmt_money(doc.amount_due, currency=doc.currency)
	)


def _rate_to_company(doc: Document) -> float:
	from erpnext.setup.utils import get_exchange_rate

	company_currency = frappe.get_cached_value("Company", doc.company, "default_currency")
	if not doc.currency or doc.currency == company_currency:
		return 1
	rate = flt(get_exchange_rate(doc.currency, company_currency, getdate(doc.departed_at or now_datetime())))
	if not rate:
		frappe.throw(
			_("There is no exchange rate from {0} to {1}: add a Currency Exchange.").format(
				doc.currency, company_currency
			)
		)
	return rate
