"""Customers choose, move and cancel the time of their visit: what is offered, and what is done on their word.

Whoever asks (`customer_portal`) has seen that the call is the customer's. What is promised comes from the same windows as at the
Phone Desk, and is checked once more while the technicians are held: two customers do not get the same hour.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, escape_html, format_datetime, get_datetime, now_datetime

from aftersales.core.guards import NotPossible, privileged
from aftersales.core.plain_text import plain_line
from aftersales.field_service import visits
from aftersales.field_service.arrival_rules import Suggestion
from aftersales.field_service.crew import crews
from aftersales.repair_workshop import cards
from aftersales.service_calls import jobs, triage
from aftersales.service_calls.promise_rules import CUSTOMER
from aftersales.service_setup.settings import aftersales_settings
from aftersales.visit_planning import booking_rules as rules
from aftersales.visit_planning import windows

LOOKED_AT = 40
"""So many windows are looked at, of which some are offered."""


def why_not(call: str) -> rules.Why | None:
	"""Why the customer of a call may not choose the time of its visit; None when they may."""
	return _why_not(frappe.get_doc("Repair Call", call), _open_visits(call))


def offered(call: str) -> list[Suggestion]:
	"""The windows a customer may choose from, some on each of the next days; the cheap ones marked."""
	doc = frappe.get_doc("Repair Call", call)
	length = _length(next(iter(_open_visits(call)), None))
	return rules.choose(windows.for_call(doc, count=LOOKED_AT, whole=True, length=length))


def last_change(promised_from: datetime) -> datetime:
	"""Until when an appointment can be moved or cancelled by its customer."""
	return get_datetime(promised_from) - _cutoff()


def book(call: str, start: datetime, end: datetime, seen_from: str, by: str) -> None:
	"""The customer has chosen a window: it is promised, and a visit that is planned is moved into it.

	Sent twice it is done once.

	Args:
		seen_from: beginning of the appointment that the page showed, "" without one.
		by: HTML for the timeline.

	Raises:
		NotPossible: it may not be changed any more, has changed meanwhile, or somebody else was faster.
	"""
	windows.hold_technicians(frappe.db.get_value("Repair Call", call, "company"))
	doc = frappe.get_doc("Repair Call", call, for_update=True)
	if doc.promised_from and (get_datetime(doc.promised_from), get_datetime(doc.promised_to)) == (start, end):
		return
	visit = _require(doc, seen_from)
	technician = windows.keeper(doc, start, end, visit and visit.name, _length(visit))
	if not technician:
		frappe.throw(_("This time has been taken meanwhile. Please choose another one."), NotPossible)
	former = doc.promised_from
	is_sent = bool(visit and visit.status == "Dispatched")
	doc.flags.booked_by_customer = True
	doc.update(
		{
			"status": "Scheduled",
			"promised_from": start,
			"promised_to": end,
			"promise_changed_for": CUSTOMER if former else None,
		}
	)
	if not is_sent:
		_set_next_action(doc, _("Plan the visit: the customer has booked {0}").format(format_datetime(start)))
	privileged(doc).save()
	window = f"{format_datetime(start)} – {format_datetime(end)}"
	told = (
		_("has moved the appointment to {0} ({1})") if former else _("has booked the appointment {0} ({1})")
	)
	doc.add_comment("Info", told.format(window, by))
	if visit:
		_move(visit, technician, start, end, is_sent)


def cancel(call: str, seen_from: str, reason: str, by: str) -> None:
	"""The customer cancels the appointment: the promise is withdrawn, and the call waits for the desk.

	Raises:
		NotPossible: it may not be changed any more, or has changed meanwhile.
	"""
	doc = frappe.get_doc("Repair Call", call, for_update=True)
	if not doc.promised_from:
		return
	visit = _require(doc, seen_from)
	window = f"{format_datetime(doc.promised_from)} – {format_datetime(doc.promised_to)}"
	doc.update({"status": "Triaged", "promised_from": None, "promised_to": None})
	_set_next_action(doc, _("The customer has cancelled the visit: {0}").format(plain_line(reason) or "–"))
	privileged(doc).save()
	doc.add_comment(
		"Info", _("has cancelled the appointment {0} ({1}): {2}").format(window, by, escape_html(reason))
	)
	if visit and visit.status == "Dispatched":
		visit.status = "Cancelled"
		jobs.note(visit, _("Cancelled: {0}").format(_("The customer has cancelled the visit.")))
		privileged(visit).save()
	elif visit:
		_take_off_the_plan(visit)


def _why_not(doc: Document, open_visits: Sequence[Document]) -> rules.Why | None:
	visit = next(iter(open_visits), None)
	facts = rules.Facts(
		doc.status,
		by_guest=doc.channel == "QR" and not doc.contact_confirmed,
		emergency=triage.is_emergency(doc),
		in_workshop=doc.name in cards.calls_with_open_card([doc.name]),
		arrived=bool(doc.arrived_at),
		promised_from=get_datetime(doc.promised_from) if doc.promised_from else None,
		visit_status=visit and visit.status,
		# Two visits at different times are no appointment that moves as one
		several=any(one.crew for one in open_visits) or sum(_is_planned(one) for one in open_visits) > 1,
	)
	policy = aftersales_settings().self_booking or rules.OFF
	return rules.why_not(policy, facts, now_datetime(), _cutoff())


def _require(doc: Document, seen_from: str) -> Document | None:
	"""The visit that changes with the appointment, if there is one; locking reads see what others planned meanwhile."""
	if str((doc.promised_from and get_datetime(doc.promised_from)) or "") != seen_from:
		frappe.throw(_("The appointment has changed meanwhile. Please look at the new time."), NotPossible)
	open_visits = _open_visits(doc.name, for_update=True)
	if why := _why_not(doc, open_visits):
		frappe.throw(words_of(why), NotPossible)
	return next(iter(open_visits), None)


def words_of(why: rules.Why) -> str:
	"""Why a customer may not change an appointment here, in a sentence for the customer."""
	if why == "too_late":
		return _("It is too close to the appointment to change it here. Please call us.")
	return _("This appointment cannot be changed here. Please call us.")


def _open_visits(call: str, for_update: bool = False) -> list[Document]:
	"""The visits of a call that are planned or under way, the one that is planned first before others."""
	names = visits.open_vouchers_of_call(call, for_update)
	docs = [frappe.get_doc("Service Voucher", name) for name in names]
	docs.sort(
		key=lambda doc: (doc.status == "Draft", not doc.planned_start, str(doc.planned_start), doc.name)
	)
	return docs


def _is_planned(visit: Document) -> bool:
	return visit.status != "Draft" or bool(visit.planned_start)


def _length(visit: Document | None) -> timedelta | None:
	"""How long a visit is planned to take; None without a planned one."""
	if not visit or not visit.planned_start or not visit.planned_end:
		return None
	return get_datetime(visit.planned_end) - get_datetime(visit.planned_start)


def _move(visit: Document, technician: str, start: datetime, end: datetime, is_sent: bool) -> None:
	"""A dispatched visit goes to who can keep the window; one that is only planned waits for the planner again."""
	if visit.planned_start and start <= get_datetime(visit.planned_start) <= end:
		return
	if not is_sent:
		_take_off_the_plan(visit)
		return
	visit.update(
		{
			"technician": technician,
			"planned_start": start,
			"planned_end": start + _length(visit),
			"promise_changed_for": CUSTOMER,
		}
	)
	jobs.note(visit, _("The customer has chosen another time."))
	privileged(visit).save()


def _take_off_the_plan(visit: Document) -> None:
	if visit.planned_start:
		visit.update({"technician": None, "planned_start": None, "planned_end": None})
		privileged(visit).save()


def _set_next_action(doc: Document, text: str) -> None:
	doc.update({"next_action": text[:140], "next_action_by": now_datetime()})


def _cutoff() -> timedelta:
	return timedelta(hours=cint(aftersales_settings().booking_cutoff))
