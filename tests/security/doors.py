"""Every way by which Frappe takes or tells a single record, called as the requests call them.

Each function takes DocType and name (and a row of the table as it is stored) and does what one request would
do, in the transaction of the test. `asking` gives the request around it.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import frappe
from frappe import client
from frappe.api import v1
from frappe.desk import listview, reportview, search
from frappe.desk.doctype.bulk_update.bulk_update import submit_cancel_or_update_docs
from frappe.desk.form import load
from frappe.desk.form import save as desk_save
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

SECRET = "Zanzibar"
NUMBER = 7331
ROLES = (
	"Service Manager",
	"Service Supervisor",
	"Service Agent",
	"Service Technician",
	"Workshop Technician",
	"Service Accountant",
)


@contextmanager
def asking(user: str, /, **form) -> Iterator[None]:
	"""A request of `user` with `form`, after what Frappe does before each; undone afterwards."""
	frappe.set_user(user)
	frappe.local.form_dict = frappe._dict(form)
	frappe.local.request = Request(
		EnvironBuilder(method="POST", base_url=frappe.utils.get_url()).get_environ()
	)
	frappe.local.request_ip = "203.0.113.7"
	for task in frappe.get_hooks("before_request"):
		if task == "aftersales.core.compat.prepare":
			frappe.call(task)
	try:
		yield
	finally:
		frappe.set_user("Administrator")
		frappe.local.request = None
		frappe.local.form_dict = frappe._dict()
		frappe.local.response = frappe._dict(docs=[])
		frappe.local.message_log = []


def ours(istable: bool) -> list[str]:
	modules = frappe.get_all("Module Def", filters={"app_name": "aftersales"}, pluck="name")
	return frappe.get_all(
		"DocType",
		filters={"module": ("in", modules), "istable": int(istable)},
		pluck="name",
		order_by="name asc",
	)


def parents_of(child: str) -> list[tuple[str, str]]:
	"""DocType and table field of every parent of a child DocType."""
	return [
		(field.parent, field.fieldname)
		for field in frappe.get_all(
			"DocField",
			filters={"options": child, "fieldtype": ("in", ("Table", "Table MultiSelect"))},
			fields=["parent", "fieldname"],
			order_by="parent asc, idx asc",
		)
	]


def raw(doctype: str, **values):
	"""A record as it could be stored, in every field of which the secret stands that can hold it."""
	doc = frappe.new_doc(doctype)
	for field in doc.meta.fields:
		if field.unique:
			doc.set(field.fieldname, None)
		elif field.fieldtype in ("Data", "Small Text", "Text", "Long Text", "Link", "Select", "Dynamic Link"):
			doc.set(field.fieldname, SECRET)
		elif field.fieldtype in ("Currency", "Float", "Int"):
			doc.set(field.fieldname, NUMBER)
	doc.update(values)
	return doc


def raw_row(child: str, parent: str, fieldname: str, docstatus: int = 0) -> tuple:
	"""(document, row): a stored row in a stored document of `parent`, neither of which ran its controller."""
	meta = frappe.get_meta(parent)
	if meta.issingle:
		doc = frappe.get_doc(parent)
	else:
		own = {"docstatus": docstatus, "status": None, "technician": None, "amended_from": None, "enabled": 0}
		doc = raw(
			parent, **{key: value for key, value in own.items() if meta.has_field(key) or key == "docstatus"}
		)
		for table in meta.get_table_fields():
			doc.set(table.fieldname, [])
		doc.name = f"{frappe.scrub(parent)}-{frappe.generate_hash(length=6)}"
		doc.db_insert()
	row = raw(child, parent=doc.name, parenttype=parent, parentfield=fieldname, idx=1, docstatus=docstatus)
	row.db_insert()
	return doc, row


# ---------------------------------------------------------------------------- writing


def _changed(row) -> dict:
	"""The row as a form would send it, with another text or number in a field."""
	sent = json.loads(frappe.as_json(row.as_dict()))
	for field in row.meta.fields:
		if field.fieldtype in ("Data", "Small Text", "Text", "Select", "Link"):
			sent[field.fieldname] = "Changed"
		elif field.fieldtype in ("Currency", "Float", "Int", "Check"):
			sent[field.fieldname] = 1 if field.fieldtype == "Check" else 4242
	return sent


def _new(row) -> dict:
	return {key: value for key, value in _changed(row).items() if key not in ("name", "creation", "modified")}


def _put(row) -> None:
	frappe.local.form_dict.data = json.dumps(_changed(row))
	v1.update_doc(row.doctype, row.name)


def _post(row) -> None:
	frappe.local.form_dict.data = json.dumps({**_new(row), "flags": {"ignore_permissions": 1}})
	v1.create_doc(row.doctype)


def _data_import(row) -> None:
	frappe.flags.in_import = True
	try:
		frappe.get_doc(_new(row)).insert()
	finally:
		frappe.flags.in_import = False


def _bulk_update(row) -> None:
	data = json.dumps({key: value for key, value in _changed(row).items() if key not in ("name", "doctype")})
	submit_cancel_or_update_docs(row.doctype, json.dumps([row.name]), "update", data)


WRITING: dict[str, Callable] = {
	"POST resource": _post,
	"POST resource, submitted": lambda row: frappe.new_doc(**{**_new(row), "docstatus": 1}).insert(),
	"PUT resource": _put,
	"DELETE resource": lambda row: v1.delete_doc(row.doctype, row.name),
	"client.save": lambda row: client.save(json.dumps(_changed(row))),
	"client.save of a new one": lambda row: client.save(json.dumps({**_new(row), "__islocal": 1})),
	"client.submit": lambda row: client.submit(json.dumps(_changed(row))),
	"client.cancel": lambda row: client.cancel(row.doctype, row.name),
	"client.bulk_update": lambda row: client.bulk_update(
		json.dumps([{**_changed(row), "docname": row.name}])
	),
	"client.rename_doc": lambda row: client.rename_doc(row.doctype, row.name, "renamed-row"),
	"desk save": lambda row: desk_save.savedocs(json.dumps(_changed(row)), "Save"),
	"desk submit": lambda row: desk_save.savedocs(json.dumps(_changed(row)), "Submit"),
	"desk cancel": lambda row: desk_save.cancel(row.doctype, row.name),
	"list: delete": lambda row: reportview.delete_bulk(row.doctype, [row.name]),
	"list: bulk edit": _bulk_update,
	"Data Import": _data_import,
	"delete_doc": lambda row: frappe.delete_doc(row.doctype, row.name, force=True),
}
"""Way → what it does to a row, by itself."""

TELLING_NO_ERROR = ("client.bulk_update", "list: delete", "list: bulk edit")
"""They go on with the next document where one is refused."""


# ---------------------------------------------------------------------------- reading


def _listed(row, **form) -> str:
	frappe.local.form_dict.update(doctype=row.doctype, parent_doctype=row.get("parenttype"), **form)
	return _text(reportview.get())


def _column(row) -> str:
	columns = row.meta.get_valid_columns()
	return next(field.fieldname for field in row.meta.fields if field.fieldname in columns)


def _text(answer) -> str:
	return frappe.as_json([answer, frappe.local.response])


def _getdoc(row) -> str:
	load.getdoc(row.doctype, row.name)
	return _text(None)


# Version 16 gives it another name
_validate_link = getattr(client, "validate_link", None) or client.validate_link_and_fetch


READING: dict[str, Callable] = {
	"GET resource": lambda row: _text(v1.read_doc(row.doctype, row.name).as_dict()),
	"GET resources": lambda row: _text(
		client.get_list(row.doctype, fields=["*"], parent=row.get("parenttype"), limit_page_length=0)
	),
	"client.get": lambda row: _text(client.get(row.doctype, row.name, parent=row.get("parenttype"))),
	"client.get by filter": lambda row: _text(
		client.get(
			row.doctype,
			filters={"parent": row.parent} if row.get("parent") else {"owner": row.owner},
			parent=row.get("parenttype"),
		)
	),
	"client.get_value": lambda row: _text(
		[
			client.get_value(row.doctype, field.fieldname, {"name": row.name}, parent=row.get("parenttype"))
			for field in row.meta.get("fields")
			if field.fieldname in row.meta.get_valid_columns()
		]
	),
	"client.validate_link": lambda row: _text(_validate_link(row.doctype, row.name, [_column(row)])),
	"desk form": _getdoc,
	"desk list": lambda row: _listed(row, fields=json.dumps(["*"])),
	"desk list, grouped": lambda row: _text(listview.get_group_by_count(row.doctype, "[]", _column(row))),
	"search": lambda row: _text(
		search.search_link(row.doctype, "", searchfield=_column(row), reference_doctype=row.get("parenttype"))
	),
}
"""Way → what it tells of a row, as text."""
