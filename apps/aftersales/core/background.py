"""Runs that go on in the background, on a day on which the queue of jobs is down or a worker was killed.

A run's own record says what is to be done and how far it is; a job in the queue is only the push. A push that
is lost is given again by the scheduler (`resume`), as the user who started the run, and whoever started it is
told.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import frappe
from frappe import _
from frappe.utils import get_fullname
from frappe.utils.background_jobs import get_job_status, get_redis_conn
from redis.exceptions import RedisError
from rq.job import JobStatus

MOST_RESUMES = 3
"""So often a run that somebody has started is taken up again by itself. What kills its workers each time has a
cause that somebody must look at."""


def push(method: Callable, *, job_id: str, **options) -> bool:
	"""Have a worker take up a run as soon as this transaction is committed.

	The same job twice does nothing: the run knows its attempt.

	Returns:
		False when the queue cannot be reached. The user is told; the run is stored as it is, and the scheduler
		gives the push again.
	"""
	try:
		if queue_answers():
			frappe.enqueue(method, job_id=job_id, deduplicate=True, enqueue_after_commit=True, **options)
			return True
	except (RedisError, OSError):
		pass  # gone since it was asked
	frappe.msgprint(
		_(
			"The queue of background jobs cannot be reached at the moment. Nothing is lost: the run "
			"starts automatically once the queue can be reached again."
		),
		title=_("Waiting for the Queue"),
		indicator="orange",
	)
	return False


def queue_answers() -> bool:
	"""True when the queue of background jobs can be reached."""
	try:
		return bool(get_redis_conn().ping())
	except (RedisError, OSError):
		return False


def is_waiting(job_id: str) -> bool:
	"""True while the job is in the queue or a worker is at it; False, too, when the queue cannot be reached."""
	try:
		return get_job_status(job_id) in (JobStatus.QUEUED, JobStatus.STARTED)
	except (RedisError, OSError):
		return False


def tell_starter(doctype: str, name: str, user: str | None, text: str) -> None:
	"""A system notification to who started a run; `text` is HTML that the caller has escaped."""
	from aftersales.core.notices import Notice, notify

	if user and frappe.db.get_value("User", user, "enabled"):
		notify(user, Notice(text, doctype, name))


@contextmanager
def acting_for(user: str) -> Iterator[None]:
	"""Inside, jobs are given to the queue in the name of `user`, whose rights the run is bound by."""
	before = frappe.session.user
	frappe.set_user(user)
	try:
		yield
	finally:
		frappe.set_user(before)


def why_not(user: str | None, may_run: Callable[[], object]) -> str | None:
	"""Why a run cannot be taken up again for `user`; None when it can.

	Args:
		may_run: raises frappe.PermissionError when the session's user may not start such a run.
	"""
	if not user or not frappe.db.get_value("User", user, "enabled"):
		return _("{0} is no longer active.").format(user)
	with acting_for(user):
		try:
			may_run()
		except frappe.PermissionError:
			frappe.clear_messages()
			return _("{0} can no longer do this.").format(get_fullname(user))
	return None
