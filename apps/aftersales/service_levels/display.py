"""What the desk shows of service clocks: a chip per document, a document's timeline, number cards.

Times are given as seconds from now (calendar time), so that a browser in another time zone counts right.
"""

from datetime import datetime, timedelta

import frappe
from frappe import _
from frappe.query_builder import Order
from frappe.query_builder.functions import Count
from frappe.utils import get_datetime, now_datetime
from pypika.terms import Criterion

from aftersales.core.input.requests import DocTypeName, Names, validate_call
from aftersales.core.permitted import permitted
from aftersales.service_levels import pauses
from aftersales.service_levels.clock_machine import OPEN_STATES, State

OPEN = tuple(state.value for state in OPEN_STATES)
MOST_DOCUMENTS = 500
FIELDS = (
	"name",
	"reference_name",
	"measure",
	"target",
	"state",
	"started_at",
	"due_at",
	"stopped_at",
	"paused_at",
	"pauses",
	"paused_seconds",
	"overrun_seconds",
	"allowed_seconds",
)


@frappe.whitelist()
@validate_call
def of_documents(doctype: DocTypeName, names: Names) -> dict[str, dict]:
	"""The most pressing open clock of each document of a list page; one call for the page.

	Args:
		doctype: type of the documents.
		names: their names (JSON or list), at most 500; those the user may not read are left out.

	Returns:
		name → measure, state, paused, `left` (seconds to the due time, negative when it has passed).

	Raises:
		frappe.PermissionError: the user may not read documents of this type.
	"""
	frappe.has_permission(doctype, "read", throw=True)
	wanted = list(frappe.parse_json(names) or ())[:MOST_DOCUMENTS]
	readable = wanted and frappe.get_list(
		doctype, filters={"name": ("in", wanted)}, pluck="name", limit_page_length=len(wanted)
	)
	return most_pressing(doctype, readable)


def most_pressing(doctype: str, names: list[str]) -> dict[str, dict]:
	"""The same for documents that the user was seen to be allowed to read."""
	now = now_datetime()
	chips: dict[str, dict] = {}
	for row in _clocks(doctype, names, open_only=True) if names else ():
		chips.setdefault(row.reference_name, _chip(row, now))
	return chips


@frappe.whitelist()
@validate_call
def of_document(doctype: DocTypeName, name: str) -> list[dict]:
	"""All clocks of a document with their pauses, open ones first, for its form.

	Raises:
		frappe.PermissionError: the user may not read the document.
	"""
	frappe.get_doc(doctype, name).check_permission("read")
	now = now_datetime()
	rows = _clocks(doctype, [name])
	log = pauses.of_clocks([row.name for row in rows if row.pauses or row.paused_seconds])
	return [
		_chip(row, now) | {field: row[field] for field in FIELDS} | {"pause_log": log.get(row.name, [])}
		for row in sorted(rows, key=lambda row: row.state not in OPEN)
	]


@frappe.whitelist()
@validate_call
def count_overdue(filters: dict | str | None = None) -> dict:
	"""Number card: clocks that are overdue."""
	clock = frappe.qb.DocType("Service Clock")
	return _card(clock.state == State.OVERDUE.value)


@frappe.whitelist()
@validate_call
def count_due_next_hour(filters: dict | str | None = None) -> dict:
	"""Number card: running clocks whose time is over within the next hour."""
	clock, now = frappe.qb.DocType("Service Clock"), now_datetime()
	within = (clock.due_at >= now) & (clock.due_at < now + timedelta(hours=1))
	return _card((clock.state == State.RUNNING.value) & within)


def _card(condition: Criterion) -> dict:
	frappe.has_permission("Service Clock", "read", throw=True)
	clock = frappe.qb.DocType("Service Clock")
	query = permitted(frappe.qb.from_(clock).select(Count(clock.name)).where(condition), clock)
	return {"value": query.run()[0][0], "fieldtype": "Int", "route": ["query-report", "Due Next"]}


def _clocks(doctype: str, names: list[str], open_only: bool = False) -> list[frappe._dict]:
	clock = frappe.qb.DocType("Service Clock")
	query = (
		frappe.qb.from_(clock)
		.select(*FIELDS)
		.where((clock.reference_doctype == doctype) & clock.reference_name.isin(names))
		# A clock that waits presses least, whenever it will be due.
		.orderby(clock.paused_at.isnotnull(), order=Order.asc)
		.orderby(clock.due_at, order=Order.asc)
	)
	if open_only:
		query = query.where(clock.state.isin(OPEN))
	return query.run(as_dict=True)


def _chip(row: dict, now: datetime) -> dict:
	return {
		"measure": _(row.measure),
		"state": row.state,
		"paused": bool(row.paused_at),
		"left": round((get_datetime(row.due_at) - now).total_seconds()),
	}
