"""Keeps jobs true when somebody works on the ERPNext side: `doc_events` of hooks.py."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import get_link_to_form

from aftersales.core.job_types import JOB_DOCTYPES, VISIT
from aftersales.service_posting import delivery
from aftersales.service_posting.invoicing import billed_rows
from aftersales.service_posting.invoicing.invoices import LINK_FIELDS, jobs_on
from aftersales.service_posting.plan.receipt_rules import reference_of
from aftersales.service_posting.posting import (
	PURPOSES,
	posting_key,
	refresh_billing,
	refresh_jobs_of,
	refresh_part_costs,
	release_invoice,
)


def claim_place(doc: Document, method: str | None = None) -> None:
	"""before_insert: only `post_job` and the amendment of what it made hold a job's posting key.

	A copy of such a document, or a key sent by an API call, claims nothing.

	Raises:
		frappe.ValidationError: the job of the amended document is cancelled, or posted again already.
	"""
	if doc.flags.made_by_posting:
		return
	doc.aftersales_posting_key = None
	if doc.doctype == "Sales Invoice":
		billed_rows.claim(doc)
	delivery.name_returned_job(doc)
	original = doc.get("amended_from") and frappe.db.get_value(
		doc.doctype, doc.amended_from, ["aftersales_voucher_type", "aftersales_voucher"], as_dict=True
	)
	if not original or original.aftersales_voucher_type not in JOB_DOCTYPES:
		return
	if doc.doctype == "Payment Entry" and not _hands_over_cash(doc.amended_from, original):
		return
	_refuse_taken_place(doc, original)
	doc.update(original)
	doc.aftersales_posting_key = posting_key(
		original.aftersales_voucher_type, original.aftersales_voucher, doc.doctype
	)
	if doc.doctype != "Sales Invoice":
		_carry_line_links(doc)


def keep_place(doc: Document, method: str | None = None) -> None:
	"""validate: which job a document was made for is a fact, not a field to edit.

	Raises:
		frappe.PermissionError: a later save changes it.
		frappe.ValidationError: an invoice of a job would move stock.
	"""
	if doc.is_new():
		if doc.doctype == "Sales Invoice":
			billed_rows.refuse_update_stock(doc)
		return
	if doc.doctype == "Sales Invoice" and not doc.flags.made_by_posting:
		billed_rows.keep(doc)
		billed_rows.refuse_update_stock(doc)
	for fieldname in LINK_FIELDS:
		if doc.has_value_changed(fieldname) and (doc.get(fieldname) or doc.get_value_before_save(fieldname)):
			frappe.throw(
				_("{0} cannot be changed: the document was made for a service job.").format(
					frappe.bold(_(doc.meta.get_label(fieldname)))
				),
				frappe.PermissionError,
			)


def take_place(doc: Document, method: str | None = None) -> None:
	"""after_insert: the job names the document that holds its posting key.

	Documents that `post_job` makes are named by it in one write at the end.
	"""
	if doc.flags.made_by_posting:
		return
	if doc.doctype == "Sales Invoice":
		_name_on_jobs(doc)
		return
	job = _job_of(doc)
	if job and job.docstatus == 1 and doc.aftersales_posting_key and not job.get(PURPOSES[doc.doctype]):
		job.db_set(PURPOSES[doc.doctype], doc.name)


def refresh_job(doc: Document, method: str | None = None) -> None:
	"""on_change of the invoice, paid or edited by whatever way: its jobs show status and amounts.

	ERPNext writes an outstanding amount past the document, but its status always through it.
	"""
	if doc.flags.made_by_posting or doc.docstatus == 2:
		return
	for job in billed_rows.dropped(doc):
		release_invoice(job, doc.name)
	refresh_jobs_of(doc)


def refresh_costs(doc: Document, method: str | None = None) -> None:
	"""on_submit of what moves parts, and of the return of a delivery: the job shows what they cost."""
	if job := delivery.returned_job(doc):
		refresh_part_costs(job)
	if doc.flags.made_by_posting or not doc.get("aftersales_posting_key"):
		return
	if _holder(doc) == doc.name:
		refresh_part_costs(_job_of(doc))


def release(doc: Document, method: str | None = None) -> None:
	"""on_cancel, on_trash: free the posting key and the job's link, so that it can be posted again."""
	if doc.doctype == "Sales Invoice":
		_release_jobs(doc, method)
		return
	if job := delivery.returned_job(doc):
		refresh_part_costs(job)
	if not doc.get("aftersales_posting_key"):
		return
	if method == "on_cancel":
		doc.db_set("aftersales_posting_key", None, update_modified=False)
	job = _job_of(doc)
	field = PURPOSES[doc.doctype]
	if job and job.get(field) == doc.name:
		job.db_set(field, None)
		if doc.doctype in ("Stock Entry", "Delivery Note"):
			refresh_part_costs(job)


def name_paid_job(doc: Document, method: str | None = None) -> None:
	"""before_submit of a payment for the invoice of one job only: it names the job, as found from there.

	It takes no place: a job may be paid in parts.
	"""
	if doc.aftersales_voucher:
		return
	paid = {(row.reference_doctype, row.reference_name) for row in doc.references}
	jobs = {
		frappe.db.get_value(doctype, name, ["aftersales_voucher_type", "aftersales_voucher"])
		if doctype == "Sales Invoice"
		else None
		for doctype, name in paid
	}
	if len(jobs) == 1 and (job := jobs.pop()) and job[1]:
		doc.aftersales_voucher_type, doc.aftersales_voucher = job


def _name_on_jobs(invoice: Document) -> None:
	for doctype, name in jobs_on(invoice):
		stored = frappe.db.get_value(
			doctype, name, ["docstatus", "sales_invoice"], as_dict=True, for_update=True
		)
		if stored and stored.docstatus == 1 and not stored.sales_invoice:
			frappe.get_doc(doctype, name).db_set("sales_invoice", invoice.name)
	refresh_jobs_of(invoice)


def _release_jobs(invoice: Document, method: str | None) -> None:
	"""Rows keep the names of their jobs; only the keys are freed, so that the jobs can be billed again."""
	jobs = jobs_on(invoice)
	if method == "on_cancel" and jobs:
		invoice.db_set("aftersales_posting_key", None, update_modified=False)
		billed_rows.free(invoice)
	for job in jobs:
		release_invoice(job, invoice.name, deleted=method == "on_trash")


def _hands_over_cash(payment: str, job: frappe._dict) -> bool:
	"""Whether a payment booked the cash of a visit, which `receive_cash` enters under its receipts."""
	if job.aftersales_voucher_type != VISIT:
		return False
	visit = frappe.get_doc(job.aftersales_voucher_type, job.aftersales_voucher)
	receipts = [row.receipt_no for row in visit.cash_receipts if row.kind == "Received"]
	reference = frappe.db.get_value("Payment Entry", payment, "reference_no")
	return bool(receipts) and reference in (*receipts, reference_of(receipts))


def _holder(doc: Document) -> str | None:
	"""The document that the job names in the place of `doc`."""
	if doc.aftersales_voucher_type not in JOB_DOCTYPES:
		return None
	return frappe.db.get_value(doc.aftersales_voucher_type, doc.aftersales_voucher, PURPOSES[doc.doctype])


def _job_of(doc: Document) -> Document | None:
	if doc.get("aftersales_voucher_type") not in JOB_DOCTYPES or not doc.get("aftersales_voucher"):
		return None
	if not frappe.db.exists(doc.aftersales_voucher_type, doc.aftersales_voucher):
		return None
	return frappe.get_doc(doc.aftersales_voucher_type, doc.aftersales_voucher)


def _refuse_taken_place(doc: Document, original: frappe._dict) -> None:
	"""A job is billed once and its parts are issued once, amended or not.

	The job is locked: whoever cancels it at this moment comes before, and is seen, or after, and sees this.
	"""
	job_link = get_link_to_form(original.aftersales_voucher_type, original.aftersales_voucher)
	docstatus = frappe.db.get_value(
		original.aftersales_voucher_type, original.aftersales_voucher, "docstatus", for_update=True
	)
	if docstatus != 1:
		frappe.throw(
			_("{0} was made for {1}, which is cancelled. Amend the job instead.").format(
				doc.amended_from, job_link
			)
		)
	key = posting_key(original.aftersales_voucher_type, original.aftersales_voucher, doc.doctype)
	holder = frappe.db.get_value(doc.doctype, {"aftersales_posting_key": key})
	if holder:
		frappe.throw(
			_("{0} was posted again: {1} replaces {2}. Cancel the new document first.").format(
				job_link, get_link_to_form(doc.doctype, holder), doc.amended_from
			)
		)


def _carry_line_links(doc: Document) -> None:
	"""Each row of an amendment keeps the line link of the row it came from, or has that of the row in its place."""
	if not doc.get("items"):
		return
	rows = frappe.get_all(
		doc.items[0].doctype,
		filters={"parent": doc.amended_from},
		fields=["idx", "item_code", "aftersales_line"],
	)
	by_place = {(row.idx, row.item_code): row.aftersales_line for row in rows}
	known = {(row.aftersales_line, row.item_code) for row in rows}
	sent = any(item.get("aftersales_line") for item in doc.items)  # rows may have been left out or moved
	for item in doc.items:
		if not sent:
			item.aftersales_line = by_place.get((item.idx, item.item_code))
		elif (item.get("aftersales_line"), item.item_code) not in known:
			item.aftersales_line = None
