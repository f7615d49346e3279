"""The Sales Order that a customer gave on the estimate of a repair: its rows are billed by the job's invoice."""

from collections.abc import Iterable

import frappe
from frappe.model.document import Document
from frappe.utils import flt

from aftersales.core.selling_terms import billing_currency

CLOSED = ("Closed", "Completed")


def of_job(doc: Document) -> list[str]:
	"""Names of the submitted Sales Orders made from the job's Quotation, the oldest first."""
	return list(dict.fromkeys(row.sales_order for row in _rows(doc)))


def name_on(items: Iterable[Document], doc: Document) -> None:
	"""Let the rows of the job's invoice name the row of the Sales Order that they bill.

	So ERPNext takes what was paid on the order, and knows the order billed. A row of more than was ordered names the
	order alone: as a row of its own it would be refused as billed over the order.
	"""
	ordered = {row.line: row for row in _rows(doc)}
	if not ordered:
		return
	first = next(iter(ordered.values()))
	for item in items:
		if (item.aftersales_voucher_type, item.aftersales_voucher) != (doc.doctype, doc.name):
			continue
		row = ordered.get(item.aftersales_line)
		item.sales_order = row.sales_order if row else first.sales_order
		if row and row.item_code == item.item_code and flt(item.qty) <= flt(row.qty) and not row.billed_amt:
			item.so_detail = row.name


def _rows(doc: Document) -> list[frappe._dict]:
	if not doc.get("quotation"):
		return []
	order, row = frappe.qb.DocType("Sales Order"), frappe.qb.DocType("Sales Order Item")
	quoted = frappe.qb.DocType("Quotation Item")
	found = (
		frappe.qb.from_(row)
		.join(order)
		.on(order.name == row.parent)
		.left_join(quoted)
		.on(quoted.name == row.quotation_item)
		.select(
			order.name.as_("sales_order"),
			order.project,
			row.name,
			row.item_code,
			row.qty,
			row.billed_amt,
			quoted.aftersales_line.as_("line"),
		)
		.where((row.prevdoc_docname == doc.quotation) & (order.docstatus == 1))
		.where(order.customer == doc.customer)
		.where((order.company == doc.company) & (order.currency == billing_currency(doc)))
		.where(order.status.notin(CLOSED))
		.orderby(order.creation)
		.orderby(order.name)
		.orderby(row.idx)
	).run(as_dict=True)
	# ERPNext refuses an invoice of another project than the order's
	return [row for row in found if not row.project or row.project == doc.get("project")]
