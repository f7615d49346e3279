"""Which columns of our DocTypes a query may name at all: none above the permission level of whoever asks.

Frappe drops such fields from the answer; version 15 still filters, sorts and groups by them, and so tells
them by halving. What is checked there is the SQL of the whole query, whatever its parts were called.
Version 16 checks each field by itself, but not which document's table the rows belong to (`core/compat.py`).
"""

import re

import frappe
from frappe import _

WORD = re.compile(r"\w+")


def validate_query(query, parts: dict) -> None:
	"""Refuse a list query that names a field above the level of `query.user`.

	Args:
		query: frappe.model.db_query.DatabaseQuery, its tables known.
		parts: its SQL: `fields`, `conditions`, `group_by`, `order_by`.

	Raises:
		frappe.PermissionError: names the field, or the table.
	"""
	if query.user == "Administrator":
		return
	words = None
	for doctype in {query.doctype, *_joined(query)}:
		protected = _protected_columns(query, doctype)
		if not protected:
			continue
		if words is None:
			sql = " ".join(parts.get(part) or "" for part in ("fields", "conditions", "group_by", "order_by"))
			words = set(WORD.findall(sql))
		if named := protected & words:
			meta = frappe.get_meta(doctype)
			frappe.throw(
				_("You cannot read, filter or sort by {0} of {1}.").format(
					", ".join(frappe.bold(_(meta.get_label(fieldname))) for fieldname in sorted(named)),
					_(doctype),
				),
				frappe.PermissionError,
			)


def _joined(query) -> set[str]:
	tables = [*query.tables, *(link.table_name for link in query.link_tables)]
	return {table.strip("`").removeprefix("tab") for table in tables}


def _protected_columns(query, doctype: str) -> set[str]:
	"""Columns of `doctype`, where it is one of ours, above the levels of the user; all of a protected table."""
	if not _is_ours(doctype):
		return set()
	meta = frappe.get_meta(doctype)
	parent = parent_of_rows(query, doctype)
	if parent and is_protected_table(parent, doctype, query.user):
		return set(meta.get_valid_columns())
	levels = set(meta.get_permlevel_access("read", parenttype=parent, user=query.user))
	return {
		field.fieldname for field in meta.get_high_permlevel_fields() if field.permlevel not in levels
	} & set(meta.get_valid_columns())


def _is_ours(doctype: str) -> bool:
	return frappe.local.module_app.get(frappe.scrub(frappe.get_meta(doctype).module)) == "aftersales"


def parent_of_rows(query, doctype: str) -> str | None:
	"""DocType whose rights decide about `doctype` in a query (either version's); None where it is no table."""
	if not frappe.get_meta(doctype).istable:
		return None
	return (query.parent_doctype if doctype == query.doctype else query.doctype) or ""


def is_protected_table(parent: str, child: str, user: str) -> bool:
	"""True when `child` is ours and every table of it in `parent` is above the levels of `user`."""
	if user == "Administrator" or not _is_ours(child):
		return False
	meta = frappe.get_meta(parent)
	levels = {0, *meta.get_permlevel_access("read", user=user)}
	tables = [field for field in meta.get_table_fields() if field.options == child]
	return bool(tables) and not any(field.permlevel in levels for field in tables)
