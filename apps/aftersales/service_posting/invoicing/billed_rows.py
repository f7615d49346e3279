"""Which rows of a Sales Invoice bill which job is a fact that nobody edits; doc_events keep it true.

One row of each job holds the job's unique posting key. A row that the accountant deletes takes its part
of the job off the invoice; when the last row of a job is gone, the job is to be billed again.
"""

from collections import deque

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, get_link_to_form

from aftersales.core.job_types import JOB_DOCTYPES
from aftersales.core.locks import lock
from aftersales.core.selling_terms import KEY, posting_key
from aftersales.service_posting.invoicing.invoices import LINK_FIELDS, JobKey, jobs_on

ROW_FIELDS = (*LINK_FIELDS, "aftersales_line")


def claim(doc: Document) -> None:
	"""before_insert of an invoice made by hand: only an amendment bills the jobs of what it amends.

	A credit note names the jobs it credits, without claiming them.

	Raises:
		frappe.ValidationError: a job of the amended invoice is cancelled, or billed again already.
	"""
	sent = [item.get("aftersales_line") for item in doc.items]
	for item in doc.items:
		item.update(dict.fromkeys(ROW_FIELDS))
	if doc.get("is_return"):
		_name_credited_jobs(doc)
	elif doc.get("amended_from"):
		_claim_amended(doc, sent)


def keep(doc: Document) -> None:
	"""validate of a stored invoice: rows keep their jobs, and each job left on it keeps its key.

	Raises:
		frappe.PermissionError: a row was given to another job.
	"""
	before = doc.get_doc_before_save()
	stored = {item.name: item for item in before.items} if before else {}
	for item in doc.items:
		was = stored.get(item.name) or frappe._dict()
		for fieldname in ROW_FIELDS:
			if (item.get(fieldname) or None) == (was.get(fieldname) or None):
				continue
			if was:
				frappe.throw(
					_("Row {0}: {1} cannot be changed, the row was made for a service job.").format(
						item.idx, frappe.bold(_(item.meta.get_label(fieldname)))
					),
					frappe.PermissionError,
				)
			item.set(fieldname, None)  # a row added by hand bills no job
	if before and before.docstatus == 0 and not doc.get("is_return"):
		_set_keys(doc)


def validate_update_stock(doc: Document) -> None:
	"""The parts of a job left stock when it was finished: its invoice moves none.

	Raises:
		frappe.ValidationError: names the documents that moved the parts, and what to do.
	"""
	if not cint(doc.get("update_stock")) or doc.get("is_return") or not (jobs := jobs_on(doc)):
		return
	frappe.throw(
		_(
			"{0} bills {1}, whose parts leave stock when the job is finished. Untick {2}, and bill other goods with a separate invoice."
		).format(
			doc.name or _("This invoice"),
			", ".join(get_link_to_form(*job) for job in jobs),
			frappe.bold(_(doc.meta.get_label("update_stock"))),
		),
		title=_("Parts Would Leave Stock Twice"),
	)


def dropped(doc: Document) -> list[JobKey]:
	"""The jobs whose last row this save has removed."""
	before = doc.get_doc_before_save()
	if not before:
		return []
	now = set(_jobs(doc))
	return [job for job in _jobs(before) if job not in now]


def free(doc: Document) -> None:
	"""Give up the keys of a cancelled invoice."""
	rows = frappe.qb.DocType("Sales Invoice Item")
	frappe.qb.update(rows).set(rows[KEY], None).where(rows.parent == doc.name).run()
	for item in doc.items:
		item.set(KEY, None)


def free_job(invoice: str, job: JobKey) -> None:
	"""Give up the place of one job on an invoice that was credited; the rows keep its name."""
	key = posting_key(*job, "Sales Invoice")
	rows = frappe.qb.DocType("Sales Invoice Item")
	frappe.qb.update(rows).set(rows[KEY], None).where((rows.parent == invoice) & (rows[KEY] == key)).run()
	if frappe.db.get_value("Sales Invoice", invoice, KEY) == key:
		frappe.db.set_value("Sales Invoice", invoice, KEY, None, update_modified=False)


def hold_job(invoice: Document, job: JobKey) -> None:
	"""Take the place of one job again on a submitted invoice that names it."""
	key = posting_key(*job, "Sales Invoice")
	row = next(
		item for item in invoice.items if (item.aftersales_voucher_type, item.aftersales_voucher) == job
	)
	row.db_set(KEY, key, update_modified=False)
	if (invoice.aftersales_voucher_type, invoice.aftersales_voucher) == job:
		invoice.db_set(KEY, key, update_modified=False)


def _jobs(doc: Document) -> list[JobKey]:
	return list(
		dict.fromkeys(
			(item.aftersales_voucher_type, item.aftersales_voucher)
			for item in doc.items
			if item.get("aftersales_voucher")
		)
	)


def _set_keys(doc: Document) -> None:
	"""The row that holds a job's key may be gone: then the first one left holds it."""
	holding = {item.get(KEY) for item in doc.items}
	for item in doc.items:
		if item.get("aftersales_voucher"):
			key = posting_key(item.aftersales_voucher_type, item.aftersales_voucher, "Sales Invoice")
			if key not in holding:
				item.set(KEY, key)
				holding.add(key)


def _claim_amended(doc: Document, sent: list[str | None]) -> None:
	"""A row of the amendment takes over the job of the row it came from: by its line, else by its place."""
	original = _rows_of(doc.amended_from)
	jobs = {(row.aftersales_voucher_type, row.aftersales_voucher) for row in original}
	for doctype, name in sorted(job for job in jobs if job[0] in JOB_DOCTYPES):
		_refuse_taken(doc, doctype, name)
	by_line = {(row.aftersales_line, row.item_code): row for row in original if row.aftersales_line}
	by_item: dict[str, deque] = {}
	for row in original:
		by_item.setdefault(row.item_code, deque()).append(row)
	for item, line in zip(doc.items, sent, strict=True):
		row = by_line.get((line, item.item_code))
		if not row and not line and by_item.get(item.item_code):
			row = by_item[item.item_code].popleft()
		if row:
			item.update(
				{
					"aftersales_voucher_type": row.aftersales_voucher_type,
					"aftersales_voucher": row.aftersales_voucher,
					"aftersales_line": row.aftersales_line,
				}
			)
	_set_keys(doc)


def _name_credited_jobs(doc: Document) -> None:
	rows = {row.name: row for row in _rows_of(doc.return_against)} if doc.return_against else {}
	for item in doc.items:
		if row := rows.get(item.get("sales_invoice_item")):
			item.aftersales_voucher_type = row.aftersales_voucher_type
			item.aftersales_voucher = row.aftersales_voucher


def _rows_of(invoice: str) -> list[frappe._dict]:
	return frappe.get_all(
		"Sales Invoice Item",
		filters={"parent": invoice},
		fields=["name", "item_code", "aftersales_voucher_type", "aftersales_voucher", "aftersales_line"],
		order_by="idx asc",
	)


def _refuse_taken(doc: Document, doctype: str, name: str) -> None:
	"""A job is billed once, amended or not. Its row is locked against those who cancel it at this moment."""
	job = get_link_to_form(doctype, name)
	if lock(doctype, name, "docstatus") != 1:
		frappe.throw(
			_("{0} was made for {1}, which is cancelled. Amend the job instead.").format(
				doc.amended_from, job
			)
		)
	holder = frappe.db.get_value(
		"Sales Invoice Item", {KEY: posting_key(doctype, name, "Sales Invoice")}, "parent"
	)
	if holder:
		frappe.throw(
			_("{0} was posted again: {1} replaces {2}. Cancel the new document first.").format(
				job, get_link_to_form("Sales Invoice", holder), doc.amended_from
			)
		)
