"""Money that a customer has paid and no invoice has taken yet: deposits, payments on account (as ERPNext counts them)."""

import frappe
from frappe.model.document import Document
from frappe.utils import cint, flt

from aftersales.core.money import rounded
from aftersales.core.selling_terms import billing_currency
from aftersales.service_posting.invoicing import orders
from aftersales.service_posting.invoicing.invoices import jobs_on


def open_for(doc: Document, invoice: Document | None = None) -> float:
	"""What the customer of job `doc` has paid in advance, in the currency of the invoice; taken by no invoice yet.

	Unallocated Payment Entries and Journal Entries of the customer, and what was paid on the Sales Order of the
	job's estimate. `invoice`: the job's Sales Invoice where there is one.
	"""
	if not doc.customer:
		return 0
	if not _may_have_paid(doc.customer, doc.company):
		return 0
	target = invoice or _unsaved(doc)
	if not target.debit_to:
		return 0
	entries = target.get_advance_entries()
	others = _of_other_calls([row.reference_name for row in entries], {doc.get("repair_call")})
	found = sum(flt(row.amount) for row in entries if row.reference_name not in others)
	if not found:
		return 0
	account_currency = frappe.get_cached_value("Account", target.debit_to, "account_currency")
	rate = 1 if account_currency == target.currency else flt(target.conversion_rate) or 1
	return rounded(found / rate, target.currency)


def before_validate(invoice: Document, method: str | None = None) -> None:
	"""doc_events: ERPNext reads all payments of all customers to find the advances of one; who has none is not asked.

	*Allocate Advances Automatically* stays ticked, so that what arrives while the invoice is a draft is taken.
	"""
	if not cint(invoice.allocate_advances_automatically) or invoice.get("advances") or not jobs_on(invoice):
		return
	if not _may_have_paid(invoice.customer, invoice.company):
		invoice.allocate_advances_automatically = 0
		invoice.flags.advances_not_asked = True


def validate(invoice: Document, method: str | None = None) -> None:
	"""doc_events: ERPNext adds up advances before it looks for them anew; what is outstanding follows here."""
	if invoice.flags.advances_not_asked:
		invoice.allocate_advances_automatically = 1
		invoice.flags.advances_not_asked = False
	_leave_deposits_of_other_calls(invoice)
	allocated = sum(flt(row.allocated_amount) for row in invoice.get("advances") or ())
	if allocated != flt(invoice.total_advance) and jobs_on(invoice):
		invoice.calculate_taxes_and_totals()


def _leave_deposits_of_other_calls(invoice: Document) -> None:
	"""A deposit is for the call it was given for: neither an invoice of other calls nor any other takes it by itself.

	What the accountant allocates by hand (Allocate Advances Automatically off) stays.
	"""
	rows = invoice.get("advances") or []
	if not rows or not cint(invoice.allocate_advances_automatically) or invoice.docstatus > 1:
		return
	calls = {
		frappe.db.get_value(doctype, name, "repair_call", cache=True) for doctype, name in jobs_on(invoice)
	}
	others = _of_other_calls([row.reference_name for row in rows], calls | {invoice.get("aftersales_call")})
	if not others:
		return
	invoice.set("advances", [row for row in rows if row.reference_name not in others])
	left = flt(invoice.get("rounded_total")) or flt(invoice.grand_total)
	if invoice.party_account_currency != invoice.currency:
		left = flt(invoice.get("base_rounded_total")) or flt(invoice.base_grand_total)
	for row in invoice.advances:
		row.allocated_amount = min(flt(row.advance_amount), left)
		left = flt(left - row.allocated_amount, row.precision("allocated_amount"))
	invoice.calculate_taxes_and_totals()


def _of_other_calls(payments: list[str], calls: set[str | None]) -> set[str]:
	"""Payment Entries among `payments` that name a call which is none of `calls`."""
	named = payments and frappe.get_all(
		"Payment Entry",
		filters={"name": ("in", payments), "aftersales_call": ("is", "set")},
		fields=["name", "aftersales_call"],
		order_by="name asc",
	)
	return {row.name for row in named or () if row.aftersales_call not in calls}


def _may_have_paid(customer: str, company: str) -> bool:
	"""Whether the ledger of the customer has a payment that is booked against no invoice; read by the customer's index."""
	entry = frappe.qb.DocType("Payment Ledger Entry")
	return bool(
		frappe.qb.from_(entry)
		.select(entry.name)
		.where((entry.party == customer) & (entry.party_type == "Customer") & (entry.company == company))
		.where(entry.voucher_type.isin(("Payment Entry", "Journal Entry")) & (entry.delinked == 0))
		.where(entry.against_voucher_type != "Sales Invoice")
		.limit(1)
		.run()
	)


def _unsaved(doc: Document) -> Document:
	from erpnext.accounts.party import get_party_account
	from erpnext.setup.utils import get_exchange_rate

	currency = billing_currency(doc)
	company_currency = frappe.get_cached_value("Company", doc.company, "default_currency")
	return frappe.get_doc(
		{
			"doctype": "Sales Invoice",
			"customer": doc.customer,
			"company": doc.company,
			"currency": currency,
			"conversion_rate": 1
			if currency == company_currency
			else get_exchange_rate(currency, company_currency),
			"debit_to": get_party_account("Customer", doc.customer, doc.company),
			"items": [{"sales_order": order} for order in orders.of_job(doc)],
		}
	)
