"""The named owner of a call, mirrored in Frappe's own assignments (ToDo)."""

import frappe
from frappe import _
from frappe.desk.form import assign_to
from frappe.model.document import Document
from frappe.utils import getdate

OVER = ("Closed", "Cancelled")


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

	Hook of ToDo (validate). The owner is changed on the call itself, which moves the ToDo along.
	"""
	if todo.reference_type != "Repair Call" or todo.status == "Open" or todo.is_new():
		return
	if todo.flags.moved_by_call or not todo.has_value_changed("status"):
		return
	call = frappe.db.get_value("Repair Call", todo.reference_name, ["status", "assigned_to"], as_dict=True)
	if call and call.status not in OVER and call.assigned_to == todo.allocated_to:
		frappe.throw(
			_("Every open call has an owner. Change {0} on Repair Call {1} instead.").format(
				frappe.bold(_("Assigned to")), todo.reference_name
			),
			title=_("Owner Needed"),
		)


def _assign(call: Document) -> None:
	assign_to.add(
		{
			"assign_to": [call.assigned_to],
			"doctype": call.doctype,
			"name": call.name,
			"description": f"{call.subject}: {call.next_action or ''}",
			"date": getdate(call.next_action_by),
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
