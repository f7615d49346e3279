"""Records a site starts with and then owns: fixtures/defaults/*.json.

They are inserted once, at install (or by a patch that names them), in the site's language, and never written again:
an edit made on the site survives every migrate, and a record that was deleted stays deleted.
:func:`restore` brings back the shipped version of one record, :func:`translate` says the texts that nobody has
changed in the site's language of today.
"""

from collections.abc import Iterable

import frappe
from frappe import _
from frappe.model.rename_doc import get_link_fields

from aftersales.core import shipped_text_rules as text_rules
from aftersales.core import shipped_texts
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
	"""After ERPNext's setup wizard: fill settings that had nothing to point to before it ran, in the language chosen."""
	for values in shipped():
		if _is_single(values):
			_fill_settings(values)
	translate_unchanged()


@frappe.whitelist(methods=["POST"])
@validate_call
def translate() -> int:
	"""Say the shipped texts in the site's language, where nobody has changed them.

	Returns:
		The number of records changed.

	Raises:
		frappe.PermissionError: the user is neither Service Manager nor System Manager.
	"""
	require_role(RESTORING_ROLES, _("Translating shipped texts"))
	return translate_unchanged()


def translate_unchanged() -> int:
	"""Write the shipped texts in the site's language; number of records changed.

	A text is left alone when it is none of those that were shipped, in any language.
	"""
	changed, known = 0, shipped_texts.languages()
	for english in shipped():
		if any(text_rules.texts_of(english)) and frappe.db.exists(english["doctype"], english["name"]):
			doc = frappe.get_doc(english["doctype"], english["name"])
			values = shipped_texts.in_language(english)
			# Only the texts are written: what else there is in the record is not asked for
			changed += bool(_say_fields(doc, english, values, known)) | bool(
				_say_rows(doc, english, values, known)
			)
	return changed


def _say_fields(doc, english: dict, values: dict, known: list[str]) -> dict:
	said = {
		field: values[field]
		for field in text_rules.TEXTS.get(doc.doctype, ())
		if english.get(field)
		and doc.get(field) != values[field]
		and shipped_texts.is_shipped(doc.get(field), english[field], known)
	}
	if said:
		doc.db_set(said)
	return said


def _say_rows(doc, english: dict, values: dict, known: list[str]) -> int:
	changed = 0
	for (parent, table), rows_doctype in text_rules.ROWS.items():
		if parent != doc.doctype or _texts(doc.get(table), rows_doctype) == _texts(
			values[table], rows_doctype
		):
			continue
		if _rows_are_shipped(doc.get(table), english[table], rows_doctype, known):
			doc.set(table, values[table])
			doc.update_child_table(table)
			changed += 1
	if changed:
		doc.notify_update()
		frappe.clear_document_cache(doc.doctype, doc.name)
	return changed


def _texts(rows: list, doctype: str) -> list[tuple]:
	"""What the rows of a table say, in which language."""
	fields = ("language", *text_rules.TEXTS[doctype])
	return [tuple((row.get(field) or "").strip() for field in fields) for row in rows or ()]


def _rows_are_shipped(rows: list, english: list[dict], doctype: str, known: list[str]) -> bool:
	fields = text_rules.TEXTS[doctype]
	return bool(rows) and all(
		any(
			all(shipped_texts.is_shipped(row.get(field), wanted.get(field) or "", known) for field in fields)
			for wanted in english
		)
		for row in rows
	)


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
	values = shipped_texts.in_language(values)
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


shipped = shipped_texts.records


def remove_unused() -> None:
	"""Delete the records which we added to other apps' DocTypes; one in use there stays."""
	for doctype in {values["doctype"] for values in shipped()}:
		for name in record.added(doctype):
			if not _used_by_others(doctype, name):
				frappe.delete_doc(doctype, name, ignore_permissions=True, force=True, delete_permanently=True)


def _insert(values: dict) -> None:
	doc = frappe.get_doc(shipped_texts.in_language(values))
	doc.insert(ignore_permissions=True, set_name=values["name"])
	if doc.meta.module not in traces.our_modules():
		record.remember(doc.doctype, doc.name)


def _fill_settings(values: dict) -> None:
	values = shipped_texts.in_language(values)
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
