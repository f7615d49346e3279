"""Due date and payment schedule of a draft invoice whose posting date has moved on.

ERPNext gives a draft the day on which it is saved or submitted as posting date, unless *Edit Posting Date and Time*
is ticked, but leaves due date and payment schedule as they were made for the earlier day: it then refuses the
invoice, or grants fewer days than were agreed. Invoices of our jobs wait as drafts as a rule, so both are made
anew for the new day, by the same terms. What somebody entered instead of the terms is kept as long as it is not past.
"""

from datetime import date

import frappe
from erpnext.accounts.party import get_due_date
from erpnext.controllers.accounts_controller import get_payment_terms
from frappe.model.document import Document
from frappe.utils import cint, getdate

from aftersales.core.selling_terms import KEY
from aftersales.service_posting.invoicing.invoices import jobs_on

INVOICE = "Sales Invoice"


def renew(invoice: Document, method: str | None = None) -> None:
	"""doc_events before_validate: terms run from the day on which the invoice of a job, or of a fee, is posted.

	Does nothing to credit notes, which are not due, and to invoices that are none of ours.
	"""
	is_ours = invoice.get(KEY) or jobs_on(invoice)
	if invoice.docstatus == 2 or invoice.get("is_return") or not is_ours:
		return
	stored = _made_before(invoice)
	if not stored:
		return
	if not stored.payment_terms_template and _only_due_date_changed(invoice, stored):
		invoice.set("payment_schedule", [])  # or its one row would win over what was entered
		return
	before, now = getdate(stored.posting_date), _posting_date(invoice)
	if before == now or not _is_as_stored(invoice, stored):
		return
	if not _is_by_terms(stored, before) and getdate(stored.due_date) >= now:
		return
	invoice.set("payment_schedule", [])
	invoice.due_date = _due_date(invoice, now)


def _made_before(invoice: Document) -> Document | None:
	"""The invoice as it is stored, or the cancelled one that it amends; None for a new one."""
	if not invoice.is_new():
		return invoice.get_doc_before_save() or frappe.get_doc(INVOICE, invoice.name)
	amended = invoice.get("amended_from")
	return frappe.get_doc(INVOICE, amended) if amended else None


def _posting_date(invoice: Document) -> date:
	"""The posting date that ERPNext is about to give the invoice; a new amendment keeps that of what it amends."""
	is_fixed = (
		cint(invoice.set_posting_time)
		or (frappe.flags.in_import and invoice.posting_date)
		or (invoice.is_new() and invoice.get("amended_from"))
	)
	return getdate(invoice.posting_date) if is_fixed else getdate()


def _only_due_date_changed(invoice: Document, stored: Document) -> bool:
	return (
		bool(invoice.due_date)
		and getdate(invoice.due_date) != getdate(stored.due_date)
		and len(invoice.payment_schedule) == 1
		and _days(invoice) == _days(stored)
	)


def _is_as_stored(invoice: Document, stored: Document) -> bool:
	"""Whether nobody has changed terms, due date or schedule in this save."""
	return (
		(invoice.payment_terms_template or "") == (stored.payment_terms_template or "")
		and getdate(invoice.due_date) == getdate(stored.due_date)
		and _days(invoice) == _days(stored)
	)


def _is_by_terms(stored: Document, posting_date: date) -> bool:
	"""Whether the stored schedule is what the terms give for its posting date: nobody has entered another."""
	if stored.payment_terms_template:
		by_terms = [
			getdate(row.due_date) for row in get_payment_terms(stored.payment_terms_template, posting_date)
		]
	else:
		by_terms = [getdate(_due_date(stored, posting_date))]
	return _days(stored) == by_terms


def _due_date(invoice: Document, posting_date: date) -> date | str:
	return get_due_date(
		str(posting_date),
		"Customer",
		invoice.customer,
		invoice.company,
		template_name=invoice.payment_terms_template or None,
	)


def _days(invoice: Document) -> list[date]:
	return [getdate(row.due_date) for row in invoice.payment_schedule]
