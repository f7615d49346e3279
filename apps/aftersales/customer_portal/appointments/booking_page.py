"""The part of a call's page on which its customer chooses, moves and cancels the time of the visit."""

from datetime import datetime, timedelta

import frappe
from frappe import _
from frappe.utils import escape_html, now_datetime

from aftersales.core.guards import NotPossible
from aftersales.customer_portal import limits, progress
from aftersales.customer_portal.web import Person, Visit
from aftersales.visit_planning import booking

DAY = 86400
ACTIONS = ("book", "cancel_visit")
CHANGES_A_DAY = 10
LOOKS_AN_HOUR = 60
FAR = timedelta(days=366)
"""No window begins so long from now, whatever a form says."""


def of_call(visit: Visit, found: frappe._dict) -> frappe._dict | None:
	"""What the page offers: None where the customer may not choose.

	Returns:
		booked (there is an appointment), until (the last moment to change it, in words), asked (windows are shown),
		windows (value, words, cheap), said (why an appointment cannot be changed any more).
	"""
	why = booking.why_not(found.name)
	booked = bool(found.promised_from)
	if why == "too_late":
		return frappe._dict(booked=True, said=booking.words_of(why))
	if why:
		return None
	asked = visit.text("choose", 10) == "1" or visit.text("action") == "book"
	if asked:
		limits.count("windows", LOOKS_AN_HOUR, 3600, found.name)
	return frappe._dict(
		booked=booked,
		until=progress.moment(booking.last_change(found.promised_from)) if booked else "",
		asked=asked,
		windows=[_shown(window) for window in booking.offered(found.name)] if asked else [],
	)


def act(visit: Visit, found: frappe._dict, person: Person) -> str:
	"""Take the form; returns what the page says then.

	Raises:
		NotPossible: it may not be changed, or the time is taken.
	"""
	limits.count("book", CHANGES_A_DAY, DAY, found.name)
	by = f"{escape_html(person.name)}, {person.way}"
	seen = visit.text("seen", 40)
	try:
		if visit.text("action") == "cancel_visit":
			booking.cancel(found.name, seen, visit.text("reason", 200), by)
			return "visit_cancelled"
		start, end = _window(visit.text("window", 60))
		booking.book(found.name, start, end, seen, by)
		return "booked"
	except (frappe.QueryDeadlockError, frappe.QueryTimeoutError):
		raise NotPossible(_("Please send the form once more."))


def _shown(window) -> frappe._dict:
	return frappe._dict(
		value=f"{window.start.isoformat()}/{window.end.isoformat()}",
		day=progress.day(window.start),
		words=f"{progress.clock(window.start)}–{progress.clock(window.end)}",
		cheap=window.cheap,
	)


def _window(text: str) -> tuple[datetime, datetime]:
	try:
		start, end = (datetime.fromisoformat(part) for part in text.split("/"))
		if start.tzinfo or end.tzinfo or abs(start - now_datetime()) > FAR:
			raise ValueError(text)
		return start, end
	except ValueError:
		raise NotPossible(_("Please choose one of the times."))
