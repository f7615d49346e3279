import json

import frappe
from frappe import _
from frappe.utils import escape_html, getdate, now_datetime, nowdate

from aftersales.core import background
from aftersales.core.guards import require_role, validate_protected_fields
from aftersales.core.input.document import ServiceDocument
from aftersales.core.input.requests import Day, Flag, Rows, validate_call
from aftersales.core.roles import ACCOUNTANTS
from aftersales.service_billing import billing_worker
from aftersales.service_billing.billing import DONE_ON
from aftersales.service_posting.invoicing.invoices import submits_at_once
from aftersales.service_posting.plan.billing_rules import is_held

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
	"held_until",
	"resumes",
)
RUNNING = ("Queued", "Running")
TIMEOUT = 4 * 60 * 60


class BillingRun(ServiceDocument):
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
		held_until: DF.Datetime | None
		invoices: DF.Int
		jobs_done: DF.Int
		jobs_total: DF.Int
		naming_series: DF.Literal["BR-.YYYY.-.#####"]
		resumes: DF.Int
		run_by: DF.Link | None
		selection: DF.Code | None
		started_at: DF.Datetime | None
		status: DF.Literal["Draft", "Queued", "Running", "Done", "Stopped"]
		stop_requested: DF.Check
		submit_invoices: DF.Check
		until: DF.Date
	# end: auto-generated types

	"""One pass of billing: what it was to bill, what it made, what failed and why (R-AC-4)."""

	def __setup__(self):
		# Empty means all of them: Frappe would fill in the user's own company
		self.dont_update_if_missing = ["company", "customer"]

	def validate(self):
		validate_protected_fields(self, FIELDS_OF_RECORD)
		self.restore_entries()
		if self.status in RUNNING:
			frappe.throw(_("Nothing can be changed while the run is billing."))

	def on_trash(self):
		if self.is_held():
			frappe.throw(_("A run that is billing cannot be deleted. Stop it first."))

	# ------------------------------------------------------------------ actions

	@frappe.whitelist()
	@validate_call
	def start(self) -> None:
		"""Bill in the background; continues a run that was stopped, or that no worker holds any more.

		Raises:
			frappe.PermissionError: the user is no accountant or manager of the service.
			frappe.ValidationError: it is billing already, or is done.
		"""
		require_role(ACCOUNTANTS, _("Billing"))
		self.check_permission("write")
		stored = frappe.get_doc(self.doctype, self.name, for_update=True)
		if stored.status == "Done":
			frappe.throw(_("{0} is done. Start a new run for what came since.").format(stored.name))
		if stored.is_held():
			frappe.throw(_("{0} is billing already.").format(stored.name))
		stored.db_set(
			{
				"status": "Queued",
				"attempt": stored.attempt + 1,
				"stop_requested": 0,
				"run_by": frappe.session.user,
				"resumes": 0,
			}
		)
		stored.push()

	def push(self) -> bool:
		"""Have a worker take up the attempt that is queued; see :func:`background.push`."""
		return background.push(
			billing_worker.run,
			job_id=f"billing_run::{self.name}::{self.attempt}",
			queue="long",
			timeout=TIMEOUT,
			name=self.name,
			attempt=self.attempt,
		)

	@frappe.whitelist()
	@validate_call
	def stop(self) -> None:
		"""End a run after the invoice it is making; what is billed stays, and it can be continued."""
		require_role(ACCOUNTANTS, _("Billing"))
		self.check_permission("write")
		stored = frappe.get_doc(self.doctype, self.name, for_update=True)
		if stored.status == "Running" and stored.is_held():
			stored.db_set("stop_requested", 1)
		elif stored.status in RUNNING:
			stored.db_set({"status": "Stopped", "attempt": stored.attempt + 1})

	@frappe.whitelist()
	@validate_call
	def progress(self) -> dict:
		"""How far the run is: status, jobs done and in all, failures, and whether somebody is at work on it."""
		self.check_permission("read")
		fields = ["status", "jobs_done", "jobs_total", "failed", "held_until"]
		stored = frappe.db.get_value(self.doctype, self.name, fields, as_dict=True)
		return {
			"status": stored.status,
			"done": stored.jobs_done,
			"total": stored.jobs_total,
			"failed": stored.failed,
			"alive": stored.status not in RUNNING
			or is_held(stored.status, stored.held_until, now_datetime()),
		}

	def is_held(self) -> bool:
		return is_held(self.status, self.held_until, now_datetime())

	def restore_entries(self):
		"""What became of the jobs is written by the run alone."""
		before = self.get_doc_before_save()
		self.set("entries", [row.as_dict() for row in before.entries] if before else [])
		if self.is_new() and not self.flags.selected:
			self.selection = None


@frappe.whitelist(methods=["POST"])
@validate_call
def bill_now(
	jobs: Rows | None = None,
	company: str | None = None,
	customer: str | None = None,
	until: Day | None = None,
	submit_invoices: Flag | None = None,
) -> str:
	"""Start a Billing Run and return its name.

	Args:
		jobs: [[DocType, name], …] to bill whether due or not; empty bills all that is due.
		until: last day of the periods that are due; default today.
		submit_invoices: default as Aftersales Settings say.

	Raises:
		frappe.PermissionError: the user is no accountant or manager of the service, or may not see a job.
		frappe.ValidationError: one of `jobs` is no service job.
	"""
	require_role(ACCOUNTANTS, _("Billing"))
	chosen = [tuple(job) if isinstance(job, list | tuple) else () for job in jobs or ()]
	if any(len(job) != 2 or not all(isinstance(part, str) for part in job) for job in chosen):
		frappe.throw(_("Each job to bill is a pair of document type and name."))
	if any(doctype not in DONE_ON for doctype, _name in chosen):
		frappe.throw(_("Only Service Vouchers and Repair Cards can be billed."))
	_check_seen(chosen)
	doc = frappe.get_doc(
		{
			"doctype": "Billing Run",
			"company": company or None,
			"customer": customer or None,
			"until": getdate(until) if until else nowdate(),
			"submit_invoices": int(submits_at_once() if submit_invoices is None else submit_invoices),
			"selection": json.dumps(chosen) if chosen else None,
		}
	)
	doc.flags.selected = True
	doc.insert()
	doc.start()
	return doc.name


def _check_seen(jobs: list[tuple[str, str]]) -> None:
	"""The jobs are there, and the user may see them (a User Permission may keep them to one company)."""
	for doctype in DONE_ON:
		names = {name for job_type, name in jobs if job_type == doctype}
		if not names:
			continue
		seen = frappe.get_list(
			doctype, filters={"name": ("in", sorted(names))}, pluck="name", order_by="name asc"
		)
		if unseen := sorted(names - set(seen)):
			frappe.throw(
				_("You have no access to {0} {1}.").format(_(doctype), escape_html(str(unseen[0]))),
				frappe.PermissionError,
			)
