"""What a customer may see of the invoices of their service jobs."""

from collections.abc import Iterable

import frappe
from frappe.query_builder import Order

from aftersales.core.selling_terms import posting_key

INVOICE_FIELDS = (
	"name",
	"customer",
	"posting_date",
	"due_date",
	"grand_total",
	"rounded_total",
	"outstanding_amount",
	"currency",
	"status",
)


def invoices_of_jobs(jobs: Iterable[tuple[str, str]]) -> list[frappe._dict]:
	"""Submitted invoices that bill the jobs (DocType and name each), alone or with others; oldest first."""
	keys = [posting_key(doctype, name, "Sales Invoice") for doctype, name in jobs]
	if not keys:
		return []
	invoice, row = frappe.qb.DocType("Sales Invoice"), frappe.qb.DocType("Sales Invoice Item")
	return (
		frappe.qb.from_(row)
		.join(invoice)
		.on(invoice.name == row.parent)
		.select(*(invoice[field] for field in INVOICE_FIELDS))
		.distinct()
		.where(row.aftersales_posting_key.isin(keys) & (invoice.docstatus == 1) & (invoice.is_return == 0))
		.orderby(invoice.posting_date, order=Order.asc)
		.orderby(invoice.name, order=Order.asc)
		.run(as_dict=True)
	)


def bills_a_job(invoice: str) -> bool:
	"""True when an invoice bills at least one service job."""
	return bool(
		frappe.db.exists("Sales Invoice Item", {"parent": invoice, "aftersales_voucher": ("is", "set")})
	)
