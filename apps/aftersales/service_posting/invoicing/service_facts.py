"""What an invoice says of the service it bills: job, day, product, place of service, receipt for cash.

In the rows, which every print format shows, and as a field of its own (*Service*).
"""

from collections.abc import Iterable

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cstr, escape_html, formatdate, strip_html_tags

from aftersales.core.job_types import VISIT
from aftersales.core.selling_terms import KEY, posting_key
from aftersales.service_posting.invoicing.invoices import done_on

FIELD = "aftersales_service"


def put_on(invoice: Document, jobs: Iterable[Document]) -> None:
	"""Write it on an unsaved invoice: on the first row of each job, and in the field."""
	lines = []
	for job in jobs:
		facts = _facts(job)
		row = next((item for item in invoice.items if item.get("aftersales_voucher") == job.name), None)
		if row and facts:
			row.description = "<br>".join([cstr(row.description), *(escape_html(fact) for fact in facts)])
		lines.append(", ".join([job.name, formatdate(done_on(job)), *facts]))
	invoice.set(FIELD, "\n".join(lines))


def add_receipt(job: Document) -> None:
	"""The number of a receipt for cash, on the invoice that is there already; nothing else of it changes."""
	if not job.sales_invoice or not job.cash_receipt_no:
		return
	text = _receipt(job)
	said = cstr(frappe.db.get_value("Sales Invoice", job.sales_invoice, FIELD))
	if text in said:
		return
	lines = [f"{line}, {text}" if line.startswith(f"{job.name},") else line for line in said.splitlines()]
	invoice = frappe.get_doc("Sales Invoice", job.sales_invoice)
	key = posting_key(job.doctype, job.name, "Sales Invoice")
	for item in invoice.items:
		if item.get(KEY) == key:
			item.db_set(
				"description", f"{cstr(item.description)}<br>{escape_html(text)}", update_modified=False
			)
	frappe.db.set_value("Sales Invoice", invoice.name, FIELD, "\n".join(lines))


def _facts(job: Document) -> list[str]:
	return [fact for fact in (_product(job), _place(job), _receipt(job)) if fact]


def _product(job: Document) -> str:
	product = _product_of(job)
	name = " ".join(part for part in (product.get("brand"), product.get("model")) if part) or cstr(
		product.get("item_code")
	)
	serial = product.get("serial_no") or product.get("serial_text")
	return _("{0}, serial number {1}").format(name, serial) if name and serial else name or cstr(serial)


def _product_of(job: Document) -> frappe._dict:
	fields = ["brand", "model", "item_code", "serial_no", "serial_text"]
	source = (
		("Customer Equipment", job.get("equipment"))
		if job.get("equipment")
		else ("Repair Call", job.get("repair_call"))
	)
	return (source[1] and frappe.db.get_value(*source, fields, as_dict=True)) or frappe._dict()


def _place(job: Document) -> str:
	"""Where the visit was: the address of its call, on one line; a repair in the workshop has none."""
	if job.doctype != VISIT or not job.get("repair_call"):
		return ""
	address = frappe.db.get_value("Repair Call", job.repair_call, "service_address_display")
	lines = strip_html_tags(cstr(address).replace("<br>", "\n").replace("<br/>", "\n")).splitlines()
	return ", ".join(line for line in (line.strip() for line in lines) if line)


def _receipt(job: Document) -> str:
	return _("Receipt {0}").format(job.cash_receipt_no) if job.get("cash_receipt_no") else ""
