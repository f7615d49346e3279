"""The app's roles: shipped in fixtures/role.json, which Frappe syncs at every migrate."""

import click
import frappe
from frappe import _
from frappe.model.document import Document

from aftersales.setup import record

ROLES = (
	"Service Agent",
	"Service Supervisor",
	"Service Technician",
	"Workshop Technician",
	"Service Accountant",
	"Service Manager",
	"Product Specialist",
)
_APP_OWNED_FIELDS = ("role_name", "desk_access", "is_custom")


def note_new_roles() -> None:
	"""Before anything is installed: note which of our roles this site does not have yet.

	A role that was there before us is not ours to delete at uninstall.
	"""
	record.remember("Role", *(role for role in ROLES if not frappe.db.exists("Role", role)))
	# The events of hooks.py are not heard yet while the fixtures of an installation are read in
	frappe.flags.aftersales_site_roles = {
		role: _site_settings(frappe.get_doc("Role", role)) for role in ROLES if frappe.db.exists("Role", role)
	}


def restore_site_settings() -> None:
	"""After the fixtures of an installation: a role that the site had before keeps what its administrator set."""
	had = frappe.flags.aftersales_site_roles or {}
	for role, settings in had.items():
		frappe.db.set_value("Role", role, settings)
		frappe.clear_document_cache("Role", role)
	if had:
		click.secho(
			_("This site had these roles before; their users get the rights of the app's roles: {0}").format(
				", ".join(had)
			),
			fg="yellow",
		)


def give_to_administrators() -> None:
	"""After an installation: who administers the site can use the app at once, and gives the roles to others.

	Only at an installation: a role that an administrator takes away later stays taken.
	"""
	holder, user = frappe.qb.DocType("Has Role"), frappe.qb.DocType("User")
	users = (
		frappe.qb.from_(holder)
		.join(user)
		.on(user.name == holder.parent)
		.select(user.name)
		.where(
			(holder.role == "System Manager")
			& (user.enabled == 1)
			& user.name.notin(("Administrator", "Guest"))
		)
		.orderby(user.creation)
		.run(pluck=True)
	)
	for name in users:
		frappe.get_doc("User", name).add_roles(*ROLES)
	if users:
		click.secho(
			_(
				"These users have the roles of After-sales now: {0}. Give them to others in the Set-up Assistant."
			).format(", ".join(users)),
			fg="green",
		)


def restore_role_settings(doc: Document, method: str | None = None) -> None:
	"""before_import of a Role: what the administrator set on our role survives the sync.

	Frappe deletes and re-creates fixtures at every migrate; without this a role that demands
	two-factor login, or that was disabled, would silently lose that.
	"""
	if doc.name not in ROLES or not frappe.db.exists("Role", doc.name):
		return
	doc.update(_site_settings(frappe.get_doc("Role", doc.name)))


def _site_settings(role: Document) -> dict:
	fields = role.meta.get("fields", {"fieldtype": ("in", ("Check", "Data", "Link"))})
	return {
		field.fieldname: role.get(field.fieldname)
		for field in fields
		if field.fieldname not in _APP_OWNED_FIELDS
	}


def remove() -> None:
	"""Delete the roles that came with the app and take them from every user, page and report."""
	ours = record.added("Role")
	if not ours:
		return
	frappe.db.delete("Has Role", {"role": ("in", ours)})
	for role in ours:
		frappe.delete_doc("Role", role, ignore_permissions=True, force=True, delete_permanently=True)
