"""Product files made, given back and taken back by ERPNext's Delivery Note and Sales Invoice.

Items and item groups say by a field of ours whether their sale makes a product file. A delivery does, and an
invoice that moves stock, delivers by the supplier, or sells what is never in stock. A file that cannot be made
or changed stops no sale: it is told and logged.
"""

from collections.abc import Iterable

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, cstr, escape_html, flt, get_datetime, get_link_to_form
from frappe.utils.nestedset import get_ancestors_of

from aftersales.core.guards import privileged, set_protected_values, with_system_privileges
from aftersales.core.savepoints import all_or_nothing, one_of_many
from aftersales.installed_base import equipment, identity, location
from aftersales.installed_base.ownership_rules import GONE
from aftersales.installed_base.sale.sale_rules import (
	MOST_WITHOUT_SERIAL,
	Row,
	Unit,
	taken_back,
	too_many,
	units,
)

DOCTYPE = "Customer Equipment"
SETTING = "aftersales_product_file"
CREATE = "Create"
MANY = 10
"""Failures that are told one by one."""


def on_submit(doc: Document, method: str | None = None) -> None:
	"""on_submit of Delivery Note and Sales Invoice."""
	rows = _rows(doc)
	wanted = _items_with_files({row.item_code for row in rows}) if rows else set()
	if not wanted:
		return
	if doc.is_return:
		_take_back(doc, [row for row in rows if row.item_code in wanted])
		return
	_tell_too_many(too_many(rows, wanted))
	made: dict[str, str] = {}
	for unit in units(rows, wanted):
		with one_of_many(f"No product file for {unit.item_code} of {doc.name}", doc.doctype, doc.name):
			made[unit.key] = _file_of(doc, unit, made.get(unit.part_of or ""))
	missing = [unit for unit in units(rows, wanted) if unit.key not in made]
	if missing:
		frappe.msgprint(
			_("No product file was made for: {0}. The Error Log says why.").format(
				", ".join(escape_html(unit.serial or unit.item_code) for unit in missing[:MANY])
			),
			indicator="orange",
			title=_("Product Files"),
		)


def on_cancel(doc: Document, method: str | None = None) -> None:
	"""on_cancel of Delivery Note and Sales Invoice: what it did to product files is undone."""
	for name in _files({"returned_by_type": doc.doctype, "returned_by": doc.name}):
		with one_of_many(f"Product file {name} is not in use again", DOCTYPE, name):
			file = frappe.get_doc(DOCTYPE, name, for_update=True)
			set_protected_values(file, returned_by_type=None, returned_by=None)
			file.status = "In Use" if file.status == "Returned" else file.status
			privileged(file).save()
	for name in _files({"sold_by_type": doc.doctype, "sold_by": doc.name}):
		_undo(name, doc)


def _file_of(doc: Document, unit: Unit, parent: str | None) -> str:
	"""Name of the product file of a unit sold: made, or the one that knows the number already."""
	known = _known_file(doc, unit)
	file = frappe.get_doc(DOCTYPE, known, for_update=True) if known else frappe.new_doc(DOCTYPE)
	was_back = bool(known) and file.status in GONE
	if known and file.customer != doc.customer:
		change = identity.Change("New Owner", doc.doctype, doc.name, on=doc.posting_date)
		with with_system_privileges(file, incomplete=True):
			identity.change_owner(file, doc.customer, change)
	address = doc.get("shipping_address_name") or doc.get("customer_address")
	file.update(
		{
			"customer": doc.customer,
			"company": doc.company,
			"item_code": unit.item_code,
			"serial_no": unit.serial or file.serial_no,
			"status": "In Use" if file.status in (*GONE, None) else file.status,
			"purchase_date": doc.posting_date,
			"delivered_on": doc.posting_date,
			"parent_equipment": parent or file.parent_equipment,
			"address": file.address or address,
		}
	)
	file.service_zone = file.service_zone or location.zone_of(
		file.address, frappe.get_cached_value("Customer", doc.customer, "territory")
	)
	set_protected_values(
		file,
		sold_by_type=doc.doctype,
		sold_by=doc.name,
		sale_key=unit.key,
		returned_by_type=None,
		returned_by=None,
	)
	if was_back:
		_start_anew(file)
	if known:
		return privileged(file).save().name
	return privileged(file).insert().name


def _start_anew(file: Document) -> None:
	"""A product that was back in our stock is sold again: it is neither installed nor warranted from before."""
	file.update({"installed_on": None, "warranty_until": None, "labour_warranty_until": None})
	of_record = ("warranty_terms", "warranty_by_terms", "labour_by_terms")
	of_record += ("commissioned_by", "installed_by_type", "installed_by")
	set_protected_values(file, **dict.fromkeys(of_record))


def _known_file(doc: Document, unit: Unit) -> str | None:
	if not unit.serial:
		return None
	latest = frappe.get_all(
		DOCTYPE,
		filters={"serial_no": unit.serial},
		pluck="name",
		order_by="creation desc, name desc",
		limit=1,
	)
	if latest:
		return latest[0]
	return equipment.find_product_file(doc.customer, unit.serial, unit.serial)


def _take_back(doc: Document, rows: Iterable[Row]) -> None:
	for row in rows:
		if row.serials:
			found = _files({"serial_no": ("in", row.serials), "customer": doc.customer})
		else:
			keys = _kept_keys(row.origin)
			found = _files({"sale_key": ("in", taken_back(row, keys) or [""])})
		for name in found:
			with one_of_many(f"Product file {name} is not Returned", DOCTYPE, name):
				file = frappe.get_doc(DOCTYPE, name, for_update=True)
				if file.status in GONE:
					continue
				file.status = "Returned"
				set_protected_values(file, returned_by_type=doc.doctype, returned_by=doc.name)
				privileged(file).save()


def _kept_keys(origin: str | None) -> list[str]:
	if not origin:
		return []
	return frappe.get_all(
		DOCTYPE,
		filters={"sale_key": ("like", f"{origin}/%"), "status": ("not in", GONE)},
		pluck="sale_key",
		order_by="sale_key asc",
	)


def _undo(name: str, doc: Document) -> None:
	"""A sale is cancelled: the file it made goes, unless something was done for the product meanwhile."""
	file = frappe.get_doc(DOCTYPE, name, for_update=True)
	set_protected_values(file, sold_by_type=None, sold_by=None, sale_key=None)
	lines = file.serials
	if len(lines) > 1 and lines[-1].reference_name == doc.name:
		back = identity.Change("New Owner", doc.doctype, doc.name, _("The sale was cancelled"))
		with with_system_privileges(file, incomplete=True):
			identity.change_owner(file, lines[-2].customer, back)
		file.status = "Returned"
		privileged(file).save()
		return
	privileged(file).save()
	if get_datetime(file.creation) < get_datetime(doc.creation):
		_keep_without_sale(file, doc)  # it was there before the sale: sold before, or entered by hand
		return
	messages = len(frappe.message_log)
	try:
		with all_or_nothing():
			frappe.delete_doc(DOCTYPE, name, ignore_permissions=True)
	except frappe.LinkExistsError:
		del frappe.message_log[messages:]
		file.reload()
		_keep_without_sale(file, doc)


def _keep_without_sale(file: Document, doc: Document) -> None:
	file.status = "Returned" if file.status == "In Use" else file.status
	privileged(file).save()
	file.add_comment("Info", _("The sale was cancelled: {0}").format(get_link_to_form(doc.doctype, doc.name)))


# ---------------------------------------------------------------------------------- reading ERPNext's rows


def _rows(doc: Document) -> list[Row]:
	"""Rows of products that a document delivers or takes back."""
	if doc.get("is_internal_customer") or doc.get("aftersales_voucher_type") in _replacing():
		return []
	bundles = {
		row.parent_detail_docname for row in doc.get("packed_items") or () if row.parent_detail_docname
	}
	found = [
		Row(
			name=row.name,
			item_code=row.item_code,
			qty=abs(flt(row.get("stock_qty") or row.qty)),
			serials=_serials(row),
			origin=row.get("dn_detail") or row.get("sales_invoice_item"),
		)
		for row in doc.items
		if row.item_code and _delivers(doc, row, is_bundle=row.name in bundles)
	]
	delivered = {row.name for row in found}
	found += [
		Row(
			name=row.name,
			item_code=row.item_code,
			qty=abs(flt(row.qty)),
			serials=_serials(row),
			bundle=row.parent_detail_docname,
			origin=_packed_origin(doc, row),
		)
		for row in doc.get("packed_items") or ()
		if row.parent_detail_docname in delivered
	]
	return found


def _replacing() -> list[str]:
	"""DocTypes whose documents look after the product's file themselves."""
	return frappe.get_hooks("aftersales_product_file_by")


def _delivers(doc: Document, row: Document, is_bundle: bool) -> bool:
	if doc.doctype == "Delivery Note" or cint(doc.get("update_stock")):
		return True
	if row.get("dn_detail") or row.get("delivery_note"):
		return False
	if is_bundle:
		return False
	if cint(row.get("delivered_by_supplier")):
		return True
	return not frappe.get_cached_value("Item", row.item_code, "is_stock_item")


def _packed_origin(doc: Document, row: Document) -> str | None:
	"""The packed row of the delivery that a packed row of a return takes back."""
	if not doc.is_return or not doc.return_against:
		return None
	mine = next((item for item in doc.items if item.name == row.parent_detail_docname), None)
	origin = mine and (mine.get("dn_detail") or mine.get("sales_invoice_item"))
	return origin and frappe.db.get_value(
		"Packed Item",
		{"parent": doc.return_against, "parent_detail_docname": origin, "item_code": row.item_code},
		order_by="idx asc",
	)


def _serials(row: Document) -> tuple[str, ...]:
	if row.get("serial_and_batch_bundle"):
		return tuple(
			frappe.get_all(
				"Serial and Batch Entry",
				filters={"parent": row.serial_and_batch_bundle, "serial_no": ("is", "set")},
				pluck="serial_no",
				order_by="idx asc",
			)
		)
	numbers = (line.strip() for line in cstr(row.get("serial_no")).replace(",", "\n").split("\n"))
	return tuple(number for number in numbers if number)


def _items_with_files(item_codes: set[str]) -> set[str]:
	"""Items whose sale makes product files: as the item says, its template, or the nearest item group that says."""
	return {item_code for item_code in item_codes if _setting_of(item_code) == CREATE}


def _setting_of(item_code: str) -> str | None:
	item = frappe.get_cached_value("Item", item_code, (SETTING, "variant_of", "item_group"), as_dict=True)
	if not item:
		return None
	if item[SETTING]:
		return item[SETTING]
	if item.variant_of and (of_template := frappe.get_cached_value("Item", item.variant_of, SETTING)):
		return of_template
	if not item.item_group:
		return None
	for group in (item.item_group, *get_ancestors_of("Item Group", item.item_group)):
		if said := frappe.get_cached_value("Item Group", group, SETTING):
			return said
	return None


def _files(filters: dict) -> list[str]:
	return frappe.get_all(DOCTYPE, filters=filters, pluck="name", order_by="name asc")


def _tell_too_many(rows: list[Row]) -> None:
	if rows:
		frappe.msgprint(
			_(
				"No product files were made for {0}: more than {1} pieces in a row without serial numbers."
			).format(", ".join(escape_html(row.item_code) for row in rows[:MANY]), MOST_WITHOUT_SERIAL),
			indicator="orange",
			title=_("Product Files"),
		)
