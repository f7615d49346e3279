"""What a customer still pays for a job."""

import frappe
from frappe.model.document import Document
from frappe.utils import flt

from aftersales.core.money import rounded
from aftersales.service_posting.invoicing import advances
from aftersales.service_posting.invoicing.other_payer import is_for


def payable(doc: Document) -> float:
	"""What the customer still pays for the job `doc` in cash (currency of the invoice).

	Rounded as ERPNext rounds it, less what was paid in advance: money is not collected twice.
	"""
	invoice = frappe.get_doc("Sales Invoice", doc.sales_invoice) if doc.sales_invoice else None
	owed = _owed(doc, invoice)
	return max(rounded(owed - advances.open_for(doc, invoice), doc.currency), 0) if owed else 0


def _owed(doc: Document, invoice: Document | None) -> float:
	"""The same, whatever was paid in advance and is allocated to no invoice."""
	if doc.billing_status == "Credited" or (invoice and not is_for(invoice, doc)):
		return 0
	if invoice:
		due = flt(doc.amount_due)
		return min(due, _still_open(invoice)) if invoice.docstatus == 1 else due
	return flt(doc.amount_due)


def _still_open(invoice: Document) -> float:
	"""What the customer owes of a submitted invoice, credit notes taken off, in the currency of the invoice."""
	notes = frappe.get_all(
		"Sales Invoice", {"return_against": invoice.name, "docstatus": 1}, pluck="outstanding_amount"
	)
	# A credit note may keep what it credits as its own, negative outstanding amount
	owed = flt(invoice.outstanding_amount) + sum(min(flt(credit), 0) for credit in notes)
	rate = 1 if invoice.party_account_currency == invoice.currency else booked_rate(invoice)
	return max(rounded(owed / rate, invoice.currency), 0)


def booked_rate(invoice: Document | frappe._dict) -> float:
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
