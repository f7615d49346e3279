"""The place of a job that one document in ERPNext holds: its stock entry, delivery note, entry of hours, payment.

The unique `aftersales_posting_key` is the place. Only `post_job` and the amendment of what it made take it.
Invoices, which may bill several jobs, are in `invoiced_jobs`.
"""

from collections.abc import Callable

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import get_link_to_form

from aftersales.core.job_types import JOB_DOCTYPES
from aftersales.service_posting.invoicing.invoices import LINK_FIELDS
from aftersales.service_posting.posting import PURPOSES, posting_key, refresh_part_costs


def claim(doc: Document, only_if: Callable[[str, frappe._dict], bool] | None = None) -> None:
	"""before_insert: a copy of a document, or a key sent by an API call, claims nothing; an amendment takes the place over.

	Args:
		only_if: asked with the amended document's name and its job whether that held the place at all.

	Raises:
		frappe.ValidationError: the job of the amended document is cancelled, or posted again already.
	"""
	if doc.flags.made_by_posting:
		return
	doc.aftersales_posting_key = None
	original = amended_job(doc)
	if original and (only_if is None or only_if(doc.amended_from, original)):
		claim_amended(doc, original)
		_carry_line_links(doc)


def amended_job(doc: Document) -> frappe._dict | None:
	"""`aftersales_voucher_type` and `aftersales_voucher` of what `doc` amends, where those name a job."""
	original = doc.get("amended_from") and frappe.db.get_value(
		doc.doctype, doc.amended_from, ["aftersales_voucher_type", "aftersales_voucher"], as_dict=True
	)
	return original if original and original.aftersales_voucher_type in JOB_DOCTYPES else None


def claim_amended(doc: Document, original: frappe._dict) -> None:
	"""The amendment holds the place of the job that `original` names.

	Raises:
		frappe.ValidationError: the job is cancelled, or posted again already.
	"""
	_refuse_taken_place(doc, original)
	doc.update(original)
	doc.aftersales_posting_key = posting_key(
		original.aftersales_voucher_type, original.aftersales_voucher, doc.doctype
	)


def keep(doc: Document) -> None:
	"""validate: which job a document was made for is a fact, not a field to edit.

	Raises:
		frappe.PermissionError: a later save changes it.
	"""
	if doc.is_new():
		return
	for fieldname in LINK_FIELDS:
		if doc.has_value_changed(fieldname) and (doc.get(fieldname) or doc.get_value_before_save(fieldname)):
			frappe.throw(
				_("{0} cannot be changed: the document was made for a service job.").format(
					frappe.bold(_(doc.meta.get_label(fieldname)))
				),
				frappe.PermissionError,
			)


def take(doc: Document) -> None:
	"""after_insert: the job names the document that holds its place.

	Documents that `post_job` makes are named by it in one write at the end.
	"""
	if doc.flags.made_by_posting:
		return
	job = job_of(doc)
	if job and job.docstatus == 1 and doc.aftersales_posting_key and not job.get(PURPOSES[doc.doctype]):
		job.db_set(PURPOSES[doc.doctype], doc.name)


def refresh_costs(doc: Document) -> None:
	"""on_submit of what moves parts, by hand or as an amendment: the job shows what they cost."""
	if not doc.flags.made_by_posting and doc.get("aftersales_posting_key") and _holder(doc) == doc.name:
		refresh_part_costs(job_of(doc))


def release(doc: Document, cancelled: bool) -> Document | None:
	"""on_cancel (`cancelled`), on_trash: free the place, so that the job can be posted again; the job that named `doc`."""
	if not doc.get("aftersales_posting_key"):
		return None
	if cancelled:
		doc.db_set("aftersales_posting_key", None, update_modified=False)
	job = job_of(doc)
	field = PURPOSES[doc.doctype]
	if not job or job.get(field) != doc.name:
		return None
	job.db_set(field, None)
	return job


def job_of(doc: Document) -> Document | None:
	"""The job that a document names, None for any other document."""
	if doc.get("aftersales_voucher_type") not in JOB_DOCTYPES or not doc.get("aftersales_voucher"):
		return None
	if not frappe.db.exists(doc.aftersales_voucher_type, doc.aftersales_voucher):
		return None
	return frappe.get_doc(doc.aftersales_voucher_type, doc.aftersales_voucher)


def _holder(doc: Document) -> str | None:
	"""The document that the job names in the place of `doc`."""
	if doc.aftersales_voucher_type not in JOB_DOCTYPES:
		return None
	return frappe.db.get_value(doc.aftersales_voucher_type, doc.aftersales_voucher, PURPOSES[doc.doctype])


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
