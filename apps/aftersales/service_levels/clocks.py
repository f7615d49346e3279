"""Service Clocks of documents: started, paused, stopped and cancelled as the documents are saved.

`track` runs on every change of a document whose type has targets. It looks at where the document
stands now (status, fields), never at what changed, so that calling it again changes nothing.
"""

import json
from dataclasses import replace
from datetime import datetime

import frappe
from frappe.model.document import Document
from frappe.query_builder import Order
from frappe.utils import add_to_date, cint, cstr, get_datetime, now_datetime

from aftersales.service_levels import clock_machine, pauses, targets
from aftersales.service_levels.calendars import aware, stored
from aftersales.service_levels.clock_machine import Clock, State
from aftersales.service_levels.target_rules import CANCELLED, PAUSED, RUNNING, STOPPED, WAITING, phase

FIELDS = (
	"name",
	"target",
	"measure",
	"state",
	"started_at",
	"due_at",
	"paused_at",
	"paused_seconds",
	"pauses",
	"stopped_at",
	"events_done",
	"terms",
	"open_key",
)


PHASES = ("start_field", "start_status", "stop_field", "stop_status", "pause_status", "cancel_status")


def track(doc: Document, method: str | None = None) -> None:
	"""doc_events on_change of every DocType: bring the clocks of `doc` in step with it."""
	if doc.flags.in_delete or _is_left_alone(doc) or not targets.is_tracked(doc.doctype):
		return
	now = now_datetime().replace(microsecond=0)
	open_clocks, finished = _clocks_of(doc)
	for measure, clock_row in list(open_clocks.items()):
		if _advance(doc, clock_row, now):
			finished.add(measure)
			del open_clocks[measure]
	facts = targets.facts_of(doc)
	chosen = {target["measure"]: target for target in targets.chosen(doc, facts)}
	frozen_facts = _plain(facts)
	given_up = {
		measure: row
		for measure, row in open_clocks.items()
		if _has_other_target(row, chosen.get(measure), frozen_facts) and _give_up(row, now)
	}
	new = {
		measure: row
		for measure, target in chosen.items()
		if measure not in open_clocks or measure in given_up
		if (row := new_clock(doc, target, measure in finished, given_up.get(measure), frozen_facts, now))
	}
	_insert(list(new.values()))
	for measure, row in new.items():
		_note_pauses(doc, row, given_up.get(measure))
	doc.flags.has_service_clocks = True


def forget(doc: Document, method: str | None = None) -> None:
	"""doc_events on_trash: the clocks of a deleted document go with it."""
	if not _is_left_alone(doc) and targets.is_tracked(doc.doctype):
		of_document = {"reference_doctype": doc.doctype, "reference_name": doc.name}
		pauses.forget(frappe.get_all("Service Clock", of_document, pluck="name", order_by="name asc"))
		frappe.db.delete("Service Clock", of_document)


def open_clocks_of(target: str, document: tuple[str, str] | None = None) -> list[str]:
	"""Names of the clocks of a target that have not ended; of all documents, or of one (DocType and name)."""
	filters = {"target": target, "open_key": ("is", "set")}
	if document:
		filters |= dict(zip(("reference_doctype", "reference_name"), document, strict=True))
	return frappe.get_all("Service Clock", filters, pluck="name")


def end_all(target: str, document: tuple[str, str] | None = None) -> int:
	"""Cancel the open clocks of a target, of all documents or of one, each under its lock; returns how many there were."""
	now = now_datetime().replace(microsecond=0)
	ended = 0
	for name in sorted(open_clocks_of(target, document)):
		if locked := _lock(name):
			before = machine_of(locked)
			clock = clock_machine.cancel(before, aware(now))
			frappe.db.set_value("Service Clock", name, columns_of(clock, now) | {"open_key": None})
			pauses.record(name, before, clock, None, now)
			ended += 1
	return ended


def machine_of(row: dict) -> Clock:
	"""The pure clock that a Service Clock row describes."""
	return Clock(
		terms=targets.terms_of(row["terms"]),
		started_at=aware(get_datetime(row["started_at"])),
		state=State(row["state"]),
		paused_seconds=cint(row["paused_seconds"]),
		paused_at=row["paused_at"] and aware(get_datetime(row["paused_at"])),
		stopped_at=row["stopped_at"] and aware(get_datetime(row["stopped_at"])),
		events_done=cint(row["events_done"]),
	)


def columns_of(clock: Clock, now: datetime) -> dict:
	"""What a Service Clock row stores of a pure clock; `now` is naive system time."""
	at = aware(now)
	closed = not clock.is_open
	return {
		"state": clock.state.value,
		"due_at": stored(clock_machine.due_at(clock)),
		"paused_at": stored(clock.paused_at),
		"paused_seconds": round(clock.paused_seconds),
		"stopped_at": stored(clock.stopped_at),
		"events_done": clock.events_done,
		"next_event_at": stored(clock_machine.next_event_at(clock)),
		"spent_seconds": round(clock_machine.spent_seconds(clock, at)) if closed else 0,
		"overrun_seconds": round(clock_machine.overrun_seconds(clock, at)) if closed else 0,
	}


def _is_left_alone(doc: Document) -> bool:
	"""History brought in by an import and ERPNext's own bulk set-up have no promises to keep."""
	flags = frappe.flags
	return bool(
		doc.flags.from_register
		or flags.in_install
		or flags.in_migrate
		or flags.in_uninstall
		or flags.in_patch
	)


def _clocks_of(doc: Document) -> tuple[dict[str, dict], set[str]]:
	"""Open clocks by measure, and the measures that have finished ones."""
	if doc.flags.in_insert and not doc.flags.has_service_clocks:
		return {}, set()
	clock = frappe.qb.DocType("Service Clock")
	rows = (
		frappe.qb.from_(clock)
		.select(*FIELDS)
		.where((clock.reference_doctype == doc.doctype) & (clock.reference_name == doc.name))
		.orderby(clock.creation, order=Order.asc)
	).run(as_dict=True)
	open_clocks = {row.measure: row for row in rows if row.open_key}
	return open_clocks, {row.measure for row in rows if not row.open_key}


def _advance(doc: Document, row: dict, now: datetime) -> bool:
	"""Pause, resume, stop or cancel one open clock as its frozen phases say; True when it has ended."""
	phases = targets.phases_of(json.loads(row["terms"]))
	place = phase(phases, doc.get("status"), doc, doc.docstatus == 2)
	clock = machine_of(row)
	if (place, bool(clock.paused_at)) in ((RUNNING, False), (PAUSED, True), (WAITING, False)):
		return False
	locked = _lock(row["name"])
	if not locked:
		return False
	before = clock = machine_of(locked)
	at = now
	events: tuple = ()
	if place == CANCELLED:
		clock = clock_machine.cancel(clock, aware(now))
	elif place == STOPPED:
		at = _moment(doc, phases.stop_field, now, not_before=locked.started_at)
		clock, events = clock_machine.take_due_events(clock, aware(at))
		clock = clock_machine.stop(clock, aware(at))
	elif place == PAUSED:
		clock, events = clock_machine.take_due_events(clock, aware(now))
		clock = clock_machine.pause(clock, aware(now))
	else:
		clock = clock_machine.resume(clock, aware(now))
	values = columns_of(clock, at) | {"pauses": cint(locked.pauses) + (place == PAUSED)}
	if not clock.is_open:
		values["open_key"] = None
	frappe.db.set_value("Service Clock", row["name"], values)
	pauses.record(row["name"], before, clock, doc.get("status"), at)
	if events:
		from aftersales.service_levels.escalation import Outbox, perform

		outbox = Outbox()
		perform(doc, locked, events, outbox)
		outbox.send()
	return not clock.is_open


def _has_other_target(row: dict, target: dict | None, facts: dict) -> bool:
	"""True when what the document says of itself has changed, and another target (or none) fits it now.

	A target made or edited later does not reach a clock that runs; an overdue clock stays, so that
	what was missed is not lost by rating the document anew. A clock that is due at a time the document names
	follows that time.
	"""
	if row["state"] == State.OVERDUE.value:
		return False
	then = json.loads(row["terms"])["facts"]
	if target and target["name"] == row["target"]:
		due = target["due_field"]
		return bool(due and facts.get(due)) and then.get(due) != facts[due]
	return any(field in then and then[field] != fact for field, fact in facts.items())


def _give_up(row: dict, now: datetime) -> bool:
	"""End a run that is neither met nor missed; False when it ended or fell due in this moment."""
	locked = _lock(row["name"])
	if not locked or locked["state"] == State.OVERDUE.value:
		return False
	before = machine_of(locked)
	clock = clock_machine.cancel(before, aware(now))
	frappe.db.set_value("Service Clock", row["name"], columns_of(clock, now) | {"open_key": None})
	pauses.record(row["name"], before, clock, None, now)
	return True


def _lock(name: str) -> dict | None:
	"""The clock as it is now, locked; None when it is no longer open."""
	row = frappe.db.get_value("Service Clock", name, list(FIELDS), as_dict=True, for_update=True)
	return row if row and row.open_key else None


def _plain(facts: dict) -> dict:
	"""Facts as they are frozen in a clock and compared later."""
	return {
		field: sorted(fact) if isinstance(fact, frozenset) else cstr(fact) for field, fact in facts.items()
	}


def new_clock(
	doc: Document, target: dict, again: bool, given_up: dict | None, facts: dict, now: datetime
) -> dict | None:
	"""A new clock's row, or None while the document has not reached the start of `target`.

	A second run (the document came back from where the first had stopped) starts now; one that takes
	over from a clock that was given up starts when that did, and keeps its pauses. A document that had
	already reached the end when it was first saved gets a finished clock, so that what is answered at
	once counts as met.
	"""
	phases = targets.phases_of(target)
	place = phase(phases, doc.get("status"), doc, doc.docstatus == 2)
	if place in (WAITING, CANCELLED) or (again and place == STOPPED):
		return None
	if given_up:
		begin = get_datetime(given_up["started_at"])
	else:
		begin = now if again or phases.start_status else _moment(doc, phases.start_field, now)
	due = _due(doc, target["due_field"])
	if target["due_field"] and (not due or (again and due <= begin)):
		return (
			None  # a document that comes back after its time was decided by the first run: goods sent again
		)
	terms = targets.terms_from(target["terms"], aware(begin), due and aware(due))
	clock = clock_machine.start(targets.terms_of(terms), aware(begin))
	if given_up:
		clock = _take_over_pauses(clock, given_up)
	at = now
	if place == PAUSED:
		clock = clock_machine.pause(clock, aware(now))
	elif place == RUNNING:
		clock = clock_machine.resume(clock, aware(now))
	elif place == STOPPED:
		at = _moment(doc, phases.stop_field, now, not_before=begin)
		clock = clock_machine.stop(clock, aware(at))
	frozen = {key: target[key] for key in PHASES} | {"facts": facts}
	return {
		"name": frappe.generate_hash(length=10),
		"reference_doctype": doc.doctype,
		"reference_name": doc.name,
		"target": target["name"],
		"measure": target["measure"],
		"started_at": begin,
		"allowed_seconds": terms["allowed_seconds"],
		"calendar": target["calendar_name"],
		"terms": frappe.as_json({**terms, **frozen}, indent=None),
		"pauses": 1 if place == PAUSED else 0,
		"customer": doc.get("customer"),
		"company": doc.get("company"),
		"service_zone": doc.get("service_zone"),
		"call_owner": doc.get("call_owner"),
		"open_key": f"{doc.doctype}/{doc.name}/{target['measure']}" if clock.is_open else None,
		**columns_of(clock, at),
	}


def _note_pauses(doc: Document, row: dict, given_up: dict | None) -> None:
	"""A new clock that took over, or begins paused, has rows for that; unless another save's clock was let in."""
	taken_over = given_up and cint(given_up["paused_seconds"])
	if not (taken_over or row["paused_at"]) or not frappe.db.exists("Service Clock", row["name"]):
		return
	if taken_over:
		pauses.take_over(row["name"], given_up["name"])
	if row["paused_at"]:
		pauses.begin(row["name"], machine_of(row), doc.get("status"))


def _take_over_pauses(clock: Clock, given_up: dict) -> Clock:
	"""The pauses of the clock before; one under way has lasted since it began."""
	clock = replace(clock, paused_seconds=cint(given_up["paused_seconds"]))
	since = given_up["paused_at"]
	return clock_machine.pause(clock, aware(get_datetime(since))) if since else clock


def _due(doc: Document, field: str | None) -> datetime | None:
	"""The time in `field`; a date alone means the end of that day, as what is promised for a day is kept on it."""
	value = field and doc.get(field)
	if not value:
		return None
	df = doc.meta.get_field(field)
	return add_to_date(get_datetime(value), days=1) if df and df.fieldtype == "Date" else get_datetime(value)


def _moment(doc: Document, field: str | None, now: datetime, not_before=None) -> datetime:
	"""The time in `field`, or now; a date alone means the start of that day."""
	value = field and doc.get(field)
	moment = get_datetime(value).replace(microsecond=0) if value and _is_time(doc, field) else now
	return max(moment, get_datetime(not_before)) if not_before else moment


def _is_time(doc: Document, field: str) -> bool:
	df = doc.meta.get_field(field)
	return field in ("creation", "modified") or (df is not None and df.fieldtype in ("Datetime", "Date"))


def _insert(rows: list[dict]) -> None:
	"""All new clocks of a document in one statement; the unique open key refuses a second open one."""
	if not rows:
		return
	now = now_datetime()
	columns = ["creation", "modified", "owner", "modified_by", *rows[0]]
	frappe.db.bulk_insert(
		"Service Clock",
		fields=columns,
		values=[
			(
				now,
				now,
				frappe.session.user,
				frappe.session.user,
				*(row[column] for column in rows[0]),
			)
			for row in rows
		],
		# Two saves at once: the unique open key lets one clock in, the other is not needed.
		ignore_duplicates=True,
	)
