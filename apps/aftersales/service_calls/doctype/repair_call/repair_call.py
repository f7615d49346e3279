import frappe
from frappe import _
from frappe.utils import escape_html

from aftersales.core.guards import validate_link_exists, validate_not_in_future, validate_protected_fields
from aftersales.core.input.document import ServiceDocument
from aftersales.core.input.requests import Moment, validate_call
from aftersales.service_calls import (
	appointment_notices,
	assignment,
	contacts_on_file,
	facts,
	intake,
	progress,
	promise,
	triage,
)
from aftersales.service_calls.call_status_rules import NO_WORK_LEFT

FIELDS_OF_RECORD = (
	"responded_at",
	"arrived_at",
	"resolved_at",
	"closed_at",
	"coverage",
	"coverage_source",
	"coverage_until",
	"coverage_reason",
	"ownership_concern",
	"service_contract",
	"proposed_category",
	"is_repeat",
	"status_before_hold",
	"on_hold_since",
	"held_seconds",
	"register_outcome",
	"external_id",
	"arrival_answer",
	"arrival_answered_at",
	"reminded_of",
	"estimate_told_for",
	"non_conformance",
	"entry_key",
	"contact_confirmed",
	"unanswered_since",
	"promise_result",
	"promise_deviation",
	"promised_at",
	"promise_from",
	"promise_due",
)


class RepairCall(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from aftersales.service_calls.doctype.service_promise.service_promise import ServicePromise

		action_code: DF.Link | None
		arrival_answer: DF.Literal["", "Confirmed", "Another Time"]
		arrival_answered_at: DF.Datetime | None
		arrived_at: DF.Datetime | None
		brand: DF.Data | None
		call_owner: DF.Link | None
		cancel_reason: DF.SmallText | None
		category_reason: DF.SmallText | None
		cause_code: DF.Link | None
		channel: DF.Literal["Phone", "E-mail", "Web", "Walk-in", "Messaging", "QR", "Fax", "Other"]
		closed_at: DF.Datetime | None
		company: DF.Link
		contact_confirmed: DF.Check
		contact_email: DF.Data | None
		contact_name: DF.Data | None
		contact_phone: DF.Data | None
		coverage: DF.Literal[
			"",
			"Repair Warranty",
			"Warranty",
			"Warranty on Parts",
			"Contract",
			"Part Warranty",
			"None",
			"Unknown",
		]
		coverage_reason: DF.SmallText | None
		coverage_source: DF.Data | None
		coverage_until: DF.Date | None
		customer: DF.Link
		customer_group: DF.Link | None
		customer_name: DF.Data | None
		description: DF.TextEditor | None
		entry_key: DF.Data | None
		equipment: DF.Link | None
		estimate_told_for: DF.Datetime | None
		external_id: DF.Data | None
		fault_code: DF.Link | None
		hazard: DF.Literal["", "Water Leak", "Electric Leakage", "Gas", "Fire", "Injury", "Other"]
		held_seconds: DF.Duration | None
		hold_for: DF.Literal["", "Customer", "Parts", "Other"]
		hold_reason: DF.SmallText | None
		is_repeat: DF.Check
		item_code: DF.Link | None
		item_group: DF.Link | None
		model: DF.Data | None
		naming_series: DF.Literal["RC-.YYYY.-.#####"]
		next_action: DF.Data | None
		next_action_by: DF.Datetime | None
		non_conformance: DF.Link | None
		on_hold_since: DF.Datetime | None
		ownership_concern: DF.SmallText | None
		ownership_reason: DF.SmallText | None
		part_serial_no: DF.Data | None
		phone_key: DF.Data | None
		priority: DF.Link | None
		priority_reason: DF.SmallText | None
		promise_changed_for: DF.Literal["", "Service", "Customer"]
		promise_deviation: DF.Int
		promise_due: DF.Datetime | None
		promise_from: DF.Datetime | None
		promise_result: DF.Literal["", "Kept", "Early", "Late"]
		promised_at: DF.Datetime | None
		promised_from: DF.Datetime | None
		promised_to: DF.Datetime | None
		promises: DF.Table[ServicePromise]
		proposed_category: DF.Link | None
		received_at: DF.Datetime
		referral: DF.Data | None
		register_outcome: DF.Literal["", "Fixed", "Repairable", "End of life", "Unknown"]
		reminded_of: DF.Datetime | None
		repeat_of: DF.Link | None
		request_type: DF.Link
		resolution: DF.SmallText | None
		resolved_at: DF.Datetime | None
		resolved_by_phone: DF.Check
		sample_received_at: DF.Datetime | None
		responded_at: DF.Datetime | None
		serial_key: DF.Data | None
		serial_no: DF.Link | None
		serial_text: DF.Data | None
		service_address: DF.Link | None
		service_address_display: DF.SmallText | None
		service_category: DF.Link | None
		service_contract: DF.Link | None
		service_zone: DF.Link | None
		status: DF.Literal[
			"Open", "Triaged", "Scheduled", "In Progress", "On Hold", "Resolved", "Closed", "Cancelled"
		]
		status_before_hold: DF.Data | None
		subject: DF.Data
		support_kind: DF.Literal["", "Use", "Application"]
		symptom_code: DF.Link | None
		taken_over_from: DF.DynamicLink | None
		taken_over_type: DF.Literal["", "Issue", "Warranty Claim", "Maintenance Schedule"]
		territory: DF.Link | None
		unanswered_since: DF.Datetime | None
		workflow_state: DF.Link | None

	# end: auto-generated types

	def load_from_db(self):
		"""Notifications load the call anew: what is told to an unconfirmed contact stays as it may be told."""
		loaded = super().load_from_db()
		if self.flags.stored_contact:
			contacts_on_file.addressed(self)
		return loaded

	def onload(self):
		self.set_onload("is_emergency", triage.is_emergency(self))

	def validate(self):
		contacts_on_file.restore(self)
		intake.remember_phone(self)
		intake.remember_serial(self)
		if self.flags.from_register:
			return  # history: what happened is told by the register, not worked out today
		facts.forget(self)
		appointment_notices.keep(self)
		validate_protected_fields(self, FIELDS_OF_RECORD)
		progress.validate_closed_values(self)

		intake.take_sender(self)
		validate_link_exists(self, "customer")
		intake.identify_product(self)
		intake.set_defaults(self)
		intake.check_received_at(self)
		validate_not_in_future(self, "sample_received_at")
		intake.take_contact(self)
		contacts_on_file.check_address(self)
		intake.locate(self)
		intake.check_fault_codes(self)

		triage.set_urgency(self)
		triage.link_repeated_call(self)
		triage.take_coverage_snapshot(self)
		triage.set_category(self)

		promise.validate_rows(self)
		promise.check_window(self)
		promise.record(self)
		progress.guard_status(self)
		promise.require_for_work(self)
		progress.stamp_times(self)
		promise.measure(self)
		progress.propose_next_action(self)
		progress.check_owner_and_next_action(self)

	def on_update(self):
		if self.flags.from_register:
			return
		assignment.mirror(self)
		triage.log_decisions(self)
		triage.remember_owner(self)

	def may_be_owned_by(self, user: str | None) -> bool:
		"""Whether `user` can see to it: one who can log in."""
		return assignment.is_enabled(user)

	# What people do with a call. Each can be done as well by setting the status and saving.

	@frappe.whitelist()
	@validate_call
	def triage(self) -> None:
		"""The desk has spoken to the customer and rated the call."""
		self.check_permission("write")
		self._move_to("Triaged")

	@frappe.whitelist(methods=["POST"])
	@validate_call
	def confirm_contact(self) -> None:
		"""The desk has made sure who reported the call: messages go to this contact from now on.

		Raises:
			frappe.PermissionError: the user may not write the call, or is not of the desk.
		"""
		call = frappe.get_doc(
			"Repair Call", self.name, for_update=True
		)  # what is stored, not what a form sent
		contacts_on_file.check_may_confirm(call)
		contacts_on_file.confirm(call, escape_html(frappe.utils.get_fullname()))

	@frappe.whitelist()
	@validate_call
	def schedule(
		self, promised_from: Moment, promised_to: Moment, promise_changed_for: str | None = None
	) -> None:
		"""Promise the customer an arrival window (two site times).

		Args:
			promise_changed_for: Service or Customer: who needed another window than the one promised before.
		"""
		self.check_permission("write")
		self._move_to(
			"Scheduled",
			promised_from=promised_from,
			promised_to=promised_to,
			promise_changed_for=promise_changed_for,
		)

	@frappe.whitelist()
	@validate_call
	def start_work(self) -> None:
		"""Work begins without a visit, e.g. on the bench or remotely."""
		self.check_permission("write")
		self._move_to("In Progress")

	@frappe.whitelist()
	@validate_call
	def put_on_hold(self, reason: str, hold_for: str = "Customer") -> None:
		"""Wait for something outside our hands; `reason` says for what.

		Args:
			hold_for: Customer, Parts or Other. A call on hold for the customer goes on when the customer writes.
		"""
		self.check_permission("write")
		self._move_to("On Hold", hold_reason=reason, hold_for=hold_for)

	@frappe.whitelist()
	@validate_call
	def resume(self) -> None:
		"""Go on where the call was put on hold."""
		self.check_permission("write")
		if self.status != "On Hold":
			frappe.throw(_("Only a call on hold can be resumed."))
		self._move_to(self.status_before_hold or "Triaged")

	@frappe.whitelist()
	@validate_call
	def resolve_by_phone(self, resolution: str) -> None:
		"""Solved while speaking to the customer; nobody had to come (R-IN-5)."""
		self.check_permission("write")
		self._move_to("Resolved", resolution=resolution, resolved_by_phone=1)

	@frappe.whitelist()
	@validate_call
	def resolve(self, resolution: str) -> None:
		"""Solved by a visit, in the workshop or otherwise."""
		self.check_permission("write")
		self._move_to("Resolved", resolution=resolution)

	@frappe.whitelist()
	@validate_call
	def close(self) -> None:
		"""Nothing is left to do for the customer; plans the follow-up."""
		self.check_permission("write")
		self._move_to("Closed")

	@frappe.whitelist()
	@validate_call
	def cancel_call(self, reason: str) -> None:
		"""The call needs no service: entered twice, withdrawn, not for us."""
		self.check_permission("write")
		self._move_to("Cancelled", cancel_reason=reason)

	@frappe.whitelist()
	@validate_call
	def reopen(self, reason: str) -> None:
		"""Work is needed after all; a closed or cancelled call only by a supervisor."""
		self.check_permission("write")
		if self.status not in NO_WORK_LEFT:
			frappe.throw(_("Only a resolved, closed or cancelled call can be reopened."))
		if not (reason or "").strip():
			frappe.throw(_("Enter the reason for reopening the call."), frappe.MandatoryError)
		triage.note_decision(self, _("Reopened: {0}").format(escape_html(reason)))
		self._move_to("Triaged" if self.responded_at else "Open")

	def _move_to(self, status: str, **values) -> None:
		self.update({"status": status, **values})
		self.save()
