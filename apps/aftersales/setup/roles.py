"""The app's roles: shipped in fixtures/role.json, which Frappe syncs at every migrate."""

import frappe
from frappe.model.document import Document

from aftersales.setup import record

ROLES = (
	"Service Agent",
	"Service Supervisor",
	"Service Technician",
	"Workshop Technician",
	"Service Accountant",
	"Service Manager",
)
_APP_OWNED_FIELDS = ("role_name", "desk_access", "is_custom")


def note_new_roles() -> None:
	"""Before anything is installed: note which of our roles this site does not have yet.

	A role that was there before us is not ours to delete at uninstall.
	"""
	record.remember("Role", *(role for role in ROLES if not frappe.db.exists("Role", role)))


def keep_site_settings(doc: Document, method: str | None = None) -> None:
	"""before_import of a Role: what the administrator set on our role survives the sync.

	Frappe deletes and re-creates fixtures at every migrate; without this a role that demands
	two-factor login, or that was disabled, would silently lose that.
	"""
	if doc.name not in ROLES or not frappe.db.exists("Role", doc.name):
		return
	stored = frappe.get_doc("Role", doc.name)
	for field in doc.meta.get("fields", {"fieldtype": ("in", ("Check", "Data", "Link"))}):
		if field.fieldname not in _APP_OWNED_FIELDS:
			doc.set(field.fieldname, stored.get(field.fieldname))


def remove() -> None:
	"""Delete the roles that came with the app and take them from every user, page and report."""
	ours = record.added("Role")
	if not ours:
		return
	frappe.db.delete("Has Role", {"role": ("in", ours)})
	for role in ours:
		frappe.delete_doc("Role", role, ignore_permissions=True, force=True, delete_permanently=True)
