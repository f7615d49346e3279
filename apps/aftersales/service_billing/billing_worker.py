"""A billing run in the background: every invoice in a transaction of its own.

A job that cannot be billed is left out with its reason and stops no other. What a killed run has made
stays, what it had not made is found by the next one: the jobs themselves are the only memory.

One attempt at a time holds the run, for a while that it renews every second. What became of a job is a row
written under the run's lock and in the transaction of the invoice: an attempt whose place another has taken
over can neither make an invoice nor note one. The run's counters are only what its rows come to.
"""

import itertools
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import frappe
from frappe import _
from frappe.query_builder.functions import Count
from frappe.utils import getdate, now_datetime, strip_html_tags
from rq.timeouts import JobTimeoutException

from aftersales.core.guards import require_role, with_system_privileges
from aftersales.core.locks import lock
from aftersales.core.roles import ACCOUNTANTS
from aftersales.service_billing import billing
from aftersales.service_billing.billing import ReadAhead
from aftersales.service_posting.invoicing.invoices import JobKey, jobs_on
from aftersales.service_posting.plan.billing_rules import bills

RUN = "Billing Run"
MAX_RETRIES = 5
PROGRESS_EVENT = "billing_run_progress"
EVERY = 1.0
"""Seconds between two looks at what is asked of a run, and two reports of its progress."""
HOLD = timedelta(minutes=5)
"""So long a run is held after the last sign of its worker: longer than the largest invoice takes."""
COLUMNS = (
	*("name", "creation", "modified", "owner", "modified_by", "parent", "parenttype", "parentfield", "idx"),
	*("voucher_type", "voucher", "customer", "result", "sales_invoice", "reason"),
)
BILLED, SUBMITTED, FAILED, SKIPPED = "Billed", "Submitted", "Failed", "Skipped"


@dataclass(frozen=True)
class Entry:
	"""What became of one job."""

	job: JobKey
	customer: str | None
	result: str
	sales_invoice: str | None = None
	reason: str | None = None


class Superseded(Exception):
	"""The run was stopped, taken over by another attempt, or deleted: this attempt may write nothing more."""


def run(name: str, attempt: int) -> None:
	"""Work off the Billing Run `name`; a job of an older start than `attempt` does nothing."""
	doc = frappe.get_doc(RUN, name, for_update=True)
	if doc.attempt != attempt or doc.status != "Queued":
		return
	require_role(ACCOUNTANTS, _("Billing"))
	doc.db_set(
		{
			"status": "Running",
			"started_at": doc.started_at or now_datetime(),
			"held_until": now_datetime() + HOLD,
		}
	)
	_keep()
	log = _Log(doc)
	try:
		stopped = _work_off(doc, log)
		log.end("Stopped" if stopped else "Done")
	except Superseded:
		frappe.db.rollback()
		return
	except Exception:
		frappe.db.rollback()
		log.end("Stopped")
		raise
	log.publish(over=True)


def _work_off(doc, log: "_Log") -> bool:
	"""Bill what the run asks for; True when somebody has stopped it before the end."""
	selected = _selected(doc)
	tasks = [*_invoices_to_make(doc, selected, log), *_drafts_to_submit(doc, selected, log)]
	log.note(jobs_total=log.rows + sum(size for size, _task in tasks))
	_keep()
	for _size, task in tasks:
		task()
		if log.told_to_stop():
			return True
	return False


def bill_whole(
	jobs: Sequence[JobKey],
	customer: str | None,
	submitted: bool,
	write: Callable,
	ahead: ReadAhead | None = None,
) -> list[Entry]:
	"""Bill `jobs` on one invoice; those that cannot be are left out with their reasons.

	`write` is called inside the transaction of the invoice with what became of the jobs. `ahead`: where they may
	have been read already.
	"""
	entries = _tried(jobs, customer, submitted, write, ahead)
	if not isinstance(entries, str):
		return entries
	reasons = {job: _why_not(job, submitted) for job in jobs} if len(jobs) > 1 else {jobs[0]: entries}
	failed = [Entry(job, customer, FAILED, reason=reason) for job, reason in reasons.items() if reason]
	rest = [job for job in jobs if not reasons[job]]
	if not failed:  # each alone would do: what hinders is the invoice as a whole
		failed, rest = [Entry(job, customer, FAILED, reason=entries) for job in jobs], []
	write(failed)
	_keep()
	return failed + (bill_whole(rest, customer, submitted, write) if rest else [])


def _tried(
	jobs: Sequence[JobKey],
	customer: str | None,
	submitted: bool,
	write: Callable,
	ahead: ReadAhead | None,
) -> list[Entry] | str:
	"""One transaction: the invoice and what is told of it, or the reason why not."""

	def work() -> list[Entry]:
		made = billing.bill(jobs, submitted, ahead)
		on_it = {(doc.doctype, doc.name) for doc in made[1]} if made else set()
		entries = [
			Entry(job, customer, BILLED, made[0].name)
			if made and job in on_it
			else Entry(job, customer, SKIPPED, reason=_("Billed by another user"))
			for job in jobs
		]
		write(entries)
		return entries

	return _in_transaction(work)


def _why_not(job: JobKey, submitted: bool) -> str | None:
	"""The reason why a job cannot be billed even alone; nothing stays of the attempt."""

	def work() -> None:
		try:
			billing.bill([job], submitted)
		finally:
			frappe.db.rollback()

	told = _in_transaction(work)
	return told if isinstance(told, str) else None


def _in_transaction(work: Callable):
	"""Do `work` and commit, again when the database asks for it; the reason when it was refused."""
	for attempt in itertools.count(1):
		frappe.clear_messages()
		try:
			done = work()
			_keep()
			return done
		except (Superseded, JobTimeoutException):
			raise  # no fault of the job under way: the run itself is over
		except (frappe.QueryDeadlockError, frappe.QueryTimeoutError) as error:
			frappe.db.rollback()
			if attempt == MAX_RETRIES:
				return _reason(error)
		except Exception as error:
			frappe.db.rollback()
			return _reason(error)


def _reason(error: Exception) -> str:
	told = [line for message in frappe.message_log for line in _lines(message.get("message"))] or [str(error)]
	text = " ".join(dict.fromkeys(part for part in (strip_html_tags(line).strip() for line in told) if part))
	frappe.clear_messages()
	if isinstance(error, frappe.ValidationError | frappe.PermissionError):
		return text
	frappe.log_error(title=_("Billing failed"))
	return _("Error: {0}. The Error Log has the details.").format(text or type(error).__name__)


def _lines(message: str | list) -> list[str]:
	"""A message may be one text or a list of problems."""
	return [str(line) for line in message] if isinstance(message, list | tuple) else [str(message)]


# ---------------------------------------------------------------------------------- the work of a run


def _invoices_to_make(doc, selected: set[JobKey], log: "_Log") -> Iterable[tuple[int, Callable]]:
	waiting = billing.waiting_jobs(doc.company, doc.customer, selected)
	some = bills(waiting) if selected else billing.bills_due(waiting, getdate(doc.until))
	of_bills = [(bill.customer, sorted((job.doctype, job.name) for job in bill.jobs)) for bill in some]
	ahead = ReadAhead(job for _customer, jobs in of_bills for job in jobs)

	def task(customer: str | None, jobs: list[JobKey]) -> Callable:
		return lambda: bill_whole(jobs, customer, bool(doc.submit_invoices), log.write, ahead)

	return [(len(jobs), task(customer, jobs)) for customer, jobs in of_bills]


def _drafts_to_submit(doc, selected: set[JobKey], log: "_Log") -> Iterable[tuple[int, Callable]]:
	if not doc.submit_invoices:
		return []
	tasks = []
	for name in billing.waiting_drafts(doc.company, doc.customer):
		jobs = jobs_on(frappe.get_doc("Sales Invoice", name))
		if not selected or selected & set(jobs):
			tasks.append((len(jobs), _submission(log, name, jobs)))
	return tasks


def _submission(log: "_Log", invoice_name: str, jobs: list[JobKey]) -> Callable:
	def submit() -> None:
		for job in sorted(jobs):  # they are told that they are invoiced
			lock(*job)
		lock("Sales Invoice", invoice_name)
		invoice = frappe.get_doc("Sales Invoice", invoice_name, for_update=True)
		result = SKIPPED
		if invoice.docstatus == 0:
			with with_system_privileges(invoice):
				invoice.submit()
			result = SUBMITTED
		log.write([Entry(job, invoice.customer, result, invoice_name) for job in jobs])

	def work() -> None:
		told = _in_transaction(submit)
		if isinstance(told, str):
			customer = frappe.db.get_value("Sales Invoice", invoice_name, "customer")
			log.write([Entry(job, customer, FAILED, invoice_name, told) for job in jobs])
			_keep()

	return work


def _selected(doc) -> set[JobKey]:
	return {(doctype, name) for doctype, name in frappe.parse_json(doc.selection or "[]")}


class _Log:
	"""What an attempt notes of its run: a row per job, in the transaction of its invoice; now and then what the
	rows come to, for those who watch.
	"""

	def __init__(self, doc):
		self.run_name = doc.name
		self.attempt = doc.attempt
		self.looked_at = 0.0
		self.rows = self._counted()["jobs_done"]

	def write(self, entries: Sequence[Entry]) -> None:
		"""Note what became of some jobs.

		Raises:
			Superseded: the run is no longer this attempt's.
		"""
		self._lock()
		now, user = now_datetime(), frappe.session.user
		common = (now, now, user, user, self.run_name, RUN, "entries")
		frappe.db.bulk_insert(
			"Billing Run Entry",
			COLUMNS,
			[
				(
					*(frappe.generate_hash(length=10), *common, self.rows + number),
					*(*entry.job, entry.customer, entry.result, entry.sales_invoice, entry.reason),
				)
				for number, entry in enumerate(entries, 1)
			],
		)
		frappe.db.after_commit.add(lambda: self._number_on(len(entries)))

	def note(self, **values) -> None:
		"""Set fields of the run beside what its rows come to, and hold it on.

		Raises:
			Superseded: the run is no longer this attempt's.
		"""
		self._lock()
		run = frappe.qb.DocType(RUN)
		query = frappe.qb.update(run).where(run.name == self.run_name)
		for fieldname, value in {**self._counted(), **values, "held_until": now_datetime() + HOLD}.items():
			query = query.set(run[fieldname], value)
		query.run()

	def end(self, status: str) -> None:
		self.note(status=status, finished_at=now_datetime(), stop_requested=0)
		_keep()

	def told_to_stop(self) -> bool:
		"""Whether somebody wants the run to end; looked up now and then, and told to open forms."""
		if time.monotonic() - self.looked_at < EVERY:
			return False
		self.note()
		told = self.publish().stop_requested
		_keep()  # the next invoice reads what is stored when it is made, not when this was looked up
		self.looked_at = time.monotonic()
		return bool(told)

	def _lock(self) -> None:
		"""Hold the run until the transaction ends; it has to be this attempt's still."""
		stored = frappe.db.get_value(RUN, self.run_name, ["attempt", "status"], as_dict=True, for_update=True)
		if not stored or (stored.attempt, stored.status) != (self.attempt, "Running"):
			raise Superseded

	def _counted(self) -> dict[str, int]:
		"""What the rows of the run come to, those of earlier attempts too."""
		row = frappe.qb.DocType("Billing Run Entry")
		counted = (
			frappe.qb.from_(row)
			.select(row.result, Count(row.name), Count(row.sales_invoice).distinct())
			.where((row.parent == self.run_name) & (row.parenttype == RUN))
			.groupby(row.result)
			.run()
		)
		jobs = {result: number for result, number, _invoices in counted}
		return {
			"jobs_done": sum(jobs.values()),
			"invoices": sum(made for result, _number, made in counted if result in (BILLED, SUBMITTED)),
			"failed": jobs.get(FAILED, 0),
		}

	def _number_on(self, rows: int) -> None:
		self.rows += rows

	def publish(self, over: bool = False) -> frappe._dict:
		state = frappe.db.get_value(
			RUN,
			self.run_name,
			["jobs_done", "jobs_total", "invoices", "failed", "status", "stop_requested"],
			as_dict=True,
		)
		message = {"name": self.run_name, "over": over, **state}
		frappe.publish_realtime(PROGRESS_EVENT, message, doctype=RUN, docname=self.run_name)
		return state


def _keep() -> None:
	# In this background job only: an invoice is complete in itself, and one that cannot be made must not
	# take back the others; one transaction over all would lock every job and series until the end.
	frappe.db.commit()  # nosemgrep: frappe-manual-commit
