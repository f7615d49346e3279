"""What the other rooms tell a Repair Call and ask of it.

A visit or a workshop job reports here; the call's own guards apply. Saves are made on behalf of the job,
whose own permission was checked: a technician need not be allowed to edit the call itself.
"""

from datetime import date, datetime

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import (
	add_to_date,
	cint,
	escape_html,
	format_datetime,
	get_datetime,
	get_link_to_form,
	now_datetime,
)

from aftersales.core.guards import privileged, set_protected_values
from aftersales.core.source_text import N_
from aftersales.service_calls import next_action_rules, progress, promise, promise_rules
from aftersales.service_calls.call_status_rules import CLOSED
from aftersales.service_calls.entitlement import coverage
from aftersales.service_calls.entitlement.coverage_rules import Coverage
from aftersales.service_setup.settings import aftersales_settings

RESOLVING_OUTCOMES = ("Completed", "No Fault Found", "Not Repairable", "Declined")
FAREWELLS = {
	"No Fault Found": N_("Ask the customer whether the fault has shown again"),
	"Not Repairable": N_("Tell the customer why, and offer a replacement"),
	"Declined": N_("Ask the customer whether the decision stands"),
}
"""What is left to do on a resolved call; after a repair it is what every resolved call asks for."""

NEXT_ACTIONS = {
	"Revisit Needed": N_("Plan the next visit"),
	"No Access": N_("Agree another appointment with the customer"),
	"Taken to Workshop": N_("Repair in the workshop"),
}
CODES = ("symptom_code", "fault_code", "cause_code", "action_code")


def check_open(call: str, status: str | None = None) -> None:
	"""Refuse work on a call that is closed or cancelled; `status` is looked up where it was not just read.

	Raises:
		frappe.ValidationError: names the call and its status.
	"""
	_refuse_when_over(call, status or frappe.db.get_value("Repair Call", call, "status"))


def record_dispatch(
	call: str,
	promised_from: datetime | str,
	promised_to: datetime | str,
	changed_for: str | None = None,
) -> None:
	"""A visit is dispatched for this window: the call becomes Scheduled and counts as answered.

	A promise the customer already has stands while the visit begins within it; otherwise the visit's
	window is what the customer is told, the call keeps what was promised before, and where no message can
	tell the customer the next action says so. A call in progress stays so.

	Args:
		changed_for: Service or Customer: who needed a time outside the promise.
	"""
	doc = _open_call(call)
	doc.flags.visit_is_recorded = True  # a visit may be noted when it is over already
	if not _keeps_promise(doc, promised_from):
		if doc.promised_from:
			_note(
				doc,
				_("Arrival window was {0} to {1}").format(
					format_datetime(doc.promised_from), format_datetime(doc.promised_to)
				),
			)
			_ask_to_tell(doc, promised_from, changed_for)
		doc.update(
			{
				"promised_from": promised_from,
				"promised_to": promised_to,
				"promise_changed_for": changed_for,
			}
		)
	if doc.status != "In Progress":
		doc.status = "Scheduled"
	_save(doc)


def is_told_of_window(call: str, since: datetime) -> bool:
	"""Whether the user has promised a new window since then, of which a message tells the customer."""
	doc = frappe.get_doc("Repair Call", call)
	return promise.is_promised_since(doc, since) and _is_told(doc)


def take_back_dispatch(call: str, since: datetime, promised: bool, dispatched: bool) -> None:
	"""A visit that was dispatched or moved by mistake goes back: so does what the call learnt from it.

	A window of which nobody was told is as if it had not been promised. Of one that the customer knows it stays noted; the
	former window is promised again, or the next action is to agree a new one.

	Args:
		since: when the visit was dispatched or moved.
		promised: a window was promised before.
		dispatched: the visit was dispatched before.
	"""
	doc = _open_call(call)
	doc.flags.visit_is_recorded = True
	is_told = _is_told(doc)
	is_over = promise.is_promised_since(doc, since)
	if is_over:
		stale = doc.next_action == _text_to_tell(doc.promised_from)
		promise.take_back(doc, promised, is_told)
		if stale:
			_propose_next_action(doc)
	if not dispatched and doc.status == "Scheduled" and not doc.promised_from:
		doc.status = "Triaged"
		if is_over and is_told:
			_set_next_action(doc, NEXT_ACTIONS["No Access"])
	_save(doc)


def record_arrival(call: str, at: datetime | str) -> None:
	"""Somebody is on site at `at` (site time): the first arrival is kept, the call is In Progress."""
	doc = _open_call(call)
	_keep_first_arrival(doc, at)
	doc.status = "In Progress"
	_save(doc)


def resolve_from_job(
	call: str,
	outcome: str,
	resolution: str | None,
	codes: dict | None = None,
	arrived_at: datetime | str | None = None,
) -> None:
	"""A visit or workshop job has ended with `outcome`.

	Completed, No Fault Found, Not Repairable and Declined resolve the call with `resolution`; Revisit Needed, No
	Access and Taken to Workshop bring it back to work. Each but Completed leaves its own next action.

	Args:
		codes: what was found (symptom_code, fault_code, cause_code, action_code); empty ones are left out.
		arrived_at: when somebody was on site (site time); the first arrival is kept.

	Raises:
		frappe.ValidationError: the call is closed or cancelled, or the outcome is none of these.
	"""
	doc = _open_call(call)
	if arrived_at:
		_keep_first_arrival(doc, arrived_at)
	doc.update({field: code for field, code in (codes or {}).items() if field in CODES and code})
	if outcome in RESOLVING_OUTCOMES:
		doc.update({"status": "Resolved", "resolution": resolution or _(outcome)})
		_set_next_action(doc, FAREWELLS.get(outcome))
	elif outcome in NEXT_ACTIONS:
		doc.status = "In Progress"
		_set_next_action(doc, NEXT_ACTIONS[outcome])
		if resolution:
			_note(doc, f"{_(outcome)}: {escape_html(resolution)}")
	else:
		frappe.throw(_("{0} is not an outcome of a job.").format(frappe.bold(escape_html(outcome))))
	_save(doc)


def expect_repair_by(call: str, promised_return: datetime | str) -> None:
	"""A product in the workshop is promised for `promised_return` (site time): its repair is due then, not within hours.

	Nothing changes for a call whose owner wrote another next action, or that is not in progress.
	"""
	doc = frappe.get_doc("Repair Call", call)
	text, site = next_action_rules.NEXT_ACTIONS["In Progress"], frappe.db.get_default("lang") or "en"
	# As it was written, in whichever language that was
	if doc.status != "In Progress" or doc.next_action not in (text, _(text), _(text, site)):
		return
	if get_datetime(doc.next_action_by) != get_datetime(promised_return):
		doc.next_action_by = promised_return
		_save(doc)


def waiting_for_visit(
	company: str | None = None, limit: int = 200, zone: str | None = None
) -> list[frappe._dict]:
	"""Calls the user may read on which somebody may have to be sent: open, not on hold, not solved.

	Which of them have a visit already, or a product in the workshop, those rooms know.
	"""
	filters = {"status": ("in", ("Open", "Triaged", "Scheduled", "In Progress"))}
	if company:
		filters["company"] = company
	if zone:
		filters["service_zone"] = zone
	return frappe.get_list(
		"Repair Call",
		filters=filters,
		fields=[
			*("name", "subject", "status", "priority", "hazard", "company", "customer_name", "received_at"),
			*("service_zone", "support_kind", "item_group", "promised_from", "promised_to", "next_action"),
			*("equipment.title as product", "equipment.item_group as product_group"),
		],
		order_by="received_at asc, name asc",
		limit_page_length=limit,
	)


def lock(call: str) -> None:
	"""Hold a call until the transaction ends, so that two requests that plan its work come one after the other.

	Raises:
		frappe.DoesNotExistError: there is no such call.
	"""
	if not frappe.db.get_value("Repair Call", call, "name", for_update=True):
		frappe.throw(_("Repair Call {0} does not exist.").format(escape_html(call)), frappe.DoesNotExistError)


def facts_for_targets(call: str, fields: list[str]) -> dict:
	"""The call's `fields` that a service target on one of its jobs asks for (e.g. priority, service_zone)."""
	return frappe.db.get_value("Repair Call", call, fields, as_dict=True) or {}


def coverage_snapshot(
	equipment: str | None = None,
	serial_no: str | None = None,
	on: date | str | None = None,
	symptom: str | None = None,
) -> Coverage:
	"""Coverage of a product on the day `on` (default today), as intake works it out."""
	return coverage.of_product(equipment, serial_no, on, symptom)


def _refuse_when_over(call: str, status: str) -> None:
	if status in CLOSED:
		frappe.throw(
			_("Repair Call {0} is {1}; a supervisor must reopen it first.").format(
				get_link_to_form("Repair Call", call), _(status)
			),
			title=_("Call Is Closed"),
		)


def _open_call(name: str) -> Document:
	doc = frappe.get_doc("Repair Call", name, for_update=True)
	_refuse_when_over(name, doc.status)
	return doc


def _keep_first_arrival(doc: Document, at: datetime | str) -> None:
	if not doc.arrived_at or get_datetime(at) < get_datetime(doc.arrived_at):
		set_protected_values(doc, arrived_at=get_datetime(at))


def keeps_promise(call: str, start: datetime | str) -> bool:
	"""Whether a visit of the call that begins at `start` keeps what its customer was promised; True without a promise."""
	window = frappe.db.get_value("Repair Call", call, ["promised_from", "promised_to"], as_dict=True)
	return not (window and window.promised_from and window.promised_to) or _keeps_promise(window, start)


def _keeps_promise(doc: Document | frappe._dict, planned_from: datetime | str) -> bool:
	if not doc.promised_from:
		return False
	return promise_rules.is_within(
		get_datetime(planned_from), get_datetime(doc.promised_from), get_datetime(doc.promised_to)
	)


def _ask_to_tell(doc: Document, start: datetime | str, changed_for: str | None) -> None:
	"""Another time than was promised, which no message of ours tells the customer: somebody has to."""
	if changed_for == promise_rules.CUSTOMER or _is_told(doc) or get_datetime(start) <= now_datetime():
		return
	doc.next_action = _text_to_tell(start)
	doc.next_action_by = now_datetime()


def _is_told(doc: Document) -> bool:
	"""Messages of ours tell the customer."""
	return bool(aftersales_settings().send_customer_messages and (doc.contact_email or doc.contact_phone))


def _text_to_tell(start: datetime | str) -> str:
	return _("Tell the customer the new time: {0}").format(format_datetime(start))[:140]


def _propose_next_action(doc: Document) -> None:
	"""What a call in its status asks for."""
	proposal = next_action_rules.propose(
		doc.status,
		now_datetime(),
		progress.due_at(doc),
		get_datetime(doc.promised_to) if doc.promised_to else None,
	)
	doc.update({"next_action": _(proposal.text), "next_action_by": proposal.by})


def _set_next_action(doc: Document, text: str | None) -> None:
	"""The outcome's own next action, due as soon as the first action on a new call."""
	if text:
		doc.update({"next_action": _(text), "next_action_by": progress.due_at(doc)})


def _note(doc: Document, text: str) -> None:
	doc.add_comment("Info", text)


def _save(doc: Document) -> None:
	doc.flags.ignore_links = True  # what a job tells is state, texts, and codes checked on the job
	privileged(doc).save()
