"""One product, one file: its serial numbers and owners over time.

A product file keeps its name while the product is sold on, comes back, is replaced by the maker or by us, or
is joined with the file of a customer entered twice. The table *History* of the file tells each number it had
and who had it; a number of the past still finds the file.
"""

from dataclasses import dataclass
from datetime import date

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, getdate

from aftersales.core.guards import with_system_privileges
from aftersales.installed_base.ownership_rules import GONE
from aftersales.installed_base.serial_rules import serial_key

DOCTYPE = "Customer Equipment"
HISTORY = "Customer Equipment Serial"
REPLACED = ("Replaced by Maker", "Replaced by Us")
KEPT = ("serial_text", "serial_no", "customer", "reason", "from_date", "to_date", "reference_name", "notes")


@dataclass(frozen=True)
class Change:
	"""Why a product has another number or owner: reason of the history line, document, notes, day."""

	reason: str
	doctype: str | None = None
	document: str | None = None
	notes: str | None = None
	on: date | str | None = None


def protect_history(file: Document) -> None:
	"""The history is written by :func:`note_change` alone.

	Raises:
		frappe.PermissionError: somebody sent other lines than are stored.
	"""
	before = file.get_doc_before_save()
	if not before:
		file.set("serials", [])
		return
	if [_line(row) for row in file.serials] != [_line(row) for row in before.serials]:
		frappe.throw(
			_("The history of serial numbers and owners is set by the system and cannot be edited."),
			frappe.PermissionError,
		)


def note_change(file: Document) -> None:
	"""Close the current line of the history and begin a new one where number or owner have changed."""
	before = file.get_doc_before_save()
	if not before:
		_begin(file, Change("Registered", on=file.installed_on or file.purchase_date))
		return
	if joined := file.flags.joined_history:
		file.set("serials", [*joined, *file.serials])  # the present line stays the last
	sold, renumbered = before.customer != file.customer, before.serial_key != file.serial_key
	relinked = (before.serial_no or None) != (file.serial_no or None)
	if not (sold or renumbered or relinked):
		return
	change = file.flags.identity_change
	if not change and not sold:
		_correct(file)
		return
	change = change or Change("New Owner")
	if not file.serials and before.serial_key:
		_begin(file, Change("Registered", on=before.installed_on or before.purchase_date), before)
	if file.serials:
		file.serials[-1].to_date = getdate(change.on)
	_begin(file, change)


def replace_serial(file: Document, new_serial: str, change: Change, serial_no: str | None = None) -> None:
	"""The file of a product goes on with the number of the unit that took its place, and is saved.

	Args:
		new_serial: number on the plate of the new unit; it is the ERPNext Serial No too, where one of the
			same item is called so.
		change: reason Replaced by Maker or Replaced by Us, with the document it happened by.
		serial_no: the ERPNext Serial No, where it differs from the number on the plate.

	Raises:
		frappe.ValidationError: number or reason are missing, or another file has the number.
	"""
	if change.reason not in REPLACED:
		frappe.throw(_("Choose one of the reasons: {0}.").format(", ".join(_(reason) for reason in REPLACED)))
	if not serial_key(new_serial):
		frappe.throw(_("Enter the serial number of the new product."), frappe.MandatoryError)
	if serial_key(new_serial) == file.serial_key:
		frappe.throw(_("{0} has this serial number already.").format(escape_html(file.name)))
	file.serial_text = new_serial.strip()
	file.serial_no = serial_no or _serial_record(file.serial_text, file.item_code)
	if file.status in GONE:
		file.status = "In Use"
	file.flags.identity_change = change
	file.save()


def change_owner(file: Document, customer: str, change: Change) -> None:
	"""The product belongs to another customer from now on; its file is saved with address and zone emptied."""
	if customer == file.customer:
		frappe.throw(_("{0} belongs to {1} already.").format(escape_html(file.name), escape_html(customer)))
	file.update(
		{
			"customer": customer,
			"customer_name": frappe.db.get_value("Customer", customer, "customer_name"),
			"address": None,
			"service_zone": None,
			"status": "In Use" if file.status in GONE else file.status,
		}
	)
	file.flags.identity_change = change
	file.save()


def replaced_by_maker(equipment: str | None, new_serial: str | None, doctype: str, document: str) -> None:
	"""A vendor sent another unit back: the product file goes on with its number, told by that document."""
	if not equipment or not serial_key(new_serial):
		return
	file = frappe.get_doc(DOCTYPE, equipment, for_update=True)
	if serial_key(new_serial) != file.serial_key:
		with with_system_privileges(file, incomplete=True):
			replace_serial(file, new_serial, Change("Replaced by Maker", doctype, document))


def file_of_other_owner(customer: str | None, serial_no: str | None) -> frappe._dict | None:
	"""The product file (`name`, `customer`) with this Serial No that another customer has; None without one."""
	if not serial_no:
		return None
	found = frappe.get_all(
		DOCTYPE,
		filters={
			"serial_no": serial_no,
			"customer": ("!=", customer or ""),
			"status": ("not in", GONE),
		},
		fields=["name", "customer"],
		order_by="creation desc",
		limit=1,
	)
	return found[0] if found else None


def files_with_former_number(key: str, serial_no: str | None = None) -> list[str]:
	"""Names of the product files that had this number before, the latest first."""
	line = frappe.qb.DocType(HISTORY)
	matches = line.serial_key == key
	if serial_no:
		matches |= line.serial_no == serial_no
	rows = (
		frappe.qb.from_(line)
		.select(line.parent)
		.where((line.parenttype == DOCTYPE) & line.to_date.isnotnull() & matches)
		.orderby(line.to_date, order=frappe.qb.desc)
		.orderby(line.parent)
		.run(pluck=True)
	)
	return list(dict.fromkeys(rows))


def former_numbers(equipment: list[str]) -> dict[str, list[str]]:
	"""Product file → every serial number it had, the present one left out."""
	rows = equipment and frappe.get_all(
		HISTORY,
		filters={"parent": ("in", equipment), "parenttype": DOCTYPE, "to_date": ("is", "set")},
		fields=["parent", "serial_text", "serial_no"],
		order_by="parent asc, idx asc",
	)
	found: dict[str, list[str]] = {}
	for row in rows or ():
		known = found.setdefault(row.parent, [])
		known += [number for number in (row.serial_text, row.serial_no) if number and number not in known]
	return found


def numbers_of(equipment: str) -> set[str]:
	"""Keys of every serial number that a product file has and had."""
	now = frappe.db.get_value(DOCTYPE, equipment, ["serial_text", "serial_no"]) or ()
	numbers = (*now, *former_numbers([equipment]).get(equipment, ()))
	return {key for number in numbers if (key := serial_key(number))}


def _correct(file: Document) -> None:
	"""A number that was entered wrongly: the product never had it, so the history does not keep it."""
	if not file.serials:
		_begin(file, Change("Registered", on=file.installed_on or file.purchase_date))
		return
	file.serials[-1].update(
		{"serial_text": file.serial_text, "serial_no": file.serial_no, "serial_key": file.serial_key}
	)


def _begin(file: Document, change: Change, state: Document | None = None) -> None:
	state = state or file
	if not state.serial_key and not file.serials and change.reason == "Registered":
		return  # a product without number has a history once it gets one
	file.append(
		"serials",
		{
			"serial_text": state.serial_text,
			"serial_no": state.serial_no,
			"serial_key": state.serial_key,
			"customer": state.customer,
			"reason": change.reason,
			"from_date": getdate(change.on),
			"reference_doctype": change.doctype,
			"reference_name": change.document,
			"notes": change.notes,
		},
	)


def _serial_record(number: str, item_code: str | None) -> str | None:
	if not item_code:
		return None
	return frappe.db.get_value("Serial No", {"name": number, "item_code": item_code})


def _line(row: Document) -> tuple:
	return (row.name, *(str(row.get(field) or "") for field in KEPT))
