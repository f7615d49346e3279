"""ERPNext's Call Log beside the Repair Call it was about: matched, counted as an answer, listed where it is not.

Whatever telephone system writes the Call Log (an app for it, or REST), the events here are the document's own.
"""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_to_date, escape_html, flt, get_datetime, now_datetime

from aftersales.core.guards import require_role
from aftersales.core.input.requests import validate_call
from aftersales.core.notices import Notice, notify
from aftersales.core.roles import DESK
from aftersales.service_calls import answers, repeat_calls
from aftersales.service_calls.call_status_rules import NO_WORK_LEFT
from aftersales.service_desk.telephone import match_rules
from aftersales.service_desk.telephone.match_rules import Candidate, Talk
from aftersales.service_staff import deputies

CALL, LOG = "Repair Call", "Call Log"
LOOK_BACK_DAYS = 60
"""Finished calls of a number that are looked at for one that was registered during the talk."""
NOT_FOR_A_CALL = "aftersales_no_call"


def validate(log: Document, method: str | None = None) -> None:
	"""Once it has ended, a Call Log names the Repair Call it was about, where exactly one fits."""
	if talk_of(log).has_ended and not call_of(log) and not log.get(NOT_FOR_A_CALL):
		if name := match_rules.match(talk_of(log), _candidates(log)):
			log.append("links", {"link_doctype": CALL, "link_name": name})


def on_change(log: Document, method: str | None = None) -> None:
	"""on_update of Call Log: what was said, or missed, is a fact of the call, once."""
	call = call_of(log)
	if not call or not talk_of(log).has_ended or _was_counted(log):
		return
	if not frappe.db.exists(CALL, call):
		return
	talk = talk_of(log)
	if talk.was_held:
		answers.record_talk(call, _other_party(log), talk.start)
	elif talk.was_missed:
		answers.take_message(call, _other_party(log), talk.start, answers.CALL_BACK)
		_tell_owner(call, log)


def link(log: str, call: str) -> None:
	"""A call is taken on the phone desk while `log` is on the line: both name each other, whoever rings."""
	doc = frappe.get_doc(LOG, log, for_update=True)
	if call_of(doc) == call:
		return
	doc.set("links", [row for row in doc.links if row.link_doctype != CALL])
	doc.append("links", {"link_doctype": CALL, "link_name": call})
	doc.save(ignore_permissions=True)


def call_of(log: Document) -> str | None:
	return next((row.link_name for row in log.links if row.link_doctype == CALL), None)


def talk_of(log: Document | frappe._dict) -> Talk:
	start = get_datetime(log.start_time or log.creation or now_datetime())
	end = get_datetime(log.end_time or add_to_date(start, seconds=flt(log.duration)))
	return Talk(log.type == "Incoming", log.status, start, end, flt(log.duration))


def number_of(log: Document | frappe._dict) -> str | None:
	"""The number of who is not ours."""
	return log.get("from") if log.type == "Incoming" else log.get("to")


@frappe.whitelist(methods=["POST"])
@validate_call
def put_on_call(log: str, call: str) -> None:
	"""The desk says which Repair Call a Call Log was about.

	Raises:
		frappe.PermissionError: the user is not of the desk, or may not write the call.
	"""
	require_role(DESK, _("Matching telephone calls"))
	frappe.get_doc(CALL, call).check_permission("write")
	link(log, call)


@frappe.whitelist(methods=["POST"])
@validate_call
def set_aside(log: str) -> None:
	"""The telephone call was about no Repair Call: it leaves the list. Raises frappe.PermissionError."""
	require_role(DESK, _("Matching telephone calls"))
	frappe.db.set_value(LOG, log, NOT_FOR_A_CALL, 1)


def candidates_of(log: frappe._dict) -> list[str]:
	"""Names of the calls a log could be about, the latest first, for the desk to choose from."""
	return [row.name for row in _calls_of_number(log)][:5]


def _candidates(log: Document) -> list[Candidate]:
	return [
		Candidate(
			row.name, get_datetime(row.creation), row.status not in NO_WORK_LEFT, row.channel == "Phone"
		)
		for row in _calls_of_number(log)
	]


def _calls_of_number(log: Document | frappe._dict) -> list[frappe._dict]:
	"""Calls with the number on the line, and open ones of the customers whose contact has it."""
	key = repeat_calls.phone_key(number_of(log))
	if not key or len(key) < 5:
		return []
	fields = ["name", "creation", "status", "channel"]
	since = add_to_date(now_datetime(), days=-LOOK_BACK_DAYS)
	by_number = frappe.get_all(
		CALL,
		{"phone_key": key, "modified": (">", since), "status": ("!=", "Cancelled")},
		fields,
		order_by="creation desc",
		limit=20,
	)
	customers = _customers_of_number(key)
	by_contact = customers and frappe.get_all(
		CALL,
		{"customer": ("in", customers), "status": ("not in", NO_WORK_LEFT)},
		fields,
		order_by="creation desc",
		limit=20,
	)
	found = {row.name: row for row in (*by_number, *(by_contact or ()))}
	return sorted(found.values(), key=lambda row: row.creation, reverse=True)


def _customers_of_number(key: str) -> list[str]:
	phone, dynamic_link = frappe.qb.DocType("Contact Phone"), frappe.qb.DocType("Dynamic Link")
	rows = (
		frappe.qb.from_(phone)
		.join(dynamic_link)
		.on((dynamic_link.parent == phone.parent) & (dynamic_link.parenttype == "Contact"))
		.select(dynamic_link.link_name, phone.phone)
		.where((dynamic_link.link_doctype == "Customer") & phone.phone.like(f"%{key[-4:]}"))
		.run()
	)
	spaced = [name for name, number in rows if repeat_calls.phone_key(number) == key]
	return sorted(set(spaced))


def _was_counted(log: Document) -> bool:
	before = log.get_doc_before_save()
	return bool(before and talk_of(before).has_ended and call_of(before) == call_of(log))


def _other_party(log: Document) -> str:
	return number_of(log) or ""


def _tell_owner(call: str, log: Document) -> None:
	owner = frappe.db.get_value(CALL, call, "call_owner")
	told = _("Missed call from {0} about {1}").format(escape_html(_other_party(log)), call)
	for user in deputies.who_is_told(owner):
		notify(user, Notice(told, CALL, call))
