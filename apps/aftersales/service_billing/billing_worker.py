"""A billing run in the background: every invoice in a transaction of its own.

A job that cannot be billed is left out with its reason and stops no other. What a killed run has made
stays, what it had not made is found by the next one: the jobs themselves are the only memory.
"""

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import frappe
from frappe import _
from frappe.utils import cint, getdate, now_datetime, strip_html_tags

from aftersales.guards import require_role
from aftersales.service_billing import billing
from aftersales.service_billing.billing_rules import Bill, bills
from aftersales.service_billing.invoices import JobKey, jobs_on

RUN = "Billing Run"
MAX_RETRIES = 5
PROGRESS_EVENT = "billing_run_progress"
BILLED, SUBMITTED, FAILED, SKIPPED = "Billed", "Submitted", "Failed", "Skipped"


@dataclass(frozen=True)
class Entry:
	"""What became of one job."""

	job: JobKey
	customer: str | None
	result: str
	sales_invoice: str | None = None
	reason: str | None = None


def run(name: str, attempt: int) -> None:
	"""Work off the Billing Run `name`; a job of an older start than `attempt` does nothing."""
	doc = frappe.get_doc(RUN, name, for_update=True)
	if doc.attempt != attempt or doc.status != "Queued":
		return
	require_role(billing.BILLING_ROLES, _("Billing"))
	doc.db_set({"status": "Running", "started_at": doc.started_at or now_datetime()})
	_keep()
	selected = _selected(doc)
	tasks = [*_invoices_to_make(doc, selected), *_drafts_to_submit(doc, selected)]
	doc.db_set("jobs_total", doc.jobs_done + sum(size for size, _task in tasks))
	for _size, task in tasks:
		task()
		if frappe.db.get_value(RUN, name, "stop_requested"):
			break
	stopped = cint(frappe.db.get_value(RUN, name, "stop_requested"))
	doc.db_set(
		{"status": "Stopped" if stopped else "Done", "finished_at": now_datetime(), "stop_requested": 0}
	)
	_keep()
	_publish(name, over=True)


def bill_whole(jobs: Sequence[JobKey], customer: str | None, submitted: bool, write: Callable) -> list[Entry]:
	"""Bill `jobs` on one invoice; those that cannot be are left out with their reasons.

	`write` is called inside the transaction of the invoice with what became of the jobs.
	"""
	entries = _tried(jobs, customer, submitted, write)
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
	jobs: Sequence[JobKey], customer: str | None, submitted: bool, write: Callable
) -> list[Entry] | str:
	"""One transaction: the invoice and what is told of it, or the reason why not."""

	def work() -> list[Entry]:
		made = billing.bill(jobs, submitted)
		on_it = {(doc.doctype, doc.name) for doc in made[1]} if made else set()
		entries = [
			Entry(job, customer, BILLED, made[0].name)
			if made and job in on_it
			else Entry(job, customer, SKIPPED, reason=_("Billed by somebody else meanwhile"))
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
		except (frappe.QueryDeadlockError, frappe.QueryTimeoutError) as error:
			frappe.db.rollback()
			if attempt == MAX_RETRIES:
				return _reason(error)
		except Exception as error:
			frappe.db.rollback()
			return _reason(error)


def _reason(error: Exception) -> str:
	told = [str(message.get("message")) for message in frappe.message_log] or [str(error)]
	text = " ".join(dict.fromkeys(filter(None, (strip_html_tags(line).strip() for line in told))))
	frappe.clear_messages()
	if isinstance(error, frappe.ValidationError | frappe.PermissionError):
		return text
	frappe.log_error(title=_("Billing failed"))
	return _("Error: {0}. The Error Log has the details.").format(text or type(error).__name__)


# ---------------------------------------------------------------------------------- the work of a run


def _invoices_to_make(doc, selected: set[JobKey]) -> Iterable[tuple[int, Callable]]:
	waiting = billing.waiting_jobs(doc.company, doc.customer)
	if selected:
		some = bills(job for job in waiting if (job.doctype, job.name) in selected)
	else:
		some = billing.bills_due(waiting, getdate(doc.until))
	return [(len(bill.jobs), _task(doc, bill)) for bill in some]


def _task(doc, bill: Bill) -> Callable:
	def work() -> None:
		bill_whole(
			[(job.doctype, job.name) for job in bill.jobs],
			bill.customer,
			bool(doc.submit_invoices),
			lambda entries: _write(doc.name, entries),
		)
		_publish(doc.name)

	return work


def _drafts_to_submit(doc, selected: set[JobKey]) -> Iterable[tuple[int, Callable]]:
	if not doc.submit_invoices:
		return []
	tasks = []
	for name in billing.waiting_drafts(doc.company, doc.customer):
		jobs = jobs_on(frappe.get_doc("Sales Invoice", name))
		if not selected or selected & set(jobs):
			tasks.append((len(jobs), _submission(doc.name, name, jobs)))
	return tasks


def _submission(run_name: str, invoice_name: str, jobs: list[JobKey]) -> Callable:
	def submit() -> None:
		invoice = frappe.get_doc("Sales Invoice", invoice_name, for_update=True)
		result = SKIPPED
		if invoice.docstatus == 0:
			invoice.flags.ignore_permissions = True
			invoice.submit()
			result = SUBMITTED
		_write(run_name, [Entry(job, invoice.customer, result, invoice_name) for job in jobs])

	def work() -> None:
		told = _in_transaction(submit)
		if isinstance(told, str):
			customer = frappe.db.get_value("Sales Invoice", invoice_name, "customer")
			_write(run_name, [Entry(job, customer, FAILED, invoice_name, told) for job in jobs])
			_keep()
		_publish(run_name)

	return work


def _selected(doc) -> set[JobKey]:
	return {(doctype, name) for doctype, name in frappe.parse_json(doc.selection or "[]")}


def _write(run_name: str, entries: Sequence[Entry]) -> None:
	"""Add what became of jobs to the run, and its counters, in the transaction under way."""
	run = frappe.qb.DocType(RUN)
	(
		frappe.qb.update(run)
		.set(run.jobs_done, run.jobs_done + len(entries))
		.set(
			run.invoices,
			run.invoices + len({e.sales_invoice for e in entries if e.result != FAILED} - {None}),
		)
		.set(run.failed, run.failed + sum(entry.result == FAILED for entry in entries))
		.where(run.name == run_name)
	).run()
	now, user = now_datetime(), frappe.session.user
	idx = frappe.db.get_value(RUN, run_name, "jobs_done") - len(entries)
	columns = (
		*(
			"name",
			"creation",
			"modified",
			"owner",
			"modified_by",
			"parent",
			"parenttype",
			"parentfield",
			"idx",
		),
		*("voucher_type", "voucher", "customer", "result", "sales_invoice", "reason"),
	)
	frappe.db.bulk_insert(
		"Billing Run Entry",
		columns,
		[
			(
				*(frappe.generate_hash(length=10), now, now, user, user, run_name, RUN, "entries"),
				idx + number,
				*entry.job,
				entry.customer,
				entry.result,
				entry.sales_invoice,
				entry.reason,
			)
			for number, entry in enumerate(entries, 1)
		],
	)


def _keep() -> None:
	# In this background job only: an invoice is complete in itself, and one that cannot be made must not
	# take back the others; one transaction over all would lock every job and series until the end.
	frappe.db.commit()  # nosemgrep: frappe-manual-commit


def _publish(name: str, over: bool = False) -> None:
	values = frappe.db.get_value(
		RUN, name, ["jobs_done", "jobs_total", "invoices", "failed", "status"], as_dict=True
	)
	frappe.publish_realtime(PROGRESS_EVENT, {"name": name, "over": over, **values}, doctype=RUN, docname=name)
