"""Product files of one product become one: when a customer that was entered twice is merged.

Equal serial numbers of one customer are joined, where no brands contradict each other; every document that
named the other file names the one that stays, which is the older one.
"""

from datetime import date
from itertools import combinations

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.model.rename_doc import rename_doc
from frappe.utils import escape_html, getdate

from aftersales.core.guards import privileged, set_protected_values
from aftersales.installed_base.identity import DOCTYPE, Change

LATER_COUNTS = ("warranty_until", "repair_warranty_until")
EARLIER_COUNTS = ("purchase_date", "delivered_on", "installed_on")
FILLED = (
	*("brand", "model", "item_group", "item_code", "serial_no", "serial_text", "address", "service_zone"),
	*("location_details", "year_of_manufacture", "image", "notes", "external_id"),
	"commissioned_by",
)


def join_products(customer: Document, method: str | None, old: str, new: str, merge: bool = False) -> None:
	"""after_rename of Customer: files with equal numbers, one of each of two customers who became one."""
	if not merge:
		return
	files = frappe.get_all(
		DOCTYPE,
		filters={"customer": new, "serial_key": ("is", "set")},
		fields=["name", "serial_key", "serial_no", "brand", "item_code"],
		order_by="serial_key asc, creation asc, name asc",
	)
	gone: set[str] = set()
	for stays, other in combinations(files, 2):
		if not {stays.name, other.name} & gone and _same_product(stays, other):
			join(stays.name, other.name)
			gone.add(other.name)


def join(stays: str, other: str) -> None:
	"""Make two product files one: `other` is gone, and every document that named it names `stays`.

	Empty fields are filled from the other one; the later end of a warranty counts, the earlier purchase.
	"""
	was = frappe.get_doc(DOCTYPE, other).as_dict()
	rename_doc(
		DOCTYPE,
		other,
		stays,
		merge=True,
		force=True,
		ignore_permissions=True,
		show_alert=False,
		rebuild_search=False,
	)
	file = frappe.get_doc(DOCTYPE, stays)
	for fieldname in FILLED:
		if not file.get(fieldname) and was.get(fieldname):
			file.set(fieldname, was[fieldname])
	for fieldname in EARLIER_COUNTS:
		days = [getdate(day) for day in (file.get(fieldname), was.get(fieldname)) if day]
		file.set(fieldname, min(days, default=None))
	labour = max((day for day in (_labour_until(file), _labour_until(was)) if day), default=None)
	for fieldname in LATER_COUNTS:
		days = [getdate(day) for day in (file.get(fieldname), was.get(fieldname)) if day]
		set_protected_values(file, **{fieldname: max(days, default=None)})
	file.labour_warranty_until = None if labour == file.warranty_until else labour
	file.flags.identity_change = Change("Merged", notes=_("Merged with {0}").format(other))
	file.flags.joined_history = [_past_line(row) for row in was.serials if row.serial_key]
	file.flags.ignore_links = True
	privileged(file).save()
	file.add_comment(
		"Info", _("{0} had the same serial number and was joined with this file.").format(escape_html(other))
	)


def _labour_until(file) -> date | None:
	"""The last day of the warranty on labour: that of the product where no other is entered."""
	day = file.labour_warranty_until or file.warranty_until
	return getdate(day) if day else None


def _past_line(row: dict) -> dict:
	"""A history line of the file that is gone, closed where it was the present one."""
	fields = ("serial_text", "serial_no", "serial_key", "customer", "reason", "from_date", "to_date")
	more = ("reference_doctype", "reference_name", "notes")
	line = {field: row.get(field) for field in (*fields, *more)}
	return {**line, "to_date": line["to_date"] or getdate()}


def _same_product(one: frappe._dict, other: frappe._dict) -> bool:
	if one.serial_no and other.serial_no:
		return one.serial_no == other.serial_no
	if one.serial_key != other.serial_key:
		return False
	return all(
		not one[field] or not other[field] or one[field].casefold() == other[field].casefold()
		for field in ("brand", "item_code")
	)
