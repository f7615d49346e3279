"""Functions of Frappe that tell something about a document without asking for rights on it.

hooks.py puts these in their place (override_whitelisted_methods). For DocTypes of other apps they do what
Frappe does; for ours they ask first. Arguments are Frappe's own.
"""

import frappe
from frappe import _
from frappe.core.doctype.data_export import exporter as data_export
from frappe.core.doctype.data_import import data_import
from frappe.desk import listview, search
from frappe.desk.doctype.tag import tag as tags
from frappe.query_builder.functions import Count
from frappe.utils import global_search as index

from aftersales.core.input.child_row import readable_names


@frappe.whitelist()
def get_link_title(doctype: str, docname: str) -> str | None:
	"""The title of a document the user may read or select; its name otherwise, and for one that is not there.

	Frappe takes a filter for a name, and answers anybody.
	"""
	if not _is_ours(doctype):
		return search.get_link_title(doctype, docname)
	if not isinstance(docname, str):
		frappe.throw(_("Give the name of one {0} as text.").format(_(doctype)))
	meta = frappe.get_meta(doctype)
	if not (meta.show_title_field_in_link and meta.title_field) or not _may_see_some(doctype):
		return docname
	found = frappe.get_list(
		doctype, filters=[[doctype, "name", "=", docname]], fields=[meta.title_field], limit=1
	)
	return found[0][meta.title_field] if found else docname


@frappe.whitelist()
def search_link(
	doctype: str,
	txt: str,
	query: str | None = None,
	filters: str | dict | list | None = None,
	page_length: int = 10,
	searchfield: str | None = None,
	reference_doctype: str | None = None,
	ignore_user_permissions: bool = False,
	**version_arguments,
) -> list[dict]:
	"""As Frappe's; of our DocTypes only documents the user may read, whatever the request wants to ignore."""
	return search.search_link(
		doctype,
		txt,
		query,
		filters,
		page_length,
		searchfield,
		reference_doctype,
		ignore_user_permissions and not _is_ours(doctype),
		**frappe.get_newargs(search.search_link, version_arguments),
	)


@frappe.whitelist()
def search_widget(
	doctype: str,
	txt: str,
	query: str | None = None,
	searchfield: str | None = None,
	start: int = 0,
	page_length: int = 10,
	filters: str | dict | list | None = None,
	filter_fields: str | list | None = None,
	as_dict: bool = False,
	reference_doctype: str | None = None,
	ignore_user_permissions: bool = False,
	**version_arguments,
) -> list:
	"""As Frappe's; of our DocTypes only documents the user may read, whatever the request wants to ignore."""
	return search.search_widget(
		doctype,
		txt,
		query,
		searchfield,
		start,
		page_length,
		filters,
		filter_fields,
		as_dict,
		reference_doctype,
		ignore_user_permissions and not _is_ours(doctype),
		**frappe.get_newargs(search.search_widget, version_arguments),
	)


@frappe.whitelist()
def get_group_by_count(doctype: str, current_filters: str, field: str) -> list[dict]:
	"""As Frappe's; who has how many of our documents is counted over those the user may read."""
	if field != "assigned_to" or not _is_ours(doctype):
		return listview.get_group_by_count(doctype, current_filters, field)
	names = frappe.get_list(
		doctype, filters=frappe.parse_json(current_filters), pluck="name", limit_page_length=0
	)
	if not names:
		return []
	todo, user, count = frappe.qb.DocType("ToDo"), frappe.qb.DocType("User"), Count("*").as_("count")
	return (
		frappe.qb.from_(todo)
		.join(user)
		.on((todo.allocated_to == user.name) & (user.user_type == "System User"))
		.select(todo.allocated_to.as_("name"), count)
		.where((todo.status != "Cancelled") & (todo.reference_type == doctype))
		.where(todo.reference_name.isin(names))
		.groupby(todo.allocated_to)
		.orderby(count, order=frappe.qb.desc)
		.limit(50)
	).run(as_dict=True)


@frappe.whitelist()
def global_search(text: str, start: int = 0, limit: int = 20, doctype: str = "") -> list[dict]:
	"""As Frappe's, without documents of ours that the user may not read."""
	found = index.search(text, start, limit, doctype)
	return [row for row in found if not _is_ours(row.doctype) or _may_read(row.doctype, row.name)]


@frappe.whitelist()
def get_tagged_docs(doctype: str, tag: str) -> list:
	"""As Frappe's, without documents of ours that the user may not read."""
	found = tags.get_tagged_docs(doctype, tag)
	return [row for row in found if _may_read(doctype, row[0])] if _is_ours(doctype) else found


@frappe.whitelist()
def download_template(
	doctype: str,
	export_fields: str | dict | None = None,
	export_records: str | None = None,
	export_filters: str | dict | list | None = None,
	file_type: str = "CSV",
) -> None:
	"""As Frappe's, which exports rows of tables without regard to permission levels."""
	_validate_export(doctype, export_fields)
	data_import.download_template(doctype, export_fields, export_records, export_filters, file_type)


@frappe.whitelist()
def export_data(
	doctype: str | list | None = None,
	parent_doctype: str | None = None,
	all_doctypes: str | bool = True,
	with_data: str | int | bool = False,
	select_columns: str | dict | None = None,
	file_type: str = "CSV",
	template: str | bool = False,
	filters: str | dict | list | None = None,
	export_without_column_meta: str | bool = False,
) -> None:
	"""As Frappe's, which exports rows of tables without regard to permission levels."""
	for name in doctype if isinstance(doctype, list) else [doctype]:
		_validate_export(name, select_columns)
	data_export.export_data(
		doctype,
		parent_doctype,
		all_doctypes,
		with_data,
		select_columns,
		file_type,
		template,
		filters,
		export_without_column_meta,
	)


def _validate_export(doctype: str, columns: str | dict | None) -> None:
	"""Refuse an export of `columns` (table or DocType → fieldnames) above the levels of the user.

	Raises:
		frappe.PermissionError: names the fields; without a choice of columns, all are asked for.
	"""
	if frappe.session.user == "Administrator" or not _is_ours(doctype):
		return
	columns = frappe.parse_json(columns)
	chosen = columns if isinstance(columns, dict) else None
	meta = frappe.get_meta(doctype)
	levels = {0, *meta.get_permlevel_access("read")}
	refused = _above(meta, levels, chosen, {doctype})
	for table in meta.get_table_fields():
		rows = frappe.get_meta(table.options)
		keys = {table.fieldname, table.options}
		if table.permlevel in levels:
			refused |= _above(rows, levels, chosen, keys)
		elif chosen is None or keys & set(chosen):
			refused.add(_(table.label))
	if refused:
		frappe.throw(
			_("You cannot export {0} of {1}. Choose other columns.").format(
				frappe.bold(", ".join(sorted(refused))), _(doctype)
			),
			frappe.PermissionError,
		)


def _above(meta, levels: set[int], chosen: dict | None, keys: set[str]) -> set[str]:
	"""Labels of the columns of `meta` above `levels` among those chosen under one of `keys` (None: all)."""
	names = None if chosen is None else {name for key in keys for name in chosen.get(key) or ()}
	return {
		_(field.label)
		for field in meta.get_high_permlevel_fields()
		if field.permlevel not in levels
		and field.fieldname in meta.get_valid_columns()
		and (names is None or field.fieldname in names)
	}


def only_tags_of_readable_documents(user: str | None = None, doctype: str | None = None) -> str:
	"""permission_query_conditions of Tag Link: everybody may read those, and they hold titles."""
	user = user or frappe.session.user
	if user == "Administrator":
		return ""
	tagged = frappe.get_all("Tag Link", pluck="document_type", distinct=True, order_by="document_type asc")
	hidden = []
	for name in (doctype for doctype in tagged if _is_ours(doctype)):
		of_type = f"`tabTag Link`.document_type = {frappe.db.escape(name, percent=False)}"
		if not _may_see_some(name, user):
			hidden.append(of_type)
			continue
		hidden.append(f"({of_type} and `tabTag Link`.document_name not in ({readable_names(name, user)}))")
	return f"not ({' or '.join(hidden)})" if hidden else ""


def has_tag_permission(doc, ptype: str = "read", user: str | None = None, debug: bool = False) -> bool:
	"""has_permission of Tag Link: of a document of ours, as the document itself."""
	return not _is_ours(doc.document_type) or _may_read(doc.document_type, doc.document_name, user)


def _is_ours(doctype: str) -> bool:
	"""Whether `doctype` (as a request has sent it) is a DocType of this app."""
	try:
		module = frappe.get_meta(doctype).module if doctype and isinstance(doctype, str) else ""
	except frappe.DoesNotExistError:
		frappe.clear_last_message()
		return False
	return frappe.local.module_app.get(frappe.scrub(module)) == "aftersales"


def _may_see_some(doctype: str, user: str | None = None) -> bool:
	return any(frappe.has_permission(doctype, right, user=user) for right in ("read", "select"))


def _may_read(doctype: str, name: str, user: str | None = None) -> bool:
	try:
		return bool(frappe.has_permission(doctype, "read", doc=name, user=user))
	except frappe.DoesNotExistError:
		frappe.clear_last_message()
		return False
