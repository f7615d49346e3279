"""Taking over what is open in ERPNext's own support: each document becomes a Repair Call, once, and keeps its links."""

import frappe
from frappe import _
from frappe.utils import escape_html, get_datetime, get_link_to_form, now_datetime

from aftersales.core.guards import require_role, set_protected_values
from aftersales.core.input.requests import Names, validate_call
from aftersales.service_desk.take_over import sources
from aftersales.service_desk.take_over.sources import Found

CALL = "Repair Call"
ROLES = ("Service Manager", "System Manager")
AT_ONCE = 200
"""More than so many are taken over in steps: a request is one transaction."""


@frappe.whitelist(methods=["POST"])
@validate_call
def take_over(source: str, keys: Names) -> dict:
	"""Make Repair Calls of open documents of `source`.

	Args:
		source: Issue, Warranty Claim or Maintenance Schedule.
		keys: entry keys of the rows that the dry run showed, at most 200.

	Returns:
		made: names of the calls; left: what was not taken over, each with its reason.

	Raises:
		frappe.PermissionError: the user is no Service Manager.
	"""
	require_role(ROLES, _("Taking over open documents"))
	wanted = list(frappe.parse_json(keys))[:AT_ONCE]
	made, left = [], []
	for found in sources.open_in(source):
		if found.key not in wanted:
			continue
		if found.problem:
			left.append(f"{found.name}: {found.problem}")
			continue
		frappe.db.savepoint("take_over")
		try:
			made.append(_take(found))
		except (frappe.QueryDeadlockError, frappe.QueryTimeoutError):
			raise
		except frappe.ValidationError as error:
			frappe.db.rollback(save_point="take_over")
			frappe.clear_messages()
			left.append(f"{found.name}: {escape_html(str(error))}")
	return {"made": made, "left": left}


def _take(found: Found) -> str:
	call = frappe.new_doc(CALL)
	call.update({field: value for field, value in found.values.items() if value})
	call.update({"taken_over_type": found.doctype, "taken_over_from": found.name})
	if found.due and get_datetime(found.due) > now_datetime():
		call.update(
			{"next_action": _("Plan the maintenance visit"), "next_action_by": get_datetime(found.due)}
		)
	set_protected_values(call, entry_key=found.key)
	call.flags.taken_over = True  # the customer knows of it already
	call.insert(ignore_permissions=True)
	if found.answered_at:
		from aftersales.service_calls import answers

		answers.record_answer(call.name, found.answered_at)
	_leave(found, call.name)
	return call.name


def _leave(found: Found, call: str) -> None:
	"""The source names its call; an Issue or Warranty Claim is closed, its mails go on with the call."""
	source = frappe.get_doc(found.doctype, found.name)
	source.add_comment("Info", _("Taken over as {0}").format(get_link_to_form(CALL, call)))
	if found.doctype == sources.SCHEDULE:
		return
	frappe.db.set_value(found.doctype, found.name, "status", "Closed")
	for name in frappe.get_all(
		"Communication",
		{"reference_doctype": found.doctype, "reference_name": found.name},
		pluck="name",
		order_by="creation asc",
	):
		frappe.db.set_value(
			"Communication",
			name,
			{"reference_doctype": CALL, "reference_name": call},
			update_modified=False,
		)
