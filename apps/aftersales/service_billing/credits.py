"""A job whose invoice was credited in full: billed again, or left, as the accountant decides.

The invoice and its credit notes stay in the books and keep naming the job; they no longer hold its place,
so that another invoice can. While another does, the credit note is not cancelled: the job would be owed twice.
"""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, get_link_to_form

from aftersales.core.guards import require_role
from aftersales.core.input.requests import DocTypeName, validate_call
from aftersales.core.job_types import JOB_DOCTYPES
from aftersales.core.locks import lock
from aftersales.core.roles import ACCOUNTANTS
from aftersales.service_billing import billing
from aftersales.service_posting.invoicing import billed_rows, discounts
from aftersales.service_posting.invoicing.invoices import JobKey, credited_jobs
from aftersales.service_posting.posting import refresh_jobs_of

INVOICE = "Sales Invoice"


@frappe.whitelist(methods=["POST"])
@validate_call
def bill_again(doctype: DocTypeName, name: str) -> str:
	"""Draft a new Sales Invoice for a job whose invoice was credited in full, and return its name.

	A draft whatever Aftersales Settings say: there was a reason to take the first one back.

	Raises:
		frappe.PermissionError: the user is no accountant or manager of the service, or may not see the job.
		frappe.ValidationError: its invoice is not credited in full, or the job cannot be billed.
	"""
	require_role(ACCOUNTANTS, _("Billing again"))
	if doctype not in JOB_DOCTYPES:
		frappe.throw(_("{0} is not a service job.").format(frappe.bold(escape_html(doctype))))
	doc = frappe.get_doc(doctype, name, for_update=True)
	doc.check_permission("read")
	job = (doctype, doc.name)
	if (
		doc.docstatus != 1
		or not doc.sales_invoice
		or job not in credited_jobs(doc.sales_invoice, for_update=True)
	):
		frappe.throw(
			_("{0} is not to be billed again: its Sales Invoice {1} is not credited in full.").format(
				doc.name, (doc.sales_invoice and get_link_to_form(INVOICE, doc.sales_invoice)) or "-"
			)
		)
	billed_rows.free_job(doc.sales_invoice, job)
	discounts.release(job, doc.sales_invoice)
	doc.db_set("sales_invoice", None)
	made = billing.bill([job], submitted=False)
	if not made:
		frappe.throw(_("The customer pays nothing of {0}.").format(doc.name))
	return made[0].name


# ---------------------------------------------------------------- the credit note in ERPNext


def update_jobs(note: Document, cancelled: bool = False) -> None:
	"""on_submit, on_cancel (`cancelled`) of a credit note: the jobs of what it credits show it.

	A job that is on no invoice any more goes back to the one whose credit note is cancelled.
	"""
	if not _credits(note):
		return
	invoice = frappe.get_doc(INVOICE, note.return_against)
	if invoice.docstatus != 1:
		return
	if cancelled:
		for job in sorted(_jobs(note)):
			if not _stored(job).sales_invoice:
				frappe.get_doc(*job).db_set("sales_invoice", invoice.name)
				billed_rows.hold_job(invoice, job)
				discounts.reapply_discount(job, invoice)
	refresh_jobs_of(invoice)


def validate_owed_once(note: Document, method: str | None = None) -> None:
	"""doc_events before_cancel of a credit note: not while a job it credits is billed by another invoice.

	Raises:
		frappe.ValidationError: names the job, and the invoice to cancel first.
	"""
	if not _credits(note):
		return
	for job in sorted(_jobs(note)):
		stored = _stored(job)
		if stored.docstatus == 2:
			frappe.throw(
				_("{0} is cancelled: Sales Invoice {1} must stay credited.").format(
					get_link_to_form(*job), get_link_to_form(INVOICE, note.return_against)
				)
			)
		if stored.sales_invoice and stored.sales_invoice != note.return_against:
			frappe.throw(
				_(
					"{0} is billed again by {1}. Cancel or delete that first, or the customer owes it twice."
				).format(get_link_to_form(*job), get_link_to_form(INVOICE, stored.sales_invoice))
			)


def _credits(note: Document) -> bool:
	return bool(note.get("is_return") and note.get("return_against"))


def _jobs(note: Document) -> set[JobKey]:
	"""The jobs a credit note takes rows back of."""
	rows = [item.sales_invoice_item for item in note.items if item.get("sales_invoice_item")]
	return {
		(row.aftersales_voucher_type, row.aftersales_voucher)
		for row in frappe.get_all(
			"Sales Invoice Item",
			filters={"name": ("in", rows), "parent": note.return_against},
			fields=["aftersales_voucher_type", "aftersales_voucher"],
		)
		if row.aftersales_voucher_type in JOB_DOCTYPES
	}


def _stored(job: JobKey) -> frappe._dict:
	"""What a job says now, its row locked."""
	return lock(*job, ["docstatus", "sales_invoice"]) or frappe._dict()
