"""Permission hooks of documents about another document: they are read and written by whoever may read that one.

The document that decides is the one of the mandatory dynamic link (a call or a job), else the call of `repair_call`.
Who made a document reads it in any case.
"""

import frappe
from frappe.model.document import Document

from aftersales.core.job_types import JOB_DOCTYPES


def query_conditions(user: str | None = None, doctype: str | None = None) -> str:
	"""SQL condition for lists and reports of `doctype`."""
	user = user or frappe.session.user
	if user == "Administrator":
		return ""
	kind_field, name_field = _fields(doctype)
	table = f"`tab{doctype}`"
	allowed, restricted = [], False
	for target in _targets(doctype, kind_field):
		of_target = (
			f"{table}.`{kind_field}` = {frappe.db.escape(target, percent=False)}" if kind_field else "1 = 1"
		)
		if conditions := _conditions(target, user):
			restricted = True
			of_target += (
				f" and {table}.`{name_field}` in (select `name` from `tab{target}` where {conditions})"
			)
		allowed.append(f"({of_target})")
	if not restricted:
		return ""
	own = f"{table}.`owner` = {frappe.db.escape(user, percent=False)}"
	return f"({' or '.join([own, *allowed])})"


def has_permission(doc: Document, ptype: str = "read", user: str | None = None, **kwargs) -> bool:
	"""False where the user may not read the document that this one is about; what is stored decides."""
	user = user or frappe.session.user
	if user == "Administrator" or not isinstance(doc, Document):
		return True
	kind_field, name_field = _fields(doc.doctype)
	fields = [field for field in (kind_field, name_field, "owner") if field]
	stored = {} if doc.is_new() else frappe.db.get_value(doc.doctype, doc.name, fields, as_dict=True) or {}
	if stored.get("owner") == user:
		return True
	kinds = _targets(doc.doctype, kind_field)
	targets = {
		(one.get(kind_field) if kind_field else kinds[0], one.get(name_field)) for one in (stored, doc)
	}
	return all(
		frappe.has_permission(target, "read", doc=name, user=user)
		for target, name in targets
		if target in kinds and name and frappe.db.exists(target, name)
	)


def _fields(doctype: str) -> tuple[str | None, str]:
	"""(field of the DocType, field of the name) of the document that decides."""
	for field in frappe.get_meta(doctype).get("fields", {"fieldtype": "Dynamic Link", "reqd": 1}):
		return field.options, field.fieldname
	return None, "repair_call"


def _targets(doctype: str, kind_field: str | None) -> list[str]:
	"""The DocTypes of the documents that decide."""
	field = frappe.get_meta(doctype).get_field(kind_field or "repair_call")
	if not kind_field:
		return [field.options]
	return field.options.split("\n") if field.fieldtype == "Select" else list(JOB_DOCTYPES)


def _conditions(doctype: str, user: str) -> str:
	hooks = frappe.get_hooks("permission_query_conditions") or {}
	found = [frappe.call(frappe.get_attr(path), user, doctype=doctype) for path in hooks.get(doctype, [])]
	return " and ".join(f"({condition})" for condition in found if condition)
