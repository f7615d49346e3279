"""Compensation for deliveries and visits that came late, where a standard of the site promises it."""

import frappe
from frappe.model.document import Document

from aftersales.service_accounts import delay

COMPENSATION = "Compensation per Day"


def delivery_submitted(note: Document) -> None:
	"""Goods went out: propose a compensation for each order of the note that is now delivered, late."""
	orders = sorted({row.against_sales_order for row in note.items if row.against_sales_order})
	if note.is_return or not orders or not _is_promised("Sales Order"):
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
