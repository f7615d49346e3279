"""A technician sees the calls they have to do with and edits those assigned to them: hooks of Repair Call.

The rule binds a user whose right to calls comes from technicians' roles alone; any other role that
grants the same right lifts it. Which roles those are is read from the permissions in force, so that a
role the administrator adds counts as well. A visit or card reports to its call by `calls`, which does
not need the technician's own permission on the call.
"""

import frappe
from frappe.model.document import Document
from pypika.queries import QueryBuilder

from aftersales.core.guards import granted_only_by

TECHNICIANS = {"Service Technician", "Workshop Technician"}
WRITING = ("write", "create", "delete", "share", "import")


def call_query_conditions(user: str | None = None, doctype: str = "Repair Call") -> str:
	"""SQL condition for lists and reports of a technician: their calls, and those their jobs belong to."""
	user = user or frappe.session.user
	if not is_restricted(user, "read"):
		return ""
	own = f"`tabRepair Call`.`call_owner` = {frappe.db.escape(user)}"
	of_jobs = [f"`tabRepair Call`.`name` in ({calls.get_sql()})" for calls in _calls_of_jobs(user)]
	return f"({' or '.join([own, *of_jobs])})"


def has_call_permission(doc: Document, ptype: str = "read", user: str | None = None, **kwargs) -> bool:
	"""True unless a technician reads a call they have nothing to do with, or edits one not assigned to them.

	The stored owner decides, not the one in the document at hand, which the caller sent.
	"""
	user = user or frappe.session.user
	right = ptype if ptype in WRITING else "read"
	if not is_restricted(user, right) or not isinstance(doc, Document) or doc.is_new():
		return True
	if frappe.db.get_value("Repair Call", doc.name, "call_owner") == user:
		return True
	return right == "read" and _works_for(user, doc.name)


def is_restricted(user: str, right: str) -> bool:
	"""True when only technicians' roles give `user` this right to calls."""
	return granted_only_by(TECHNICIANS, "Repair Call", right, user)


def _works_for(user: str, call: str) -> bool:
	"""True when a visit of the user or a repair card belongs to the call."""
	call_table = frappe.qb.DocType("Repair Call")
	found = frappe.qb.from_(call_table).select(call_table.name).where(call_table.name == call)
	return any(found.where(call_table.name.isin(calls)).run() for calls in _calls_of_jobs(user))


def _calls_of_jobs(user: str) -> list[QueryBuilder]:
	roles = frappe.get_roles(user)
	return [
		frappe.get_attr(function)(user)
		for role, functions in frappe.get_hooks("aftersales_calls_of_technician").items()
		if role in roles
		for function in functions
	]
