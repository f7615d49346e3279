"""The Delivery Note of a job, and the returns of what it delivered, which belong to the same job."""

import frappe
from frappe.model.document import Document
from frappe.query_builder.functions import Coalesce, Sum
from frappe.utils import flt
from pypika.functions import NullIf

from aftersales.core.job_types import JOB_DOCTYPES


def costs_of_lines(delivery_note: str) -> dict[str, float]:
	"""By line of the job, what the note took out of stock, less what submitted returns brought back.

	Company currency, from the stock ledger: the items of a Product Bundle are counted to its row.
	"""
	note, row = frappe.qb.DocType("Delivery Note"), frappe.qb.DocType("Delivery Note Item")
	source, moved = (
		frappe.qb.DocType("Delivery Note Item").as_("source"),
		frappe.qb.DocType("Stock Ledger Entry"),
	)
	line = Coalesce(NullIf(row.aftersales_line, ""), source.aftersales_line)
	found = (
		frappe.qb.from_(note)
		.join(row)
		.on(row.parent == note.name)
		.join(moved)
		.on(
			(moved.voucher_type == "Delivery Note")
			& (moved.voucher_no == note.name)
			& (moved.voucher_detail_no == row.name)
			& (moved.is_cancelled == 0)
		)
		.left_join(source)
		.on(source.name == row.dn_detail)
		.select(line, Sum(moved.stock_value_difference))
		.where(
			((note.name == delivery_note) | (note.return_against == delivery_note)) & (note.docstatus == 1)
		)
		.groupby(line)
	).run()
	return {name: -flt(value) for name, value in found if name}


def name_returned_job(doc: Document) -> None:
	"""A return of a job's Delivery Note names the job, without a claim to its place."""
	if doc.doctype != "Delivery Note" or not doc.get("is_return") or not doc.get("return_against"):
		return
	job_type, job = frappe.db.get_value(
		"Delivery Note", doc.return_against, ["aftersales_voucher_type", "aftersales_voucher"]
	) or (None, None)
	if job_type not in JOB_DOCTYPES:
		return
	doc.aftersales_voucher_type, doc.aftersales_voucher = job_type, job
	centers = dict(
		frappe.get_all(
			"Delivery Note Item",
			filters={"parent": doc.return_against},
			fields=["name", "cost_center"],
			as_list=True,
		)
	)
	for item in doc.items:  # ERPNext does not copy it, and the default would take the cost off another one
		item.cost_center = centers.get(item.dn_detail) or item.cost_center


def returned_job(doc: Document) -> Document | None:
	"""The submitted job whose delivery a return takes back, None for any other document."""
	if doc.doctype != "Delivery Note" or not doc.get("is_return") or not doc.get("aftersales_voucher"):
		return None
	delivered = frappe.db.get_value(doc.aftersales_voucher_type, doc.aftersales_voucher, "delivery_note")
	if not delivered or delivered != doc.return_against:
		return None
	return frappe.get_doc(doc.aftersales_voucher_type, doc.aftersales_voucher)
