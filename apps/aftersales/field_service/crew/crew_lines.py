"""What technicians of a crew enter on the visit: their own hours, parts from their own van, and who worked is in the crew."""

from datetime import timedelta

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, format_datetime, get_datetime

LONGEST_WORK = timedelta(days=1)


def take_own(doc: Document, technicians: list[str]) -> None:
	"""Hours that one of `technicians`, who does not lead the visit, adds are their own; parts come from their van."""
	technician = next((row.technician for row in doc.crew if row.technician in technicians), None)
	if not technician:
		return
	van = frappe.get_cached_value("Service Technician", technician, "van_warehouse")
	before = doc.get_doc_before_save()
	known = {row.name for row in (*before.labour, *before.parts)} if before else set()
	for line in doc.labour:
		if line.name not in known and not line.technician:
			line.technician = technician
	for line in doc.parts:
		if line.name not in known and not line.warehouse and van and _is_stocked(line.item_code):
			line.warehouse = van


def validate_times(doc: Document) -> None:
	"""Work ends after it starts, and is entered for each day: nobody works for a whole day without a break.

	Raises:
		frappe.ValidationError: names the row.
	"""
	for line in doc.labour:
		if not line.from_time or not line.to_time:
			continue
		length = get_datetime(line.to_time) - get_datetime(line.from_time)
		if length < timedelta():
			frappe.throw(_("Labour row {0}: the work ends before it starts.").format(line.idx))
		if length > LONGEST_WORK:
			frappe.throw(
				_("Labour row {0}: more than a day from {1} to {2}. Enter a row for each day.").format(
					line.idx, format_datetime(line.from_time), format_datetime(line.to_time)
				)
			)


def join_working(doc: Document) -> None:
	"""Who has hours on a visit that is not over sees it: they are of its crew, whoever entered the hours."""
	if doc.docstatus:
		return
	there = {doc.technician, *(row.technician for row in doc.crew)}
	for technician in dict.fromkeys(line.technician for line in doc.labour if line.technician):
		if technician not in there:
			doc.append("crew", {"technician": technician})


def come_again(visit: Document, revisit: Document) -> None:
	"""The crew of `revisit` is that of `visit`, but for those who have left; its hours are those of the new visit."""
	names = [row.technician for row in visit.crew if row.technician]
	active = frappe.get_all(
		"Service Technician",
		filters={"name": ("in", names or [""]), "is_active": 1, "company": visit.company},
		pluck="name",
		order_by="name asc",
	)
	for name in names:
		if name in active:
			revisit.append("crew", {"technician": name})


def _is_stocked(item_code: str | None) -> bool:
	return bool(item_code and cint(frappe.get_cached_value("Item", item_code, "is_stock_item")))
