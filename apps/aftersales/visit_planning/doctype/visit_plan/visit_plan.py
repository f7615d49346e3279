from datetime import timedelta

import frappe
from frappe import _
from frappe.utils import date_diff, format_date, getdate, now_datetime

from aftersales.core import background
from aftersales.core.guards import validate_protected_fields
from aftersales.core.input.document import ServiceDocument
from aftersales.core.input.requests import Names, validate_call
from aftersales.service_routes.settings import routes_settings
from aftersales.visit_planning import accepting, proposing
from aftersales.visit_planning.loading import MOST_DAYS
from aftersales.visit_planning.proposing import RUNNING

FIELDS_OF_RECORD = (
	*("status", "planned_visits", "left_over", "travel_minutes", "kilometres", "work_minutes"),
	*("overtime_minutes", "run_by", "started_at", "finished_at", "planned_with", "travel_by", "progress"),
	*("attempt", "error"),
)


class VisitPlan(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from aftersales.visit_planning.doctype.visit_plan_proposal.visit_plan_proposal import (
			VisitPlanProposal,
		)
		from aftersales.visit_planning.doctype.visit_plan_technician.visit_plan_technician import (
			VisitPlanTechnician,
		)

		attempt: DF.Int
		company: DF.Link
		error: DF.SmallText | None
		finished_at: DF.Datetime | None
		from_date: DF.Date
		kilometres: DF.Float
		left_over: DF.Int
		naming_series: DF.Literal["VP-.YYYY.-.#####"]
		overtime_minutes: DF.Int
		planned_visits: DF.Int
		planned_with: DF.Literal["", "PyVRP", "Insertion"]
		progress: DF.Percent
		proposals: DF.Table[VisitPlanProposal]
		reschedule: DF.Check
		run_by: DF.Link | None
		service_zone: DF.Link | None
		started_at: DF.Datetime | None
		status: DF.Literal["Draft", "Queued", "Planning", "Proposed", "Accepted", "Failed"]
		technicians: DF.TableMultiSelect[VisitPlanTechnician]
		to_date: DF.Date
		travel_by: DF.Data | None
		travel_minutes: DF.Int
		work_minutes: DF.Int
	# end: auto-generated types

	"""Who could make which visit when, on chosen days: a proposal that users accept, whole or in part."""

	def validate(self):
		validate_protected_fields(self, FIELDS_OF_RECORD)
		self.validate_proposals()
		self.validate_days()
		self.validate_technicians()
		self.validate_not_running()

	def onload(self):
		self.set_onload("of_calls", self.calls_shown())

	def on_trash(self):
		if self.status in RUNNING and not proposing.is_given_up(self, now_datetime()):
			frappe.throw(_("A plan that is being worked out cannot be deleted. Wait until it is ready."))

	def validate_proposals(self):
		"""What is proposed is written by the planner alone."""
		if self.flags.writes_proposal:
			return
		before = self.get_doc_before_save()
		self.set("proposals", [row.as_dict() for row in before.proposals] if before else [])

	def validate_days(self):
		if getdate(self.to_date) < getdate(self.from_date):
			frappe.throw(_("The plan must end on or after the day it begins."))
		if date_diff(self.to_date, self.from_date) >= MOST_DAYS:
			frappe.throw(_("A plan can have {0} days at most.").format(MOST_DAYS))
		changed = self.is_new() or self.has_value_changed("to_date")
		if changed and getdate(self.to_date) < getdate(now_datetime()):
			frappe.throw(
				_("{0} is over. Choose a day that is still to come.").format(format_date(self.to_date))
			)

	def validate_technicians(self):
		for row in self.technicians:
			company = frappe.get_cached_value("Service Technician", row.technician, "company")
			if company != self.company:
				frappe.throw(
					_("Technician {0} works for {1}, this plan is of {2}.").format(
						frappe.bold(frappe.utils.escape_html(row.technician)), company, self.company
					)
				)

	def validate_not_running(self):
		before = self.get_doc_before_save()
		if before and before.status in RUNNING and not self.flags.writes_proposal:
			frappe.throw(_("Nothing can be changed while the plan is being worked out."))

	# ------------------------------------------------------------------ actions

	@frappe.whitelist()
	@validate_call
	def start(self) -> None:
		"""Work the proposal out in the background; what was proposed before and not accepted is forgotten.

		Raises:
			frappe.PermissionError: the user may not write the plan.
			frappe.ValidationError: it is being worked out already, its visits were accepted, or its days are over.
		"""
		self.check_permission("write")
		frappe.has_permission("Service Voucher", "read", throw=True)
		stored = frappe.get_doc(self.doctype, self.name, for_update=True)
		if stored.status in RUNNING and not proposing.is_given_up(stored, now_datetime()):
			frappe.throw(_("{0} is being worked out already.").format(stored.name))
		if any(row.state == "Accepted" for row in stored.proposals):
			frappe.throw(
				_("Visits of {0} were accepted already. Make a new plan for what still waits.").format(
					stored.name
				)
			)
		if getdate(stored.to_date) < getdate(now_datetime()):
			frappe.throw(_("The days of {0} are over. Make a new plan.").format(stored.name))
		stored.db_set({"status": "Queued", "attempt": stored.attempt + 1, "run_by": frappe.session.user})
		stored.push()

	def push(self) -> bool:
		"""Have a worker take up the attempt that is queued; see :func:`background.push`."""
		limit = timedelta(seconds=routes_settings().time_limit or 30) + proposing.SPARE
		return background.push(
			proposing.run,
			job_id=f"visit_plan::{self.name}::{self.attempt}",
			queue="long",
			timeout=round(limit.total_seconds()),
			name=self.name,
			attempt=self.attempt,
		)

	@frappe.whitelist()
	@validate_call
	def accept(self, rows: Names | None = None) -> dict:
		"""Plan the visits of `rows` (None: all that wait) by the dispatch board's own functions.

		Returns:
			`accepted` and `refused`: how many; the rows say why they were refused.

		Raises:
			frappe.PermissionError: the user may not plan visits.
			frappe.ValidationError: there is no proposal, or it is being worked out anew.
		"""
		self.check_permission("write")
		frappe.has_permission("Service Voucher", "write", throw=True)
		stored = frappe.get_doc(self.doctype, self.name, for_update=True)
		if stored.status not in ("Proposed", "Accepted"):
			frappe.throw(_("{0} has no proposal to accept.").format(stored.name))
		return accepting.accept(stored, rows)

	@frappe.whitelist()
	@validate_call
	def progress_of_run(self) -> dict:
		"""How far the run is: status, and whether its worker may still be at it."""
		self.check_permission("read")
		stored = frappe.get_doc(self.doctype, self.name)
		return {
			"status": stored.status,
			"alive": stored.status not in RUNNING or not proposing.is_given_up(stored, now_datetime()),
		}

	def calls_shown(self) -> dict[str, dict]:
		"""Call → subject, customer and zone, of the calls of the proposal that the user may read."""
		names = sorted({row.repair_call for row in self.proposals if row.repair_call})
		if not names:
			return {}
		rows = frappe.get_list(
			"Repair Call",
			filters={"name": ("in", names)},
			fields=["name", "subject", "customer_name", "service_zone", "priority", "hazard"],
			order_by="name asc",
			limit_page_length=0,
		)
		return {row.name: row for row in rows}
