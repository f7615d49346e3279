"""Old parts in stock, on their way to the maker and out of the books."""

import frappe
from erpnext.setup.utils import get_exchange_rate
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, nowdate

from aftersales.core import dimensions
from aftersales.core.input.requests import validate_call
from aftersales.core.money import rounded
from aftersales.core.selling_terms import KEY, posting_key, save_privileged
from aftersales.spare_parts.parts import free_stock

ISSUE = "Material Issue"


@frappe.whitelist()
@validate_call
def in_stock(company: str, supplier: str | None = None) -> list[dict]:
	"""Old parts that are in stock and promised to nobody, as rows of a Core Return.

	With `supplier`: those of parts whose default supplier in the company it is, or has no default supplier.

	Returns:
		rows of item_code, item_name, qty, warehouse, credit_rate (currency of the company; 0 where ERPNext knows no
		exchange rate for it).

	Raises:
		frappe.PermissionError: the user may not write Core Returns, or not see the company.
	"""
	frappe.has_permission("Core Return", "create", throw=True)
	frappe.has_permission("Company", doc=company, throw=True)
	credits: dict[str, float] = {}
	for row in frappe.get_all(
		"Spare Part",
		filters={"core_return": 1, "core_item": ("is", "set"), "disabled": 0},
		fields=["item_code", "core_item", "core_credit", "core_credit_currency"],
		order_by="name asc",
	):
		if not supplier or _supplier_of(row.item_code, company) in (supplier, None):
			credit = _in_currency_of(company, flt(row.core_credit), row.core_credit_currency)
			credits[row.core_item] = max(credit, credits.get(row.core_item, 0))
	rows = []
	for (item_code, warehouse), qty in sorted(free_stock(credits, company).items()):
		if qty > 0:
			rows.append(
				{
					"item_code": item_code,
					"item_name": frappe.get_cached_value("Item", item_code, "item_name"),
					"qty": qty,
					"warehouse": warehouse,
					"credit_rate": credits[item_code],
				}
			)
	return rows


def send(doc: Document) -> str:
	"""Issue the old parts of a submitted Core Return from stock; return the Stock Entry."""
	entry = frappe.get_doc(
		{
			"doctype": "Stock Entry",
			"stock_entry_type": ISSUE,
			"purpose": ISSUE,
			"company": doc.company,
			"set_posting_time": 1,
			"posting_date": doc.sent_on,
			"remarks": _("Old parts to {0}: {1}").format(doc.supplier, doc.name),
			**dimensions.of_job_named(None, None, doc.company),
			"items": [
				{
					"item_code": row.item_code,
					"qty": flt(row.qty),
					"s_warehouse": row.warehouse,
					"allow_zero_valuation_rate": 1,
				}
				for row in doc.items
			],
			"aftersales_voucher_type": doc.doctype,
			"aftersales_voucher": doc.name,
			KEY: posting_key(doc.doctype, doc.name, ISSUE),
		}
	)
	save_privileged(entry, submitted=True)
	return entry.name


def _in_currency_of(company: str, credit: float, currency: str | None) -> float:
	"""What a maker credits, in the currency of the company, at the rate of today."""
	own = frappe.get_cached_value("Company", company, "default_currency")
	if not credit or not currency or currency == own:
		return credit
	return rounded(credit * flt(get_exchange_rate(currency, own, nowdate())), own)


def _supplier_of(item_code: str, company: str) -> str | None:
	return frappe.db.get_value(
		"Item Default", {"parent": item_code, "company": company}, "default_supplier", order_by="idx asc"
	)
