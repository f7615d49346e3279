"""Customer, Item and Serial No show their products and what was done for them (hook override_doctype_dashboards)."""

import frappe
from frappe import _


def customer(data: dict | None = None) -> dict:
	"""Products, calls, jobs and contracts of a customer."""
	return _with(
		data,
		"customer",
		["Customer Equipment", "Service Contract", "Repair Call", "Service Voucher", "Repair Card"],
	)


def item(data: dict | None = None) -> dict:
	"""Products of an item at customers, calls about them, and the item as a spare part."""
	return _with(data, "item_code", ["Customer Equipment", "Repair Call"])


def serial_no(data: dict | None = None) -> dict:
	"""The product file of a serial number and the calls about it."""
	return _with(data, "serial_no", ["Customer Equipment", "Repair Call"])


def _with(data: dict | None, fieldname: str, items: list[str]) -> dict:
	data = frappe._dict(data or {})
	data.fieldname = data.fieldname or fieldname
	if data.fieldname != fieldname:
		names = dict.fromkeys(items, fieldname)
		data.non_standard_fieldnames = {**(data.non_standard_fieldnames or {}), **names}
	data.transactions = [*(data.transactions or []), {"label": _("After-sales Service"), "items": items}]
	return data
