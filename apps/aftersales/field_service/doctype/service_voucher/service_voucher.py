import frappe
from frappe import _
from frappe.utils import flt, get_datetime, getdate, now_datetime

from aftersales.core.guards import (
	previous_status,
	require_role,
	require_values,
	status_changed_to,
	validate_not_in_future,
	validate_protected_fields,
	validate_unchanged_on_cancel,
)
from aftersales.core.input.requests import validate_call
from aftersales.core.money import rounded
from aftersales.core.roles import SUPERVISORS
from aftersales.field_service import cash, progress_of_call, quotes, visits
from aftersales.field_service.crew import crew_lines
from aftersales.field_service.dispatch import check_dispatch
from aftersales.field_service.visit_rules import (
	COMPLETED,
	REVISIT_NEEDED,
	TAKEN_TO_WORKSHOP,
	Visit,
	contradicts_test,
	missing_for_completion,
	state_is_allowed,
)
from aftersales.repair_workshop import workshop_intake
from aftersales.service_billing.service_job import ServiceJob
from aftersales.service_calls import jobs
from aftersales.service_levels import workflow_states
from aftersales.service_posting.invoicing.payable import payable
from aftersales.service_posting.posting import MONEY_FIELDS
from aftersales.service_setup.settings import aftersales_settings
from aftersales.spare_parts.old_parts import require_old_parts
from aftersales.spare_parts.part_warranty import set_part_warranty

FIELDS_OF_RECORD = (
	*MONEY_FIELDS,
	"contract_visit",
	"vendor_cost",
	"cash_receipt_no",
	"payment_entry",
	"repair_warranty_until",
	"cash_handover",
	"qualification_overridden_by",
	"absence_overridden_by",
	*quotes.FIELDS_OF_QUOTE,
)


class ServiceVoucher(ServiceJob):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from aftersales.field_service.doctype.service_cash_receipt.service_cash_receipt import (
			ServiceCashReceipt,
		)
		from aftersales.field_service.doctype.visit_crew_member.visit_crew_member import VisitCrewMember
		from aftersales.service_calls.doctype.service_labour_line.service_labour_line import (
			ServiceLabourLine,
		)
		from aftersales.service_calls.doctype.service_part_line.service_part_line import ServicePartLine
		from aftersales.service_calls.doctype.service_photo.service_photo import ServicePhoto

		absence_overridden_by: DF.Link | None
		absence_override_reason: DF.SmallText | None
		action_code: DF.Link | None
		advice: DF.SmallText | None
		amended_from: DF.Link | None
		amount_due: DF.Currency
		approval_channel: DF.Literal[
			"", "Signature", "Phone", "E-mail", "In Person", "Portal", "Signed Link", "Letter"
		]
		approval_ip: DF.Data | None
		approval_link: DF.Data | None
		approval_signature: DF.Signature | None
		approval_status: DF.Literal["Not Needed", "Pending", "Approved", "Declined"]
		approval_user: DF.Data | None
		approved_amount: DF.Currency
		approved_at: DF.Datetime | None
		approved_by: DF.Data | None
		arrived_at: DF.Datetime | None
		billed_at: DF.Datetime | None
		billing_status: DF.Literal["Not Billable", "To Bill", "Billed", "Paid", "Credited"]
		cash_collected: DF.Currency
		cash_handover: DF.Link | None
		cash_receipt_no: DF.Data | None
		cash_receipts: DF.Table[ServiceCashReceipt]
		category_reason: DF.SmallText | None
		cause_code: DF.Link | None
		company: DF.Link
		contract_excess: DF.Currency
		contract_share: DF.Currency
		contract_visit: DF.Literal["", "Included", "Beyond Included", "Revisit"]
		crew: DF.Table[VisitCrewMember]
		coverage_reason: DF.SmallText | None
		currency: DF.Link | None
		customer: DF.Link | None
		customer_group: DF.Link | None
		customer_name: DF.Data | None
		decline_reason: DF.SmallText | None
		delivery_note: DF.Link | None
		departed_at: DF.Datetime | None
		equipment: DF.Link | None
		estimated_amount: DF.Currency
		fault_code: DF.Link | None
		findings: DF.SmallText | None
		labour: DF.Table[ServiceLabourLine]
		labour_cost: DF.Currency
		labour_journal_entry: DF.Link | None
		naming_series: DF.Literal["SV-.YYYY.-.#####"]
		outcome: DF.Literal[
			"",
			"Completed",
			"Taken to Workshop",
			"Revisit Needed",
			"No Access",
			"Not Repairable",
			"No Fault Found",
			"Declined",
		]
		parts: DF.Table[ServicePartLine]
		parts_cost: DF.Currency
		parts_left: DF.SmallText | None
		parts_to_take: DF.SmallText | None
		payment_entry: DF.Link | None
		photos: DF.Table[ServicePhoto]
		planned_end: DF.Datetime | None
		planned_start: DF.Datetime | None
		promise_changed_for: DF.Literal["", "Service", "Customer"]
		posted_at: DF.Datetime | None
		preliminary_plan: DF.SmallText | None
		previous_voucher: DF.Link | None
		project: DF.Link | None
		qualification_overridden_by: DF.Link | None
		qualification_override_reason: DF.SmallText | None
		quotation: DF.Link | None
		repair_call: DF.Link | None
		repair_method: DF.Literal["", "Component", "Module", "Replacement"]
		repair_method_reason: DF.SmallText | None
		repair_warranty_until: DF.Date | None
		sales_invoice: DF.Link | None
		service_category: DF.Link
		service_contract: DF.Link | None
		signed_by: DF.Data | None
		status: DF.Literal["Draft", "Dispatched", "On Site", "Completed", "Archived", "Cancelled"]
		stock_entry: DF.Link | None
		support_kind: DF.Literal["", "Use", "Application"]
		symptom_code: DF.Link | None
		technician: DF.Link | None
		territory: DF.Link | None
		test_notes: DF.SmallText | None
		test_result: DF.Literal["", "Passed", "Failed", "Not Tested"]
		unsigned_reason: DF.SmallText | None
		vendor_cost: DF.Currency
		without_service_prices: DF.Check
		work_left: DF.SmallText | None
		workflow_state: DF.Link | None
	# end: auto-generated types

	"""One visit: planned, done on site, signed, billed and filed (R-SV)."""

	def onload(self):
		self.set_onload("small_fee_limit", flt(aftersales_settings().small_fee_limit))
		if flt(self.amount_due) and self.docstatus < 2 and not self.cash_receipt_no:
			self.set_onload("payable", payable(self))

	def validate(self):
		validate_protected_fields(self, FIELDS_OF_RECORD)
		self.validate_state()
		call = jobs.take_values_from_call(self, "support_kind", "symptom_code")
		visits.take_technicians(self)
		self.validate_for_whom(call)
		self.check_previous_voucher()
		self.check_times()
		check_dispatch(self)
		crew_lines.join_working(self)
		self.stamp_arrival()
		quotes.follow_lines(self)
		self.complete_lines()
		cash.carry_receipts(self)
		self.preview_billing()

	def on_update(self):
		jobs.write_notes(self)
		if self.docstatus == 0:
			progress_of_call.tell_progress(self)

	def before_submit(self):
		self.require_arrival()
		self.stamp_departure()
		self.check_times()
		jobs.validate_work_is_done(self)
		self.require_report()
		quotes.validate_answer(self)
		require_old_parts(self)
		set_part_warranty(self, getdate(self.departed_at))
		# An answered application question leaves nothing that could break again.
		repaired = self.outcome == COMPLETED and self.support_kind != "Application"
		jobs.set_repair_warranty(self, repaired, getdate(self.departed_at))
		self.status = "Completed"

	def on_submit(self):
		self.post()
		quotes.validate_amount(self)
		cash.accept_cash(self)
		progress_of_call.tell_outcome(self)
		jobs.give_repair_warranty(self)
		self.plan_next_step()
		jobs.write_notes(self)

	def before_update_after_submit(self):
		workflow_states.sync_status_from_workflow(self)
		validate_protected_fields(self, FIELDS_OF_RECORD)
		self.validate_state()
		cash.accept_cash(self)

	def on_update_after_submit(self):
		jobs.write_notes(self)

	def before_cancel(self):
		validate_unchanged_on_cancel(self)
		jobs.check_call_is_open(self)
		cash.validate_not_handed_over(self)
		self.take_back_postings()
		self.status = "Cancelled"

	def on_cancel(self):
		jobs.take_back_repair_warranty(self)
		self.release_next_step()
		progress_of_call.put_back_to_work(self)
		jobs.write_notes(self)

	# ------------------------------------------------------------------ actions

	@frappe.whitelist()
	@validate_call
	def dispatch(self) -> None:
		"""Send the technician: Draft → Dispatched.

		Raises:
			frappe.ValidationError: technician, times or qualification are missing.
		"""
		self.move_to("Dispatched")

	@frappe.whitelist()
	@validate_call
	def arrive(self) -> None:
		"""The technician is there: → On Site, arrival stamped with now when empty."""
		self.move_to("On Site")

	@frappe.whitelist()
	@validate_call
	def complete(self) -> None:
		"""The visit is over: submit, which posts parts and invoice.

		Raises:
			frappe.ValidationError: the report is not complete, or the job cannot be posted.
		"""
		self.check_permission("submit")
		self.submit()

	@frappe.whitelist()
	@validate_call
	def archive(self) -> None:
		"""File the voucher: Completed → Archived."""
		self.check_permission("submit")
		self.status = "Archived"
		self.save()

	@frappe.whitelist()
	@validate_call
	def call_off(self, reason: str) -> None:
		"""Cancel a visit that has not been done; `reason` goes on the timeline.

		Raises:
			frappe.MandatoryError: no reason.
		"""
		self.check_permission("write")
		if not (reason or "").strip():
			frappe.throw(_("Enter the reason for cancelling the visit."), frappe.MandatoryError)
		self.status = "Cancelled"
		jobs.note(self, _("Cancelled: {0}").format(frappe.utils.escape_html(reason)))
		self.save()

	@frappe.whitelist()
	@validate_call
	def collect_cash(self, amount: float, collected_so_far: float = 0) -> str:
		"""Note `amount` (invoice currency) as collected on the spot after completion, against a new receipt.

		`collected_so_far`: what the receipts say until now, so that a second press gives no second receipt.

		Returns:
			the number of the receipt.

		Raises:
			frappe.ValidationError: more than due, more than the small fee limit, or collected before.
		"""
		self.check_permission("submit")
		return cash.collect(self, rounded(amount), collected_so_far)

	@frappe.whitelist()
	@validate_call
	def pay_out_cash(
		self,
		amount: float,
		collected_so_far: float,
		reason: str,
		signed_by: str | None = None,
		customer_signature: str | None = None,
	) -> str:
		"""Give `amount` of the cash collected back, signed by the customer or on the authority of the user.

		Returns:
			the number of the receipt for the money paid out.

		Raises:
			frappe.ValidationError: more than was collected, or handed over already.
			frappe.MandatoryError: no reason.
			frappe.PermissionError: neither signed nor authorised.
		"""
		self.check_permission("submit")
		signature = {"signed_by": signed_by, "customer_signature": customer_signature}
		return cash.pay_out(self, rounded(amount), collected_so_far, reason, **signature)

	# ------------------------------------------------------------------ what others ask

	@property
	def parts_warehouse(self) -> str | None:
		"""Where parts of this visit come from: the technician's van."""
		return self.technician and frappe.get_cached_value(
			"Service Technician", self.technician, "van_warehouse"
		)

	# ------------------------------------------------------------------ steps of validate

	def validate_state(self):
		before = self.get_doc_before_save()
		if self.docstatus == 1 and not (before and before.docstatus == 1):
			self.validate_not_called_off()
			return
		if not state_is_allowed(self.status, self.docstatus):
			frappe.throw(
				_(
					"{0} cannot be set here: Completed and Archived come with submitting, Cancelled with cancelling."
				).format(frappe.bold(_(self.status))),
				title=_("State", context="After-sales"),
			)
		if previous_status(self) == "Cancelled" and self.status != "Cancelled":
			require_role(SUPERVISORS, _("Planning a cancelled visit again"))

	def validate_not_called_off(self):
		if "Cancelled" in (self.status, previous_status(self)):
			frappe.throw(_("This visit was cancelled. Plan it again before completing it."))

	def check_previous_voucher(self):
		if not self.previous_voucher or not self.has_value_changed("previous_voucher"):
			return
		call, docstatus = frappe.db.get_value(
			"Service Voucher", self.previous_voucher, ["repair_call", "docstatus"]
		) or (None, None)
		if docstatus != 1 or call != self.repair_call:
			frappe.throw(
				_("{0} is not a finished visit of the same call.").format(frappe.bold(self.previous_voucher))
			)

	def check_times(self):
		self.validate_times_in_order("planned_start", "planned_end", allow_equal=False)
		self.validate_times_in_order("arrived_at", "departed_at", allow_equal=True)
		validate_not_in_future(self, "arrived_at", "departed_at")
		crew_lines.validate_times(self)

	def validate_times_in_order(self, first: str, second: str, allow_equal: bool):
		if not self.get(first) or not self.get(second):
			return
		start, end = get_datetime(self.get(first)), get_datetime(self.get(second))
		if end < start or (end == start and not allow_equal):
			frappe.throw(
				_("{0} must be after {1}.").format(
					frappe.bold(_(self.meta.get_label(second))), frappe.bold(_(self.meta.get_label(first)))
				)
			)

	def stamp_arrival(self):
		if status_changed_to(self, "On Site") and not self.arrived_at:
			self.arrived_at = now_datetime()

	# ------------------------------------------------------------------ steps of submit

	def require_arrival(self):
		require_values(
			self,
			{
				"technician": _("Choose the technician who made the visit."),
				"arrived_at": _("Enter when the technician was on site."),
			},
		)

	def stamp_departure(self):
		if not self.departed_at:
			self.departed_at = now_datetime()

	def require_report(self):
		visit = self.as_visit()
		why = {
			"outcome": _("Choose the outcome of the visit."),
			"findings": _("Enter what was found and done."),
			"test_result": _("Enter the result of the test, or that it was not tested."),
			"signed_by": _("Enter the name of the person who signed."),
			"customer_signature": _("Capture the customer's signature or fill in Reason for No Signature."),
		}
		require_values(self, {fieldname: why[fieldname] for fieldname in missing_for_completion(visit)})
		if contradicts_test(visit):
			frappe.throw(_("The test after repair failed, so the outcome cannot be Completed."))

	def as_visit(self) -> Visit:
		return Visit(
			outcome=self.outcome,
			findings=self.findings,
			test_result=self.test_result,
			signature=self.customer_signature,
			signed_by=self.signed_by,
			unsigned_reason=self.unsigned_reason,
			internal=jobs.is_internal(self),
		)

	def plan_next_step(self):
		if not self.repair_call:
			return
		if self.outcome == REVISIT_NEEDED:
			visits.ensure_revisit(self)
		elif self.outcome == TAKEN_TO_WORKSHOP:
			workshop_intake.take_in(self)

	def release_next_step(self):
		visits.release_revisits(self)
		workshop_intake.release(self)
