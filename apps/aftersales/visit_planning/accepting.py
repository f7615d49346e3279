"""Proposals become visits by the dispatch board's own functions: each once, and none over what somebody did meanwhile.

Locks are taken in one order: the plan, the technicians, the calls. Whoever else plans one of these calls waits, and then
finds the visit; a technician's day is read again under the lock, so that two plans do not fill the same hour.
"""

from collections.abc import Sequence
from datetime import datetime, time

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import (
	add_to_date,
	escape_html,
	format_datetime,
	get_datetime,
	getdate,
	now_datetime,
	strip_html_tags,
)

from aftersales.core.guards import CLOCK_TOLERANCE, privileged, set_protected_values
from aftersales.core.savepoints import DATABASE_GAVE_UP, all_or_nothing
from aftersales.field_service import dispatch_board
from aftersales.field_service.crew import crews
from aftersales.service_calls import calls
from aftersales.service_routes.settings import routes_settings

WAITS = ("Proposed", "Refused")
OPEN_STATES = ("Draft", "Dispatched", "On Site")


def accept(plan: Document, names: Sequence[str] | None = None) -> dict[str, int]:
	"""Plan the visits of rows `names` of a locked plan (None: of all that wait); how many, and how many were refused.

	What one row's guards refuse stops no other: the row says why.
	"""
	rows = [
		row
		for row in sorted(plan.proposals, key=lambda row: (str(row.planned_start), row.idx))
		if row.state in WAITS and (names is None or row.name in names)
	]
	if not rows:
		return {"accepted": 0, "refused": 0}
	for technician in sorted({row.technician for row in rows}):
		frappe.db.get_value("Service Technician", technician, "name", for_update=True)
	for call in sorted({row.repair_call for row in rows if row.repair_call}):
		if frappe.db.exists("Repair Call", call):
			calls.lock(call)
	done = refused = 0
	moving = {row.service_voucher for row in rows if row.service_voucher}
	while rows:
		# Whoever takes the place of a visit that is moved waits until it has moved
		waits = {row.name for row in rows if _waits(row, moving)}
		ready = [row for row in rows if row.name not in waits]
		reasons = _plan_each(ready, moving) if ready else _change_places(rows, moving)
		for row in rows:
			if row.name in reasons:
				reason = reasons[row.name]
				row.refused_because = reason or None
				row.state = "Refused" if reason else "Accepted"
				moving.discard(row.service_voucher)
				done, refused = done + (not reason), refused + bool(reason)
		rows = [row for row in rows if row.name not in reasons]
	plan.flags.writes_proposal = True
	# Visits that somebody accepted a moment ago are newer than what this transaction sees of other tables
	plan.flags.ignore_links = True
	if not any(row.state in WAITS for row in plan.proposals):
		set_protected_values(plan, status="Accepted")
	privileged(plan).save()
	return {"accepted": done, "refused": refused}


def _change_places(rows: Sequence[Document], moving: set[str]) -> dict[str, str]:
	"""Plan visits that take each other's places: all of them, or none and the one that cannot move.

	Name of row -> why it was refused, or "". The rows that are not in it wait again: the place that they wanted of the
	refused one is not free.
	"""
	before = {row.name: row.service_voucher for row in rows}
	reasons: dict[str, str] = {}
	try:
		with all_or_nothing():
			reasons = _plan_each(rows, set(moving))
			if any(reasons.values()):
				raise _CannotMoveError
	except _CannotMoveError:
		for row in rows:
			row.service_voucher = before[row.name]
		first = next(name for name, reason in reasons.items() if reason)
		return {first: reasons[first]}
	return reasons


class _CannotMoveError(Exception):
	"""One of the visits that change places stays where it is."""


def _plan_each(rows: Sequence[Document], moving: set[str]) -> dict[str, str]:
	"""Plan rows one after the other; name of row -> why it was refused, or ""."""
	reasons = {}
	for row in rows:
		reasons[row.name] = _plan(row, moving)
		moving.discard(row.service_voucher)
	return reasons


def _plan(row: Document, moving: set[str]) -> str:
	"""Plan one row; why it was refused, as plain text, or ""."""
	messages = len(frappe.message_log)
	try:
		with all_or_nothing():
			_check_room(row, moving)
			row.service_voucher = _write(row)
	except DATABASE_GAVE_UP:
		raise
	except (frappe.ValidationError, frappe.PermissionError, frappe.DoesNotExistError) as error:
		del frappe.message_log[messages:]
		return strip_html_tags(str(error))[:500] or _("Refused without a reason.")
	del frappe.message_log[messages:]
	return ""


def _write(row: Document) -> str:
	start, end = get_datetime(row.planned_start), get_datetime(row.planned_end)
	midnight = datetime.combine(getdate(start), time())
	voucher = dispatch_board.plan(
		row.technician,
		getdate(start),
		round((start - midnight).total_seconds() / 60),
		round((end - start).total_seconds() / 60),
		call=None if row.service_voucher else row.repair_call,
		voucher=row.service_voucher or None,
		seen=row.seen or None,
	)
	if routes_settings().dispatch_accepted:
		dispatch_board.dispatch(voucher)
	return voucher


def _check_room(row: Document, moving: set[str]) -> None:
	"""The technician's time is to come and still free; visits that the same acceptance is about to move do not count."""
	if get_datetime(row.planned_start) < add_to_date(now_datetime(), minutes=-CLOCK_TOLERANCE):
		frappe.throw(
			_("{0} is over. Choose a day that is still to come.").format(format_datetime(row.planned_start))
		)
	taken = _taken(row, {*moving, row.service_voucher or ""})
	if taken:
		frappe.throw(
			_(
				"{0} is planned for {1} at {2} meanwhile. Plan again, or choose another time on the board."
			).format(escape_html(row.technician), taken[0].name, format_datetime(taken[0].planned_start))
		)


def _waits(row: Document, moving: set[str]) -> bool:
	"""A visit that is to be moved is still where `row` is to be."""
	others = moving - {row.service_voucher}
	return bool(others) and any(visit.name in others for visit in _taken(row, {row.service_voucher or ""}))


def _taken(row: Document, but: set[str]) -> list[frappe._dict]:
	"""Open visits of the technician in the time of a row, the first first, `but` for some."""
	own = frappe.db.get_values(
		"Service Voucher",
		{
			"technician": row.technician,
			"docstatus": 0,
			"status": ("in", OPEN_STATES),
			"planned_start": ("<", row.planned_end),
			"planned_end": (">", row.planned_start),
			"name": ("not in", sorted(but)),
		},
		["name", "planned_start"],
		as_dict=True,
		order_by="planned_start asc",
		for_update=True,
	)
	others = crews.spans([row.technician], row.planned_start, row.planned_end, for_update=True)
	return [*own, *(visit for visit in others if visit.name not in but)]
