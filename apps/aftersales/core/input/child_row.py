"""Rows of our documents: written, changed and deleted by a save of the document, read with the rights on it.

Frappe's REST routes, Data Import and lists also take a child DocType by itself. Then the controller of the
parent never runs, and rights are asked of the parent's DocType, not of the parent. Every child DocType of
the app therefore derives from :class:`ChildRow` (tests/unit/test_child_rows.py reads the DocTypes), and
:func:`only_of_readable_parents` narrows lists of them.
"""

from collections import defaultdict
from typing import NoReturn

import frappe
from frappe import _
from frappe.model import table_fields
from frappe.model.base_document import BaseDocument, get_controller
from frappe.model.document import Document
from frappe.utils import escape_html


class ChildRow(Document):
	"""Base of the controllers of all child DocTypes of the app.

	A save of the parent writes its rows by `db_insert` and `db_update`; everything else that writes a document
	comes through `insert`, `save` (submit, cancel), `delete_doc` or `rename_doc`, and is refused here, whoever
	asks and with whatever flags.
	"""

	@property
	def parent_doc(self) -> Document | None:
		"""The document this row belongs to; read from the database where the row was read by itself.

		Frappe asks it for rights (`has_child_permission`), so that a row is as private as its document.
		"""
		held = BaseDocument.parent_doc.fget(self)
		if held is not None or not (self.get("parent") and self.get("parenttype")):
			return held
		try:
			return frappe.get_doc(self.parenttype, self.parent)
		except (frappe.DoesNotExistError, ImportError):
			frappe.clear_last_message()
			return None

	@parent_doc.setter
	def parent_doc(self, value):
		self._parent_doc = value

	@parent_doc.deleter
	def parent_doc(self):
		self._parent_doc = None

	def has_permission(self, permtype="read", **kwargs) -> bool:
		"""As Frappe says, and never for a row whose document is not there."""
		if not self.flags.ignore_permissions and self.parent_doc is None:
			return frappe.session.user == "Administrator"
		return super().has_permission(permtype, **kwargs)

	def insert(self, *args, **kwargs) -> NoReturn:
		self.check_permission("write")
		self._refuse()

	def save(self, *args, **kwargs) -> NoReturn:
		self.check_permission("write")
		self._refuse()

	def on_trash(self) -> NoReturn:
		self._refuse()

	def before_rename(self, old: str, new: str, merge: bool = False) -> NoReturn:
		self.check_permission("write")
		self._refuse()

	def db_update(self) -> None:
		"""Write the row, which must stand in this table of this document already.

		Raises:
			frappe.PermissionError: the document was sent with the name of a row of another document or table,
				of a row that is not there, or with one row twice.
		"""
		if self.name and not self.get("__islocal"):
			self._validate_place()
		super().db_update()

	def _validate_place(self) -> None:
		parent = BaseDocument.parent_doc.fget(self)
		before = parent.get_doc_before_save() if parent is not None else None
		if not before:
			return
		written = before.flags.setdefault("rows_written", {})
		if written.setdefault((self.doctype, self.name), self) is not self:
			frappe.throw(
				_(
					"{0}: the row {1} was sent twice. Send each row once; leave out the name of new rows."
				).format(_(self.doctype), escape_html(self.name)),
				frappe.PermissionError,
			)
		places = before.flags.get("places_of_rows") or before.flags.setdefault(
			"places_of_rows", _places(before)
		)
		here = (self.parenttype, self.parent, self.parentfield)
		if places.get((self.doctype, self.name)) == here or _stored_place(self) == here:
			return
		frappe.throw(
			_("{0}: {1} is not a row of {2} {3}. Leave out the name of a new row.").format(
				_(self.doctype), escape_html(self.name), _(parent.doctype), escape_html(parent.name)
			),
			frappe.PermissionError,
		)

	def _refuse(self) -> NoReturn:
		parents = (
			[_(self.parenttype)]
			if self.get("parenttype")
			else sorted(_(part) for part in _tables(self.doctype))
		)
		frappe.throw(
			_("{0} is part of {1} and cannot be changed by itself. Open the {1} and save it.").format(
				frappe.bold(_(self.doctype)), escape_html(" / ".join(parents))
			),
			frappe.PermissionError,
			title=_("Part of Another Document"),
		)


def only_of_readable_parents(user: str | None = None, doctype: str | None = None) -> str:
	"""permission_query_conditions for "*": of a child DocType of ours, the rows of documents `user` may read.

	Tables above the permission levels of `user` are left out. Costs nothing for other DocTypes. Frappe 16 joins
	the parent and its conditions to such a query by itself, and asks this function for the parent only.
	"""
	if not doctype or not frappe.is_table(doctype) or not issubclass(get_controller(doctype), ChildRow):
		return ""
	user = user or frappe.session.user
	if user == "Administrator":
		return ""
	conditions = [
		condition
		for parenttype, fields in _tables(doctype).items()
		if (condition := _rows_in(doctype, parenttype, fields, user))
	]
	return f"({' or '.join(conditions)})" if conditions else "1 = 0"


def _rows_in(doctype: str, parenttype: str, fields: list[str], user: str) -> str | None:
	"""SQL condition for the rows of `doctype` in documents of `parenttype` that `user` may read."""
	meta = frappe.get_meta(parenttype)
	if not frappe.has_permission(parenttype, "read", user=user):
		return None
	levels = {0, *meta.get_permlevel_access("read", user=user)}
	readable = [fieldname for fieldname in fields if meta.get_field(fieldname).permlevel in levels]
	if not readable:
		return None
	table = f"`tab{doctype}`"
	quoted = ", ".join(frappe.db.escape(fieldname, percent=False) for fieldname in readable)
	place = f"{table}.parenttype = {frappe.db.escape(parenttype, percent=False)} and {table}.parentfield in ({quoted})"
	if meta.issingle:
		return f"({place})"
	return f"({place} and {table}.parent in ({readable_names(parenttype, user)}))"


def readable_names(doctype: str, user: str) -> str:
	"""SQL query for the names of the documents of `doctype` that `user` may read."""
	query = frappe.get_list(doctype, fields=["name"], user=user, order_by="name asc", run=False)
	return query if isinstance(query, str) else query.get_sql()


def _tables(doctype: str) -> dict[str, list[str]]:
	"""The DocTypes that have `doctype` as a table, each with the fieldnames of those tables."""
	found = defaultdict(list)
	for source, parent in (("DocField", "parent"), ("Custom Field", "dt")):
		for field in frappe.get_all(
			source,
			filters={"options": doctype, "fieldtype": ("in", table_fields)},
			fields=[f"{parent} as parenttype", "fieldname"],
			order_by="fieldname asc",
		):
			found[field.parenttype].append(field.fieldname)
	return found


def _places(doc: Document) -> dict[tuple, tuple]:
	"""Row → where it stands, for every row of `doc` as it is stored."""
	return {
		(row.doctype, row.name): (row.parenttype, row.parent, row.parentfield)
		for row in doc.get_all_children()
	}


def _stored_place(row: ChildRow) -> tuple | None:
	stored = frappe.db.get_value(row.doctype, row.name, ("parenttype", "parent", "parentfield"))
	return tuple(stored) if stored else None
