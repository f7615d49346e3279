"""Cash that a technician collected on the spot becomes a Payment Entry against the job's invoice.

Two ways lead here, and both end in :func:`book_cash` under a lock on the voucher's row:
:func:`receive_cash` for one voucher, and a Technician Cash Handover for all that a technician brings.
"""

from datetime import date

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, fmt_money, get_link_to_form, nowdate

from aftersales.core.requests import validate_call
from aftersales.guards import require_role
from aftersales.money import rounded
from aftersales.service_billing import advances, dimensions
from aftersales.service_billing.posting import posting_key, refresh_billing

RECEIVING_ROLES = ("Service Accountant", "Service Manager")
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
def receive_cash(voucher: str, mode_of_payment: str = "Cash") -> str:
	"""Book the cash of Service Voucher `voucher` as handed over; return the Payment Entry's name.

	The invoice has to be submitted first. A second call returns the payment already booked.

	Raises:
		frappe.PermissionError: the user is no accountant or may not read the voucher.
		frappe.ValidationError: nothing was collected, or the invoice is missing or a draft.
	"""
	require_role(RECEIVING_ROLES, _("Receiving cash"))
	doc = frappe.get_doc("Service Voucher", voucher)
	doc.check_permission("read")
	# The locking read sees what another request has committed since this one began
	booked = frappe.db.get_value("Service Voucher", voucher, "payment_entry", for_update=True)
	if booked:
		return booked
	return book_cash(doc, mode_of_payment).name


def book_cash(doc: Document, mode_of_payment: str, posting_date: date | str | None = None) -> Document:
	"""Submit the Payment Entry of the cash of voucher `doc`, whose row the caller has locked.

	Raises:
		frappe.ValidationError: nothing was collected, the invoice is missing, a draft, or owes less.
	"""
	invoice = _check_ready(doc)
	amount = _in_account_currency(doc, invoice)
	payment = _payment_entry(doc, invoice, mode_of_payment, amount, posting_date or nowdate())
	doc.db_set("payment_entry", payment.name)
	refresh_billing(doc)
	return payment


def payable(doc: Document) -> float:
	"""What the customer still pays for voucher `doc` in cash (currency of the invoice).

	Rounded as ERPNext rounds it, less what was paid in advance: money is not collected twice.
	"""
	invoice = frappe.get_doc("Sales Invoice", doc.sales_invoice) if doc.sales_invoice else None
	owed = _owed(doc, invoice)
	return max(rounded(owed - advances.open_for(doc, invoice), doc.currency), 0) if owed else 0


def _owed(doc: Document, invoice: Document | None) -> float:
	"""The same, whatever was paid in advance and is allocated to no invoice."""
	if doc.billing_status == "Credited":
		return 0
	if invoice:
		due = flt(doc.amount_due)
		return min(due, _still_open(invoice)) if invoice.docstatus == 1 else due
	return flt(doc.amount_due)


def receiving_account(mode_of_payment: str, company: str) -> str:
	"""The account of `company` that cash of this mode goes to.

	Raises:
		frappe.ValidationError: the mode of payment names none.
	"""
	from erpnext.accounts.doctype.sales_invoice.sales_invoice import get_bank_cash_account

	return get_bank_cash_account(mode_of_payment, company)["account"]


def _check_ready(doc: Document) -> frappe._dict:
	if not flt(doc.cash_collected):
		frappe.throw(_("{0}: no cash was collected.").format(doc.name))
	invoice = doc.sales_invoice and frappe.db.get_value(
		"Sales Invoice",
		doc.sales_invoice,
		[
			"name",
			"docstatus",
			"outstanding_amount",
			"currency",
			"conversion_rate",
			"party_account_currency",
			*TOTALS,
		],
		as_dict=True,
	)
	if not invoice or invoice.docstatus != 1:
		frappe.throw(
			_("{0}: submit Sales Invoice {1} first, then receive the cash.").format(
				doc.name, get_link_to_form("Sales Invoice", doc.sales_invoice) if doc.sales_invoice else ""
			)
		)
	if _in_account_currency(doc, invoice) > flt(invoice.outstanding_amount):
		frappe.throw(
			_("{0}: {1} was collected, but only {2} is outstanding on the invoice.").format(
				doc.name,
				fmt_money(doc.cash_collected, currency=doc.currency),
				fmt_money(invoice.outstanding_amount, currency=invoice.party_account_currency),
			)
		)
	return invoice


def _in_account_currency(doc: Document, invoice: frappe._dict) -> float:
	"""The cash in the currency of the customer's account, which ERPNext keeps outstanding amounts in."""
	if invoice.party_account_currency == invoice.currency:
		return flt(doc.cash_collected)
	return rounded(flt(doc.cash_collected) * _booked_rate(invoice), invoice.party_account_currency)


def _still_open(invoice: Document) -> float:
	"""What the customer owes of a submitted invoice, credit notes taken off, in the currency of the invoice."""
	notes = frappe.get_all(
		"Sales Invoice", {"return_against": invoice.name, "docstatus": 1}, pluck="outstanding_amount"
	)
	# A credit note may keep what it credits as its own, negative outstanding amount
	owed = flt(invoice.outstanding_amount) + sum(min(flt(credit), 0) for credit in notes)
	rate = 1 if invoice.party_account_currency == invoice.currency else _booked_rate(invoice)
	return max(rounded(owed / rate, invoice.currency), 0)


def _booked_rate(invoice: Document | frappe._dict) -> float:
	"""The rate at which the invoice stands in the books: without taxes each row is converted, and rounded, by itself.

	Whoever pays the whole of it pays the whole of what was booked.
	"""
	is_rounded = flt(invoice.base_rounding_adjustment) and flt(invoice.base_rounded_total)
	total, booked = (
		(invoice.rounded_total, invoice.base_rounded_total)
		if is_rounded
		else (invoice.grand_total, invoice.base_grand_total)
	)
	return flt(booked) / flt(total) if flt(total) and flt(booked) else flt(invoice.conversion_rate)


def _payment_entry(
	doc: Document, invoice: frappe._dict, mode_of_payment: str, amount: float, posting_date: date | str
) -> Document:
	from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry

	till = receiving_account(mode_of_payment, doc.company)
	counted = frappe.get_cached_value("Account", till, "account_currency") == invoice.currency
	payment = get_payment_entry(
		"Sales Invoice",
		doc.sales_invoice,
		party_amount=amount,
		bank_account=till,
		# A till in the currency of the cash gets the notes that were counted
		bank_amount=flt(doc.cash_collected) if counted else None,
		reference_date=NO_DISCOUNT,
		ignore_permissions=True,
	)
	_allocate(payment, amount)
	payment.update(
		{
			"posting_date": posting_date,
			"mode_of_payment": mode_of_payment,
			"reference_no": doc.cash_receipt_no,
			"reference_date": posting_date,
			**dimensions.of_job(doc),
			"aftersales_voucher_type": doc.doctype,
			"aftersales_voucher": doc.name,
			"aftersales_posting_key": posting_key(doc.doctype, doc.name, "Payment Entry"),
		}
	)
	payment.flags.ignore_permissions = True
	payment.flags.made_by_posting = True
	payment.insert()
	payment.submit()
	return payment


def _allocate(payment: Document, amount: float) -> None:
	"""Where payments are allocated by terms, the first ones due are paid, as far as the cash goes."""
	left = amount
	for row in payment.references:
		row.allocated_amount = min(flt(row.allocated_amount), left)
		left = flt(left - row.allocated_amount, row.precision("allocated_amount"))
	payment.set("references", [row for row in payment.references if row.allocated_amount])
