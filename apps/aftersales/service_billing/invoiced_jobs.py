"""The jobs that a Sales Invoice bills, when somebody works on the invoice in ERPNext."""

import frappe
from frappe.model.document import Document

from aftersales.service_billing import job_place
from aftersales.service_posting.invoicing import billed_rows
from aftersales.service_posting.invoicing.invoices import jobs_on
from aftersales.service_posting.posting import refresh_jobs_of, release_invoice


def claim(invoice: Document) -> None:
	"""before_insert: only `post_job`, the billing run and the amendment of what they made bill jobs.

	Raises:
		frappe.ValidationError: a job of the amended invoice is cancelled, or billed again already.
	"""
	if invoice.flags.made_by_posting:
		return
	invoice.aftersales_posting_key = None
	billed_rows.claim(invoice)
	if original := job_place.amended_job(invoice):
		job_place.claim_amended(invoice, original)


def keep(invoice: Document) -> None:
	"""validate: rows keep their jobs, and the parts of a job do not leave stock a second time.

	Raises:
		frappe.PermissionError: a later save changes what the invoice was made for.
		frappe.ValidationError: the invoice would move stock.
	"""
	if invoice.is_new():
		billed_rows.validate_update_stock(invoice)
	elif not invoice.flags.made_by_posting:
		billed_rows.keep(invoice)
		billed_rows.validate_update_stock(invoice)
	job_place.keep(invoice)


def name_on_jobs(invoice: Document) -> None:
	"""after_insert: the jobs name the invoice. What `post_job` makes is named by it in one write at the end."""
	if invoice.flags.made_by_posting:
		return
	for doctype, name in jobs_on(invoice):
		stored = frappe.db.get_value(
			doctype, name, ["docstatus", "sales_invoice"], as_dict=True, for_update=True
		)
		if stored and stored.docstatus == 1 and not stored.sales_invoice:
			frappe.get_doc(doctype, name).db_set("sales_invoice", invoice.name)
	refresh_jobs_of(invoice)


def refresh(invoice: Document) -> None:
	"""on_change, paid or edited by whatever way: the jobs show status and amounts.

	ERPNext writes an outstanding amount past the document, but its status always through it.
	"""
	if invoice.flags.made_by_posting or invoice.docstatus == 2:
		return
	for job in billed_rows.dropped(invoice):
		release_invoice(job, invoice.name)
	refresh_jobs_of(invoice)


def release(invoice: Document, cancelled: bool) -> None:
	"""on_cancel (`cancelled`), on_trash: the jobs can be billed again. Rows keep the names of their jobs."""
	jobs = jobs_on(invoice)
	if cancelled and jobs:
		invoice.db_set("aftersales_posting_key", None, update_modified=False)
		billed_rows.free(invoice)
	for job in jobs:
		release_invoice(job, invoice.name, deleted=not cancelled)
