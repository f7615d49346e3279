"""Estimate and approval of a Repair Card: what the customer is asked and answers."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, fmt_money, get_link_to_form, now_datetime

from aftersales.core.guards import require_value, require_values, set_protected_values, status_changed_to
from aftersales.core.input.requests import validate_call
from aftersales.core.money import unit
from aftersales.repair_workshop import accepted_rates, estimate
from aftersales.repair_workshop import card_rules as rules
from aftersales.repair_workshop.card.state import require_draft
from aftersales.service_billing.service_job import ServiceJob
from aftersales.service_calls import jobs
from aftersales.service_setup.settings import aftersales_settings


class ApprovalActions(ServiceJob):
	"""What the customer is asked and answers, and what others may ask of it."""

	@frappe.whitelist()
	@validate_call
	def await_approval(self) -> None:
		"""The customer has been told problem and cost: → Awaiting Approval.

		Raises:
			frappe.MandatoryError: diagnosis or estimate are missing.
		"""
		self.move_to(rules.AWAITING_APPROVAL)

	@frappe.whitelist()
	@validate_call
	def record_approval(self, channel: str, approved_by: str, amount: float | None = None) -> None:
		"""Note that the customer accepted.

		Before the diagnosis is told, this is a leave to spend up to `amount` and changes no state;
		afterwards the card becomes Approved.

		Args:
			channel: Phone, E-mail, In Person or Letter; what the customer decides on the portal or by a
				signed link is stored by that page.
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
		require_draft(self)
		estimate_now = accepted_rates.quoted_net(self) or flt(self.estimated_amount)
		accepted = flt(amount) if amount is not None else estimate_now
		if not (approved_by or "").strip() or not channel:
			frappe.throw(_("Enter who accepted and how."), frappe.MandatoryError)
		if accepted <= 0:
			frappe.throw(_("Enter the net amount that was accepted."), frappe.MandatoryError)
		set_protected_values(
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
		require_draft(self)
		if not (reason or "").strip():
			frappe.throw(_("Enter why the customer declined."), frappe.MandatoryError)
		set_protected_values(
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
	def make_quotation(self) -> str:
		"""Make a draft Quotation of what the customer would pay, or return the one there is.

		The net total becomes the estimate.

		Raises:
			frappe.ValidationError: no line is charged to the customer.
		"""
		self.check_permission("write")
		require_draft(self)
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
		require_draft(self)
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
		withdraw_approval(self)
		self.status = rules.AWAITING_APPROVAL
		self.save()
		return quotation

	def costs_the_customer_nothing(self) -> bool:
		"""Warranty, contract, goodwill or internal work, without any line for the customer."""
		return jobs.charge_rule(self.service_category) != jobs.CUSTOMER and not jobs.charged_to_customer(self)

	def is_cleared_for_repair(self) -> bool:
		"""The repair may start: the customer has accepted, or pays nothing."""
		return self.approval_status == "Approved" or self.costs_the_customer_nothing()

	def as_rule_lines(self) -> list[rules.Line]:
		fee = aftersales_settings().diagnosis_fee_item or None
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
		"""The customer too of a line that a contract pays in part: that share is charged to the customer."""
		return jobs.CUSTOMER if flt(line.amount) else line.charge_to


def ask_for_approval(card: Document) -> None:
	if not status_changed_to(card, rules.AWAITING_APPROVAL):
		return
	require_values(
		card,
		{
			"diagnosis": _("Complete the inspection before informing the customer."),
			"estimated_amount": _("Enter the estimate for the customer."),
		},
	)
	withdraw_approval(card)


def withdraw_approval(card: Document) -> None:
	set_protected_values(
		card,
		approval_status="Pending",
		approved_by=None,
		approved_at=None,
		approval_channel=None,
		approved_amount=0,
		decline_reason=None,
	)


def require_promised_return(card: Document) -> None:
	"""Where the settings ask for it, nobody begins a repair before the customer has a day for the product.

	A card that was at work without one when the settings were changed goes on.

	Raises:
		frappe.MandatoryError: the day is missing.
	"""
	before = card.get_doc_before_save()
	if before and before.status in rules.NEEDS_APPROVAL and not before.promised_return:
		return
	if card.status in rules.NEEDS_APPROVAL and aftersales_settings().ask_promised_return:
		require_value(card, "promised_return", _("When does the customer get the product back?"))


def require_approval(card: Document) -> None:
	if status_changed_to(card, rules.APPROVED) and not card.costs_the_customer_nothing():
		why = _("Record the approval with the name, the channel and the amount.")
		fields = ("approved_by", "approved_at", "approval_channel", "approved_amount")
		require_values(card, dict.fromkeys(fields, why))
		if card.approval_status != "Approved":
			frappe.throw(_("Record the approval of the customer first."))
	if card.status in rules.NEEDS_APPROVAL and rules.approval_missing(
		card.as_rule_lines(), card.approval_status
	):
		frappe.throw(
			_("The customer pays for this repair and has not accepted it: record the approval first."),
			title=_("Approval Missing"),
		)


def validate_approved_amount(card: Document) -> None:
	"""After posting, when the amounts are those of the invoice."""
	if card.status in rules.GIVEN_UP:
		return
	net = sum(flt(line.amount) for line in jobs.charged_to_customer(card))
	tolerance = flt(aftersales_settings().approval_tolerance)
	if net and rules.needs_new_quote(net, flt(card.approved_amount), tolerance, unit(card.currency)):
		frappe.throw(
			_(
				"{0} net would be charged, {1} was approved (tolerance {2} %). Quote again: set the new estimate and go back to Awaiting Approval."
			).format(
				fmt_money(net, currency=card.currency),
				fmt_money(card.approved_amount, currency=card.currency),
				tolerance,
			),
			title=_("More than Approved"),
		)


def _decided(decided: dict | None) -> dict:
	"""By what the customer decided, every field named: an answer of another day leaves nothing behind."""
	return {**dict.fromkeys(("approval_user", "approval_link", "approval_ip")), **(decided or {})}
