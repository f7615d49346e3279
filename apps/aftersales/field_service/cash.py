"""Small fees that a technician collects on the spot, against a numbered receipt (R-SV-5)."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.model.naming import make_autoname
from frappe.utils import flt, fmt_money, getdate, now_datetime

from aftersales.field_service.visit_rules import cash_refusal
from aftersales.guards import set_system
from aftersales.money import digits
from aftersales.service_billing import service_facts
from aftersales.service_billing.cash import payable

RECEIPT_SERIES = "REC-{company}-.YYYY.-.#####"


def accept_cash(doc: Document) -> None:
	"""Check the cash of a completed visit and give it the next receipt number, exactly once.

	Raises:
		frappe.ValidationError: more than due, above the small fee limit (company currency), or changed
			after a receipt was handed out.
	"""
	if doc.cash_receipt_no:
		_refuse_other_amount(doc)
		return
	if not flt(doc.cash_collected):
		return
	_refuse_too_much(doc)
	receipt = make_autoname(_series(doc))
	if doc._action == "submit":
		doc.db_set("cash_receipt_no", receipt)
	else:
		set_system(doc, cash_receipt_no=receipt)
	service_facts.add_receipt(doc)


def refuse_when_handed_over(doc: Document) -> None:
	"""A visit whose cash is booked cannot be cancelled before its payment is."""
	if doc.payment_entry:
		frappe.throw(
			_("Payment Entry {0} books the cash of this visit. Cancel it first.").format(
				frappe.utils.get_link_to_form("Payment Entry", doc.payment_entry)
			)
		)


def _series(doc: Document) -> str:
	"""One series per company and year; receipts of two companies are never mixed."""
	abbreviation = frappe.get_cached_value("Company", doc.company, "abbr")
	return RECEIPT_SERIES.format(company=abbreviation)


def _refuse_other_amount(doc: Document) -> None:
	before = doc.get_doc_before_save()
	if before and doc.docstatus == 1 and flt(before.cash_collected) != flt(doc.cash_collected):
		frappe.throw(
			_("Receipt {0} was handed out for {1}: the amount cannot be changed any more.").format(
				frappe.bold(doc.cash_receipt_no), fmt_money(before.cash_collected, currency=doc.currency)
			)
		)


def _refuse_too_much(doc: Document) -> None:
	limit = flt(frappe.get_cached_doc("Aftersales Settings").small_fee_limit)
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
