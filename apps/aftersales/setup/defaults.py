"""Records a site starts with and then owns: fixtures/defaults/*.json.

They are inserted once, at install (or by a patch that names them), and never written again: an
edit made on the site survives every migrate, and a record that was deleted stays deleted.
:func:`restore` brings back the shipped version of one record.
"""

import json
from collections.abc import Iterable
from pathlib import Path

import frappe
from frappe import _
from frappe.model.rename_doc import get_link_fields

from aftersales.core.guards import require_role
from aftersales.core.input.requests import DocTypeName, validate_call
from aftersales.setup import record, traces

RESTORING_ROLES = ("Service Manager", "System Manager")

SWITCHES = ("is_active", "enabled", "disabled")
"""Whether a record is on is the site's to say: restoring it neither starts nor stops it."""

DECIDING_RIGHTS = ("Workflow",)
"""Records that say who may do what: only who may write them may restore them."""


def insert_missing(
	doctypes: Iterable[str] | None = None, names: Iterable[str] | None = None
) -> list[tuple[str, str]]:
	"""Insert the shipped records that this site does not have; of Settings, fill what is empty.

	Args:
		doctypes: only records of these DocTypes, as a patch that ships new ones needs.
		names: of them only these, so that others which the site deleted stay deleted.

	Returns:
		DocType and name of each record inserted.
	"""
	wanted, named = set(doctypes or ()), set(names or ())
	inserted = []
	for values in shipped():
		if (wanted and values["doctype"] not in wanted) or (named and values["name"] not in named):
			continue
		if _is_single(values):
			_fill_settings(values)
		elif not frappe.db.exists(values["doctype"], values["name"]):
			_insert(values)
			inserted.append((values["doctype"], values["name"]))
	return inserted


def complete_settings(wizard_values: dict | None = None) -> None:
	"""After ERPNext's setup wizard: fill settings that had nothing to point to before it ran."""
	for values in shipped():
		if _is_single(values):
			_fill_settings(values)


@frappe.whitelist(methods=["POST"])
@validate_call
def restore(doctype: DocTypeName, name: str) -> str:
	"""Bring a record back to the version that came with the app.

	Fields and tables which the shipped version does not speak of (accounts of a company, say) stay, and what is
	switched on or off stays so.

	Returns:
		The name of the record.

	Raises:
		frappe.PermissionError: the user is neither Service Manager nor System Manager, or may not write workflows
			where it is one.
		frappe.DoesNotExistError: the app ships no such record.
	"""
	require_role(RESTORING_ROLES, _("Restoring a shipped record"))
	if not _may_restore(doctype):
		frappe.throw(
			_("You need the right to write {0} to restore one.").format(frappe.bold(_(doctype))),
			frappe.PermissionError,
		)
	values = next((v for v in shipped() if (v["doctype"], v["name"]) == (doctype, name)), None)
	if not values:
		frappe.throw(
			_("No version of {0} {1} came with the app.").format(_(doctype), frappe.utils.escape_html(name)),
			frappe.DoesNotExistError,
		)
	if not frappe.db.exists(doctype, name):
		_insert(values)
		return name
	doc = frappe.get_doc(doctype, name)
	doc.update({fieldname: value for fieldname, value in values.items() if fieldname not in SWITCHES})
	doc.save(ignore_permissions=True)
	return doc.name


@frappe.whitelist()
@validate_call
def is_shipped(doctype: DocTypeName, name: str) -> bool:
	"""True when :func:`restore` can bring back this record for the user who asks."""
	require_role(RESTORING_ROLES, _("Restoring a shipped record"))
	return _may_restore(doctype) and any((v["doctype"], v["name"]) == (doctype, name) for v in shipped())


def _may_restore(doctype: str) -> bool:
	return doctype not in DECIDING_RIGHTS or bool(frappe.has_permission(doctype, "write"))


def shipped() -> Iterable[dict]:
	"""The shipped records as they stand in the files, in the order they depend on each other."""
	for path in sorted(Path(frappe.get_app_path("aftersales", "fixtures", "defaults")).glob("*.json")):
		yield from json.loads(path.read_text(encoding="utf-8"))


def remove_unused() -> None:
	"""Delete the records which we added to other apps' DocTypes; one in use there stays."""
	for doctype in {values["doctype"] for values in shipped()}:
		for name in record.added(doctype):
			if not _used_by_others(doctype, name):
				frappe.delete_doc(doctype, name, ignore_permissions=True, force=True, delete_permanently=True)


def _insert(values: dict) -> None:
	doc = frappe.get_doc(dict(values))
	doc.insert(ignore_permissions=True, set_name=values["name"])
	if doc.meta.module not in traces.our_modules():
		record.remember(doc.doctype, doc.name)


def _fill_settings(values: dict) -> None:
	doc = frappe.get_single(values["doctype"])
	for fieldname, value in values.items():
		field = doc.meta.get_field(fieldname)
		if field and not doc.get(fieldname) and _target_exists(field, value):
			doc.set(fieldname, value)
	doc.flags.ignore_mandatory = True
	doc.save(ignore_permissions=True)


def _target_exists(field, value: str) -> bool:
	return field.fieldtype != "Link" or bool(frappe.db.exists(field.options, value))


def _is_single(values: dict) -> bool:
	return values["doctype"] == values["name"]


def _used_by_others(doctype: str, name: str) -> bool:
	ours = set(traces.our_doctypes())
	return any(_mentions(link, name) for link in get_link_fields(doctype) if link.parent not in ours)


def _mentions(link: frappe._dict, name: str) -> bool:
	if link.issingle:
		return frappe.db.get_single_value(link.parent, link.fieldname) == name
	return bool(frappe.db.exists(link.parent, {link.fieldname: name}))
