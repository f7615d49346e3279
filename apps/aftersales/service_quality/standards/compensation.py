"""Compensation for deliveries and visits that came late, where a standard of the site promises it."""

import frappe
from frappe.model.document import Document

from aftersales.service_accounts import delay

COMPENSATION = "Compensation per Day"


def goods_left(document: Document) -> None:
	"""Goods went out by a Delivery Note, or a Sales Invoice that takes them from stock.

	Proposes a compensation for each order of it that is now delivered, late.
	"""
	if document.doctype == "Sales Invoice" and not document.update_stock:
		return
	field = "sales_order" if document.doctype == "Sales Invoice" else "against_sales_order"
	orders = sorted({row.get(field) for row in document.items if row.get(field)})
	if document.is_return or not orders or not _is_promised("Sales Order"):
		return
	for order in orders:
		delay.propose_for("Sales Order", order)


def call_saved(call: Document, method: str | None = None) -> None:
	"""on_update of Repair Call: somebody has arrived, days after the promised window."""
	if call.promise_result == "Late" and call.has_value_changed("arrived_at") and _is_promised("Repair Call"):
		delay.propose_for("Repair Call", call.name)


def _is_promised(doctype: str) -> bool:
	"""Whether a standard that holds compensates what a target on this DocType enforces."""
	standard, row = frappe.qb.DocType("Service Standard"), frappe.qb.DocType("Service Standard Target")
	target = frappe.qb.DocType("Service Target")
	return bool(
		frappe.qb.from_(standard)
		.join(row)
		.on((row.parent == standard.name) & (row.parenttype == "Service Standard"))
		.join(target)
		.on(target.name == row.service_target)
		.select(standard.name)
		.where((standard.disabled == 0) & (standard.consequence_action == COMPENSATION))
		.where((target.document_type == doctype) & (target.enabled == 1))
		.limit(1)
		.run()
	)
