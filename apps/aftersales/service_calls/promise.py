"""The promise to the customer on a call: each window that was promised is a row, the arrival is measured by them."""

from datetime import datetime

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, format_datetime, get_datetime, now_datetime

from aftersales.core.guards import CLOCK_TOLERANCE, require_value, set_protected_values, status_changed_to
from aftersales.service_calls import facts, promise_rules
from aftersales.service_calls.promise_rules import CUSTOMER, SERVICE, Promise

WINDOW = ("promised_from", "promised_to")
ANOTHER_TIME = "Another Time"
CONFIRMED = "Confirmed"


def validate_rows(call: Document) -> None:
	"""The windows are kept by the app: rows sent by a client have to be the stored ones.

	Raises:
		frappe.PermissionError: they are not.
	"""
	before = call.get_doc_before_save()
	if before is None:
		call.set("promises", [])
	elif [_plain(row) for row in call.promises] != _kept(call, before):
		frappe.throw(
			_("The windows promised are set by the system and cannot be edited."), frappe.PermissionError
		)


def check_window(call: Document) -> None:
	"""A promise is a whole window that is not over.

	Raises:
		frappe.ValidationError: half a window, one that ends before it begins, one that lies in the past.
	"""
	if not facts.any_changed(call, WINDOW):
		return
	if bool(call.promised_from) != bool(call.promised_to):
		frappe.throw(_("A promise to the customer is a window: set both its beginning and its end."))
	if not call.promised_from:
		return
	if get_datetime(call.promised_to) <= get_datetime(call.promised_from):
		frappe.throw(_("The arrival window must end after it begins."))
	late = (now_datetime() - get_datetime(call.promised_to)).total_seconds() / 60
	if late > CLOCK_TOLERANCE and not call.flags.visit_is_recorded:
		frappe.throw(
			_("The arrival window {0} to {1} is over. Promise a time that is still to come.").format(
				format_datetime(call.promised_from), format_datetime(call.promised_to)
			),
			title=_("Promise in the Past"),
		)


def record(call: Document) -> None:
	"""Keep each window that is promised as a row: when, by whom, at whose wish, with what notice."""
	if facts.any_changed(call, WINDOW):
		if call.promised_from and not call.flags.promise_was_none:
			_add(call)
		# what the customer said was said of the former window; one they have chosen themselves is confirmed
		booked = bool(call.flags.booked_by_customer)
		set_protected_values(
			call,
			arrival_answer=CONFIRMED if booked else None,
			arrival_answered_at=now_datetime() if booked else None,
		)
	call.promise_changed_for = None


def is_promised_since(call: Document, since: datetime) -> bool:
	"""Whether the user has promised the window that stands, and not before `since`."""
	last = call.promises[-1] if call.promises else None
	return bool(
		last
		and last.made_by == frappe.session.user
		and get_datetime(last.made_at) >= since
		and call.promised_from
		and get_datetime(last.promised_from) == get_datetime(call.promised_from)
	)


def take_back(call: Document, promised: bool, is_told: bool) -> None:
	"""The window promised last goes: the one before is promised again, or none.

	Args:
		promised: there was a window before.
		is_told: the customer knows the window. Otherwise it is as if it had not been promised: its row goes, too.
	"""
	former = call.promises[-2] if promised and len(call.promises) > 1 else None
	call.update({field: former and former.get(field) for field in WINDOW})
	if not is_told:
		call.flags.promise_was_none = True
		call.remove(call.promises[-1])


def measure(call: Document) -> None:
	"""Once somebody has arrived: kept, early or late, and by how much."""
	promise = promise_rules.measured(_promises(call))
	set_protected_values(
		call,
		promised_at=promise and promise.made_at,
		promise_from=promise and promise.start,
		promise_due=promise and promise.end,
	)
	if not promise or not call.arrived_at:
		set_protected_values(call, promise_result=None, promise_deviation=0)
		return
	if call.has_value_changed("arrived_at") or not call.promise_result:
		found, minutes = promise_rules.result(promise, get_datetime(call.arrived_at))
		set_protected_values(call, promise_result=found, promise_deviation=minutes)


def require_for_work(call: Document) -> None:
	"""A call does not go to work without a promise where its request type asks for one."""
	if not status_changed_to(call, "In Progress") or call.promised_to or call.arrived_at:
		return
	if cint(facts.request_type(call, "requires_promise")):
		require_value(
			call,
			"promised_to",
			_("Promise an arrival window before work begins: calls of type {0} need one.").format(
				_(call.request_type)
			),
		)


def _kept(call: Document, before: Document) -> list[tuple]:
	"""The rows that a call has to have: those that are stored, less one that is taken back."""
	rows = [_plain(row) for row in before.promises]
	return rows[:-1] if call.flags.promise_was_none else rows


def _plain(row: Document) -> tuple:
	moments = (row.promised_from, row.promised_to, row.made_at)
	return row.name, *(get_datetime(moment) for moment in moments), row.made_by, row.changed_for or ""


def _add(call: Document) -> None:
	former = _promises(call)
	now = now_datetime()
	last = former[-1] if former else None
	asked = call.promise_changed_for or _asked_by_answer(call) or SERVICE
	call.append(
		"promises",
		{
			"promised_from": call.promised_from,
			"promised_to": call.promised_to,
			"made_at": now,
			"made_by": frappe.session.user,
			"changed_for": asked if last else None,
			"notice_minutes": promise_rules.notice(last, now) if last else 0,
		},
	)


def _asked_by_answer(call: Document) -> str | None:
	"""The customer has asked for another time on the page of the appointment."""
	before = call.get_doc_before_save()
	return CUSTOMER if before and before.arrival_answer == ANOTHER_TIME else None


def _promises(call: Document) -> list[Promise]:
	return [
		Promise(
			get_datetime(row.promised_from),
			get_datetime(row.promised_to),
			get_datetime(row.made_at),
			row.changed_for or SERVICE,
		)
		for row in call.promises
	]
