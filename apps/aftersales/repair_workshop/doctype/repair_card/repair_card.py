import frappe
from frappe import _
from frappe.utils import getdate

from aftersales.core.guards import (
	status_changed_to,
	validate_not_in_future,
	validate_protected_fields,
	validate_unchanged_on_cancel,
)
from aftersales.core.input.requests import validate_call
from aftersales.repair_workshop import card_rules as rules
from aftersales.repair_workshop import time_tracking
from aftersales.repair_workshop.card import approval, giving_up, parts, product, quality, state
from aftersales.repair_workshop.card.approval import ApprovalActions
from aftersales.repair_workshop.card.parts import PartsActions
from aftersales.repair_workshop.card.work import WorkActions
from aftersales.service_calls import jobs
from aftersales.service_levels import workflow_states
from aftersales.service_posting.posting import MONEY_FIELDS
from aftersales.service_staff.technicians import technicians_of_user
from aftersales.spare_parts import reservations
from aftersales.spare_parts.part_warranty import set_part_warranty

FIELDS_OF_APPROVAL = (
	"approval_status",
	"approved_amount",
	"approved_by",
	"approved_at",
	"approval_channel",
	"approval_user",
	"approval_link",
	"approval_ip",
	"decline_reason",
)

FIELDS_OF_RECORD = (
	*MONEY_FIELDS,
	*FIELDS_OF_APPROVAL,
	"repaired_by",
	"repaired_at",
	"verified_by",
	"verified_at",
	"own_check",
	"verification_signature",
	"ready_at",
	"returned_at",
	"repair_warranty_until",
	"vendor_cost",
	"external_id",
)


class RepairCard(ApprovalActions, PartsActions, WorkActions):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from aftersales.service_calls.doctype.service_labour_line.service_labour_line import (
			ServiceLabourLine,
		)
		from aftersales.service_calls.doctype.service_part_line.service_part_line import ServicePartLine
		from aftersales.service_calls.doctype.service_state_log.service_state_log import ServiceStateLog
		from aftersales.service_calls.doctype.service_time_log.service_time_log import ServiceTimeLog

		action_code: DF.Link | None
		amended_from: DF.Link | None
		amount_due: DF.Currency
		approval_ip: DF.Data | None
		approval_link: DF.Data | None
		approval_channel: DF.Literal["", "Phone", "E-mail", "In Person", "Portal", "Signed Link", "Letter"]
		approval_status: DF.Literal["Not Needed", "Pending", "Approved", "Declined"]
		approval_user: DF.Data | None
		approved_amount: DF.Currency
		approved_at: DF.Datetime | None
		approved_by: DF.Data | None
		assigned_technician: DF.Link | None
		billed_at: DF.Datetime | None
		billing_status: DF.Literal["Not Billable", "To Bill", "Billed", "Paid", "Credited"]
		category_reason: DF.SmallText | None
		cause_code: DF.Link | None
		collection_receipt: DF.Link | None
		company: DF.Link
		coverage_reason: DF.SmallText | None
		currency: DF.Link | None
		contract_excess: DF.Currency
		contract_share: DF.Currency
		customer: DF.Link | None
		customer_group: DF.Link | None
		customer_name: DF.Data | None
		decline_reason: DF.SmallText | None
		delivery_note: DF.Link | None
		diagnosis: DF.SmallText | None
		equipment: DF.Link | None
		estimated_amount: DF.Currency
		external_id: DF.Data | None
		fault_code: DF.Link | None
		labour: DF.Table[ServiceLabourLine]
		labour_cost: DF.Currency
		labour_journal_entry: DF.Link | None
		naming_series: DF.Literal["RP-.YYYY.-.#####"]
		not_repairable_reason: DF.SmallText | None
		own_check: DF.Check
		parts: DF.Table[ServicePartLine]
		parts_cost: DF.Currency
		posted_at: DF.Datetime | None
		project: DF.Link | None
		promised_return: DF.Datetime | None
		quotation: DF.Link | None
		ready_at: DF.Datetime | None
		received_at: DF.Datetime
		repair_call: DF.Link | None
		repair_warranty_until: DF.Date | None
		repair_method: DF.Literal["", "Component", "Module", "Replacement"]
		repair_method_reason: DF.SmallText | None
		repaired_at: DF.Datetime | None
		repaired_by: DF.Link | None
		returned_at: DF.Datetime | None
		sales_invoice: DF.Link | None
		service_category: DF.Link
		service_contract: DF.Link | None
		state_log: DF.Table[ServiceStateLog]
		status: DF.Literal[
			"Received",
			"Diagnosing",
			"Awaiting Approval",
			"Approved",
			"Awaiting Parts",
			"In Repair",
			"Quality Check",
			"Ready",
			"Returned",
			"Not Repairable",
			"Declined",
			"Cancelled",
		]
		stock_entry: DF.Link | None
		symptom_code: DF.Link | None
		territory: DF.Link | None
		time_logs: DF.Table[ServiceTimeLog]
		total_hours: DF.Float
		vendor_cost: DF.Currency
		verification_notes: DF.SmallText | None
		verification_signature: DF.Signature | None
		verified_at: DF.Datetime | None
		verified_by: DF.Link | None
		warehouse: DF.Link | None
		without_service_prices: DF.Check
		workflow_state: DF.Link | None
	# end: auto-generated types

	"""One product in the workshop: diagnosed, approved, repaired, verified, returned (R-WS)."""

	def onload(self):
		self.set_onload("own_technicians", technicians_of_user(frappe.session.user))
		receipt = self.collection_receipt
		is_out = receipt and frappe.db.get_value("Collection Receipt", receipt, "status") == "Issued"
		self.set_onload("receipt_is_out", bool(is_out))
		self.set_onload("cleared", self.is_cleared_for_repair())
		self.set_onload("own_check", quality.is_checked_by_repairer(self, frappe.session.user))

	def validate(self):
		if self.flags.from_register:
			return
		validate_protected_fields(self, FIELDS_OF_RECORD)
		state.validate_state_log(self)
		state.validate_state(self)
		validate_not_in_future(self, "received_at")

		product.take_values_from_receipt(self)
		call = jobs.take_values_from_call(self, "symptom_code")
		self.validate_for_whom(call)
		product.check_receipt(self)
		product.check_quotation(self)
		product.validate_product_is_here(self)

		time_tracking.check_time_logs(self)
		giving_up.charge_diagnosis_fee(self)
		parts.set_substitutes(self)
		self.complete_lines()
		parts.validate_warehouse_company(self)
		reservations.validate_reserved_qty(self)
		self.preview_billing()

		approval.ask_for_approval(self)
		approval.require_approval(self)
		approval.require_promised_return(self)
		giving_up.require_reason_for_giving_up(self)
		parts.require_old_parts_at_check(self)
		quality.stamp_repair(self)
		quality.withdraw_verification(self)
		state.log_state(self)

	def on_update(self):
		jobs.write_notes(self)
		if self.flags.from_register:
			return
		reservations.update_totals(self)
		parts.set_parts_aside_when_due(self)
		product.tell_call_the_promised_return(self)

	def before_submit(self):
		if self.flags.from_register:
			return
		giving_up.validate_charges_without_repair(self)
		jobs.validate_work_is_done(self)
		self.status = rules.state_on_submit(self.status)
		approval.require_approval(self)
		quality.require_verification(self)
		quality.stamp_ready(self)
		jobs.set_repair_warranty(self, self.status == rules.READY, getdate())
		set_part_warranty(self, getdate())
		state.log_state(self)

	def on_submit(self):
		if self.flags.from_register:
			return
		self.post()
		approval.validate_approved_amount(self)
		jobs.give_repair_warranty(self)

	def on_trash(self):
		reservations.release_deleted(self)

	def before_update_after_submit(self):
		workflow_states.sync_status_from_workflow(self)
		if self.flags.from_register:
			return
		validate_protected_fields(self, FIELDS_OF_RECORD)
		state.validate_state_log(self)
		state.validate_state(self)
		product.require_recovered_receipt(self)
		product.require_loaner_back(self)
		product.stamp_return(self)
		state.log_state(self)

	def on_update_after_submit(self):
		if status_changed_to(self, rules.RETURNED):
			product.tell_call_about_outcome(self)

	def before_cancel(self):
		validate_unchanged_on_cancel(self)
		state.validate_state_log(self)
		jobs.check_call_is_open(self)
		self.take_back_postings()
		self.status = rules.CANCELLED
		state.log_state(self)

	def on_cancel(self):
		jobs.take_back_repair_warranty(self)
		product.put_call_back_to_work(self)

	@frappe.whitelist()
	@validate_call
	def call_off(self, reason: str) -> None:
		"""Cancel a card that was opened by mistake; `reason` goes on the timeline.

		Raises:
			frappe.MandatoryError: no reason.
		"""
		self.check_permission("write")
		state.require_draft(self)
		if not (reason or "").strip():
			frappe.throw(_("Enter the reason for cancelling the card."), frappe.MandatoryError)
		jobs.note(self, _("Cancelled: {0}").format(frappe.utils.escape_html(reason)))
		self.move_to(rules.CANCELLED)

	@property
	def parts_warehouse(self) -> str | None:
		"""Where parts of this card come from unless a line says otherwise."""
		return self.warehouse
