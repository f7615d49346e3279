import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, getdate, now_datetime

from aftersales.guards import (
	entered,
	keep_fields_of_record,
	previous_status,
	require_role,
	require_value,
	set_system,
)
from aftersales.service_desk import follow_ups
from aftersales.service_desk.follow_up_rules import Answers, reasons_to_act

SUPERVISORS = ("Service Supervisor", "Service Manager")
OVER = ("Done", "Escalated", "Cancelled")
ANSWERED = ("Done", "Escalated")
FIELDS_OF_RECORD = ("attempts", "last_attempt_at", "done_at", "new_repair_call")
ANSWERS = ("repair_effective", "hidden_hazard", "csat", "nps", "comments")
FROM_CALL = ("customer", "company", "equipment", "contact_name", "contact_phone")


class Followup(Document):
	def validate(self):
		keep_fields_of_record(self, FIELDS_OF_RECORD)
		self.keep_what_is_over()
		self.take_values_from_call()
		self.check_equipment_owner()
		self.check_dates()
		self.check_opinion()
		self.count_attempt()
		self.escalate_bad_answer()
		self.guard_done()
		self.stamp_done()

	@frappe.whitelist()
	def record_attempt(self) -> None:
		"""The customer was called and not reached."""
		self.check_permission("write")
		if self.status == "Attempted":
			self._count_attempt()
		self.status = "Attempted"
		self.save()

	@frappe.whitelist()
	def complete(
		self,
		repair_effective: str | None = None,
		hidden_hazard: str | None = None,
		csat: int | str | None = None,
		nps: str | None = None,
		comments: str | None = None,
	) -> None:
		"""Note what the customer says and finish; a bad answer opens a new call (status Escalated).

		Args:
			repair_effective, hidden_hazard: Yes or No.
			csat: satisfaction, 1 to 5.
			nps: would recommend, "0" to "10".
		"""
		self.check_permission("write")
		answers = zip(ANSWERS, (repair_effective, hidden_hazard, csat, nps, comments), strict=True)
		self.update({field: answer for field, answer in answers if answer not in (None, "")})
		self.status = "Done"
		self.save()

	@frappe.whitelist()
	def cancel_follow_up(self) -> None:
		"""The customer need not be asked."""
		self.check_permission("write")
		self.status = "Cancelled"
		self.save()

	def keep_what_is_over(self):
		"""What the customer said stays said; only a supervisor may open it again or correct it."""
		before = previous_status(self)
		if before not in OVER:
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
		if entered(self, "Attempted"):
			self._count_attempt()

	def escalate_bad_answer(self):
		"""A bad answer or a hazard opens a new call, once, whoever sets the status and how."""
		if self.status not in ANSWERED or previous_status(self) in ANSWERED:
			return
		reasons = reasons_to_act(self._answers())
		if self.status == "Escalated" and not reasons:
			frappe.throw(_("Nothing to escalate: no answer asks for a new call."))
		if not reasons:
			return
		self.status = "Escalated"
		if not self.new_repair_call:
			set_system(self, new_repair_call=follow_ups.open_new_call(self, reasons))

	def guard_done(self):
		if entered(self, "Done") and self.kind == "Effectiveness":
			require_value(self, "repair_effective", _("ask the customer whether the repair was effective."))

	def stamp_done(self):
		if self.status in ANSWERED and not self.done_at:
			set_system(self, done_at=now_datetime())
		elif self.status not in ANSWERED:
			set_system(self, done_at=None)

	def _count_attempt(self):
		set_system(self, attempts=cint(self.attempts) + 1, last_attempt_at=now_datetime())

	def _answers(self) -> Answers:
		return Answers(self.repair_effective, self.hidden_hazard, cint(self.csat))
