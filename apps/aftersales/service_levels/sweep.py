"""The sweep: does the events of clocks that have fallen due, each exactly once.

Any number of sweepers may run. Each takes a batch of due clocks with SKIP LOCKED, does their events
and moves the clocks on in one transaction; a sweeper that is killed leaves its batch due, as it was.
The cost follows the events due: clocks that are not due are never read (index on `next_event_at`).

What is due is looked up without a lock, and locked by its primary key: a locking read of the index would
also lock the gaps between its entries, into which every sweeper has to move the clocks it has done.
"""

from datetime import datetime

import frappe
from frappe.query_builder import Order
from frappe.utils import now_datetime

from aftersales.service_levels import clock_machine
from aftersales.service_levels.calendars import aware
from aftersales.service_levels.clocks import FIELDS, columns_of, machine_of
from aftersales.service_levels.escalation import Outbox, perform

BATCH = 200

AHEAD = 10
"""A sweeper looks so many batches ahead for clocks that no other one holds."""

PATIENCE = 20
"""So many batches in a row may be given up to others before a sweep counts as failed."""


def sweep(now: datetime | None = None, batch: int = BATCH) -> int:
	"""Scheduled every minute: do everything due by `now` (naive system time); return the events done."""
	now = now or now_datetime()
	if not _is_anything_due(now):
		return 0
	total = deadlocks = 0
	while True:
		try:
			done = _sweep_batch(now, batch)
		except (frappe.QueryDeadlockError, frappe.QueryTimeoutError):
			# Nothing of the batch happened; another sweeper or a save had the better claim.
			frappe.db.rollback()
			deadlocks += 1
			if deadlocks > PATIENCE:
				raise
			continue
		total += done
		deadlocks = 0
		# Each batch is a unit of its own: what it did must not be undone, nor its locks be held, by the
		# next one. This is a background job; no request's transaction is cut in two.
		frappe.db.commit()  # nosemgrep
		if not done:
			return total


def _is_anything_due(now: datetime) -> bool:
	"""One read of the index, without a lock: all that most minutes need."""
	clock = frappe.qb.DocType("Service Clock")
	due = frappe.qb.from_(clock).select(clock.name).where(clock.next_event_at <= now).limit(1)
	return bool(due.run())


def _sweep_batch(now: datetime, batch: int) -> int:
	outbox = Outbox()
	done = sum(_do_events(row, now, outbox) for row in _take(now, batch))
	outbox.send()
	return done


def _take(now: datetime, batch: int) -> list[dict]:
	"""Lock the longest overdue clocks that nobody else holds: a batch of them, or none."""
	due = _due(now, batch * AHEAD)
	for start in range(0, len(due), batch):
		rows = _lock(due[start : start + batch])
		# Done by another sweeper since it was looked up: it is not due any more.
		if mine := [row for row in rows if row.next_event_at and row.next_event_at <= now]:
			return sorted(mine, key=lambda row: row.next_event_at)
	return []


def _due(now: datetime, limit: int) -> list[str]:
	clock = frappe.qb.DocType("Service Clock")
	query = frappe.qb.from_(clock).select(clock.name).where(clock.next_event_at <= now)
	return query.orderby(clock.next_event_at, order=Order.asc).limit(limit).run(pluck=True)


def _lock(names: list[str]) -> list[dict]:
	clock = frappe.qb.DocType("Service Clock")
	return (
		frappe.qb.from_(clock)
		.force_index("PRIMARY")
		.select(*FIELDS, "next_event_at", "reference_doctype", "reference_name")
		.where(clock.name.isin(names))
		.for_update(skip_locked=True)
		.run(as_dict=True)
	)


def _do_events(row: dict, now: datetime, outbox: Outbox) -> int:
	"""Do the due events of one clock; 0 when its document is being edited: the next sweep takes it."""
	clock, events = clock_machine.take_due_events(machine_of(row), aware(now))
	if not _lock_document(row):
		if frappe.db.exists(row["reference_doctype"], row["reference_name"]):
			return 0
		events = ()
	frappe.db.set_value("Service Clock", row["name"], columns_of(clock, now), update_modified=False)
	if events:
		perform(frappe.get_doc(row["reference_doctype"], row["reference_name"]), row, events, outbox)
	return len(events)


def _lock_document(row: dict) -> bool:
	"""Documents come before their clocks in the order of locks; a sweep never waits for one."""
	table = frappe.qb.DocType(row["reference_doctype"])
	query = frappe.qb.from_(table).select(table.name).where(table.name == row["reference_name"])
	return bool(query.for_update(skip_locked=True).run())
