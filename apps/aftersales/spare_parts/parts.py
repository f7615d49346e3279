"""The service view of items: which parts fit a model, and where they lie (R-SP)."""

from collections.abc import Iterable

import frappe
from frappe.model.document import Document
from frappe.utils import flt

from aftersales.core import renaming
from aftersales.core.input.requests import validate_call
from aftersales.spare_parts.reservations import SET_ASIDE


@frappe.whitelist()
@validate_call
def parts_for_model(brand: str | None = None, model: str | None = None) -> list[dict]:
	"""Spare parts that fit a model, enabled ones, by item code.

	Args:
		brand: empty for any maker; a fit listed without brand suits every maker.
		model: name of the model, upper and lower case alike.

	Returns:
		rows of `item_code`, `item_name`, `fitting_minutes`, `part_warranty_months`.

	Raises:
		frappe.PermissionError: the user may not read spare parts.
	"""
	frappe.has_permission("Spare Part", "read", throw=True)
	if not (model or "").strip():
		return []
	part = frappe.qb.DocType("Spare Part")
	fit = frappe.qb.DocType("Spare Part Model")
	query = (
		frappe.qb.from_(part)
		.inner_join(fit)
		.on((fit.parent == part.name) & (fit.parenttype == "Spare Part"))
		.select(part.item_code, part.item_name, part.fitting_minutes, part.part_warranty_months)
		.distinct()
		.where((part.disabled == 0) & (fit.model == model.strip()))
		.orderby(part.item_code)
	)
	if (brand or "").strip():
		query = query.where(fit.brand.isnull() | fit.brand.isin(["", brand.strip()]))
	return query.run(as_dict=True)


@frappe.whitelist()
@validate_call
def parts_for_equipment(equipment: str) -> list[dict]:
	"""Spare parts that fit the model of a Customer Equipment; rows as :func:`parts_for_model`.

	Raises:
		frappe.PermissionError: the user may not read the equipment or spare parts.
	"""
	frappe.has_permission("Customer Equipment", "read", doc=equipment, throw=True)
	brand, model = frappe.db.get_value("Customer Equipment", equipment, ["brand", "model"]) or (None, None)
	return parts_for_model(brand, model)


def free_stock(
	items: Iterable[str], company: str | None = None, warehouses: Iterable[str] | None = None
) -> dict[tuple[str, str], float]:
	"""What lies in each warehouse and is promised to nobody: (item code, warehouse) → stock units.

	Args:
		company: only its warehouses, disabled ones left out.
		warehouses: only these.
	"""
	stock = frappe.qb.DocType("Bin")
	place = frappe.qb.DocType("Warehouse")
	query = (
		frappe.qb.from_(stock)
		.inner_join(place)
		.on(stock.warehouse == place.name)
		.select(stock.item_code, stock.warehouse, stock.actual_qty, stock.reserved_stock, stock[SET_ASIDE])
		.where(stock.item_code.isin(list(items) or [""]) & (place.disabled == 0))
	)
	if company:
		query = query.where(place.company == company)
	if warehouses is not None:
		query = query.where(stock.warehouse.isin(list(warehouses) or [""]))
	return {
		(item_code, warehouse): flt(there) - flt(reserved) - flt(set_aside)
		for item_code, warehouse, there, reserved, set_aside in query.run()
	}


def items_of_old_parts(item_codes: list[str]) -> dict[str, str]:
	"""Part → the stock item that its old part is kept as when it comes back; parts without one are left out."""
	rows = frappe.get_all(
		"Spare Part",
		filters={"item_code": ("in", item_codes), "core_return": 1, "core_item": ("is", "set")},
		fields=["item_code", "core_item"],
		order_by="name asc",
	)
	return {row.item_code: row.core_item for row in rows}


def with_core_return(item_codes: list[str]) -> set[str]:
	"""Those of `item_codes` whose old part has to come back."""
	return set(
		frappe.db.get_values(
			"Spare Part",
			{"item_code": ("in", item_codes), "core_return": 1},
			"item_code",
			pluck=True,
			order_by="name asc",
		)
	)


@frappe.whitelist()
@validate_call
def stock_by_warehouse(item_code: str) -> list[dict]:
	"""Where a part lies: `warehouse`, `actual_qty`, `reserved_qty`, `projected_qty` in stock units.

	Warehouses without any movement, and those the user may not see, are left out.

	Raises:
		frappe.PermissionError: the user may not read the Spare Part.
	"""
	frappe.has_permission("Spare Part", "read", doc=item_code, throw=True)
	rows = frappe.get_all(
		"Bin",
		filters={"item_code": item_code},
		fields=["warehouse", "actual_qty", "reserved_qty", "projected_qty"],
		order_by="actual_qty desc, warehouse asc",
	)
	rows = [row for row in rows if flt(row.actual_qty) or flt(row.projected_qty)]
	seen = frappe.get_list(
		"Warehouse",
		filters={"name": ("in", [row.warehouse for row in rows] or [""])},
		pluck="name",
		limit_page_length=0,
	)
	return [row for row in rows if row.warehouse in seen]


def join_spare_parts(item: Document, method: str | None, old: str, new: str, merge: bool = False) -> None:
	"""before_rename of Item: where two items become one, so do their spare parts.

	The one of the item that stays keeps its values, and gets the models and substitutes of the other.
	"""
	if not merge:
		return
	ours = frappe.db.get_value("Spare Part", {"item_code": new})
	theirs = frappe.db.get_value("Spare Part", {"item_code": old})
	if ours and theirs:
		_join(frappe.get_doc("Spare Part", ours), frappe.get_doc("Spare Part", theirs))
	_join_substitutes(old, new)


def take_name_of_item(item: Document, method: str | None, old: str, *renamed) -> None:
	"""after_rename of Item: the Spare Part bears the item's name, by which substitutes are found."""
	renaming.take_name("Spare Part", "item_code", item.name)


def _join(ours: Document, theirs: Document) -> None:
	fits = {_place(row) for row in ours.fits}
	for row in theirs.fits:
		if _place(row) not in fits:
			ours.append("fits", {"brand": row.brand, "model": row.model, "item_code": row.item_code})
	listed = {row.item_code for row in ours.substitutes} | {ours.item_code, theirs.item_code}
	for row in theirs.substitutes:
		if row.item_code not in listed:
			ours.append("substitutes", {"item_code": row.item_code, "notes": row.notes})
	ours.save(ignore_permissions=True)
	frappe.delete_doc("Spare Part", theirs.name, ignore_permissions=True)


def _place(fit: Document) -> tuple[str, str]:
	return ((fit.brand or "").lower(), (fit.model or "").lower())


def _join_substitutes(old: str, new: str) -> None:
	"""No part is left with both items among its substitutes, or with itself."""
	parents = frappe.get_all(
		"Spare Part Substitute",
		filters={"item_code": ("in", (old, new)), "parenttype": "Spare Part"},
		pluck="parent",
		order_by="parent asc",
	)
	for name in dict.fromkeys(parents):
		part = frappe.get_doc("Spare Part", name)
		becomes = {old: new}
		seen = {becomes.get(part.item_code, part.item_code)}
		kept = []
		for row in part.substitutes:
			item_code = becomes.get(row.item_code, row.item_code)
			if item_code not in seen:
				kept.append(row)
			seen.add(item_code)
		if len(kept) < len(part.substitutes):
			part.set("substitutes", kept)
			part.save(ignore_permissions=True)
