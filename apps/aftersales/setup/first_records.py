"""The first records of a business that the set-up assistant makes: item and price of labour, a van's warehouse."""

import frappe
from frappe import _
from frappe.utils import flt


def price_list() -> str | None:
	"""The price list for selling: the one of the settings, else the first there is."""
	chosen = frappe.db.get_single_value("Selling Settings", "selling_price_list")
	return chosen or frappe.db.get_value(
		"Price List", {"selling": 1, "enabled": 1}, "name", order_by="creation asc"
	)


def currency() -> str | None:
	"""The currency of that price list."""
	return frappe.db.get_value("Price List", price_list(), "currency")


def price_of(item: str) -> float:
	"""The price of an item in it; 0 without one."""
	return flt(
		frappe.db.get_value("Item Price", {"item_code": item, "price_list": price_list()}, "price_list_rate")
	)


def set_price(item: str, rate: float) -> None:
	"""Set the price of an item in it, with the rights of the user."""
	into = price_list()
	if not into:
		frappe.throw(_("There is no price list for selling. Create one first."), title=_("Price List"))
	name = frappe.db.get_value("Item Price", {"item_code": item, "price_list": into}, "name")
	doc = frappe.get_doc("Item Price", name) if name else frappe.new_doc("Item Price")
	doc.update({"item_code": item, "price_list": into, "price_list_rate": rate})
	doc.save() if name else doc.insert()


def service_item(name: str) -> str:
	"""An item that is no stock, made where there is none of this name."""
	if frappe.db.exists("Item", name):
		return name
	unit = next(unit for unit in ("Hour", "Nos") if frappe.db.exists("UOM", unit))
	group = "Services" if frappe.db.exists("Item Group", "Services") else leaf("Item Group")
	values = {
		"item_code": name,
		"item_name": name,
		"item_group": group,
		"stock_uom": unit,
		"is_stock_item": 0,
	}
	return frappe.get_doc({"doctype": "Item", **values}).insert().name


def van(technician: str, company: str) -> str:
	"""A warehouse for what a technician has in the van; its name."""
	title = _("Van {0}").format(technician)
	name = f"{title} - {frappe.get_cached_value('Company', company, 'abbr')}"
	if frappe.db.exists("Warehouse", name):
		return name
	return frappe.get_doc({"doctype": "Warehouse", "warehouse_name": title, "company": company}).insert().name


def root(doctype: str) -> str:
	"""The topmost group of a tree."""
	return frappe.get_all(doctype, {"is_group": 1}, pluck="name", order_by="lft asc", limit=1)[0]


def leaf(doctype: str) -> str:
	"""The first record of a tree that is no group."""
	return frappe.get_all(doctype, {"is_group": 0}, pluck="name", order_by="lft asc", limit=1)[0]
