"""Rename `assigned_to` of our documents to `call_owner`, with what users made of it.

Frappe writes any field called `assigned_to` when somebody assigns or unassigns, past the document's controller.
Filters kept in lists, reports, cards and charts follow, and notifications, Assignment Rules and targets that name the field.
"""

import frappe
from frappe.model.utils.rename_field import rename_field

OLD, NEW = "assigned_to", "call_owner"
RENAMED = (
	"Repair Call",
	"Follow-up",
	"Service Complaint",
	"Service Clock",
	"Periodic Visit Plan",
	"Register Import",
)

NAMED_IN = (
	("List View Settings", "name", "fields"),
	("List Filter", "reference_doctype", "filters"),
	("Kanban Board", "reference_doctype", "filters"),
	("Number Card", "document_type", "filters_json"),
	("Dashboard Chart", "document_type", "filters_json"),
	("Assignment Rule", "document_type", "field"),
)
"""Record, its field for the DocType, its field that names the field: alone, or as JSON."""


def execute() -> None:
	for doctype in RENAMED:
		rename_field(doctype, OLD, NEW)
		follow_in_records(doctype)
	frappe.clear_cache()


def follow_in_records(doctype: str) -> None:
	"""Records of the site that name the field of `doctype`."""
	for record, of, text in NAMED_IN:
		_rename_in(record, {of: doctype}, text)
	for notification in frappe.get_all("Notification", {"document_type": doctype}, pluck="name"):
		_rename_in("Notification Recipient", {"parent": notification}, "receiver_by_document_field")


def _rename_in(record: str, filters: dict, field: str) -> None:
	for row in frappe.get_all(record, {**filters, field: ("like", f"%{OLD}%")}, ["name", field]):
		text = NEW if row[field] == OLD else row[field].replace(f'"{OLD}"', f'"{NEW}"')
		frappe.db.set_value(record, row.name, field, text, update_modified=False)
