"""The dispatch board: the technicians' day beside the calls that wait for a visit (page dispatch-board; R-SV-1, R-HR).

What is moved on the board is the Service Voucher itself, by its own save and its own action: nothing here writes
a status, and every guard of the voucher holds. Times go out as minutes of the day and seconds from now, so that a
browser in another time zone shows the site's hours.
"""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import NoReturn

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, escape_html, format_datetime, get_datetime, getdate, now_datetime

from aftersales.core.input.requests import Day, Moment, WholeNumber, validate_call
from aftersales.field_service import arrival, board_promises, board_travel, day_rules, visits
from aftersales.field_service.arrival_rules import Span, Technician
from aftersales.field_service.board_needs import Needs
from aftersales.field_service.board_rows import of_technicians, people_on, span, visits_between
from aftersales.field_service.dispatch import qualification
from aftersales.service_calls import triage
from aftersales.service_setup.settings import aftersales_settings
from aftersales.service_staff import availability

MOST_WAITING = 200
MOVABLE = ("Draft", "Dispatched")
LENGTHS = (15, 14 * 24 * 60)
"""Shortest and longest visit that can be planned here, in minutes."""


@frappe.whitelist()
@validate_call
def load(day: Day | None = None, company: str | None = None, zone: str | None = None) -> dict:
	"""One day of all technicians the user may see, and the calls that wait for a visit, the most pressing first.

	Args:
		day: default today.
		company: only its technicians and calls.
		zone: only the technicians and calls of a Service Zone.

	Returns:
		day, now (minute of the day, None on another day), hours (first, last), length (usual visit, minutes),
		tells_customers (messages are sent), may_plan, technicians (name, company, zone, away, working, planned,
		worked, free_from, visits, promised: windows that take room, travel, kilometres), waiting, more, and
		fits: for each `need` of a visit or call the technicians qualified for it.

	Raises:
		frappe.PermissionError: the user may not read Service Vouchers.
	"""
	frappe.has_permission("Service Voucher", "read", throw=True)
	on = getdate(day)
	midnight = datetime.combine(on, time())
	now = now_datetime()
	length = cint(aftersales_settings().visit_minutes) or 90
	rows = visits_between(midnight, company or None, zone=zone or None)
	people = people_on(company or None, rows, on, zone or None)
	own = of_technicians(people, rows)
	hours = arrival.working_hours(None, midnight, midnight + timedelta(days=1))
	days = {name: _day_of(person, own[name], hours) for name, person in people.items()}
	waiting = calls_waiting(company or None, now, zone=zone or None)
	needs = Needs(people, [*rows, *waiting], on)
	earliest = max(now, midnight)
	promised = board_promises.of_day(days.values(), waiting, needs, midnight, length)
	shown = {
		"day": on,
		"now": _minute(now, midnight) if now.date() == on else None,
		"hours": day_rules.hours_shown(_all_spans(days.values()), midnight),
		"length": length,
		"tells_customers": bool(aftersales_settings().send_customer_messages),
		"may_plan": bool(frappe.has_permission("Service Voucher", "create")),
		"technicians": [
			_technician_shown(
				*(people[name], board_promises.with_room_taken(days[name], promised.get(name, ()), length)),
				*(own[name], needs, midnight, earliest, now, length),
			)
			| {"promised": [_promise_shown(*each, midnight) for each in promised.get(name, ())]}
			for name in sorted(days)
		],
		"waiting": [_waiting_shown(row, needs, midnight) for row in waiting[:MOST_WAITING]],
		"more": len(waiting) > MOST_WAITING,
	}
	board_travel.add(shown["technicians"], rows, people)
	return {**shown, "fits": needs.fits}


@frappe.whitelist(methods=["POST"])
@validate_call
def plan(
	technician: str,
	day: Day,
	minute: WholeNumber,
	minutes: WholeNumber,
	call: str | None = None,
	voucher: str | None = None,
	seen: Moment | None = None,
	reason: str | None = None,
	promise_changed_for: str | None = None,
) -> str:
	"""Plan the first visit of `call`, or `voucher` anew; its name.

	Args:
		minute: beginning, in minutes of the day (site time).
		minutes: how long the visit takes.
		seen: `modified` of the voucher as the user saw it.
		reason: why a technician without the skill, or away that day, is sent; needed where the visit is dispatched already.
		promise_changed_for: Service or Customer: who needs a time outside the window promised. It is the customer's
			new window once the visit is dispatched.

	Raises:
		frappe.PermissionError: the user may not plan this visit.
		frappe.ValidationError: the time makes no sense, the visit was planned or changed by somebody else meanwhile,
			has begun, or one of the voucher's own guards refuses.
	"""
	frappe.has_permission("Service Voucher", "write", throw=True)
	start = datetime.combine(getdate(day), time()) + timedelta(
		minutes=within(minute, 0, 24 * 60 - 1, _("Start", context="After-sales"))
	)
	planned = {
		"technician": technician,
		"planned_start": start,
		"planned_end": start + timedelta(minutes=within(minutes, *LENGTHS, _("Duration"))),
	}
	doc = movable(voucher, seen) if voucher else _first_visit(call)
	doc.update({**planned, "promise_changed_for": promise_changed_for})
	_give_reason(doc, reason)
	doc.save()
	return doc.name


@frappe.whitelist(methods=["POST"])
@validate_call
def dispatch(voucher: str, seen: Moment | None = None, reason: str | None = None) -> None:
	"""Send the technician of a planned visit; `reason`: why one without the skill.

	Raises:
		frappe.PermissionError, frappe.ValidationError: as the voucher's own action says, or it was changed meanwhile.
	"""
	frappe.has_permission("Service Voucher", "write", throw=True)
	doc = movable(voucher, seen)
	_give_reason(doc, reason)
	doc.dispatch()


@frappe.whitelist(methods=["POST"])
@validate_call
def put_back(voucher: str, seen: Moment | None = None) -> None:
	"""Take technician and time from a visit that is not dispatched: its call waits again.

	Raises:
		frappe.PermissionError: the user may not write the voucher.
		frappe.ValidationError: the visit is dispatched, or was changed meanwhile.
	"""
	frappe.has_permission("Service Voucher", "write", throw=True)
	doc = movable(voucher, seen)
	if doc.status != "Draft":
		frappe.throw(
			_(
				"{0} is dispatched and the customer expects the visit. Move it, or cancel it in its form."
			).format(frappe.bold(doc.name))
		)
	doc.update({"technician": None, "planned_start": None, "planned_end": None})
	doc.save()


# ---------------------------------------------------------------------------------- changing


def _give_reason(doc: Document, reason: str | None) -> None:
	"""Why this technician all the same: without the skill, or away that day."""
	if not reason:
		return
	away = availability.absence_on(doc.technician, doc.planned_start)
	if away:
		doc.absence_override_reason = reason
	if not away or not qualification(doc).ok:
		doc.qualification_override_reason = reason


def movable(voucher: str, seen: str | None) -> Document:
	"""A visit, locked, that the user may move and that is as it was seen."""
	doc = frappe.get_doc("Service Voucher", voucher, for_update=True)
	doc.check_permission("write")
	if seen and get_datetime(seen) != get_datetime(doc.modified):
		refuse_changed(doc)
	if doc.docstatus or doc.status not in MOVABLE:
		frappe.throw(
			_("{0} is already {1} and cannot be rescheduled.").format(
				frappe.bold(doc.name), frappe.bold(_(doc.status))
			)
		)
	return doc


def refuse_changed(doc: Document) -> NoReturn:
	"""Say that somebody else has changed a visit."""
	frappe.throw(
		_("{0} was changed by another user. Reload it.").format(frappe.bold(doc.name)),
		title=_("Changed by Another User"),
	)


def _first_visit(call: str | None) -> Document:
	from aftersales.service_calls import calls

	if not call:
		frappe.throw(_("Choose the Repair Call or Service Voucher to plan."), frappe.MandatoryError)
	calls.lock(call)
	if planned := visits.open_vouchers_of_call(call, for_update=True):
		frappe.throw(
			_("{0} has the visit {1} already.").format(
				frappe.bold(escape_html(call)), frappe.bold(planned[0])
			),
			title=_("Planned by Another User"),
		)
	return visits.voucher_from_call(call)


def within(number: int, least: int, most: int, what: str) -> int:
	"""A number of minutes as a client sent it; `what` names it where it makes no sense."""
	if not least <= number <= most:
		frappe.throw(
			_("{0}: {1} is not between {2} and {3} minutes.").format(what, frappe.bold(number), least, most)
		)
	return number


# ---------------------------------------------------------------------------------- reading


def _day_of(person: frappe._dict, own: Iterable[frappe._dict], hours: tuple[Span, ...]) -> Technician:
	working = hours if person.is_active and not person.absence else ()
	return Technician(person.name, working, tuple(sorted(span(visit) for visit in own)), person.service_zone)


def _all_spans(days: Iterable[Technician]) -> Iterable[Span]:
	for day in days:
		# Who works around the clock has no hours worth showing; their visits have.
		yield from (span for span in day.working if span[1] - span[0] < timedelta(hours=23))
		yield from (span for span in day.busy if not day_rules.lasts_days(span))


def calls_waiting(
	company: str | None, now: datetime, limit: int = MOST_WAITING * 2, zone: str | None = None
) -> list[frappe._dict]:
	"""Calls without a visit that has its technician and time, and without a product in the workshop."""
	from aftersales.repair_workshop import cards
	from aftersales.service_calls import calls
	from aftersales.service_levels import display

	rows = calls.waiting_for_visit(company, limit, zone)
	names = [row.name for row in rows]
	in_workshop = cards.calls_with_open_card(names)
	drafts = visits.open_visits_of_calls(names)
	chips = display.most_pressing("Repair Call", names)
	found = []
	for row in rows:
		visit = drafts.get(row.name)
		if row.name in in_workshop or (visit and visit.technician and visit.planned_start):
			continue
		row.visit = visit
		row.chip = chips.get(row.name)
		left = row.chip["left"] if row.chip and not row.chip["paused"] else None
		promise_left = (row.promised_to - now).total_seconds() if row.promised_to else None
		row.order = day_rules.pressing(triage.is_emergency(row), left, row.received_at, promise_left)
		found.append(row)
	return sorted(found, key=lambda row: row.order)


def _technician_shown(
	person: frappe._dict,
	day: Technician,
	rows: Iterable[frappe._dict],
	needs: Needs,
	midnight: datetime,
	earliest: datetime,
	now: datetime,
	length: int,
) -> dict:
	own = sorted(rows, key=span)
	lanes = day_rules.lanes([span(row) for row in own])
	free = day_rules.first_fit(day, earliest, timedelta(minutes=length))
	return {
		"name": day.name,
		"company": person.company,
		"zone": day.zone,
		"vehicle": person.vehicle,
		"subcontractor": bool(person.supplier),
		"away": availability.told_plain(day.name, person.absence) if person.absence else None,
		"working": [_minutes(span, midnight) for span in day.working],
		"worked": day_rules.minutes(day.working),
		"planned": day_rules.minutes(
			day_rules.taken_of_day([span(one) for one in own], midnight, day.working)
		),
		"free_from": _minute(free, midnight) if free else None,
		"visits": [
			_visit_shown(row, lane, needs, midnight, now) for row, lane in zip(own, lanes, strict=True)
		],
	}


def _visit_shown(row: frappe._dict, lane: int, needs: Needs, midnight: datetime, now: datetime) -> dict:
	start, end = _minutes(span(row), midnight)
	return {
		"name": row.name,
		"call": row.repair_call,
		"status": row.status,
		"technician": row.technician,
		"customer_name": row.customer_name,
		"what": row.subject or row.preliminary_plan or _("Internal work"),
		"product": row.product,
		"zone": row.zone,
		"emergency": triage.is_emergency(row),
		"late": row.status in MOVABLE and bool(row.planned_start) and row.planned_start < now,
		"need": needs.of(row),
		"start": start,
		"end": end,
		"lane": lane,
		"movable": not row.docstatus and row.status in MOVABLE and not row.leader and start >= 0,
		"days": _days_shown(row),
		"leader": row.leader,
		"crew": row.crew or [],
		"promised": _minutes((row.promised_from, row.promised_to), midnight)
		if row.promised_from and row.promised_to and not row.arrived_at
		else None,
		"seen": str(row.modified),
	}


def _days_shown(row: frappe._dict) -> str:
	"""From when to when a visit lasts that lasts several days; "" for any other."""
	if not day_rules.lasts_days(span(row)):
		return ""
	return " – ".join(format_datetime(moment, "d MMM HH:mm") for moment in span(row))


def _promise_shown(call: str, window: Span, midnight: datetime) -> dict:
	return {"call": call, "window": _minutes(window, midnight)}


def _waiting_shown(row: frappe._dict, needs: Needs, midnight: datetime) -> dict:
	visit = row.visit or frappe._dict()
	return {
		"call": row.name,
		"voucher": visit.name,
		"technician": visit.technician,
		"seen": str(visit.modified) if visit else None,
		"status": row.status,
		"subject": row.subject,
		"customer_name": row.customer_name,
		"product": row.product,
		"zone": row.service_zone,
		"emergency": triage.is_emergency(row),
		"priority": row.priority,
		"next_action": row.next_action,
		"chip": row.chip,
		"promised": _minutes((row.promised_from, row.promised_to), midnight)
		if row.promised_from and row.promised_to
		else None,
		"need": needs.of(row),
	}


def _minutes(span: Span, midnight: datetime) -> tuple[int, int]:
	return _minute(span[0], midnight), _minute(span[1], midnight)


def _minute(moment: datetime, midnight: datetime) -> int:
	return round((moment - midnight).total_seconds() / 60)
