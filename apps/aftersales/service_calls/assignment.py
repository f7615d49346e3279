"""The named owner of a call or complaint, mirrored in Frappe's own assignments (ToDo).

Frappe's assignment requests write the field `assigned_to` of whatever document they are about, past its
controller, and ask for no more than the right to read it. The requests here stand in front of them.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import frappe
from frappe import _
from frappe.cache_manager import get_doctype_map
from frappe.desk.form import assign_to as assignments
from frappe.model.document import Document
from frappe.utils import getdate

from aftersales.core.input.requests import DocTypeName, Names, validate_call

OVER = ("Closed", "Cancelled")
OWNED = ("Repair Call", "Follow-up", "Service Complaint")
"""Documents whose `assigned_to` is their owner."""


def mirror(call: Document) -> None:
	"""Give the owner of `call` a ToDo, close that of the former owner, close all when the call is over.

	Who takes a call himself needs no ToDo from himself.
	"""
	if call.status in OVER:
		_close_todos(call, status="Closed")
	elif call.has_value_changed("assigned_to"):
		if not call.is_new() and call.get_doc_before_save():
			_close_todos(call, status="Cancelled", keep=call.assigned_to)
		if call.assigned_to != frappe.session.user:
			_assign(call)


def keep_owner(todo: Document, method: str | None = None) -> None:
	"""Refuse to end the ToDo of an open call's owner: Frappe would leave the call without one.

	Hook of ToDo (validate). The owner is changed on the call itself, which moves the ToDo along. An
	Assignment Rule may end the ToDo, since its administrator wants it off the owner's list; the call keeps
	its owner.
	"""
	if todo.reference_type not in OWNED or todo.status == "Open" or todo.is_new():
		return
	if todo.flags.moved_by_call or not todo.has_value_changed("status"):
		return
	doctype, name = todo.reference_type, todo.reference_name
	stored = frappe.db.get_value(doctype, name, ["status", "assigned_to"], as_dict=True)
	if not stored or stored.assigned_to != todo.allocated_to:
		return
	if _is_by_rule(todo):
		_restore_later(doctype, name, stored.assigned_to)
	elif doctype == "Repair Call" and stored.status not in OVER:
		frappe.throw(
			_("Every open call has an owner. Change {0} on Repair Call {1} instead.").format(
				frappe.bold(_("Assigned to")), name
			),
			title=_("Owner Needed"),
		)


def _is_by_rule(todo: Document) -> bool:
	"""Whether an Assignment Rule ends the ToDo: past permissions, and not by somebody's request."""
	return bool(
		todo.flags.ignore_permissions
		and not frappe.flags.assignment_requested
		and get_doctype_map(
			"Assignment Rule",
			todo.reference_type,
			filters={"document_type": todo.reference_type, "disabled": 0},
			order_by="priority desc",  # as Frappe asks, whose cache this is
		)
	)


def _restore_later(doctype: str, name: str, owner: str) -> None:
	"""Frappe empties `assigned_to` past the controller when it ends a ToDo: write it back after that."""
	waiting = frappe.flags.setdefault("owners_to_restore", {})
	if not waiting:
		frappe.db.before_commit.add(restore_owners)
	waiting[doctype, name] = owner


def restore_owners(doc: Document | None = None, method: str | None = None) -> None:
	"""Hook of the owned documents (on_change), and before a commit: the owner an Assignment Rule took is back.

	Whom a rule has assigned instead stays.
	"""
	waiting = frappe.flags.get("owners_to_restore") or {}
	for key in [(doc.doctype, doc.name)] if doc else list(waiting):
		owner = waiting.pop(key, None)
		if owner and not frappe.db.get_value(*key, "assigned_to", for_update=True):
			frappe.db.set_value(*key, "assigned_to", owner, update_modified=False)


# --- requests that take the place of frappe.desk.form.assign_to's (hooks.py) ---------------------------


@frappe.whitelist()
@validate_call
def add(doctype: DocTypeName, name: str, assign_to: Names, **more) -> list | None:
	"""`add` and `add_multiple`: for a document with an owner they change him, so they ask for its write permission.

	Args:
		name: of one document, or a JSON list of several.
		assign_to: users, as a list or as JSON.
		more: description, date, priority, as Frappe takes them.

	Raises PermissionError.
	"""
	names = frappe.parse_json(name) if name.startswith("[") else [name]
	for each in names:
		frappe.get_doc(doctype, each).check_permission("write" if doctype in OWNED else "read")
		open_todos = assignments.add({**more, "doctype": doctype, "name": each, "assign_to": assign_to})
	return open_todos if names == [name] else None


@frappe.whitelist()
@validate_call
def remove(doctype: DocTypeName, name: str, assign_to: str) -> list:
	"""End somebody's ToDo; the owner of the document stays. Raises PermissionError."""
	with _owner_kept(doctype, name):
		return assignments.remove(doctype, name, assign_to)


@frappe.whitelist()
@validate_call
def remove_multiple(doctype: DocTypeName, names: Names) -> None:
	"""End the ToDos of several documents; their owners stay. Raises PermissionError."""
	for name in frappe.parse_json(names):
		frappe.get_doc(doctype, name).check_permission()
		for todo in assignments.get({"doctype": doctype, "name": name}):
			remove(doctype, name, todo.owner)


@frappe.whitelist()
@validate_call
def close(doctype: DocTypeName, name: str, assign_to: str) -> list:
	"""The user is done with his ToDo; the owner of the document stays. Raises PermissionError."""
	with _owner_kept(doctype, name):
		return assignments.close(doctype, name, assign_to)


@contextmanager
def _owner_kept(doctype: str, name: str) -> Iterator[None]:
	frappe.get_doc(doctype, name).check_permission()
	owner = doctype in OWNED and frappe.db.get_value(doctype, name, "assigned_to", for_update=True)
	frappe.flags.assignment_requested = True
	try:
		yield
	finally:
		frappe.flags.assignment_requested = False
	if owner:
		frappe.db.set_value(doctype, name, "assigned_to", owner, update_modified=False)


# --- the mirror ----------------------------------------------------------------------------------------


def _assign(call: Document) -> None:
	assignments.add(
		{
			"assign_to": [call.assigned_to],
			"doctype": call.doctype,
			"name": call.name,
			"description": ": ".join(part for part in (call.subject, call.get("next_action")) if part),
			"date": getdate(call.get("next_action_by")),
		},
		ignore_permissions=True,
	)
	# assign_to writes the owner once more and thereby a new time of change; without it here the next
	# save of the open form would be taken for a stale one
	call.modified = frappe.db.get_value(call.doctype, call.name, "modified")


def _close_todos(call: Document, status: str, keep: str | None = None) -> None:
	for name in frappe.get_all(
		"ToDo",
		filters={
			"reference_type": call.doctype,
			"reference_name": call.name,
			"status": "Open",
			"allocated_to": ["!=", keep or ""],
		},
		pluck="name",
		order_by="creation",
	):
		todo = frappe.get_doc("ToDo", name)
		todo.status = status
		todo.flags.moved_by_call = True
		todo.save(ignore_permissions=True)
