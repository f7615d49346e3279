"""Somebody leaves or is locked out: what still waits for that person is told to whoever can hand it on."""

from datetime import date

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, get_link_to_form, getdate, nowdate

from aftersales.field_service.visit_rules import DISPATCHED_STATES
from aftersales.guards import has_any_role

TELLING = ("Left", "Inactive", "Suspended")
MOST = 20
READERS = ("Service Agent", "Service Supervisor", "Service Manager")


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


def tell_planned_visits(technicians: list[str], after: date | str | None = None) -> None:
	"""Say on the screen which visits have to be given to somebody else."""
	rows = planned_visits(technicians, after)
	if not rows:
		return
	_say(
		_("{0} visits are still planned for {1}. Give them to somebody else: {2}").format(
			len(rows),
			escape_html(", ".join(sorted({row.technician for row in rows}))),
			_links("Service Voucher", [row.name for row in rows]),
		)
	)


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
	tell_planned_visits(technicians, after=last_day)


def user_saved(user: Document, method: str | None = None) -> None:
	"""on_update of User: a disabled user owns calls and makes visits no more; supervisors are told.

	The note goes out once, when the user is disabled; the Due Next report and the lists show the calls.
	"""
	if user.enabled or user.flags.in_insert or not user.has_value_changed("enabled"):
		return
	technicians = frappe.get_all(
		"Service Technician", filters={"user": user.name}, pluck="name", order_by="name asc"
	)
	tell_planned_visits(technicians)
	calls = open_calls_of(user.name)
	if not calls:
		return
	told = _("{0} is disabled and still owns {1} open calls: {2}").format(
		escape_html(user.full_name or user.name), len(calls), _links("Repair Call", calls)
	)
	_say(told)
	_tell_supervisors(user, len(calls), calls[0])


def open_calls_of(user: str) -> list[str]:
	"""Names of the calls a user owns that are not over."""
	from aftersales.service_desk.past_jobs import OVER

	return frappe.get_all(
		"Repair Call",
		filters={"assigned_to": user, "status": ("not in", OVER)},
		pluck="name",
		order_by="received_at asc, name asc",
	)


def owners_locked_out() -> list[frappe._dict]:
	"""Disabled users who own open calls, and how many each."""
	from frappe.query_builder.functions import Count

	from aftersales.service_desk.past_jobs import OVER

	call, user = frappe.qb.DocType("Repair Call"), frappe.qb.DocType("User")
	return (
		frappe.qb.from_(call)
		.join(user)
		.on(user.name == call.assigned_to)
		.select(user.name, user.full_name, Count(call.name).as_("calls"))
		.where((user.enabled == 0) & call.status.notin(OVER))
		.groupby(user.name, user.full_name)
		.orderby(user.name)
		.run(as_dict=True)
	)


def remind_of_locked_out_owners() -> None:
	"""Daily: supervisors hear of open calls whose owner is disabled, until somebody takes them over."""
	for owner in owners_locked_out():
		_tell_supervisors(owner, owner.calls, open_calls_of(owner.name)[0])


def _tell_supervisors(user: Document | frappe._dict, count: int, first: str) -> None:
	from frappe.utils.user import get_users_with_role

	from aftersales.service_levels.escalation import Notice, notify

	subject = _("{0} is disabled and still owns {1} open calls").format(
		escape_html(user.full_name or user.name), count
	)
	for supervisor in sorted(set(get_users_with_role("Service Supervisor"))):
		if supervisor in (user.name, "Administrator") or _was_told(supervisor, first, subject):
			continue
		notify(supervisor, Notice(subject, "Repair Call", first))


def _was_told(user: str, call: str, subject: str) -> bool:
	"""The same note, not read yet or of today, is not written again."""
	common = {"for_user": user, "document_name": call, "subject": subject}
	return bool(
		frappe.db.exists("Notification Log", {**common, "read": 0})
		or frappe.db.exists("Notification Log", {**common, "creation": (">=", nowdate())})
	)


def _say(text: str) -> None:
	if has_any_role((*READERS, "HR Manager", "HR User", "System Manager")):
		frappe.msgprint(text, title=_("Work Left to Hand on"), indicator="orange")


def _links(doctype: str, names: list[str]) -> str:
	links = ", ".join(get_link_to_form(doctype, name) for name in names[:MOST])
	return links if len(names) <= MOST else f"{links} …"
