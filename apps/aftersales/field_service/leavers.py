"""Somebody leaves or is locked out: what still waits for that person is told to whoever can hand it on."""

from datetime import date

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, get_link_to_form, getdate, nowdate

from aftersales.core.guards import has_any_role
from aftersales.core.roles import DESK
from aftersales.field_service.visit_rules import DISPATCHED_STATES
from aftersales.service_calls.call_status_rules import NO_WORK_LEFT

TELLING = ("Left", "Inactive", "Suspended")
OWNED = {
	"Repair Call": NO_WORK_LEFT,
	"Follow-up": ("Done", "Escalated", "Cancelled"),
	"Service Complaint": ("Closed", "Cancelled"),
}
"""What a user owns as its owner (`call_owner`), and the states in which nothing is left to do on it."""

MOST = 20


def planned_visits(technicians: list[str], after: date | str | None = None) -> list[frappe._dict]:
	"""Visits of technicians that are not made yet: name, technician, status, planned_start.

	Args:
		after: only those planned for a later day than this.
	"""
	if not technicians:
		return []
	filters = {
		"technician": ("in", technicians),
		"docstatus": 0,
		"status": ("in", ("Draft", *DISPATCHED_STATES)),
	}
	rows = frappe.get_all(
		"Service Voucher",
		filters=filters,
		fields=["name", "technician", "status", "planned_start"],
		order_by="planned_start asc, name asc",
	)
	if not after:
		return rows
	return [row for row in rows if row.planned_start and getdate(row.planned_start) > getdate(after)]


def open_cards(technicians: list[str]) -> list[str]:
	"""Names of the repair cards that technicians have on their bench."""
	return technicians and frappe.get_all(
		"Repair Card",
		filters={"assigned_technician": ("in", technicians), "docstatus": 0, "status": ("!=", "Cancelled")},
		pluck="name",
		order_by="received_at asc, name asc",
	)


def tell_work_left(technicians: list[str], after: date | str | None = None) -> None:
	"""Say on the screen which visits and repair cards have to be given to somebody else.

	Args:
		after: of the visits only those planned for a later day than this.
	"""
	visits = [row.name for row in planned_visits(technicians, after)]
	cards = open_cards(technicians)
	if not (visits or cards):
		return
	_say(
		_("Reassign this work of {0}: {1}").format(
			escape_html(", ".join(sorted(technicians))),
			", ".join(
				part for part in (_links("Service Voucher", visits), _links("Repair Card", cards)) if part
			),
		)
	)


def technician_saved(technician: Document, method: str | None = None) -> None:
	"""on_update of Service Technician: visits that are planned for somebody who is not active any more are told."""
	if (
		technician.has_value_changed("is_active")
		and not technician.is_active
		and not technician.flags.in_insert
	):
		tell_work_left([technician.name])


def employee_saved(employee: Document, method: str | None = None) -> None:
	"""on_update of Employee: who leaves or is away for good may have visits planned."""
	leaving = employee.has_value_changed("status") and employee.status in TELLING
	relieved = employee.has_value_changed("relieving_date") and employee.relieving_date
	if not (leaving or relieved):
		return
	technicians = frappe.get_all(
		"Service Technician", filters={"employee": employee.name}, pluck="name", order_by="name asc"
	)
	last_day = employee.relieving_date if employee.relieving_date and employee.status != "Suspended" else None
	tell_work_left(technicians, after=last_day)


def user_saved(user: Document, method: str | None = None) -> None:
	"""on_update of User: a disabled user owns calls and makes visits no more; supervisors are told."""
	if user.enabled or user.flags.in_insert or not user.has_value_changed("enabled"):
		return
	technicians = frappe.get_all(
		"Service Technician", filters={"user": user.name}, pluck="name", order_by="name asc"
	)
	tell_work_left(technicians)
	owned = owned_by(user.name)
	if not owned:
		return
	told = ", ".join(_links(doctype, names) for doctype, names in owned.items())
	_say(_("{0} is disabled and still owns: {1}").format(escape_html(user.full_name or user.name), told))
	_tell_supervisors(user, owned)


def owned_by(user: str) -> dict[str, list[str]]:
	"""DocType → what a user owns and is not over (calls, follow-ups, complaints); without those of which there is none."""
	found = {
		doctype: frappe.get_all(
			doctype,
			filters={"call_owner": user, "status": ("not in", over)},
			pluck="name",
			order_by="creation asc, name asc",
		)
		for doctype, over in OWNED.items()
	}
	return {doctype: names for doctype, names in found.items() if names}


def owners_locked_out() -> list[frappe._dict]:
	"""Disabled users (name, full_name) who own something that is not over."""
	found = {}
	for doctype, over in OWNED.items():
		owned, user = frappe.qb.DocType(doctype), frappe.qb.DocType("User")
		rows = (
			frappe.qb.from_(owned)
			.join(user)
			.on(user.name == owned.call_owner)
			.select(user.name, user.full_name)
			.distinct()
			.where((user.enabled == 0) & owned.status.notin(over))
			.run(as_dict=True)
		)
		found |= {row.name: row for row in rows}
	return [found[name] for name in sorted(found)]


def remind_of_locked_out_owners() -> None:
	"""Daily: supervisors hear of what disabled users own, until somebody takes it over."""
	for owner in owners_locked_out():
		_tell_supervisors(owner, owned_by(owner.name))


def _tell_supervisors(user: Document | frappe._dict, owned: dict[str, list[str]]) -> None:
	from aftersales.core.notices import Notice, notify
	from aftersales.service_levels.escalation import stand_ins

	told = ", ".join(f"{_(doctype)} {len(names)}" for doctype, names in owned.items())
	subject = _("{0} is disabled and still owns: {1}").format(escape_html(user.full_name or user.name), told)
	doctype, names = next(iter(owned.items()))
	for supervisor in stand_ins(None):
		if supervisor != user.name and not _was_told(supervisor, names[0], subject):
			notify(supervisor, Notice(subject, doctype, names[0]))


def _was_told(user: str, about: str, subject: str) -> bool:
	"""The same note, not read yet or of today, is not written again."""
	common = {"for_user": user, "document_name": about, "subject": subject}
	return bool(
		frappe.db.exists("Notification Log", {**common, "read": 0})
		or frappe.db.exists("Notification Log", {**common, "creation": (">=", nowdate())})
	)


def _say(text: str) -> None:
	if has_any_role((*DESK, "HR Manager", "HR User", "System Manager")):
		frappe.msgprint(text, title=_("Work to Reassign"), indicator="orange")


def _links(doctype: str, names: list[str]) -> str:
	links = ", ".join(get_link_to_form(doctype, name) for name in names[:MOST])
	return links if len(names) <= MOST else f"{links} …"
