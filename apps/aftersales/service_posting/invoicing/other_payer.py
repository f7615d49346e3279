"""A draft invoice of a job that the accountant makes out to somebody else: an insurer, a landlord, a parent company.

The job keeps its customer, whose product it is and who may have given cash; the invoice is the other's: its
receivable account, its payment terms, its payments and reminders.
"""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import get_link_to_form

from aftersales.service_posting.invoicing.invoices import jobs_on

INVOICE = "Sales Invoice"


def before_validate(invoice: Document, method: str | None = None) -> None:
	"""doc_events of Sales Invoice: what the form asks for when the customer of a draft is changed, whoever changes it.

	An account or terms that were changed in the same save stay.
	"""
	stored = _changed_from(invoice)
	if not stored:
		return
	from erpnext.accounts.party import get_party_account, get_payment_terms_template

	if invoice.debit_to == stored.debit_to:
		invoice.debit_to = get_party_account("Customer", invoice.customer, invoice.company)
		invoice.party_account_currency = frappe.get_cached_value(
			"Account", invoice.debit_to, "account_currency"
		)
	if (invoice.payment_terms_template or "") == (stored.payment_terms_template or ""):
		invoice.payment_terms_template = get_payment_terms_template(
			invoice.customer, "Customer", invoice.company
		)
		invoice.set("payment_schedule", [])
		invoice.due_date = None
	invoice.customer_name = frappe.get_cached_value("Customer", invoice.customer, "customer_name")


def note(invoice: Document, method: str | None = None) -> None:
	"""doc_events on_update of Sales Invoice: the jobs tell on their timelines to whom they are charged now."""
	if not _changed_from(invoice):
		return
	for doctype, name in jobs_on(invoice):
		frappe.get_doc(doctype, name).add_comment(
			"Info",
			_("Sales Invoice {0} is made out to {1}").format(
				get_link_to_form(INVOICE, invoice.name),
				get_link_to_form("Customer", invoice.customer),
			),
		)


def is_for(invoice: Document | frappe._dict, job: Document | frappe._dict) -> bool:
	"""Whether the customer of a job is the one whom `invoice` charges."""
	return invoice.customer == job.customer


def _changed_from(invoice: Document) -> Document | None:
	"""The stored draft, when this save changes its customer and it bills jobs."""
	if invoice.is_new() or invoice.docstatus == 2 or invoice.get("is_return"):
		return None
	stored = invoice.get_doc_before_save()
	if not stored or stored.docstatus or stored.customer == invoice.customer or not jobs_on(invoice):
		return None
	return stored
