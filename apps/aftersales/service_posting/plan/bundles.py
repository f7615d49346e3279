"""What a Product Bundle used as a part is made of: its stocked items leave stock, the bundle is billed.

ERPNext packs the same items on its own Delivery Note (`packed_item.make_packing_list`).
"""

from collections.abc import Iterable

import frappe
from frappe.utils import cint, cstr, flt

from aftersales.service_posting.plan.posting_plan import Component


def stocked_items(item_code: str) -> list[frappe._dict]:
	"""Stocked items of the enabled Product Bundle of an item: item_code, qty per bundle, stock_uom, switches.

	Empty for any other item.
	"""
	bundle, row, item = (
		frappe.qb.DocType(name) for name in ("Product Bundle", "Product Bundle Item", "Item")
	)
	return (
		frappe.qb.from_(bundle)
		.join(row)
		.on(row.parent == bundle.name)
		.join(item)
		.on(item.name == row.item_code)
		.select(row.item_code, row.qty, item.stock_uom, item.has_serial_no, item.has_batch_no)
		.where((bundle.new_item_code == item_code) & (bundle.disabled == 0) & (item.is_stock_item == 1))
		.orderby(row.idx)
	).run(as_dict=True)


def described(item_code: str) -> str:
	"""What leaves stock with one bundle, for people: `2 Nos Seal, 1 Nos Gasket`; empty for other items."""
	return ", ".join(f"{flt(row.qty):g} {row.stock_uom} {row.item_code}" for row in stocked_items(item_code))


def components(item_code: str, serial_nos: Iterable[str], batch_no: str | None) -> tuple[Component, ...]:
	"""The stocked items of a bundle, each with those of the line's serial numbers and the batch that are its own."""
	rows = stocked_items(item_code)
	if not rows:
		return ()
	item_of = _items_of_serials(serial_nos) if any(row.has_serial_no for row in rows) else {}
	batch_of = batch_no and frappe.db.get_value("Batch", batch_no, "item")
	return tuple(
		Component(
			item_code=row.item_code,
			qty=flt(row.qty),
			is_serialised=bool(cint(row.has_serial_no)),
			in_batches=bool(cint(row.has_batch_no)),
			serial_nos=tuple(serial for serial in serial_nos if item_of.get(serial) == row.item_code),
			batch_no=batch_no if batch_of == row.item_code else None,
		)
		for row in rows
	)


def among(item_codes: Iterable[str]) -> set[str]:
	"""Those of the items that are enabled Product Bundles with something stocked in them."""
	if not item_codes:
		return set()
	return {code for code in _bundles(item_codes) if stocked_items(code)}


def _bundles(item_codes: Iterable[str]) -> list[str]:
	return frappe.db.get_values(
		"Product Bundle",
		{"new_item_code": ("in", list(item_codes)), "disabled": 0},
		"new_item_code",
		pluck=True,
		order_by="new_item_code asc",
	)


def serials_of(line) -> tuple[str, ...]:
	"""The serial numbers entered on a part line, one a row."""
	return tuple(part for part in (serial.strip() for serial in cstr(line.serial_no).splitlines()) if part)


def _items_of_serials(serial_nos: Iterable[str]) -> dict[str, str]:
	if not serial_nos:
		return {}
	return dict(
		frappe.get_all(
			"Serial No",
			filters={"name": ("in", list(serial_nos))},
			fields=["name", "item_code"],
			as_list=True,
		)
	)
