import frappe
from frappe import _
from frappe.utils import cint, get_datetime, getdate, now_datetime

from aftersales.core.guards import (
	previous_status,
	require_role,
	require_value,
	set_protected_values,
	status_changed_to,
	validate_link_exists,
	validate_protected_fields,
)
from aftersales.core.input.document import ServiceDocument
from aftersales.core.input.requests import Moment, validate_call
from aftersales.core.roles import SUPERVISORS
from aftersales.core.source_text import N_
from aftersales.customer_care import complaints, follow_ups
from aftersales.customer_care.follow_up_rules import QUESTIONS, Answers, reasons_to_act, rejects_answer
from aftersales.service_calls import assignment

OVER = ("Done", "Escalated", "Cancelled")
ANSWERED = ("Done", "Escalated")
FIELDS_OF_RECORD = (
	"attempts",
	"last_attempt_at",
	"not_reached",
	"done_at",
	"answer_channel",
	"new_repair_call",
	"visit_call",
	"periodic_visit_plan",
	"period_start",
)
ANSWERS = follow_ups.ANSWERS
FROM_CALL = ("customer", "company", "equipment", "contact_name", "contact_phone")
WHY_ASKED = {
	"repair_effective": N_("Ask the customer whether the repair was effective."),
	"answer_accepted": N_("Ask the customer whether the answer is accepted."),
}


class Followup(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		answer_accepted: DF.Literal["", "Yes", "No"]
		answer_channel: DF.Literal["", "Phone", "E-mail", "Web", "Walk-in", "Messaging", "QR", "Fax", "Other"]
		attempts: DF.Int
		call_owner: DF.Link | None
		comments: DF.SmallText | None
		company: DF.Link
		contact_name: DF.Data | None
		contact_phone: DF.Data | None
		csat: DF.Int
		customer: DF.Link
		customer_group: DF.Link | None
		customer_name: DF.Data | None
		done_at: DF.Datetime | None
		due_date: DF.Date
		equipment: DF.Link | None
		hidden_hazard: DF.Literal["", "Yes", "No"]
		kind: DF.Literal["Effectiveness", "Periodic Visit", "Complaint Reply"]
		last_attempt_at: DF.Datetime | None
		naming_series: DF.Literal["FU-.YYYY.-.#####"]
		new_repair_call: DF.Link | None
		next_attempt_at: DF.Datetime | None
		not_reached: DF.Check
		nps: DF.Literal["", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]
		period_start: DF.Date | None
		periodic_visit_plan: DF.Link | None
		repair_call: DF.Link | None
		repair_effective: DF.Literal["", "Yes", "No"]
		service_complaint: DF.Link | None
		status: DF.Literal["Planned", "Attempted", "Done", "Escalated", "Cancelled"]
		technician: DF.Link | None
		territory: DF.Link | None
		visit_call: DF.Link | None
		workflow_state: DF.Link | None

	# end: auto-generated types

	def validate(self):
		validate_protected_fields(self, FIELDS_OF_RECORD)
		self.validate_closed_values()
		self.take_values_from_call()
		validate_link_exists(self, "customer")
		self.check_equipment_owner()
		self.check_dates()
		self.check_opinion()
		self.count_attempt()
		self.give_up()
		self.escalate_bad_answer()
		self.guard_done()
		self.validate_visitor()
		self.stamp_done()

	def on_update(self):
		self.tell_complaint()
		assignment.expect_rule(self)

	def may_be_owned_by(self, user: str | None) -> bool:
		"""Whether `user` can see to it: one who can log in."""
		return assignment.is_enabled(user)

	@frappe.whitelist()
	@validate_call
	def record_attempt(self, next_attempt_at: Moment | None = None) -> None:
		"""The customer was called and not reached; `next_attempt_at` (site time) is when to try again.

		Without it the settings say how many hours later. After the last attempt allowed the follow-up is
		given up (status Cancelled); the customer can still answer.
		"""
		self.check_permission("write")
		self.next_attempt_at = next_attempt_at
		if self.status == "Attempted":
			self._count_attempt()
		self.status = "Attempted"
		self.save()

	@frappe.whitelist()
	@validate_call
	def complete(
		self,
		repair_effective: str | None = None,
		hidden_hazard: str | None = None,
		csat: int | str | None = None,
		nps: str | None = None,
		comments: str | None = None,
		answer_accepted: str | None = None,
	) -> None:
		"""Note what the customer says by phone and finish; a bad answer opens a new call (status Escalated).

		Args:
			repair_effective, hidden_hazard, answer_accepted: Yes or No.
			csat: satisfaction, 1 to 5.
			nps: would recommend, "0" to "10".
		"""
		self.check_permission("write")
		said = (repair_effective, hidden_hazard, csat, nps, comments, answer_accepted)
		self.take_answers(dict(zip(ANSWERS, said, strict=True)), "Phone")
		self.save()

	@frappe.whitelist()
	@validate_call
	def arrange_visit(self) -> str:
		"""Open the call a technician is sent for; returns its name. The same one when it is there already."""
		self.check_permission("write")
		if self.kind != "Periodic Visit":
			frappe.throw(_("Only a periodic visit is arranged as a call."))
		if not self.visit_call:
			set_protected_values(self, visit_call=follow_ups.open_visit_call(self))
			self.save()
		return self.visit_call

	@frappe.whitelist()
	@validate_call
	def cancel_follow_up(self) -> None:
		"""The customer need not be asked."""
		self.check_permission("write")
		self.status = "Cancelled"
		self.save()

	def take_answers(self, answers: dict, channel: str) -> None:
		"""Note what the customer says and on which channel; empty answers change nothing."""
		self.update({field: answer for field, answer in answers.items() if answer not in (None, "")})
		set_protected_values(self, answer_channel=channel)
		self.status = "Done"

	def validate_closed_values(self):
		"""What the customer said stays said; only a supervisor may open it again or correct it.

		A customer who was given up may still answer.
		"""
		before = previous_status(self)
		if before not in OVER or self.flags.taken_up:
			return
		if before == "Cancelled" and self.not_reached and self.status in ANSWERED:
			return
		if self.status != before or any(self.has_value_changed(field) for field in ANSWERS):
			require_role(SUPERVISORS, _("Changing a follow-up that is {0}").format(_(before)))

	def take_values_from_call(self):
		if not self.repair_call or not self.has_value_changed("repair_call"):
			return
		call = frappe.db.get_value("Repair Call", self.repair_call, FROM_CALL, as_dict=True)
		for fieldname in FROM_CALL:
			if not self.get(fieldname):
				self.set(fieldname, call[fieldname])
		if self.customer != call.customer:
			frappe.throw(
				_("Repair Call {0} is of customer {1}, not of {2}.").format(
					frappe.bold(self.repair_call), frappe.bold(call.customer), frappe.bold(self.customer)
				)
			)
		if not self.technician:
			self.technician = follow_ups.who_did_the_work(self.repair_call)

	def check_equipment_owner(self):
		if not self.equipment or not self.has_value_changed("equipment"):
			return
		owner = frappe.db.get_value("Customer Equipment", self.equipment, "customer")
		if owner != self.customer:
			frappe.throw(
				_("Customer Equipment {0} belongs to customer {1}, not to {2}.").format(
					frappe.bold(self.equipment), frappe.bold(owner), frappe.bold(self.customer)
				)
			)

	def check_dates(self):
		if not self.repair_call or not self.has_value_changed("due_date"):
			return
		received_at = frappe.db.get_value("Repair Call", self.repair_call, "received_at")
		if getdate(self.due_date) < getdate(received_at):
			frappe.throw(_("A follow-up cannot be due before its call came in."))

	def check_opinion(self):
		if self.csat and not 1 <= cint(self.csat) <= 5:
			frappe.throw(
				_("{0} is a number from 1 (not at all) to 5 (fully).").format(
					frappe.bold(_("Satisfaction (1 to 5)"))
				)
			)

	def count_attempt(self):
		if status_changed_to(self, "Attempted"):
			self._count_attempt()

	def give_up(self):
		"""After the last attempt allowed the customer is left in peace."""
		limit = follow_ups.most_attempts(self) if self.has_value_changed("attempts") else 0
		if self.status == "Attempted" and limit and cint(self.attempts) >= limit:
			self.status = "Cancelled"
			set_protected_values(self, not_reached=1)
			self.next_attempt_at = None
		elif self.status != "Cancelled":
			set_protected_values(self, not_reached=0)

	def escalate_bad_answer(self):
		"""A bad answer or a hazard opens a new call, once, whoever sets the status and how; an answer that a
		supervisor corrects counts as well."""
		if self.status not in ANSWERED:
			return
		corrected = previous_status(self) in ANSWERED
		if corrected and not any(self.has_value_changed(field) for field in ANSWERS):
			return
		answers = self._answers()
		reasons = reasons_to_act(answers, self.kind)
		if (
			self.status == "Escalated"
			and not corrected
			and not (reasons or rejects_answer(answers, self.kind))
		):
			frappe.throw(_("Nothing to escalate: no answer asks for a new call."))
		if reasons or rejects_answer(answers, self.kind):
			self.status = "Escalated"
		if reasons and not self.new_repair_call:
			set_protected_values(self, new_repair_call=follow_ups.open_new_call(self, reasons))

	def guard_done(self):
		first = QUESTIONS[self.kind][0]
		if status_changed_to(self, "Done") and first in WHY_ASKED:
			require_value(self, first, _(WHY_ASKED[first]))

	def validate_visitor(self):
		"""A periodic visit is made by the grade of technicians its plan promises; customers who answer by link are not asked."""
		if self.kind != "Periodic Visit" or self.status not in ANSWERED or previous_status(self) in ANSWERED:
			return
		if not self.technician and self.visit_call:
			self.technician = follow_ups.who_did_the_work(self.visit_call)
		grade = self.periodic_visit_plan and frappe.db.get_value(
			"Periodic Visit Plan", self.periodic_visit_plan, "visitor_grade"
		)
		if self.answer_channel == "Web" or not grade:
			return
		if grade != frappe.db.get_value("Service Technician", self.technician or "", "grade"):
			frappe.throw(
				_("This visit is made by a technician of grade {0}. Enter one in {1}.").format(
					frappe.bold(grade), frappe.bold(_(self.meta.get_label("technician")))
				)
			)

	def stamp_done(self):
		if self.status in ANSWERED and not self.done_at:
			set_protected_values(self, done_at=now_datetime())
		elif self.status not in ANSWERED:
			set_protected_values(self, done_at=None)

	def tell_complaint(self):
		"""Whether the customer accepts the answer goes to the complaint, when it is said."""
		if self.service_complaint and self.answer_accepted and self.status in ANSWERED:
			if self.has_value_changed("status") or self.has_value_changed("answer_accepted"):
				complaints.record_reply(self.service_complaint, self.answer_accepted == "Yes", self.comments)

	def _count_attempt(self):
		set_protected_values(self, attempts=cint(self.attempts) + 1, last_attempt_at=now_datetime())
		if not self.next_attempt_at or get_datetime(self.next_attempt_at) <= now_datetime():
			self.next_attempt_at = follow_ups.next_attempt()

	def _answers(self) -> Answers:
		return Answers(self.repair_effective, self.hidden_hazard, cint(self.csat), self.answer_accepted)


def on_doctype_update() -> None:
	"""A customer is visited once per plan and period, whatever job plans it how often."""
	frappe.db.add_unique(
		"Follow-up", ["periodic_visit_plan", "customer", "period_start"], "one_visit_per_period"
	)
