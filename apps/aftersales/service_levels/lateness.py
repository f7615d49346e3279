"""What "late" means, in one place: for lists, boards, the desk and the reports.

A document is late when a service clock of it is over, or when its own time is (next action, planned end, promised
return). Invoicing is the clock's alone where one runs: a job that was completed after closing time is to be invoiced
on the next business day, not on the evening itself.
"""

from collections.abc import Collection
from datetime import datetime

import frappe
from frappe.query_builder.functions import Coalesce, Min
from frappe.utils import get_datetime, now_datetime
from pypika.terms import Criterion, Term

from aftersales.service_levels.clock_machine import OPEN_STATES, State

OPEN = tuple(state.value for state in OPEN_STATES)


def clock_due(doctype: str, names: Collection[str]) -> dict[str, datetime]:
	"""When the first open clock that is not paused is due, for those of the documents that have one."""
	if not names:
		return {}
	clock = frappe.qb.DocType("Service Clock")
	query = (
		frappe.qb.from_(clock)
		.select(clock.reference_name, Min(clock.due_at))
		.where((clock.reference_doctype == doctype) & clock.reference_name.isin(list(names)))
		.where(clock.state.isin(OPEN) & clock.paused_at.isnull())
		.groupby(clock.reference_name)
	)
	return {name: get_datetime(due) for name, due in query.run()}


def is_late(doctype: str, name: Term, due: Term, by_clock_alone: bool = False) -> Criterion:
	"""The same as a condition of SQL.

	Args:
		due: the document's own time.
		by_clock_alone: that does not count where a clock runs.
	"""
	now = now_datetime()
	clock = frappe.qb.DocType("Service Clock").as_("clock_of_lateness")
	if by_clock_alone:
		first_due = (
			frappe.qb.from_(clock)
			.select(Min(clock.due_at))
			.where((clock.reference_doctype == doctype) & (clock.reference_name == name))
			.where(clock.state.isin(OPEN) & clock.paused_at.isnull())
		)
		return Coalesce(first_due, due) <= now
	over = clock.state.isin([State.OVERDUE.value, State.RUNNING.value]) & (clock.due_at <= now)
	overdue = (
		frappe.qb.from_(clock)
		.select(clock.reference_name)
		.where((clock.reference_doctype == doctype) & over & clock.paused_at.isnull())
	)
	return (due <= now) | name.isin(overdue)
