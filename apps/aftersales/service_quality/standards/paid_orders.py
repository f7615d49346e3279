"""Since when a Sales Order that has not left is paid in full: in advance, by its invoices, or by both.

The clock of goods that go out after payment starts by it. Orders are looked at only where a target asks for it.
"""

import frappe
from frappe.model.document import Document
from frappe.query_builder.functions import Sum
from frappe.utils import flt, now_datetime

from aftersales.service_levels import clocks, targets

FIELD = "aftersales_paid_at"
UNSENT = ("To Deliver and Bill", "To Deliver", "On Hold")
"""States of an order whose goods have not all left. Goods that leave first and are paid later are no case."""


def order_changed(order: Document, method: str | None = None) -> None:
	"""on_change of Sales Order: an advance came, or went back."""
	if _targets():
		_note(order)


def invoice_changed(invoice: Document) -> None:
	"""on_change of Sales Invoice: it was paid, or is owed again."""
	if invoice.docstatus == 0 or not _targets():
		return
	for name in sorted({row.sales_order for row in invoice.items if row.sales_order}):
		_note(frappe.get_doc("Sales Order", name))


def _targets() -> list[str]:
	return [target["name"] for target in targets.targets_of("Sales Order") if target["start_field"] == FIELD]


def _note(order: Document) -> None:
	if order.docstatus != 1 or (order.status not in UNSENT and not order.get(FIELD)):
		return
	is_paid = _is_paid(order)
	if is_paid == bool(order.get(FIELD)):
		return
	if not is_paid:
		for target in _targets():
			clocks.end_all(
				target, (order.doctype, order.name)
			)  # before the order is, which would go on with them
	order.db_set(FIELD, now_datetime() if is_paid else None)


def _is_paid(order: Document) -> bool:
	"""Advances and paid invoices come to the total; or all is billed and no invoice is owed any more."""
	total = flt(order.base_rounded_total) or flt(order.base_grand_total)
	if total <= 0:
		return False
	is_in_own_currency = order.get("party_account_currency") in (None, "", order.currency)
	advance = flt(order.advance_paid) * (flt(order.conversion_rate) or 1 if is_in_own_currency else 1)
	invoices = _invoices(order.name)
	paid = sum(_part(row) for row in invoices if row.status == "Paid")
	if advance + paid > total - 0.01:
		return True
	return bool(invoices) and flt(order.per_billed) > 99.99 and all(row.status == "Paid" for row in invoices)


def _part(row: frappe._dict) -> float:
	"""What of an invoice with other orders is this one's, taxes in proportion."""
	total = flt(row.base_rounded_total) or flt(row.base_grand_total)
	return total * flt(row.net) / flt(row.base_net_total) if flt(row.base_net_total) else 0.0


def _invoices(order: str) -> list[frappe._dict]:
	invoice, item = frappe.qb.DocType("Sales Invoice"), frappe.qb.DocType("Sales Invoice Item")
	return (
		frappe.qb.from_(invoice)
		.join(item)
		.on(item.parent == invoice.name)
		.select(
			invoice.name,
			invoice.status,
			invoice.base_rounded_total,
			invoice.base_grand_total,
			invoice.base_net_total,
			Sum(item.base_net_amount).as_("net"),
		)
		.where((item.sales_order == order) & (invoice.docstatus == 1) & (invoice.is_return == 0))
		.groupby(invoice.name)
		.orderby(invoice.name)
	).run(as_dict=True)
