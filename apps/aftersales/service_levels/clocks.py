"""Service Clocks of documents: started, paused, stopped and cancelled as the documents are saved.

`track` runs on every change of a document whose type has targets. It looks at where the document
stands now (status, fields), never at what changed, so that calling it again changes nothing.
"""

import json
from datetime import datetime

import frappe
from frappe.model.document import Document
from frappe.utils import cint, get_datetime, now_datetime

from aftersales.service_levels import clock_machine, targets
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


def track(doc: Document, method: str | None = None) -> None:
	"""doc_events on_change of every DocType: bring the clocks of `doc` in step with it."""
	if _is_left_alone(doc) or not targets.targets_of(doc.doctype):
		return
	now = now_datetime().replace(microsecond=0)
	open_clocks, finished = _clocks_of(doc)
	for clock_row in open_clocks.values():
		_advance(doc, clock_row, now)
	started = [
		row
		for target in targets.chosen(doc)
		if target["measure"] not in open_clocks and (row := _started(doc, target, finished, now))
	]
	_insert(started)


def forget(doc: Document, method: str | None = None) -> None:
	"""doc_events on_trash: the clocks of a deleted document go with it."""
	if not _is_left_alone(doc) and targets.targets_of(doc.doctype):
		frappe.db.delete("Service Clock", {"reference_doctype": doc.doctype, "reference_name": doc.name})


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
		doc.flags.from_register or flags.in_install or flags.in_migrate or flags.in_uninstall or flags.in_patch
	)


def _clocks_of(doc: Document) -> tuple[dict[str, dict], set[str]]:
	"""Open clocks by measure, and the measures that have finished ones."""
	if doc.flags.in_insert:
		return {}, set()
	rows = frappe.get_all(
		"Service Clock",
		filters={"reference_doctype": doc.doctype, "reference_name": doc.name},
		fields=list(FIELDS),
		order_by="creation asc",
	)
	open_clocks = {row.measure: row for row in rows if row.open_key}
	return open_clocks, {row.measure for row in rows if not row.open_key}


def _advance(doc: Document, row: dict, now: datetime) -> None:
	"""Pause, resume, stop or cancel one open clock as its frozen phases say."""
	phases = targets.phases_of(json.loads(row["terms"]))
	place = phase(phases, doc.get("status"), doc, doc.docstatus == 2)
	clock = machine_of(row)
	if (place, bool(clock.paused_at)) in ((RUNNING, False), (PAUSED, True), (WAITING, False)):
		return
	locked = frappe.db.get_value("Service Clock", row["name"], list(FIELDS), as_dict=True, for_update=True)
	if not locked or not locked.open_key:
		return
	clock = machine_of(locked)
	at = now
	pauses = cint(locked.pauses)
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
		pauses += 1
	else:
		clock = clock_machine.resume(clock, aware(now))
	values = columns_of(clock, at) | {"pauses": pauses}
	if not clock.is_open:
		values["open_key"] = None
	frappe.db.set_value("Service Clock", row["name"], values)
	if events:
		from aftersales.service_levels.escalation import Outbox, perform_safely

		outbox = Outbox()
		perform_safely(lambda: doc, locked, events, outbox)
		outbox.send()


def _started(doc: Document, target: dict, finished: set[str], now: datetime) -> dict | None:
	"""A new clock's row, or None while the document has not reached the start of `target`.

	A second run (the document came back from where the first had stopped) starts now. A document
	that had already reached the end when it was first saved gets a finished clock, so that what is
	answered at once counts as met.
	"""
	phases = targets.phases_of(target)
	place = phase(phases, doc.get("status"), doc, doc.docstatus == 2)
	again = target["measure"] in finished
	if place in (WAITING, CANCELLED) or (again and place == STOPPED):
		return None
	begin = now if again or phases.start_status else _moment(doc, phases.start_field, now)
	clock = clock_machine.start(targets.terms_of(target["terms"]), aware(begin))
	at = now
	if place == PAUSED:
		clock = clock_machine.pause(clock, aware(now))
	elif place == STOPPED:
		at = _moment(doc, phases.stop_field, now, not_before=begin)
		clock = clock_machine.stop(clock, aware(at))
	frozen = {
		key: target[key]
		for key in ("name", "start_field", "start_status", "stop_field", "stop_status", "pause_status", "cancel_status")
	}
	return {
		"reference_doctype": doc.doctype,
		"reference_name": doc.name,
		"target": target["name"],
		"measure": target["measure"],
		"started_at": begin,
		"allowed_seconds": target["terms"]["allowed_seconds"],
		"calendar": target["calendar_name"],
		"terms": frappe.as_json({**target["terms"], **frozen}, indent=None),
		"pauses": 1 if place == PAUSED else 0,
		"customer": doc.get("customer"),
		"company": doc.get("company"),
		"service_zone": doc.get("service_zone"),
		"assigned_to": doc.get("assigned_to"),
		"open_key": f"{doc.doctype}/{doc.name}/{target['measure']}" if clock.is_open else None,
		**columns_of(clock, at),
	}


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
	columns = ["name", "creation", "modified", "owner", "modified_by", *rows[0]]
	frappe.db.bulk_insert(
		"Service Clock",
		fields=columns,
		values=[
			(
				frappe.generate_hash(length=10),
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
