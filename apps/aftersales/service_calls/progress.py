"""Steps of a call's progress: what a status demands, when it was reached, what comes next.

The guards act when a status is entered, from whatever status: which steps are offered in which order
is the administrator's workflow, what may never be skipped is here.
"""

from datetime import datetime

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_to_date, cint, get_datetime, get_link_to_form, now_datetime

from aftersales.core.guards import (
	previous_status,
	require_role,
	require_value,
	set_protected_values,
	status_changed_to,
)
from aftersales.service_calls import facts, next_action_rules
from aftersales.service_calls.call_status_rules import CLOSED, FINISHED
from aftersales.service_calls.triage import SUPERVISORS, is_emergency
from aftersales.service_levels import calendars, working_time
from aftersales.service_setup.settings import aftersales_settings

ANSWERED = ("Triaged", "Scheduled", "In Progress", "Resolved", "Closed")
OWNERSHIP = ("call_owner", "next_action", "next_action_by")


def validate_closed_values(call: Document) -> None:
	"""A closed or cancelled call is opened again only by a supervisor; its finish is forgotten then."""
	before = previous_status(call)
	if before in CLOSED and call.status != before:
		require_role(SUPERVISORS, _("Reopening a call that is {0}").format(_(before)))
	if call.status not in FINISHED:
		set_protected_values(call, resolved_at=None)
		if before in FINISHED:
			call.resolved_by_phone = 0
	if call.status != "Closed":
		set_protected_values(call, closed_at=None)
	if call.status != "Cancelled":
		call.cancel_reason = None
	if call.status != "On Hold":
		call.hold_reason = call.hold_for = None
		set_protected_values(call, status_before_hold=None)


def guard_status(call: Document) -> None:
	"""What a status demands when it is entered."""
	guard_resolved_by_phone(call)
	if status_changed_to(call, "Scheduled"):
		require_value(call, "promised_to", _("Enter the arrival window promised to the customer."))
	if status_changed_to(call, "On Hold"):
		require_value(call, "hold_reason", _("Enter what the call waits for."))
		call.hold_for = call.hold_for or "Customer"
	if status_changed_to(call, "Cancelled"):
		require_value(call, "cancel_reason", _("Enter why the call needs no service."))
		check_nothing_is_open(call)
	if _becomes_done(call):
		require_value(call, "resolution", _("Enter how the call was solved."))
	if status_changed_to(call, "Closed"):
		check_nothing_is_open(call)


def guard_resolved_by_phone(call: Document) -> None:
	"""Solved by phone is said when the call is resolved, and only if nobody had to come (R-IN-5)."""
	stored = cint((call.get_doc_before_save() or frappe._dict()).resolved_by_phone)
	if cint(call.resolved_by_phone) == stored:
		return
	if call.resolved_by_phone and not _becomes_done(call):
		frappe.throw(_("A call is resolved by phone at the moment it is resolved, not before or after."))
	if call.resolved_by_phone and call.arrived_at:
		frappe.throw(_("A technician was on site, so the call was not resolved by phone."))
	if not call.resolved_by_phone and call.status in FINISHED:
		frappe.throw(
			_("How the call was resolved cannot be changed. Reopen the call to resolve it differently.")
		)


def check_nothing_is_open(call: Document) -> None:
	"""No visit is planned, no goods of the customer are in our hands, none of ours in theirs (R-WS-1, R-WS-3)."""
	if call.is_new():
		return
	links = [
		get_link_to_form(doctype, name)
		for doctype, functions in frappe.get_hooks("aftersales_open_work").items()
		for function in functions
		for name in frappe.get_attr(function)(call.name)
	]
	if links:
		frappe.throw(
			_("The call cannot be {0} while this is open: {1}").format(_(call.status), ", ".join(links)),
			title=_("Work Is Open"),
		)


def stamp_times(call: Document) -> None:
	now = now_datetime()
	if call.status in ANSWERED and not call.responded_at:
		set_protected_values(call, responded_at=now)
	if call.status in FINISHED and not call.resolved_at:
		set_protected_values(call, resolved_at=now)
	if call.status == "Closed" and not call.closed_at:
		set_protected_values(call, closed_at=now)
	if status_changed_to(call, "On Hold"):
		set_protected_values(call, status_before_hold=previous_status(call), on_hold_since=now)
	elif call.on_hold_since and call.status != "On Hold":
		waited = int((now - get_datetime(call.on_hold_since)).total_seconds())
		set_protected_values(call, held_seconds=cint(call.held_seconds) + waited, on_hold_since=None)


def propose_next_action(call: Document) -> None:
	"""A new status brings its own next action, unless the user wrote one in the same save."""
	if call.status in CLOSED:
		call.next_action = call.next_action_by = None
		set_protected_values(call, unanswered_since=None)
		return
	if not status_changed_to(call, call.status):
		return
	proposal = next_action_rules.propose(
		call.status,
		now_datetime(),
		due_at(call),
		get_datetime(call.promised_to) if call.promised_to else None,
	)
	if _is_open_to_proposal(call, "next_action"):
		call.next_action = _(proposal.text)
	if _is_open_to_proposal(call, "next_action_by"):
		call.next_action_by = proposal.by


def due_at(call: Document) -> datetime:
	"""When an action on a call that is to be done from now on is due: *First Action within* of the settings.

	The minutes are working time (*Technician Working Hours*): what is told in the evening is not late before the
	morning. An emergency's are minutes by the clock on the wall.
	"""
	settings = aftersales_settings()
	now, minutes = now_datetime(), cint(settings.next_action_within)
	if not settings.working_calendar or is_emergency(call):
		return add_to_date(now, minutes=minutes)
	hours = calendars.load(settings.working_calendar)
	return calendars.stored(working_time.add(hours, calendars.aware(now), minutes * 60))


def check_owner_and_next_action(call: Document) -> None:
	"""Every call has a named owner, a next action and its date until it is closed (R-IN-1)."""
	if call.status in CLOSED:
		return
	for fieldname in OWNERSHIP:
		require_value(call, fieldname, _("Enter an owner, a next action and the time it is due."))
	if call.has_value_changed("call_owner") and not call.may_be_owned_by(call.call_owner):
		frappe.throw(_("User {0} is disabled and cannot own a call.").format(frappe.bold(call.call_owner)))


def _becomes_done(call: Document) -> bool:
	return call.status in FINISHED and previous_status(call) not in FINISHED


def _is_open_to_proposal(call: Document, fieldname: str) -> bool:
	if call.is_new():
		return not call.get(fieldname)
	return not call.get(fieldname) or not call.has_value_changed(fieldname)
