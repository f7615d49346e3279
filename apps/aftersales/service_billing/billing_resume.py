"""Billing Runs whose worker or whose place in the queue is gone go on by themselves: a scheduled job."""

from collections.abc import Iterator

import frappe
from frappe import _
from frappe.utils import add_to_date, now_datetime

from aftersales.core import background
from aftersales.core.guards import require_role
from aftersales.core.roles import ACCOUNTANTS
from aftersales.core.savepoints import one_of_many

RUN = "Billing Run"
WAITED = 10
"""Minutes after which a queued run gets another push; a second job for the same attempt does nothing."""


def resume_interrupted() -> list[str]:
	"""Take up again the runs that nobody is at work on; returns their names.

	A run that was queued goes on as it stands. One whose worker has died begins a new attempt, which finds what
	is billed already; after some such attempts it is stopped instead. Who started it is told either way.
	"""
	if not background.queue_answers():
		return []
	resumed = []
	for name in _interrupted():
		with one_of_many(f"Billing Run {name} could not be resumed", RUN, name):
			if _resume(name):
				resumed.append(name)
	return resumed


def _interrupted() -> Iterator[str]:
	now = now_datetime()
	yield from frappe.get_all(
		RUN,
		filters={"status": "Queued", "modified": ("<", add_to_date(now, minutes=-WAITED))},
		pluck="name",
		order_by="name asc",
	)
	yield from frappe.get_all(
		RUN, filters={"status": "Running", "held_until": ("<", now)}, pluck="name", order_by="name asc"
	)


def _resume(name: str) -> bool:
	run = frappe.get_doc(RUN, name, for_update=True)
	if run.status not in ("Queued", "Running") or (run.status == "Running" and run.is_held()):
		return False
	reason = background.why_not(run.run_by, lambda: require_role(ACCOUNTANTS, _("Billing")))
	if not reason and run.resumes >= background.MOST_RESUMES:
		reason = _("It was interrupted {0} times.").format(run.resumes + 1)
	if reason or run.stop_requested:
		run.db_set({"status": "Stopped", "attempt": run.attempt + 1, "stop_requested": 0})
		if reason:
			_tell(
				run, _("Billing Run {0} was interrupted at {1} of {2} jobs and has been stopped: {3}"), reason
			)
		return False
	if run.status == "Running":
		run.db_set({"status": "Queued", "attempt": run.attempt + 1, "resumes": run.resumes + 1})
		_tell(run, _("Billing Run {0} was interrupted at {1} of {2} jobs and continues automatically."))
	else:
		run.db_set(
			"modified", now_datetime(), update_modified=False
		)  # the next push has to wait its turn, too
	with background.acting_for(run.run_by):
		run.push()
	return True


def _tell(run, text: str, *more: str) -> None:
	told = text.format(run.name, run.jobs_done, run.jobs_total, *more)
	background.tell_starter(RUN, run.name, run.run_by, told)
