import json

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate, nowdate
from frappe.utils.background_jobs import is_job_enqueued

from aftersales.guards import keep_fields_of_record, require_role
from aftersales.service_billing import billing_worker
from aftersales.service_billing.billing import BILLING_ROLES, DONE_ON
from aftersales.service_billing.invoices import submits_at_once

FIELDS_OF_RECORD = (
	"status",
	"run_by",
	"started_at",
	"finished_at",
	"jobs_total",
	"jobs_done",
	"invoices",
	"failed",
	"attempt",
	"stop_requested",
)
RUNNING = ("Queued", "Running")
SMALL = 10
"""Selected jobs that are billed at once instead of in the background."""
TIMEOUT = 4 * 60 * 60


class BillingRun(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from aftersales.service_billing.doctype.billing_run_entry.billing_run_entry import BillingRunEntry

		attempt: DF.Int
		company: DF.Link | None
		customer: DF.Link | None
		entries: DF.Table[BillingRunEntry]
		failed: DF.Int
		finished_at: DF.Datetime | None
		invoices: DF.Int
		jobs_done: DF.Int
		jobs_total: DF.Int
		naming_series: DF.Literal["BR-.YYYY.-.#####"]
		run_by: DF.Link | None
		selection: DF.Code | None
		started_at: DF.Datetime | None
		status: DF.Literal["Draft", "Queued", "Running", "Done", "Stopped"]
		stop_requested: DF.Check
		submit_invoices: DF.Check
		until: DF.Date
	# end: auto-generated types

	"""One pass of billing: what it was to bill, what it made, what failed and why (R-AC-4)."""

	def validate(self):
		keep_fields_of_record(self, FIELDS_OF_RECORD)
		self.keep_entries()
		if self.status in RUNNING:
			frappe.throw(_("Nothing can be changed while the run is billing."))

	def on_trash(self):
		if self.status in RUNNING and self.is_alive():
			frappe.throw(_("A run that is billing cannot be deleted. Stop it first."))

	# ------------------------------------------------------------------ actions

	@frappe.whitelist()
	def start(self) -> None:
		"""Bill in the background; continues a run that was stopped or whose worker has died.

		Raises:
			frappe.PermissionError: the user is no accountant or manager of the service.
			frappe.ValidationError: it is billing already, or is done.
		"""
		require_role(BILLING_ROLES, _("Billing"))
		self.check_permission("write")
		stored = frappe.get_doc(self.doctype, self.name, for_update=True)
		if stored.status == "Done":
			frappe.throw(_("{0} is done. Start a new run for what came since.").format(stored.name))
		if stored.status in RUNNING and stored.is_alive():
			frappe.throw(_("{0} is billing already.").format(stored.name))
		stored.db_set(
			{
				"status": "Queued",
				"attempt": stored.attempt + 1,
				"stop_requested": 0,
				"run_by": frappe.session.user,
			}
		)
		if stored.selection and len(json.loads(stored.selection)) <= SMALL:
			billing_worker.run(stored.name, stored.attempt)
			return
		frappe.enqueue(
			billing_worker.run,
			queue="long",
			timeout=TIMEOUT,
			enqueue_after_commit=True,
			job_id=stored.job_id(),
			deduplicate=True,
			name=stored.name,
			attempt=stored.attempt,
		)

	@frappe.whitelist()
	def stop(self) -> None:
		"""End a run after the invoice it is making; what is billed stays, and it can be continued."""
		require_role(BILLING_ROLES, _("Billing"))
		self.check_permission("write")
		stored = frappe.get_doc(self.doctype, self.name, for_update=True)
		if stored.status == "Running" and stored.is_alive():
			stored.db_set("stop_requested", 1)
		elif stored.status in RUNNING:
			stored.db_set({"status": "Stopped", "attempt": stored.attempt + 1})

	@frappe.whitelist()
	def progress(self) -> dict:
		"""How far the run is: status, jobs done and in all, failures, and whether somebody is at work on it."""
		self.check_permission("read")
		stored = frappe.get_doc(self.doctype, self.name)
		return {
			"status": stored.status,
			"done": stored.jobs_done,
			"total": stored.jobs_total,
			"failed": stored.failed,
			"alive": stored.status not in RUNNING or stored.is_alive(),
		}

	def is_alive(self) -> bool:
		"""True while the run waits in the queue or a worker is on it."""
		return is_job_enqueued(self.job_id())

	def job_id(self) -> str:
		return f"billing_run::{self.name}::{self.attempt}"

	def keep_entries(self):
		"""What became of the jobs is written by the run alone."""
		before = self.get_doc_before_save()
		self.set("entries", [row.as_dict() for row in before.entries] if before else [])
		if self.is_new() and not self.flags.selected:
			self.selection = None


@frappe.whitelist(methods=["POST"])
def bill_now(
	jobs: str | list | None = None,
	company: str | None = None,
	customer: str | None = None,
	until: str | None = None,
	submit_invoices: bool | int | None = None,
) -> str:
	"""Start a Billing Run and return its name.

	Args:
		jobs: [[DocType, name], …] to bill whether due or not; empty bills all that is due.
		until: last day of the periods that are due; default today.
		submit_invoices: default as Aftersales Settings say.

	Raises:
		frappe.PermissionError: the user is no accountant or manager of the service.
		frappe.ValidationError: one of `jobs` is no service job.
	"""
	require_role(BILLING_ROLES, _("Billing"))
	chosen = [tuple(job) for job in frappe.parse_json(jobs or "[]")]
	if any(len(job) != 2 or job[0] not in DONE_ON for job in chosen):
		frappe.throw(_("Only Service Vouchers and Repair Cards can be billed."))
	doc = frappe.get_doc(
		{
			"doctype": "Billing Run",
			"company": company or None,
			"customer": customer or None,
			"until": getdate(until) if until else nowdate(),
			"submit_invoices": int(
				submits_at_once() if submit_invoices is None else bool(int(submit_invoices))
			),
			"selection": json.dumps(chosen) if chosen else None,
		}
	)
	doc.flags.selected = True
	doc.insert()
	doc.start()
	return doc.name
