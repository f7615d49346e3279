"""Cash that a technician collected on the spot becomes a Payment Entry against the job's invoice.

Two ways lead here, and both end in :func:`book_cash` under a lock on the voucher's row:
:func:`receive_cash` for one voucher, and a Technician Cash Handover for all that a technician brings.
"""

from datetime import date

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, fmt_money, get_link_to_form, nowdate

from aftersales.core import dimensions
from aftersales.core.guards import require_role, with_system_privileges
from aftersales.core.input.requests import validate_call
from aftersales.core.money import rounded
from aftersales.core.roles import ACCOUNTANTS
from aftersales.service_cash import modes
from aftersales.service_posting.invoicing.other_payer import is_for
from aftersales.service_posting.invoicing.payable import booked_rate
from aftersales.service_posting.plan.receipt_rules import reference_of
from aftersales.service_posting.posting import posting_key, refresh_billing

TOTALS = (
	"grand_total",
	"base_grand_total",
	"rounded_total",
	"base_rounded_total",
	"base_rounding_adjustment",
)
NO_DISCOUNT = "9999-12-31"
"""A day after every discount for early payment: what was taken in is booked, no less."""


@frappe.whitelist()
@validate_call
def receive_cash(voucher: str, mode_of_payment: str | None = None) -> str:
	"""Book the cash of Service Voucher `voucher` as handed over; return the Payment Entry's name.

	`mode_of_payment`: empty takes the only one of type Cash that has an account of the company. The invoice
	has to be submitted first. What the invoice does not owe stays unallocated on the customer's account, and
	so does the whole of it where the visit was cancelled or costs nothing. A second call returns the payment
	already booked.

	Raises:
		frappe.PermissionError: the user is no accountant or may not read the voucher.
		frappe.ValidationError: nothing was collected, the invoice is a draft or still to be made, or the mode
			of payment has to be chosen.
	"""
	require_role(ACCOUNTANTS, _("Receiving cash"))
	doc = frappe.get_doc("Service Voucher", voucher)
	doc.check_permission("read")
	# The locking read sees what another request has committed since this one began
	booked = frappe.db.get_value("Service Voucher", voucher, "payment_entry", for_update=True)
	if booked:
		return booked
	return book_cash(doc, modes.chosen(doc.company, doc.currency, mode_of_payment)).name


def book_cash(doc: Document, mode_of_payment: str, posting_date: date | str | None = None) -> Document:
	"""Submit the Payment Entry of the cash of voucher `doc`, whose row the caller has locked.

	It pays the job's invoice as far as that is open; the rest is unallocated, and the user is told.

	Raises:
		frappe.ValidationError: nothing was collected, or the invoice is a draft or still to be made.
	"""
	invoice = _check_ready(doc)
	payment = _payment_entry(doc, invoice, mode_of_payment, posting_date or nowdate())
	doc.db_set("payment_entry", payment.name)
	if doc.docstatus == 1:
		refresh_billing(doc)
	if flt(payment.unallocated_amount):
		_tell_unallocated(doc, invoice, payment)
	return payment


def receiving_account(mode_of_payment: str, company: str) -> str:
	"""The account of `company` that cash of this mode goes to.

	Raises:
		frappe.ValidationError: the mode of payment names none.
	"""
	from erpnext.accounts.doctype.sales_invoice.sales_invoice import get_bank_cash_account

	return get_bank_cash_account(mode_of_payment, company)["account"]


def in_account_currency(doc: Document, invoice: frappe._dict) -> float:
	"""The cash in the currency of the customer's account, which ERPNext keeps outstanding amounts in."""
	if invoice.party_account_currency == invoice.currency:
		return flt(doc.cash_collected)
	return rounded(flt(doc.cash_collected) * booked_rate(invoice), invoice.party_account_currency)


def invoice_of(doc: Document) -> frappe._dict | None:
	"""What the books say now of the invoice of voucher `doc`; its row is locked until the request ends."""
	fields = (
		"name",
		"docstatus",
		"customer",
		"debit_to",
		"outstanding_amount",
		"currency",
		"conversion_rate",
		"party_account_currency",
		*TOTALS,
	)
	return doc.sales_invoice and frappe.db.get_value(
		"Sales Invoice", doc.sales_invoice, fields, as_dict=True, for_update=True
	)


def _check_ready(doc: Document) -> frappe._dict | None:
	"""The invoice that the cash pays; None where there is none to pay."""
	if not flt(doc.cash_collected):
		frappe.throw(_("{0}: no cash was collected.").format(doc.name))
	if doc.docstatus == 2:
		_check_not_amended(doc)
		return None
	invoice = invoice_of(doc)
	if not invoice:
		if doc.billing_status == "To Bill":
			frappe.throw(
				_("{0} is not invoiced yet. Create and submit its Sales Invoice first.").format(
					get_link_to_form(doc.doctype, doc.name)
				)
			)
		return None
	if invoice.docstatus != 1:
		frappe.throw(
			_("{0}: submit Sales Invoice {1} first, then receive the cash.").format(
				doc.name, get_link_to_form("Sales Invoice", doc.sales_invoice)
			)
		)
	if not is_for(invoice, doc):
		return None  # an insurer's, say: the cash is of the one who gave it
	return invoice


def _check_not_amended(doc: Document) -> None:
	amended = frappe.db.get_value(
		doc.doctype, {"amended_from": doc.name, "docstatus": ("<", 2)}, "name", for_update=True
	)
	if amended:
		frappe.throw(
			_(
				"The cash of {0} belongs to {1}, which amends it. Complete that visit, then receive its cash."
			).format(doc.name, get_link_to_form(doc.doctype, amended))
		)


def _tell_unallocated(doc: Document, invoice: frappe._dict | None, payment: Document) -> None:
	frappe.msgprint(
		_(
			"{0}: {1} was collected, but only {2} was outstanding on an invoice of the customer. {3} remains unallocated on the account of {4} by Payment Entry {5}. Allocate it to another invoice in Payment Reconciliation, or pay it back by a Payment Entry of type Pay."
		).format(
			get_link_to_form(doc.doctype, doc.name),
			fmt_money(payment.paid_amount, currency=payment.paid_from_account_currency),
			fmt_money(
				payment.paid_amount - payment.unallocated_amount, currency=payment.paid_from_account_currency
			),
			fmt_money(payment.unallocated_amount, currency=payment.paid_from_account_currency),
			doc.customer,
			get_link_to_form("Payment Entry", payment.name),
		),
		title=_("Cash Unallocated"),
	)


def _payment_entry(
	doc: Document, invoice: frappe._dict | None, mode_of_payment: str, posting_date: date | str
) -> Document:
	till = receiving_account(mode_of_payment, doc.company)
	if invoice and flt(invoice.outstanding_amount) > 0:
		payment = _for_invoice(doc, invoice, till)
	else:
		payment = _for_nothing(doc, invoice, till)
	receipts = [row.receipt_no for row in doc.cash_receipts if row.kind == "Received"]
	payment.update(
		{
			"posting_date": posting_date,
			"mode_of_payment": mode_of_payment,
			"reference_no": reference_of(receipts or [doc.cash_receipt_no or doc.name]),
			"reference_date": posting_date,
			**dimensions.of_job(doc),
			"aftersales_voucher_type": doc.doctype,
			"aftersales_voucher": doc.name,
			"aftersales_posting_key": posting_key(doc.doctype, doc.name, "Payment Entry"),
		}
	)
	payment.flags.made_by_posting = True
	payment.flags.ignore_links = doc.docstatus == 2  # the visit was cancelled, its receipt was not
	with with_system_privileges(payment):
		payment.insert()
		payment.submit()
	return payment


def _for_invoice(doc: Document, invoice: frappe._dict, till: str) -> Document:
	"""A payment of an invoice that is open, as ERPNext's own button makes it."""
	from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry

	amount = in_account_currency(doc, invoice)
	counted = frappe.get_cached_value("Account", till, "account_currency") == invoice.currency
	payment = get_payment_entry(
		"Sales Invoice",
		doc.sales_invoice,
		party_amount=amount,
		bank_account=till,
		# A till in the currency of the cash gets the notes that were counted
		bank_amount=flt(doc.cash_collected) if counted else None,
		reference_date=NO_DISCOUNT,
	)
	_allocate(payment, min(amount, flt(invoice.outstanding_amount)))
	return payment


def _for_nothing(doc: Document, invoice: frappe._dict | None, till: str) -> Document:
	"""A payment that no invoice asks for: all of it is the customer's, until it is allocated or paid back."""
	from erpnext.accounts.party import get_party_account

	account = invoice.debit_to if invoice else get_party_account("Customer", doc.customer, doc.company)
	kept_in = frappe.get_cached_value("Account", account, "account_currency")
	counted_in = frappe.get_cached_value("Account", till, "account_currency")
	base = _in_company_currency(doc, invoice)
	of_party = flt(doc.cash_collected) if kept_in == doc.currency else base
	of_till = flt(doc.cash_collected) if counted_in == doc.currency else base
	payment = frappe.new_doc("Payment Entry")
	payment.update(
		{
			"payment_type": "Receive",
			"company": doc.company,
			"party_type": "Customer",
			"party": doc.customer,
			"paid_from": account,
			"paid_from_account_currency": kept_in,
			"paid_to": till,
			"paid_to_account_currency": counted_in,
			"paid_amount": of_party,
			"received_amount": of_till,
			"source_exchange_rate": base / of_party,
			"target_exchange_rate": base / of_till,
		}
	)
	payment.setup_party_account_field()
	payment.set_missing_values()
	return payment


def _in_company_currency(doc: Document, invoice: frappe._dict | None) -> float:
	from erpnext.setup.utils import get_exchange_rate

	own = frappe.get_cached_value("Company", doc.company, "default_currency")
	if not doc.currency or doc.currency == own:
		return flt(doc.cash_collected)
	rate = booked_rate(invoice) if invoice else flt(get_exchange_rate(doc.currency, own, nowdate()))
	if not rate:
		frappe.throw(
			_("There is no exchange rate from {0} to {1}: add a Currency Exchange.").format(doc.currency, own)
		)
	return rounded(flt(doc.cash_collected) * rate)


def _allocate(payment: Document, amount: float) -> None:
	"""Where payments are allocated by terms, the first ones due are paid, as far as the cash goes."""
	left = amount
	for row in payment.references:
		row.allocated_amount = min(flt(row.allocated_amount), left)
		left = flt(left - row.allocated_amount, row.precision("allocated_amount"))
	payment.set("references", [row for row in payment.references if row.allocated_amount])
