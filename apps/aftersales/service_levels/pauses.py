"""The pauses of a Service Clock as rows: from when to when, in which status of the document, by whom.

They are written with the clock, past its document: `paused_seconds` of the clock is the sum of what its pauses
lost, in working time.
"""

from datetime import datetime

import frappe
from frappe.utils import cint, now_datetime

from aftersales.service_levels.calendars import stored
from aftersales.service_levels.clock_machine import Clock

CLOCK, PAUSE = "Service Clock", "Service Clock Pause"
COLUMNS = ("paused_from", "paused_to", "document_status", "lost_seconds", "paused_by", "resumed_by")


def record(name: str, before: Clock, after: Clock, status: str | None, at: datetime) -> None:
	"""Write what became of the pause when clock `name` went from `before` to `after`; `at` is naive system time."""
	if after.paused_at and not before.paused_at:
		begin(name, after, status)
	elif before.paused_at and not (after.is_open and after.paused_at):
		_end(name, before, after, at)


def begin(name: str, clock: Clock, status: str | None) -> None:
	"""Clock `name` has paused, since its document has `status`."""
	insert(
		name,
		[
			{
				"paused_from": stored(clock.paused_at),
				"document_status": status,
				"paused_by": frappe.session.user,
			}
		],
	)


def take_over(name: str, former: str) -> None:
	"""Clock `name` goes on where `former` was given up: the pauses that count for it are its own."""
	rows = frappe.get_all(
		PAUSE,
		filters={"parent": former, "parenttype": CLOCK, "lost_seconds": (">", 0)},
		fields=COLUMNS,
		order_by="idx asc",
	)
	insert(name, rows)


def of_clocks(clocks: list[str]) -> dict[str, list[dict]]:
	"""By clock, its pauses in order: the columns of the table, with the full names of the users."""
	found: dict[str, list[dict]] = {}
	for row in frappe.get_all(
		PAUSE,
		filters={"parent": ("in", clocks), "parenttype": CLOCK},
		fields=["parent", *COLUMNS],
		order_by="idx asc",
	):
		paused_by = row.paused_by and frappe.utils.get_fullname(row.paused_by)
		resumed_by = row.resumed_by and frappe.utils.get_fullname(row.resumed_by)
		found.setdefault(row.pop("parent"), []).append(
			{**row, "paused_by": paused_by, "resumed_by": resumed_by}
		)
	return found


def forget(clocks: list[str]) -> None:
	"""The clocks are deleted."""
	if clocks:
		frappe.db.delete(PAUSE, {"parenttype": CLOCK, "parent": ("in", clocks)})


def _end(name: str, before: Clock, after: Clock, at: datetime) -> None:
	row = frappe.db.get_value(
		PAUSE,
		{
			"parent": name,
			"parenttype": CLOCK,
			"paused_from": ("is", "set"),
			"paused_to": ("is", "not set"),
		},
		"name",
		order_by="idx desc",
	)
	if row:
		frappe.db.set_value(
			PAUSE,
			row,
			{
				"paused_to": max(at, stored(before.paused_at)),
				"lost_seconds": round(after.paused_seconds) - round(before.paused_seconds),
				"resumed_by": frappe.session.user,
			},
		)


def insert(name: str, rows: list[dict]) -> None:
	"""Write pauses of clock `name`, with the columns of the table that are known."""
	if not rows:
		return
	now, user = now_datetime(), frappe.session.user
	there = cint(frappe.db.count(PAUSE, {"parent": name, "parenttype": CLOCK}))
	frappe.db.bulk_insert(
		PAUSE,
		fields=[
			*("name", "creation", "modified", "owner", "modified_by"),
			*("parent", "parenttype", "parentfield", "idx", *COLUMNS),
		],
		values=[
			(
				*(frappe.generate_hash(length=10), now, now, user, user),
				*(name, CLOCK, "pause_log", there + place),
				*(
					(row.get(column) or 0) if column == "lost_seconds" else row.get(column)
					for column in COLUMNS
				),
			)
			for place, row in enumerate(rows, start=1)
		],
	)
