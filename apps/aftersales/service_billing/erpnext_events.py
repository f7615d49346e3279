"""Keeps jobs true when somebody works on the ERPNext side: `doc_events` of hooks.py."""

import frappe
from frappe.model.document import Document

from aftersales.service_billing.posting import JOB_DOCTYPES, PURPOSES, posting_key, refresh_billing


def carry_link_to_amendment(doc: Document, method: str | None = None) -> None:
	"""before_insert: the amendment of a document made for a job takes over its place."""
	if not doc.get("amended_from") or doc.get("aftersales_voucher"):
		return
	original = frappe.db.get_value(
		doc.doctype, doc.amended_from, ["aftersales_voucher_type", "aftersales_voucher"], as_dict=True
	)
	if original and original.aftersales_voucher and _is_free(doc.doctype, original):
		doc.aftersales_voucher_type = original.aftersales_voucher_type
		doc.aftersales_voucher = original.aftersales_voucher
		doc.aftersales_posting_key = posting_key(
			original.aftersales_voucher_type, original.aftersales_voucher, doc.doctype
		)
		_carry_line_links(doc)


def take_place(doc: Document, method: str | None = None) -> None:
	"""after_insert: the job names the document that holds its posting key.

	Documents that `post_job` makes are named by it in one write at the end.
	"""
	if doc.flags.made_by_posting:
		return
	job = _job_of(doc)
	if job and job.docstatus == 1 and doc.aftersales_posting_key and not job.get(PURPOSES[doc.doctype]):
		job.db_set(PURPOSES[doc.doctype], doc.name)
		if doc.doctype == "Sales Invoice":
			refresh_billing(job)


def refresh_job(doc: Document, method: str | None = None) -> None:
	"""on_submit, on_update of the invoice: billing status and amounts of the job follow it."""
	if doc.flags.made_by_posting:
		return
	job = _job_of(doc)
	if job and job.sales_invoice == doc.name:
		refresh_billing(job)


def release(doc: Document, method: str | None = None) -> None:
	"""on_cancel, on_trash: free the posting key and the job's link, so that it can be posted again."""
	if not doc.get("aftersales_posting_key"):
		return
	if method == "on_cancel":
		doc.db_set("aftersales_posting_key", None, update_modified=False)
	job = _job_of(doc)
	field = PURPOSES[doc.doctype]
	if job and job.get(field) == doc.name:
		job.db_set(field, None)
		if doc.doctype == "Sales Invoice":
			refresh_billing(job)


def follow_payment(doc: Document, method: str | None = None) -> None:
	"""Payment Ledger Entry on_update: whatever changed the outstanding amount, the job shows it."""
	if doc.against_voucher_type != "Sales Invoice" or doc.voucher_no == doc.against_voucher_no:
		return
	invoice = frappe.db.get_value(
		"Sales Invoice", doc.against_voucher_no, ["aftersales_voucher_type", "aftersales_voucher"], as_dict=True
	)
	if invoice and invoice.aftersales_voucher:
		refresh_billing(frappe.get_doc(invoice.aftersales_voucher_type, invoice.aftersales_voucher))


def _job_of(doc: Document) -> Document | None:
	if doc.get("aftersales_voucher_type") not in JOB_DOCTYPES or not doc.get("aftersales_voucher"):
		return None
	if not frappe.db.exists(doc.aftersales_voucher_type, doc.aftersales_voucher):
		return None
	return frappe.get_doc(doc.aftersales_voucher_type, doc.aftersales_voucher)


def _is_free(doctype: str, original: frappe._dict) -> bool:
	key = posting_key(original.aftersales_voucher_type, original.aftersales_voucher, doctype)
	return not frappe.db.exists(doctype, {"aftersales_posting_key": key})


def _carry_line_links(doc: Document) -> None:
	"""Rows of an amendment keep their order; each takes the line link of the row it came from."""
	if not doc.get("items"):
		return
	rows = frappe.get_all(
		doc.items[0].doctype,
		filters={"parent": doc.amended_from},
		fields=["idx", "item_code", "aftersales_line"],
	)
	by_place = {(row.idx, row.item_code): row.aftersales_line for row in rows}
	for item in doc.items:
		item.aftersales_line = by_place.get((item.idx, item.item_code))
