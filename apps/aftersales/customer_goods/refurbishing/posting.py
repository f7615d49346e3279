"""What a Product Refurbishment books: unit and parts out of stock, then unit or parts into it.

Both go to the account of internal work, which bears what is lost by it. Each Stock Entry has a unique posting key: the
database refuses a second one.
"""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, flt, fmt_money

from aftersales.core import dimensions
from aftersales.core.money import rounded
from aftersales.core.selling_terms import KEY, posting_key, save_privileged
from aftersales.customer_goods.exchange.posting import accounts_of
from aftersales.customer_goods.refurbishing import refurbish_rules as rules

OUT, IN = "Out of Stock", "Into Stock"
INTERNAL = "Internal"


def post(doc: Document) -> dict:
	"""Make the Stock Entries of a submitted refurbishment; field → value.

	Raises:
		frappe.ValidationError: more would come in than it cost; ERPNext's own where something is not in stock.
	"""
	used = doc.parts if doc.outcome == rules.BACK else []
	issue = _move(doc, OUT, "Material Issue", [_unit_out(doc), *(_part_out(row) for row in used)])
	left = flt(frappe.db.get_value("Stock Entry", issue, "total_outgoing_value"))
	unit_value = flt(
		frappe.db.get_value("Stock Entry Detail", {"parent": issue, "idx": 1}, "amount", order_by="idx asc")
	)
	rows = _rows_in(doc, left)
	receipt = _move(doc, IN, "Material Receipt", rows) if rows else None
	came = rules.gained((row["qty"], row["basic_rate"]) for row in rows)
	return {
		"issue_entry": issue,
		"receipt_entry": receipt,
		"unit_value": unit_value,
		"stock_value": came
		if doc.outcome == rules.BACK
		else 0,  # tells what the work cost: not for everybody to see
		"cost": rounded(left - came),
	}


def take_back(doc: Document) -> None:
	"""Before a refurbishment is cancelled: its entries go, the last one first.

	Raises:
		frappe.ValidationError: ERPNext's own, where what came in has left stock since.
	"""
	for fieldname in ("receipt_entry", "issue_entry"):
		if name := doc.get(fieldname):
			doc.db_set(fieldname, None)
			entry = frappe.get_doc("Stock Entry", name)
			entry.flags.ignore_permissions = True
			entry.cancel()


def _rows_in(doc: Document, left: float) -> list[dict]:
	if doc.outcome == rules.BACK:
		value = rules.value_of_unit(flt(doc.new_value), left, flt(doc.work_cost))
		_validate_value(doc, value, left)
		return [_in(doc.new_item_code, 1, doc.to_warehouse, value, doc.new_serial)]
	if doc.outcome == rules.APART:
		value = rules.gained((flt(row.qty), flt(row.rate)) for row in doc.parts)
		_validate_value(doc, value, left)
		return [
			_in(row.item_code, row.qty, row.warehouse, row.rate, row.serial_no, row.batch_no)
			for row in doc.parts
		]
	return []


def _validate_value(doc: Document, value: float, left: float) -> None:
	if rules.is_too_much(value, left, flt(doc.work_cost)):
		currency = frappe.get_cached_value("Company", doc.company, "default_currency")
		frappe.throw(
			_("{0} cannot come into stock: what left it and the work cost {1}. Enter a lower value.").format(
				fmt_money(value, currency=currency),
				fmt_money(rules.most(left, flt(doc.work_cost)), currency=currency),
			),
			title=_("Worth More than It Cost"),
		)


def _unit_out(doc: Document) -> dict:
	return {
		"item_code": doc.item_code,
		"qty": 1,
		"s_warehouse": doc.warehouse,
		**_numbers(doc.item_code, doc.serial_no, None),
	}


def _part_out(row: Document) -> dict:
	return {
		"item_code": row.item_code,
		"qty": flt(row.qty),
		"s_warehouse": row.warehouse,
		**_numbers(row.item_code, row.serial_no, row.batch_no),
	}


def _in(
	item_code: str, qty: float, warehouse: str, rate: float, serials: str | None, batch: str | None = None
) -> dict:
	return {
		"item_code": item_code,
		"qty": flt(qty),
		"t_warehouse": warehouse,
		"basic_rate": flt(rate),
		"set_basic_rate_manually": 1,
		"allow_zero_valuation_rate": 0 if flt(rate) else 1,
		**_numbers(item_code, serials, batch),
	}


def _numbers(item_code: str, serials: str | None, batch: str | None) -> dict:
	item = frappe.get_cached_value("Item", item_code, ["has_serial_no", "has_batch_no"], as_dict=True)
	values = {}
	if cint(item.has_serial_no):
		values["serial_no"] = serials
	if cint(item.has_batch_no):
		values["batch_no"] = batch
	return {"use_serial_batch_fields": 1, **values} if values else {}


def _move(doc: Document, purpose: str, kind: str, rows: list[dict]) -> str:
	accounts = accounts_of(doc.company, INTERNAL)
	entry = frappe.get_doc(
		{
			"doctype": "Stock Entry",
			"stock_entry_type": kind,
			"purpose": kind,
			"company": doc.company,
			"set_posting_time": 1,
			"posting_date": doc.done_on,
			"remarks": f"{_(doc.outcome)}: {doc.name}",
			**dimensions.of_job_named(None, None, doc.company),
			"items": [
				{"expense_account": accounts.expense_account, "cost_center": accounts.cost_center, **row}
				for row in rows
			],
			"aftersales_voucher_type": doc.doctype,
			"aftersales_voucher": doc.name,
			KEY: posting_key(doc.doctype, doc.name, purpose),
		}
	)
	save_privileged(entry, submitted=True)
	return entry.name
