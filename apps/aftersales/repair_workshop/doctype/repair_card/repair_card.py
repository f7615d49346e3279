import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, fmt_money, get_datetime, get_link_to_form, getdate, now_datetime

from aftersales.core.guards import (
	entered,
	keep_fields_of_record,
	previous_status,
	refuse_edits_on_cancel,
	refuse_future,
	require_role,
	require_value,
	set_system,
	start_over,
)
from aftersales.core.input.document import ServiceDocument
from aftersales.core.input.requests import Day, validate_call
from aftersales.core.money import unit
from aftersales.customer_goods import custody, loaners
from aftersales.repair_workshop import accepted_rates, cards, estimate, hands_on, parts_supply
from aftersales.repair_workshop import card_rules as rules
from aftersales.service_calls import jobs
from aftersales.service_contracts import contracts
from aftersales.service_levels import workflow_states
from aftersales.service_posting.part_returns import refuse_cancelling_what_came_back
from aftersales.service_posting.posting import MONEY_FIELDS
from aftersales.service_staff.technicians import technicians_of_user
from aftersales.spare_parts import parts, reservations
from aftersales.spare_parts.old_parts import require_old_parts
from aftersales.spare_parts.part_warranty import set_part_warranty
from aftersales.spare_parts.substitutes import substitutes_of

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
	"ready_at",
	"returned_at",
	"repair_warranty_until",
	"vendor_cost",
	"external_id",
)


class RepairCard(ServiceDocument):
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
		verified_at: DF.Datetime | None
		verified_by: DF.Link | None
		warehouse: DF.Link | None
		workflow_state: DF.Link | None
	# end: auto-generated types

	"""One product in the workshop: diagnosed, approved, repaired, verified, returned (R-WS)."""

	def before_insert(self):
		start_over(self)

	def onload(self):
		self.set_onload("own_technicians", technicians_of_user(frappe.session.user))

	def check_if_latest(self):
		"""Frappe locks the job here, which comes after its contract."""
		if self.docstatus:
			contracts.hold(self)
		super().check_if_latest()

	def validate(self):
		if self.flags.from_register:
			return
		keep_fields_of_record(self, FIELDS_OF_RECORD)
		self.keep_state_log()
		self.refuse_state_out_of_place()
		refuse_future(self, "received_at")
		self.take_values_from_receipt()
		call = jobs.take_values_from_call(self, "symptom_code")
		jobs.check_for_whom(self)
		jobs.check_equipment_owner(self)
		jobs.authorise_other_category(self, call)
		contracts.check_contract(self, call)
		self.check_call(call)
		self.check_receipt()
		self.check_quotation()
		self.refuse_ending_while_out()
		hands_on.check_time_logs(self)
		self.charge_diagnosis_fee()
		self.keep_substitutes()
		self.complete_lines()
		self.refuse_stock_of_other_company()
		reservations.keep_set_aside(self)
		self.preview_billing()
		self.ask_for_approval()
		self.require_approval()
		self.require_reason_for_giving_up()
		self.require_old_parts()
		self.stamp_repair()
		self.withdraw_verification()
		self.log_state()

	def on_update(self):
		jobs.write_notes(self)
		if self.flags.from_register:
			return
		reservations.settle(self)
		self.set_parts_aside_when_due()

	def before_submit(self):
		if self.flags.from_register:
			return
		self.refuse_charges_without_repair()
		jobs.refuse_work_to_come(self)
		self.status = rules.state_on_submit(self.status)
		self.require_approval()
		self.require_verification()
		self.stamp_ready()
		self.set_repair_warranty()
		set_part_warranty(self, getdate())
		self.log_state()

	def on_submit(self):
		if self.flags.from_register:
			return
		from aftersales.service_posting.posting import post_job

		post_job(self)
		self.refuse_more_than_approved()
		jobs.give_repair_warranty(self)

	def on_trash(self):
		reservations.release_deleted(self)

	def before_update_after_submit(self):
		workflow_states.follow(self)
		if self.flags.from_register:
			return
		keep_fields_of_record(self, FIELDS_OF_RECORD)
		self.keep_state_log()
		self.refuse_state_out_of_place()
		self.require_recovered_receipt()
		self.require_loaner_back()
		self.stamp_return()
		self.log_state()

	def on_update_after_submit(self):
		if entered(self, rules.RETURNED):
			self.tell_call_about_outcome()

	def before_cancel(self):
		from aftersales.service_billing.contract_shares import pass_on
		from aftersales.service_posting.posting import unpost_job

		refuse_edits_on_cancel(self)
		self.keep_state_log()
		jobs.check_call_is_open(self)
		refuse_cancelling_what_came_back(self)
		freed = (self.contract_excess, self.get("contract_visit"))
		unpost_job(self)
		pass_on(self, *freed)
		self.status = rules.CANCELLED
		self.log_state()
		self.ignore_linked_doctypes = list(jobs.ERPNEXT_LINKS)

	def on_cancel(self):
		jobs.take_back_repair_warranty(self)
		self.put_call_back_to_work()

	# ------------------------------------------------------------------ actions

	@frappe.whitelist()
	@validate_call
	def start_diagnosis(self) -> None:
		"""Received → Diagnosing."""
		self._move(rules.DIAGNOSING)

	@frappe.whitelist()
	@validate_call
	def await_approval(self) -> None:
		"""The customer has been told problem and cost: → Awaiting Approval.

		Raises:
			frappe.MandatoryError: diagnosis or estimate are missing.
		"""
		self._move(rules.AWAITING_APPROVAL)

	@frappe.whitelist()
	@validate_call
	def record_approval(self, channel: str, approved_by: str, amount: float | None = None) -> None:
		"""Note that the customer accepted.

		Before the diagnosis is told, this is a leave to spend up to `amount` and changes no state;
		afterwards the card becomes Approved.

		Args:
			channel: Phone, E-mail, In Person or Letter; what the customer decides himself, on the portal or by a
				signed link, is stored by his page.
			approved_by: the customer's person.
			amount: net amount accepted, currency of the invoice; empty takes the Quotation's net total, else
				the estimate. Where it covers the Quotation, its rates become those of the lines.

		Raises:
			frappe.ValidationError: the card is no draft, or person, channel or amount are missing.
			frappe.PermissionError: the channel is one of the customer's own pages.
		"""
		self.check_permission("write")
		if channel in rules.OWN_CHANNELS:
			frappe.throw(
				_(
					"{0} is set by the system when the customer decides online. "
					"Choose how the customer informed you."
				).format(frappe.bold(_(channel))),
				frappe.PermissionError,
			)
		self.store_approval(channel, approved_by, amount)

	def store_approval(
		self, channel: str, approved_by: str, amount: float | None = None, decided: dict | None = None
	) -> None:
		"""See :meth:`record_approval`; the caller has checked whose word it is.

		Args:
			decided: approval_user, approval_link and approval_ip, where the customer decided on a page.
		"""
		self._require_draft()
		estimate_now = accepted_rates.quoted_net(self) or flt(self.estimated_amount)
		accepted = flt(amount) if amount is not None else estimate_now
		if not (approved_by or "").strip() or not channel:
			frappe.throw(_("Enter who accepted and how."), frappe.MandatoryError)
		if accepted <= 0:
			frappe.throw(_("Enter the net amount that was accepted."), frappe.MandatoryError)
		set_system(
			self,
			approval_status="Approved",
			approved_by=approved_by.strip(),
			approved_at=now_datetime(),
			approval_channel=channel,
			approved_amount=accepted,
			decline_reason=None,
			**_decided(decided),
		)
		accepted_rates.take(self, accepted)
		if self.status not in (rules.RECEIVED, rules.DIAGNOSING):
			self.status = rules.APPROVED
		self.save()

	@frappe.whitelist()
	@validate_call
	def record_decline(self, reason: str) -> None:
		"""Note that the customer does not want the repair: → Declined.

		Raises:
			frappe.MandatoryError: no reason.
		"""
		self.check_permission("write")
		self.store_decline(reason)

	def store_decline(self, reason: str, decided: dict | None = None) -> None:
		"""See :meth:`record_decline`; `decided` as in :meth:`store_approval`."""
		self._require_draft()
		if not (reason or "").strip():
			frappe.throw(_("Enter why the customer declined."), frappe.MandatoryError)
		set_system(
			self,
			approval_status="Declined",
			approved_by=None,
			approved_at=None,
			approval_channel=None,
			approved_amount=0,
			decline_reason=reason.strip(),
			**_decided(decided),
		)
		self.status = rules.DECLINED
		self.save()

	@frappe.whitelist()
	@validate_call
	def await_parts(self) -> None:
		"""→ Awaiting Parts; running work is stopped, what is there is set aside."""
		self._move(rules.AWAITING_PARTS)

	@frappe.whitelist()
	@validate_call
	def set_parts_aside(self) -> None:
		"""Set aside every stocked part of this card, so that no other job gets it.

		Raises:
			frappe.ValidationError: names each part that is short, and its substitutes; nothing is set aside.
		"""
		self.check_permission("write")
		self._require_draft()
		self.save()
		reservations.refuse_shortage(self, reservations.hold(self))

	@frappe.whitelist()
	@validate_call
	def request_parts(self, required_by: Day | None = None) -> list[str]:
		"""Set aside what is there and request the rest: → Awaiting Parts, until the parts have come.

		Args:
			required_by: date on which the parts are needed, default today.

		Returns:
			names of the Material Requests made; none when nothing is short, or all is on order.
		"""
		self.check_permission("write")
		self._require_draft()
		self.save()
		shares = reservations.hold(self)
		requests = parts_supply.request_missing(self, shares, required_by)
		if self.status != rules.AWAITING_PARTS and any(share.missing for share in shares):
			self.status = rules.AWAITING_PARTS
			self.save()
		return requests

	@frappe.whitelist()
	@validate_call
	def use_substitute(self, line: str, item_code: str) -> None:
		"""Take a listed substitute instead of the part on a line.

		Args:
			line: name of the part line.
			item_code: one of the substitutes on the Spare Part of the line.

		Raises:
			frappe.ValidationError: there is no such line, or the item is not listed as its substitute.
		"""
		self.check_permission("write")
		self._require_draft()
		row = next((row for row in self.parts if row.name == line), None)
		if not row or item_code not in substitutes_of(row.item_code):
			frappe.throw(
				_("{0} is not listed as a substitute. List it in the Spare Part first.").format(
					frappe.bold(frappe.utils.escape_html(item_code))
				)
			)
		self.flags.substituted_line = row.name
		row.update(
			{
				"substitute_for": row.substitute_for or row.item_code,
				"item_code": item_code,
				"rate": 0,
				"serial_no": None,
				"batch_no": None,
			}
		)
		self.save()

	@frappe.whitelist()
	@validate_call
	def start_repair(self) -> None:
		"""→ In Repair.

		Raises:
			frappe.ValidationError: the customer pays and has not accepted.
		"""
		self._move(rules.IN_REPAIR)

	@frappe.whitelist()
	@validate_call
	def give_up(self, reason: str) -> None:
		"""Beyond economic repair: → Not Repairable.

		Raises:
			frappe.MandatoryError: no reason.
		"""
		self.check_permission("write")
		self.not_repairable_reason = reason
		self.status = rules.NOT_REPAIRABLE
		self.save()

	@frappe.whitelist()
	@validate_call
	def hand_to_check(self) -> None:
		"""The repair is done: → Quality Check; repairer and time are stamped."""
		self._move(rules.QUALITY_CHECK)

	@frappe.whitelist()
	@validate_call
	def verify(self, notes: str | None = None) -> None:
		"""Confirm the repair as a supervisor who had no hand in it.

		Raises:
			frappe.PermissionError: the user is no supervisor, or worked on the product.
			frappe.ValidationError: the card is not in Quality Check.
		"""
		self.check_permission("write")
		require_role(jobs.SUPERVISING_ROLES, _("Verifying a repair"))
		if self.status != rules.QUALITY_CHECK or self.docstatus:
			frappe.throw(_("A repair is verified in state {0}.").format(frappe.bold(_(rules.QUALITY_CHECK))))
		if notes:
			self.verification_notes = notes
		set_system(self, verified_by=frappe.session.user, verified_at=now_datetime())
		self.refuse_own_verification()
		self.save()

	@frappe.whitelist()
	@validate_call
	def finish(self) -> None:
		"""Submit: → Ready (or the state in which it was given up); parts and invoice are posted.

		Raises:
			frappe.ValidationError: not verified, more than approved, or the job cannot be posted.
		"""
		self.check_permission("submit")
		self.submit()

	@frappe.whitelist()
	@validate_call
	def hand_over(self) -> None:
		"""The customer has his product back: → Returned.

		Raises:
			frappe.ValidationError: the Collection Receipt is not recovered.
		"""
		self.check_permission("submit")
		self.status = rules.RETURNED
		self.save()

	@frappe.whitelist()
	@validate_call
	def call_off(self, reason: str) -> None:
		"""Cancel a card that was opened by mistake; `reason` goes on the timeline.

		Raises:
			frappe.MandatoryError: no reason.
		"""
		self.check_permission("write")
		self._require_draft()
		if not (reason or "").strip():
			frappe.throw(_("Enter the reason for cancelling the card."), frappe.MandatoryError)
		jobs.note(self, _("Cancelled: {0}").format(frappe.utils.escape_html(reason)))
		self._move(rules.CANCELLED)

	@frappe.whitelist()
	@validate_call
	def start_work(self, technician: str | None = None) -> None:
		"""Start the clock of a technician (the user's own when empty) on this card.

		Raises:
			frappe.ValidationError: the technician has a running clock already.
			frappe.PermissionError: for somebody else, without being a supervisor.
		"""
		self.check_permission("write")
		self._require_draft()
		hands_on.start(self, technician)
		self.save()

	@frappe.whitelist()
	@validate_call
	def stop_work(self, technician: str | None = None) -> None:
		"""Stop the running clock of a technician (the user's own when empty) on this card.

		Raises:
			frappe.ValidationError: none is running.
		"""
		self.check_permission("write")
		hands_on.stop(self, technician)
		self.save()

	@frappe.whitelist()
	@validate_call
	def charge_time(self) -> int:
		"""Add a labour line for each finished time log that has none; return how many were added."""
		self.check_permission("write")
		self._require_draft()
		added = hands_on.charge(self)
		if added:
			self.save()
		return added

	@frappe.whitelist()
	@validate_call
	def make_quotation(self) -> str:
		"""Make a draft Quotation of what the customer would pay, or return the one there is.

		The net total becomes the estimate.

		Raises:
			frappe.ValidationError: no line is charged to the customer.
		"""
		self.check_permission("write")
		self._require_draft()
		quotation = estimate.make_quotation(self)
		self.save()
		return quotation

	@frappe.whitelist()
	@validate_call
	def quote_again(self) -> str:
		"""It costs more than was accepted: a new Quotation from the lines as they are now, → Awaiting Approval.

		The former Quotation stays as what was accepted then; the approval is asked for anew.

		Raises:
			frappe.ValidationError: no line is charged to the customer, or no approval was asked for yet.
		"""
		self.check_permission("write")
		self._require_draft()
		if self.status not in (rules.AWAITING_APPROVAL, *rules.AFTER_APPROVAL):
			frappe.throw(_("Ask for the first approval, then quote again."))
		former, self.quotation = self.quotation, None
		quotation = estimate.make_quotation(self)
		if former:
			jobs.note(
				self,
				_("Quoted again: {0} instead of {1}").format(
					get_link_to_form("Quotation", quotation), get_link_to_form("Quotation", former)
				),
			)
		self.withdraw_approval()
		self.status = rules.AWAITING_APPROVAL
		self.save()
		return quotation

	# ------------------------------------------------------------------ what others ask

	@property
	def parts_warehouse(self) -> str | None:
		"""Where parts of this card come from unless a line says otherwise."""
		return self.warehouse

	# ------------------------------------------------------------------ steps: state

	def _move(self, status: str) -> None:
		self.check_permission("write")
		self.status = status
		self.save()

	def _require_draft(self) -> None:
		if self.docstatus:
			frappe.throw(_("Repair Card {0} is submitted already.").format(self.name))

	def refuse_state_out_of_place(self):
		before = self.get_doc_before_save()
		if self.docstatus == 1 and not (before and before.docstatus == 1):
			self.refuse_submitting_what_was_called_off()
			return
		if not rules.state_is_allowed(self.status, self.docstatus) or (
			self.docstatus == 1 and not rules.submitted_move_is_allowed(before.status, self.status)
		):
			frappe.throw(
				_(
					"{0} cannot be set here: Ready comes with submitting, Returned after it, Cancelled with cancelling."
				).format(frappe.bold(_(self.status))),
				title=_("State"),
			)
		if previous_status(self) == rules.CANCELLED and self.status != rules.CANCELLED:
			require_role(jobs.SUPERVISING_ROLES, _("Resuming a cancelled card"))

	def refuse_submitting_what_was_called_off(self):
		if rules.CANCELLED in (self.status, previous_status(self)):
			frappe.throw(_("This card was cancelled. Resume it before finishing it."))

	def keep_state_log(self):
		"""The state log is written by the app: rows sent by a client have to be the stored ones."""
		before = self.get_doc_before_save()
		stored = (
			[(row.name, row.status, row.entered_at, row.user) for row in before.state_log] if before else []
		)
		sent = [(row.name, row.status, get_datetime(row.entered_at), row.user) for row in self.state_log]
		if before is None:
			self.set("state_log", [])
		elif sent != stored:
			frappe.throw(
				_("The history of states is set by the system and cannot be edited."), frappe.PermissionError
			)

	def log_state(self):
		if self.state_log and self.state_log[-1].status == self.status:
			return
		self.append(
			"state_log",
			{"status": self.status, "entered_at": now_datetime(), "user": frappe.session.user},
		)

	# ------------------------------------------------------------------ steps: whose product

	def take_values_from_receipt(self):
		if not self.collection_receipt:
			return
		receipt = frappe.db.get_value(
			"Collection Receipt",
			self.collection_receipt,
			["repair_call", "customer", "equipment", "company"],
			as_dict=True,
		)
		for fieldname, value in (receipt or {}).items():
			if not self.get(fieldname):
				self.set(fieldname, value)

	def check_call(self, call: frappe._dict | None):
		if self.status != rules.CANCELLED:
			jobs.check_call_is_open(self, call)

	def check_receipt(self):
		if not self.collection_receipt or not self.has_value_changed("collection_receipt"):
			return
		# The lock makes two cards for one receipt, saved at the same moment, wait for each other.
		receipt = frappe.db.get_value(
			"Collection Receipt",
			self.collection_receipt,
			["customer", "equipment", "docstatus", "status"],
			as_dict=True,
			for_update=True,
		)
		if not receipt or receipt.docstatus != 1:
			frappe.throw(
				_("Collection Receipt {0} is not issued, so the product is not in our custody.").format(
					frappe.bold(self.collection_receipt)
				)
			)
		if receipt.customer != self.customer or (receipt.equipment or None) != (self.equipment or None):
			frappe.throw(
				_("Collection Receipt {0} is for another customer or product.").format(
					frappe.bold(self.collection_receipt)
				)
			)
		others = [card.name for card in cards.cards_of_receipt(self.collection_receipt)]
		others = [name for name in others if name != self.name]
		if others:
			frappe.throw(
				_("{0} has Repair Card {1} already: one card per product.").format(
					self.collection_receipt, get_link_to_form("Repair Card", others[0])
				)
			)

	def refuse_ending_while_out(self):
		"""What is with a vendor can neither be checked nor finished nor called off (R-WS-10)."""
		if self.status in (rules.QUALITY_CHECK, rules.READY, *rules.GIVEN_UP, rules.CANCELLED):
			if entered(self, self.status) or self.docstatus:
				custody.validate_product_is_here("repair_card", self.name)

	def check_quotation(self):
		if not self.quotation or not self.has_value_changed("quotation"):
			return
		party = frappe.db.get_value("Quotation", self.quotation, ["quotation_to", "party_name", "company"])
		if party and party != ("Customer", self.customer, self.company):
			frappe.throw(
				_("Quotation {0} is for another customer or company.").format(frappe.bold(self.quotation))
			)

	# ------------------------------------------------------------------ steps: lines

	def complete_lines(self):
		from aftersales.service_posting.job_lines import complete_lines

		complete_lines(self)

	def preview_billing(self):
		from aftersales.service_posting.posting import preview

		if self.docstatus == 0:
			preview(self)

	# ------------------------------------------------------------------ steps: parts

	def keep_substitutes(self):
		"""What a part stands in for is noted when it is chosen, and goes when the line wants another part."""
		before = self.get_doc_before_save()
		noted = {
			(line.name, line.item_code): line.substitute_for for line in (before.parts if before else [])
		}
		for line in self.parts:
			if line.name != self.flags.substituted_line:
				line.substitute_for = noted.get((line.name, line.item_code))

	def refuse_stock_of_other_company(self):
		"""Before anything is set aside there: the card could never be posted with it."""
		for line in self.parts:
			found = line.warehouse and frappe.get_cached_value("Warehouse", line.warehouse, "company")
			if found and found != self.company:
				frappe.throw(
					_("Parts row {0}: warehouse {1} belongs to {2}, not to {3}. Choose another one.").format(
						line.idx,
						frappe.bold(frappe.utils.escape_html(line.warehouse)),
						frappe.utils.escape_html(found),
						frappe.utils.escape_html(self.company),
					)
				)

	def require_old_parts(self):
		"""An old part that has to come back is back when the repair is checked, or it is said why not (R-SP)."""
		if entered(self, rules.QUALITY_CHECK):
			require_old_parts(self)

	def set_parts_aside_when_due(self):
		"""What the customer accepted, or the card waits for, is promised to it as far as it is there."""
		if entered(self, rules.APPROVED) or entered(self, rules.AWAITING_PARTS):
			reservations.hold(self)

	# ------------------------------------------------------------------ steps: approval

	def ask_for_approval(self):
		if not entered(self, rules.AWAITING_APPROVAL):
			return
		require_value(self, "diagnosis", _("Complete the inspection before informing the customer."))
		require_value(self, "estimated_amount", _("Enter the estimate for the customer."))
		self.withdraw_approval()

	def withdraw_approval(self):
		set_system(
			self,
			approval_status="Pending",
			approved_by=None,
			approved_at=None,
			approval_channel=None,
			approved_amount=0,
			decline_reason=None,
		)

	def require_approval(self):
		if entered(self, rules.APPROVED) and not self.costs_the_customer_nothing():
			for fieldname in ("approved_by", "approved_at", "approval_channel", "approved_amount"):
				require_value(
					self, fieldname, _("Record the approval with the name, the channel and the amount.")
				)
			if self.approval_status != "Approved":
				frappe.throw(_("Record the approval of the customer first."))
		if self.status in rules.NEEDS_APPROVAL and rules.approval_missing(
			self.as_rule_lines(), self.approval_status
		):
			frappe.throw(
				_("The customer pays for this repair and has not accepted it: record the approval first."),
				title=_("Approval Missing"),
			)

	def costs_the_customer_nothing(self) -> bool:
		"""Warranty, contract, goodwill or internal work, without any line for the customer."""
		return jobs.charge_rule(self.service_category) != jobs.CUSTOMER and not jobs.charged_to_customer(self)

	def is_cleared_for_repair(self) -> bool:
		"""The repair may start: the customer has accepted, or pays nothing."""
		return self.approval_status == "Approved" or self.costs_the_customer_nothing()

	def as_rule_lines(self) -> list[rules.Line]:
		fee = frappe.get_cached_doc("Aftersales Settings").diagnosis_fee_item or None
		return [
			*(rules.Line(self.payer_of(line), line.activity, flt(line.amount)) for line in self.labour),
			*(
				rules.Line(
					self.payer_of(line), rules.FEE if line.item_code == fee else None, flt(line.amount)
				)
				for line in self.parts
			),
		]

	@staticmethod
	def payer_of(line: Document) -> str:
		"""The customer too of a line that a contract pays in part: his share is charged to him."""
		return jobs.CUSTOMER if flt(line.amount) else line.charge_to

	def refuse_more_than_approved(self):
		"""After posting, when the amounts are those of the invoice."""
		if self.status in rules.GIVEN_UP:
			return
		net = sum(flt(line.amount) for line in jobs.charged_to_customer(self))
		tolerance = flt(frappe.get_cached_doc("Aftersales Settings").approval_tolerance)
		if net and rules.needs_new_quote(net, flt(self.approved_amount), tolerance, unit(self.currency)):
			frappe.throw(
				_(
					"{0} net would be charged, {1} was approved (tolerance {2} %). Quote again: set the new estimate and go back to Awaiting Approval."
				).format(
					fmt_money(net, currency=self.currency),
					fmt_money(self.approved_amount, currency=self.currency),
					tolerance,
				),
				title=_("More than Approved"),
			)

	def require_reason_for_giving_up(self):
		if self.status == rules.NOT_REPAIRABLE:
			require_value(self, "not_repairable_reason", _("Enter the reason for the customer."))
		if self.status == rules.DECLINED:
			require_value(self, "decline_reason", _("Record the reason for the decline."))

	def charge_diagnosis_fee(self):
		"""Nothing is repaired: the customer pays the fee for the diagnosis, where one is set; it may be taken off."""
		fee = frappe.get_cached_doc("Aftersales Settings").diagnosis_fee_item
		if not fee or self.status not in rules.GIVEN_UP or not entered(self, self.status):
			return
		charged = [line for line in self.as_rule_lines() if line.activity == rules.FEE]
		if not charged and jobs.charge_rule(self.service_category) == jobs.CUSTOMER:
			self.append("parts", {"item_code": fee, "qty": 1})

	def refuse_charges_without_repair(self):
		if self.status not in rules.GIVEN_UP:
			return
		if rules.charged_without_repair(self.as_rule_lines()):
			frappe.throw(
				_(
					"Nothing was repaired, so the customer can be charged for Diagnosis and Travel only. Change who the other lines are charged to, or remove them."
				),
				title=_(self.status),
			)

	# ------------------------------------------------------------------ steps: quality

	def stamp_repair(self):
		if self.status != rules.QUALITY_CHECK or (
			previous_status(self) == rules.QUALITY_CHECK and self.repaired_by
		):
			return
		repairer = rules.repairer(
			technicians_of_user(frappe.session.user),
			hands_on.logs_of(self),
			[line.technician for line in self.labour if line.technician],
			self.assigned_technician,
		)
		if not repairer:
			frappe.throw(
				_("Enter who repaired it in {0}, or start and stop the work.").format(
					frappe.bold(_(self.meta.get_label("assigned_technician")))
				),
				frappe.MandatoryError,
			)
		set_system(self, repaired_by=repairer, repaired_at=now_datetime())

	def withdraw_verification(self):
		"""A card that goes back to work, or whose work was changed since, has to be verified anew."""
		if not self.verified_by:
			return
		back_to_work = self.docstatus == 0 and self.status != rules.QUALITY_CHECK
		before = self.get_doc_before_save()
		changed = before.verified_by and hands_on.work_done(before) != hands_on.work_done(self)
		if back_to_work or changed:
			set_system(self, verified_by=None, verified_at=None)

	def require_verification(self):
		if self.status in rules.GIVEN_UP:
			return
		if not self.verified_by or previous_status(self) != rules.QUALITY_CHECK:
			frappe.throw(
				_("A supervisor other than the repairer has to verify the repair first (state {0}).").format(
					_(rules.QUALITY_CHECK)
				),
				title=_("Not Verified"),
			)
		self.refuse_own_verification()

	def refuse_own_verification(self):
		if not rules.may_verify(self.verified_by, hands_on.users_who_worked(self)):
			frappe.throw(
				_("{0} worked on this product and cannot verify the repair: a second person has to.").format(
					frappe.bold(self.verified_by)
				),
				frappe.PermissionError,
				title=_("Second Check Required"),
			)

	def stamp_ready(self):
		if self.status == rules.READY:
			set_system(self, ready_at=now_datetime())

	def set_repair_warranty(self):
		jobs.set_repair_warranty(self, self.status == rules.READY, getdate())

	# ------------------------------------------------------------------ steps: return

	def require_recovered_receipt(self):
		if not entered(self, rules.RETURNED) or not self.collection_receipt:
			return
		status = frappe.db.get_value("Collection Receipt", self.collection_receipt, "status")
		if status not in ("Recovered", "Voided"):
			frappe.throw(
				_("Recover Collection Receipt {0} first: the customer signs for the product there.").format(
					get_link_to_form("Collection Receipt", self.collection_receipt)
				),
				title=_("Receipt Not Recovered"),
			)

	def require_loaner_back(self):
		if entered(self, rules.RETURNED):
			loaners.refuse_while_lent(self.repair_call)

	def stamp_return(self):
		if entered(self, rules.RETURNED):
			set_system(self, returned_at=now_datetime())

	# ------------------------------------------------------------------ steps: the call

	def tell_call_about_outcome(self):
		from aftersales.service_calls.calls import resolve_from_job

		if self.repair_call:
			outcome = "Completed" if previous_status(self) == rules.READY else "Not Repairable"
			resolve_from_job(self.repair_call, outcome, self.resolution(), jobs.codes(self))

	def resolution(self) -> str | None:
		"""How the call ended, in words for its register."""
		if previous_status(self) == rules.DECLINED:
			return _("Repair declined by the customer: {0}").format(self.decline_reason)
		if previous_status(self) == rules.NOT_REPAIRABLE:
			return _("Not repairable: {0}").format(self.not_repairable_reason)
		return self.diagnosis

	def put_call_back_to_work(self):
		from aftersales.service_calls.calls import resolve_from_job

		if self.repair_call:
			resolve_from_job(
				self.repair_call,
				"Taken to Workshop",
				_("Repair Card {0} was cancelled.").format(self.name),
				{},
			)


def _decided(decided: dict | None) -> dict:
	"""By what the customer decided, every field named: an answer of another day leaves nothing behind."""
	return {**dict.fromkeys(("approval_user", "approval_link", "approval_ip")), **(decided or {})}
