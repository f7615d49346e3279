"""The owner of a call, follow-up or complaint (`call_owner`) and Frappe's own assignments (ToDo).

The owner is set on the document and is asked for as long as it is open. Frappe's assignments are for all who have
something to do with it: whoever becomes owner gets one, and whom an Assignment Rule assigns becomes the owner.
To unassign, close or complete an assignment leaves the owner.
"""

import frappe
from frappe.cache_manager import get_doctype_map
from frappe.desk.form import assign_to
from frappe.model.document import Document
from frappe.utils import getdate

from aftersales.service_calls.call_status_rules import CLOSED

OWNED = ("Repair Call", "Follow-up", "Service Complaint")
"""Documents with an owner: their controllers say by `may_be_owned_by(user)` who can be it."""


def mirror(call: Document) -> None:
	"""Assign `call` to its owner, unassign the former one, close all assignments when the call is over.

	Users who take a call themselves need no ToDo from themselves.
	"""
	if call.status in CLOSED:
		_close_todos(call, status="Closed")
	elif call.has_value_changed("call_owner"):
		if not call.is_new() and call.get_doc_before_save():
			_close_todos(call, status="Cancelled", keep=call.call_owner)
		if call.call_owner != frappe.session.user:
			_assign(call)
	expect_rule(call)


def expect_rule(owned: Document) -> None:
	"""The last of an owned document's on_update: Frappe applies the site's Assignment Rules next."""
	if _has_assignment_rule(owned.doctype):
		frappe.flags.assigned_by_rule = (owned.doctype, owned.name)


def take_owner_from_rule(todo: Document, method: str | None = None) -> None:
	"""after_insert of ToDo: whom an Assignment Rule assigns becomes the owner, where that user can be it.

	The rule's name is sent along by whoever asks Frappe to assign. It counts while the document is saved, and
	from users who can change the owner themselves.
	"""
	if not todo.assignment_rule or todo.reference_type not in OWNED:
		return
	owned = frappe.get_doc(todo.reference_type, todo.reference_name)
	is_saved_now = frappe.flags.assigned_by_rule == (owned.doctype, owned.name)
	if not (is_saved_now or owned.has_permission("write")):
		return
	if owned.call_owner != todo.allocated_to and owned.may_be_owned_by(todo.allocated_to):
		frappe.db.set_value(owned.doctype, owned.name, "call_owner", todo.allocated_to)


def show_owner_from_rule(doc: Document, method: str | None = None) -> None:
	"""on_change of the owned documents: a form that was just saved shows, and sends next time, the rule's owner."""
	if frappe.flags.assigned_by_rule != (doc.doctype, doc.name):
		return
	frappe.flags.assigned_by_rule = None
	stored = frappe.db.get_value(doc.doctype, doc.name, ("call_owner", "modified"), as_dict=True)
	if stored.call_owner != doc.call_owner:
		doc.update(stored)


def is_enabled(user: str | None) -> bool:
	"""Whether `user` can log in and thus own something."""
	return bool(user and frappe.get_cached_value("User", user, "enabled"))


def _has_assignment_rule(doctype: str) -> bool:
	return bool(
		get_doctype_map(
			"Assignment Rule",
			doctype,
			filters={"document_type": doctype, "disabled": 0},
			order_by="priority desc",  # as Frappe asks, whose cache this is
		)
	)


def _assign(call: Document) -> None:
	assign_to.add(
		{
			"assign_to": [call.call_owner],
			"doctype": call.doctype,
			"name": call.name,
			"description": ": ".join(part for part in (call.subject, call.get("next_action")) if part),
			"date": getdate(call.get("next_action_by")),
		},
		ignore_permissions=True,
	)


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
		todo.save(ignore_permissions=True)
