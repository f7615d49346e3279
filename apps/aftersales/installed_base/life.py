"""The life of a product as one list: what its file, and every room that worked for it, knows of it.

Rooms name their part in the hook `aftersales_product_events`: functions of a product file's name that return
:class:`Event`s. They read with the rights of the user.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date

import frappe
from frappe import _
from frappe.utils import format_datetime, getdate

from aftersales.core.input.requests import validate_call

MOST = 500


@dataclass(frozen=True)
class Event:
	"""Something that happened to a product on a day. `doctype` and `name` lead to the document that tells more."""

	on: date
	what: str
	detail: str = ""
	doctype: str | None = None
	name: str | None = None


@frappe.whitelist()
@validate_call
def product_life(equipment: str) -> list[dict]:
	"""What happened to a product, the latest first: on, what, detail (plain texts), doctype, name.

	Raises:
		frappe.PermissionError: the user may not read the product file.
	"""
	frappe.get_doc("Customer Equipment", equipment).check_permission("read")
	events: list[Event] = []
	for path in frappe.get_hooks("aftersales_product_events"):
		events += frappe.get_attr(path)(equipment)
	ordered = sorted(enumerate(events), key=lambda item: (item[1].on, item[0]), reverse=True)
	return [asdict(event) for _place, event in ordered[:MOST]]


def of_file(equipment: str) -> list[Event]:
	"""What the product file itself tells: sold, installed, owners and numbers, registrations, readings."""
	file = frappe.get_doc("Customer Equipment", equipment)
	events = [
		*_day(file.delivered_on, _("Delivered"), file.sold_by_type, file.sold_by),
		*_day(
			file.installed_on, _("Installed"), file.installed_by_type, file.installed_by, file.commissioned_by
		),
	]
	for line in file.serials:
		detail = " ".join(text for text in (line.serial_text, line.customer, line.notes) if text)
		events += _day(line.from_date, _(line.reason), line.reference_doctype, line.reference_name, detail)
	events += _registrations(equipment)
	if frappe.has_permission("Meter Reading", "read"):
		events += _readings(equipment)
	return events


def events_of(
	doctype: str, filters: dict, day: str, what: str, detail: str, more: Iterable[str] = ()
) -> list[Event]:
	"""Events from the documents of a DocType that the user may read.

	Args:
		day: field that says when; documents without it are left out.
		detail: field whose text is the detail.
		more: further fields whose texts are added.
	"""
	if not frappe.has_permission(doctype, "read"):
		return []
	rows = frappe.get_list(
		doctype,
		filters={**filters, day: ("is", "set")},
		fields=["name", day, detail, *more],
		order_by=f"{day} asc, name asc",
		limit_page_length=MOST,
	)
	return [
		Event(
			getdate(row[day]),
			what,
			" · ".join(_(str(row[field])) for field in (detail, *more) if row[field]),
			doctype,
			row.name,
		)
		for row in rows
	]


def _registrations(equipment: str) -> list[Event]:
	filters = {"equipment": equipment, "status": "Confirmed"}
	return events_of(
		"Warranty Registration", filters, "decided_on", _("Registered for the warranty"), "dealer"
	)


def _readings(equipment: str) -> list[Event]:
	rows = frappe.get_list(
		"Meter Reading",
		filters={"equipment": equipment},
		fields=["name", "meter", "reading", "read_at"],
		order_by="read_at desc",
		limit_page_length=50,
	)
	return [
		Event(
			getdate(row.read_at),
			_("Meter read"),
			f"{row.meter}: {frappe.format(row.reading, 'Float')} ({format_datetime(row.read_at)})",
			"Meter Reading",
			row.name,
		)
		for row in rows
	]


def _day(on, what: str, doctype: str | None, name: str | None, detail: str | None = None) -> list[Event]:
	return [Event(getdate(on), what, detail or "", doctype, name)] if on else []
