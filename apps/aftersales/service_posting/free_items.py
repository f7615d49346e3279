"""What a pricing rule gives away with other items stands on the job, too, so that it leaves stock.

ERPNext adds a free item to the invoice, which moves no stock here. On a Delivery Note ERPNext moves it by itself.
"""

import frappe
from frappe.model.document import Document
from frappe.utils import cint, flt

from aftersales.service_posting.plan.posting_plan import CUSTOMER


def set_lines(doc: Document, invoice: Document, delivered: bool) -> None:
	"""Add, change or take away part lines of the draft job `doc` as the priced `invoice` gives free items.

	`delivered`: a Delivery Note moves what the customer gets.
	"""
	wanted = {} if delivered else _given(invoice)
	for line in [line for line in doc.parts if line.free_with]:
		qty = wanted.pop((line.item_code, line.free_with), 0)
		if qty:
			line.qty = qty
		else:
			doc.remove(line)
	for (item_code, rule), qty in wanted.items():
		doc.append("parts", _line(doc, item_code, rule, qty))


def _given(invoice: Document) -> dict[tuple[str, str], float]:
	found: dict[tuple[str, str], float] = {}
	for item in invoice.items:
		if cint(item.get("is_free_item")) and _is_stocked(item.item_code):
			key = (item.item_code, _rule(item.get("pricing_rules")))
			found[key] = found.get(key, 0) + flt(item.qty) * (flt(item.conversion_factor) or 1)
	return found


def _line(doc: Document, item_code: str, rule: str, qty: float) -> dict:
	item = frappe.get_cached_value("Item", item_code, ["item_name", "stock_uom"], as_dict=True)
	return {
		"item_code": item_code,
		"item_name": item.item_name,
		"uom": item.stock_uom,
		"qty": qty,
		"warehouse": doc.parts_warehouse,
		"charge_to": CUSTOMER,
		"free_with": rule,
	}


def _rule(applied: str | None) -> str:
	names = frappe.parse_json(applied) if applied and applied.startswith("[") else (applied or "").split(",")
	return names[0] if names else ""


def _is_stocked(item_code: str) -> bool:
	return bool(cint(frappe.get_cached_value("Item", item_code, "is_stock_item")))
