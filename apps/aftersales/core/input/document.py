"""What every document of the app is built on, beside Frappe's Document."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache

import frappe
from frappe import _
from frappe.model.base_document import BaseDocument, get_controller
from frappe.model.docstatus import DocStatus
from frappe.model.document import Document
from frappe.utils import sbool

from aftersales.core.input import field_values

NUMBERS = ("Currency", "Float", "Int", "Percent", "Check", "Duration", "Rating")
LOGS = frozenset({"state_log"})
"""Tables that the app writes about a document: they are their own history."""

_COLUMN = re.compile(r"column '([^']+)'")


class ServiceDocument(Document):
	"""A document whose values are checked before any code reads them, whichever way they come in.

	Values that a field cannot hold are refused at the very beginning of an insert or a save, before defaults,
	naming, hooks and comparisons see them (field_values.py). A document that is inserted or saved as submitted is
	sanitised like a draft. `flags.is_stored` says that the document has been read from the database, or checked
	by a save, since it was made: one that a request has sent has not (requests.py).
	"""

	def load_from_db(self):
		loaded = super().load_from_db()
		self.flags.is_stored = True
		return loaded

	def insert(self, *args, **kwargs):
		field_values.validate_values(self)
		self.flags.is_stored = True
		with _database_refusals(self):
			return super().insert(*args, **kwargs)

	def save(self, *args, **kwargs):
		field_values.validate_values(self)
		self.flags.is_stored = True
		with _database_refusals(self):
			return super().save(*args, **kwargs)

	def read_stored(self) -> None:
		"""Put what is stored in the place of what a request has sent, and ask rights of that.

		Raises:
			frappe.PermissionError: the user may not read the document.
			frappe.ValidationError: it has never been saved.
		"""
		if self.flags.is_stored:
			return
		self.check_permission("read")
		if self.is_new():
			frappe.throw(_("Save the {0} first.").format(_(self.doctype)), title=_("Not Saved"))
		self.load_from_db()
		self.check_permission("read")

	def save_version(self):
		"""The timeline tells what somebody changed: no empty number that became 0, no row of the app's own log."""
		with _without_noise(self, self._doc_before_save):
			super().save_version()

	def before_print(self, settings=None):
		"""Print formats look up the invoice, the customer and the call that a document names: the stored ones."""
		self.read_stored()

	@frappe.whitelist()
	def rename(self, name: str, merge: bool = False, force: bool = False, validate_rename: bool = True):
		"""Rename as the DocType and the user's rights allow.

		Frappe takes `force` and `validate_rename` from whoever calls, and without the check needs no right to write.
		"""
		self.read_stored()
		return super().rename(name, merge=sbool(merge))

	def add_comment(self, *args, **kwargs):
		"""For the app alone: not whitelisted as Frappe's own is, by which whoever may read a document writes any line
		of its timeline in anybody's name. The desk's comments come in another way."""
		return super().add_comment(*args, **kwargs)

	def extend(self, key, value):
		if isinstance(value, str | dict) or not isinstance(value, Iterable):
			self._refuse_rows(key, value)
		super().extend(key, value)

	def update(self, d):
		_refuse_methods(type(self), d)
		return super().update(d)

	def _init_child(self, value, key):
		if not isinstance(value, dict | BaseDocument):
			self._refuse_rows(key, value)
		if isinstance(value, dict) and (doctype := self.get_table_field_doctype(key)):
			_refuse_methods(get_controller(doctype), value)
		return super()._init_child(value, key)

	def _refuse_rows(self, key, value):
		field_values.refuse(_(self.meta.get_label(key)), value, _("a list of rows"))

	def _validate(self):
		super()._validate()
		if self._action == "submit":
			self._sanitize_as_draft()

	def _sanitize_as_draft(self):
		"""Frappe leaves out the fields of a submitted document, also while it is being submitted."""
		for row in (self, *self.get_all_children()):
			row.docstatus = DocStatus.DRAFT
			row._sanitize_content()
			row.docstatus = DocStatus.SUBMITTED


@contextmanager
def _without_noise(*documents: Document | None) -> Iterator[None]:
	"""While a version is written: numbers that are empty are 0, as their columns store them, and LOGS have no rows."""
	put_back = []
	for doc in (doc for doc in documents if doc):
		for table in LOGS.intersection(doc.__dict__):
			put_back.append((doc, table, doc.__dict__[table]))
			doc.__dict__[table] = []
		for row in (doc, *doc.get_all_children()):
			for field in row.meta.get("fields", {"fieldtype": ("in", NUMBERS)}):
				if row.__dict__.get(field.fieldname, 0) is None:
					put_back.append((row, field.fieldname, None))
					row.__dict__[field.fieldname] = 0
	try:
		yield
	finally:
		for owner, fieldname, value in put_back:
			owner.__dict__[fieldname] = value


def _refuse_methods(controller: type, values: dict) -> None:
	"""A document that is sent cannot put a value in the place of a method of its class."""
	if not _methods_of(controller).isdisjoint(values):
		name = min(_methods_of(controller).intersection(values))
		frappe.throw(_("{0} is not a field.").format(frappe.bold(name)), title=_("Invalid Value"))


@lru_cache(maxsize=1024)
def _methods_of(controller: type) -> frozenset[str]:
	return frozenset(name for name in dir(controller) if callable(getattr(controller, name, None)))


@contextmanager
def _database_refusals(doc: Document) -> Iterator[None]:
	"""A computed value that its column cannot hold is a message, too: no parser has seen it before."""
	try:
		yield
	except frappe.db.DataError as error:
		reason = str(error.args[-1])
		column = _COLUMN.search(reason)
		field = doc.meta.get_field(column[1]) if column else None
		frappe.throw(
			_("{0} {1} cannot be saved: the value of {2} is too large, too long or invalid.").format(
				_(doc.doctype), doc.name or "", frappe.bold(_(field.label) if field else reason)
			),
			title=_("Invalid Value"),
		)
