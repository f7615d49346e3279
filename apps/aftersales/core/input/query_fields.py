"""Which columns of our DocTypes a query may name at all: none above the permission level of whoever asks.

Frappe drops such fields from the answer; version 15 still filters, sorts and groups by them, and so tells
them by halving. What is checked here is the SQL of the whole query, whatever its parts were called.
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
	meta = frappe.get_meta(doctype)
	if frappe.local.module_app.get(frappe.scrub(meta.module)) != "aftersales":
		return set()
	parent = None
	if meta.istable:
		parent = (query.parent_doctype if doctype == query.doctype else query.doctype) or ""
		if parent and _is_protected_table(parent, doctype, query.user):
			return set(meta.get_valid_columns())
	levels = set(meta.get_permlevel_access("read", parenttype=parent, user=query.user))
	return {
		field.fieldname for field in meta.get_high_permlevel_fields() if field.permlevel not in levels
	} & set(meta.get_valid_columns())


def _is_protected_table(parent: str, child: str, user: str) -> bool:
	"""True when every table of `child` in `parent` is above the levels of `user`."""
	meta = frappe.get_meta(parent)
	levels = {0, *meta.get_permlevel_access("read", user=user)}
	tables = [field for field in meta.get_table_fields() if field.options == child]
	return bool(tables) and not any(field.permlevel in levels for field in tables)
