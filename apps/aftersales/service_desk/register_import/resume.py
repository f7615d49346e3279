"""Register Imports whose worker or whose place in the queue is gone go on by themselves: a scheduled job."""

import frappe
from frappe import _

from aftersales.core import background
from aftersales.core.savepoints import one_of_many

from .jobs import IMPORT

RUNNING = ("Checking", "Queued", "Importing")


def resume_interrupted() -> list[str]:
	"""Take up again the checks and imports that nobody is at work on; returns their names.

	What is imported is found in the database. After some such attempts a run is stopped instead. Who started it
	is told either way.
	"""
	if not background.queue_answers():
		return []
	resumed = []
	for name in frappe.get_all(
		IMPORT, filters={"status": ("in", RUNNING)}, pluck="name", order_by="name asc"
	):
		with one_of_many(f"Register Import {name} could not be resumed", IMPORT, name):
			if _resume(name):
				resumed.append(name)
	return resumed


def _resume(name: str) -> bool:
	run = frappe.get_doc(IMPORT, name, for_update=True)
	if run.status not in RUNNING or run.is_alive():
		return False
	reason = background.why_not(run.imported_by, lambda: _check_may_run(run))
	if not reason and run.resumes >= background.MOST_RESUMES:
		reason = _("It was interrupted {0} times.").format(run.resumes + 1)
	if reason or run.stop_requested:
		stopped = "Draft" if run.status == "Checking" else "Stopped"
		run.note(status=stopped, attempt=run.attempt + 1, stop_requested=0, failure=reason)
		if reason:
			_tell(
				run,
				_("Register Import {0} was interrupted after {1} of {2} rows and has been stopped: {3}"),
				reason,
			)
		return False
	was = run.status
	run.note(
		status="Checking" if was == "Checking" else "Queued", attempt=run.attempt + 1, resumes=run.resumes + 1
	)
	if was != "Queued":
		_tell(
			run, _("Register Import {0} was interrupted after {1} of {2} rows and continues automatically.")
		)
	with background.acting_for(run.imported_by):
		run.push()
	return True


def _check_may_run(run) -> None:
	run.check_permission("write")
	run.validate_permissions_for_import()


def _tell(run, text: str, *more: str) -> None:
	told = text.format(run.name, run.rows_done, run.rows_total, *more)
	background.tell_starter(IMPORT, run.name, run.imported_by, told)
