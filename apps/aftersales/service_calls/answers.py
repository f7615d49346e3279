"""What is said about a call, by whatever channel, as a fact of it: a person's answer, a customer's message.

The message is the fact, not the status: the first answer of a person is the First Response and stops the clock
that waits for it, a message of the customer sets a call on hold going, reopens a resolved one, and is the next
thing to do. `answer_rules` decides, this module writes the call.
"""

from datetime import datetime

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_to_date, cint, escape_html, get_datetime, now_datetime

from aftersales.core.guards import privileged, set_protected_values
from aftersales.core.source_text import N_
from aftersales.service_calls import answer_rules, next_action_rules, progress, triage
from aftersales.service_calls.call_status_rules import CLOSED, NO_WORK_LEFT
from aftersales.service_setup.settings import aftersales_settings

ANSWER = N_("Answer the customer's message")
CALL_BACK = N_("Call the customer back")


def record_answer(call: str, at: datetime | str | None = None) -> None:
	"""A person has answered the customer at `at` (site time, default now): by mail, on the phone, on paper.

	The first answer is the First Response. A message of the customer that waited is answered.
	"""
	doc = frappe.get_doc("Repair Call", call, for_update=True)
	if doc.status in CLOSED or (doc.responded_at and not doc.unanswered_since):
		return
	if not doc.responded_at:
		moment = get_datetime(at or now_datetime())
		set_protected_values(doc, responded_at=max(moment, get_datetime(doc.received_at)))
	set_protected_values(doc, unanswered_since=None)
	if doc.next_action in _answering():
		_propose_anew(doc)
	privileged(doc).save()


def record_talk(call: str, by: str | None, at: datetime | str) -> None:
	"""Somebody of ours and the customer have spoken on the phone, whoever rang: an answer.

	A call on hold for the customer goes on. A finished one stays so: who has spoken decides.
	"""
	goes_on = what_follows(call) == answer_rules.CONTINUE
	if goes_on:
		doc = frappe.get_doc("Repair Call", call, for_update=True)
		doc.status = doc.status_before_hold or "Triaged"
		triage.note_decision(doc, _("Goes on: {0} was on the phone.").format(_named(by)))
		privileged(doc).save()
	record_answer(call, at)


def what_follows(call: str) -> str:
	"""What a message of the customer about a call does to it now; one of the words of `answer_rules`."""
	fields = ("status", "hold_for", "resolved_at", "closed_at", "modified")
	row = frappe.db.get_value("Repair Call", call, fields, as_dict=True, for_update=True)
	if not row:
		return answer_rules.TELL
	ended = row.resolved_at or row.closed_at or row.modified
	days = (now_datetime() - get_datetime(ended)).days if row.status in NO_WORK_LEFT else None
	settings = aftersales_settings()
	return answer_rules.what_follows(
		row.status, row.hold_for, days, settings.answer_after_resolution, cint(settings.answer_days)
	)


def take_message(
	call: str, by: str | None, at: datetime | str | None = None, next_action: str = ANSWER
) -> str:
	"""The customer has written about `call`: what follows is done, and told on the timeline; returns which it was.

	A message that asks for a new call (`NEW`) changes nothing here: whoever brings it can open one by
	:func:`open_after`, and what comes without an address to answer to is only told.

	Args:
		by: who has written, as told by the message.
		at: site time.
		next_action: source text of what has to be done now.
	"""
	what = what_follows(call)
	doc = frappe.get_doc("Repair Call", call, for_update=True)
	if what == answer_rules.NEW or doc.status in CLOSED:
		return what
	if what == answer_rules.CONTINUE:
		doc.status = doc.status_before_hold or "Triaged"
		triage.note_decision(doc, _("Goes on: {0} has answered.").format(_named(by)))
	elif what == answer_rules.REOPEN:
		doc.status = "Triaged" if doc.responded_at else "Open"
		triage.note_decision(doc, _("Reopened: {0} has written again.").format(_named(by)))
	if not doc.unanswered_since:
		set_protected_values(doc, unanswered_since=get_datetime(at or now_datetime()))
	doc.update({"next_action": _(next_action), "next_action_by": progress.due_at(doc)})
	privileged(doc).save()
	return what


def open_after(call: str, subject: str, contact: dict, received_at: datetime | str) -> str:
	"""A new call for what a customer writes about one that is over; returns its name. Each names the other.

	Customer, product and place are those of the former call; what covers it is worked out for the day it comes.
	"""
	former = frappe.get_doc("Repair Call", call)
	doc = frappe.new_doc("Repair Call")
	doc.update(
		{field: former.get(field) for field in ("customer", "company", "equipment", "service_address")}
	)
	doc.update({**contact, "subject": subject, "channel": "E-mail", "received_at": received_at})
	doc.update({"request_type": former.request_type, "call_owner": _enabled(former.call_owner)})
	triage.note_decision(doc, _("The customer answered a message about {0}.").format(former.name))
	privileged(doc).insert()
	former.add_comment("Info", _("A message about this call has opened {0}.").format(doc.name))
	return doc.name


def _propose_anew(doc: Document) -> None:
	promised_to = get_datetime(doc.promised_to) if doc.promised_to else None
	due = progress.due_at(doc)
	if proposal := next_action_rules.propose(doc.status, now_datetime(), due, promised_to):
		doc.update({"next_action": _(proposal.text), "next_action_by": proposal.by})


def _answering() -> set[str]:
	"""The next action as it was written, in whichever language that was."""
	site = frappe.db.get_default("lang") or "en"
	return {each for text in (ANSWER, CALL_BACK) for each in (text, _(text), _(text, site))}


def _named(by: str | None) -> str:
	return escape_html(by) if by else _("The customer")


def _enabled(user: str | None) -> str | None:
	if user and frappe.get_cached_value("User", user, "enabled"):
		return user
	from aftersales.service_calls.portal_api import owner_for_customers

	return owner_for_customers()
