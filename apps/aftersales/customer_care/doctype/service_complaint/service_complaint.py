import frappe
from frappe import _
from frappe.utils import escape_html, getdate, now_datetime, nowdate

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
from aftersales.core.input.requests import validate_call
from aftersales.core.roles import SUPERVISORS
from aftersales.core.source_text import N_
from aftersales.customer_care import complaint_rules, complaints
from aftersales.customer_care.complaint_rules import DECIDING, OVER, Measure
from aftersales.service_calls import assignment, facts, intake
from aftersales.service_setup.settings import aftersales_settings

FIELDS_OF_RECORD = (*complaint_rules.STAMPS.values(), "answered_by", "intake_call", "entry_key")
WHAT_IS_DECIDED = ("justified", "answer", "customer_accepts")
WHY_NEEDED = {
	"severity": N_("Choose how serious the complaint is."),
	"justified": N_("Choose whether the complaint is justified."),
	"answer": N_("Enter the answer to the customer."),
	"customer_accepts": N_("Choose whether the customer accepts the answer."),
	"cancel_reason": N_("Enter why this is not a complaint."),
}


class ServiceComplaint(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from aftersales.customer_care.doctype.complaint_measure.complaint_measure import ComplaintMeasure

		about: DF.Literal["", "Repair", "Product", "Person", "Delay", "Cost", "Information", "Other"]
		acknowledged_at: DF.Datetime | None
		answer: DF.TextEditor | None
		answered_at: DF.Datetime | None
		answered_by: DF.Link | None
		assessed_at: DF.Datetime | None
		assessment: DF.SmallText | None
		call_owner: DF.Link | None
		cancel_reason: DF.SmallText | None
		channel: DF.Literal["Phone", "E-mail", "Web", "Walk-in", "Messaging", "QR", "Fax", "Other"]
		closed_at: DF.Datetime | None
		closing_note: DF.SmallText | None
		company: DF.Link
		contact_email: DF.Data | None
		contact_name: DF.Data | None
		contact_phone: DF.Data | None
		customer: DF.Link
		customer_accepts: DF.Literal["", "Yes", "No", "No Reply"]
		customer_group: DF.Link | None
		customer_name: DF.Data | None
		description: DF.SmallText | None
		entry_key: DF.Data | None
		equipment: DF.Link | None
		findings: DF.SmallText | None
		intake_call: DF.Link | None
		investigating_at: DF.Datetime | None
		justified: DF.Literal["", "Yes", "Partly", "No"]
		measures: DF.Table[ComplaintMeasure]
		naming_series: DF.Literal["SC-.YYYY.-.#####"]
		person_concerned: DF.Link | None
		received_at: DF.Datetime
		repair_call: DF.Link | None
		repair_card: DF.Link | None
		root_cause: DF.SmallText | None
		safety: DF.Check
		service_voucher: DF.Link | None
		severity: DF.Literal["", "Low", "Medium", "High"]
		status: DF.Literal[
			"Received", "Acknowledged", "Assessed", "Investigating", "Answered", "Closed", "Cancelled"
		]
		subject: DF.Data
		territory: DF.Link | None
		workflow_state: DF.Link | None

	# end: auto-generated types

	"""A complaint and what became of it, in the stages of ISO 10002 (R-FU-3)."""

	def validate(self):
		facts.forget(self)
		validate_protected_fields(self, FIELDS_OF_RECORD)
		self.validate_closed_values()
		self.take_values_from_job()
		validate_link_exists(self, "customer")
		self.check_concerns_the_customer()
		self.set_defaults()
		intake.check_received_at(self)
		self.check_owner()
		self.check_measures()
		self.validate_decided_by_others()
		self.guard_stage()
		self.stamp_stages()

	def on_update(self):
		assignment.mirror(self)
		if self.status in complaint_rules.SPOKEN and status_changed_to(self, self.status):
			complaints.answer_intake_call(self)
		if status_changed_to(self, "Answered"):
			complaints.plan_reply(self)
		elif previous_status(self) == "Answered" != self.status:
			complaints.drop_reply(self)
		if status_changed_to(self, "Closed"):
			complaints.close_intake_call(self)
		complaints.follow_in_staff_records(self)

	def on_trash(self):
		complaints.validate_not_concerned(self)

	# What people do with a complaint. Each can be done as well by setting the status and saving.

	def may_be_owned_by(self, user: str | None) -> bool:
		"""Whether `user` can see to it: one who can log in, and not the person it is about."""
		return assignment.is_enabled(user) and not complaints.is_about(self, user)

	@frappe.whitelist()
	@validate_call
	def acknowledge(self) -> None:
		"""The customer has been told that the complaint was received and who looks after it."""
		self._move_to("Acknowledged")

	@frappe.whitelist()
	@validate_call
	def assess(self, severity: str, assessment: str | None = None, safety: int = 0) -> None:
		"""Rate the complaint: `severity` is Low, Medium or High; `safety` 1 when people are at risk."""
		self._move_to(
			"Assessed", severity=severity, assessment=assessment or self.assessment, safety=int(safety)
		)

	@frappe.whitelist()
	@validate_call
	def investigate(self) -> None:
		"""It cannot be settled at once: find out what happened."""
		self._move_to("Investigating")

	@frappe.whitelist()
	@validate_call
	def respond(self, justified: str, answer: str) -> None:
		"""The customer is told the outcome: `justified` is Yes, Partly or No, `answer` the letter's text."""
		self._move_to("Answered", justified=justified, answer=answer)

	@frappe.whitelist()
	@validate_call
	def close(self, customer_accepts: str, closing_note: str | None = None) -> None:
		"""Nothing is left to do: `customer_accepts` is Yes, No or No Reply."""
		self._move_to(
			"Closed", customer_accepts=customer_accepts, closing_note=closing_note or self.closing_note
		)

	@frappe.whitelist()
	@validate_call
	def cancel_complaint(self, reason: str) -> None:
		"""It is no complaint after all: entered twice, withdrawn, not about us."""
		self._move_to("Cancelled", cancel_reason=reason)

	@frappe.whitelist()
	@validate_call
	def reopen(self, reason: str) -> None:
		"""Look into it again; a closed or cancelled complaint only by a supervisor."""
		self.check_permission("write")
		if self.status not in ("Answered", *OVER):
			frappe.throw(_("Only an answered, closed or cancelled complaint can be reopened."))
		if not (reason or "").strip():
			frappe.throw(_("Enter the reason for reopening the complaint."), frappe.MandatoryError)
		self.add_comment("Comment", _("Reopened: {0}").format(escape_html(reason)))
		self._move_to("Investigating" if self.severity else "Acknowledged")

	def validate_closed_values(self):
		"""A complaint that is over is opened again, or decided otherwise, only by a supervisor."""
		before = previous_status(self)
		if before in OVER and (
			self.status != before or any(self.has_value_changed(field) for field in WHAT_IS_DECIDED)
		):
			require_role(SUPERVISORS, _("Changing a complaint that is {0}").format(_(before)))
		if self.status not in ("Answered", "Closed"):
			self.customer_accepts = None
		if self.status != "Cancelled":
			self.cancel_reason = None

	def take_values_from_job(self):
		"""Whose job it was, which product, and who was there."""
		for fieldname, value in complaints.values_of_job(self).items():
			if value and not self.get(fieldname):
				self.set(fieldname, value)
		if self.has_value_changed("customer") or not self.customer_name:
			self.customer_name = facts.customer(self).customer_name if self.customer else None

	def check_concerns_the_customer(self):
		complaints.check_customer(self)

	def set_defaults(self):
		settings = aftersales_settings()
		self.company = self.company or settings.default_company or frappe.defaults.get_user_default("Company")
		if self.is_new():
			self.received_at = self.received_at or now_datetime()
			self.call_owner = self.call_owner or complaints.owner_for(self)
			if not (self.contact_name or self.contact_phone or self.contact_email):
				self.update(intake.primary_contact(facts.customer(self)))

	def check_owner(self):
		if self.status in OVER:
			return
		require_value(self, "call_owner", _("Every open complaint needs an owner."))
		if facts.any_changed(self, ("call_owner", "person_concerned")):
			complaints.check_owner(self)

	def check_measures(self):
		for row in self.measures:
			if row.done_on and getdate(row.done_on) > getdate(nowdate()):
				frappe.throw(
					_("Row {0}: {1} is in the future. Set it when the measure is done.").format(
						row.idx, frappe.bold(_("Done on"))
					)
				)

	def validate_decided_by_others(self):
		"""Who is complained about does not judge the complaint (ISO 10002: objectivity)."""
		decides = self.status in DECIDING and previous_status(self) != self.status
		decides = decides or any(self.has_value_changed(field) for field in ("severity", *WHAT_IS_DECIDED))
		before = self.get_doc_before_save()
		if before and before.person_concerned and self.has_value_changed("person_concerned"):
			decides = True  # who is concerned by it is a decision as well
		if decides and not self.is_new():
			complaints.validate_not_concerned(self)

	def guard_stage(self):
		"""What a stage asks for when it is entered."""
		if not status_changed_to(self, self.status):
			return
		filled = {field for field in WHY_NEEDED if (self.get(field) or "").strip()}
		if missing := complaint_rules.missing_for(self.status, filled):
			require_value(self, missing, _(WHY_NEEDED[missing]))
		if self.status == "Closed":
			self._guard_closing()

	def stamp_stages(self):
		stamped = [field for field in complaint_rules.STAMPS.values() if self.get(field)]
		to_set, to_clear = complaint_rules.stamps(self.status, stamped)
		now = now_datetime()
		set_protected_values(self, **{field: now for field in to_set}, **{field: None for field in to_clear})
		if "answered_at" in to_set:
			set_protected_values(self, answered_by=frappe.session.user)
		elif "answered_at" in to_clear:
			set_protected_values(self, answered_by=None)

	def _guard_closing(self):
		undone = complaint_rules.open_measures(Measure(row.measure, row.done_on) for row in self.measures)
		if undone:
			frappe.throw(
				_("The complaint cannot be closed while this is not done: {0}").format(
					escape_html("; ".join(undone))
				),
				title=_("Measures Are Open"),
			)
		if complaint_rules.needs_closing_note(self.customer_accepts):
			require_value(
				self, "closing_note", _("The customer has not accepted. Enter what was offered nevertheless.")
			)

	def _move_to(self, status: str, **values) -> None:
		self.check_permission("write")
		self.update({"status": status, **values})
		self.save()
