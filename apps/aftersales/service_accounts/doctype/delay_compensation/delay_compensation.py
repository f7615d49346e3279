import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, getdate

from aftersales.core.guards import (
	require_role,
	require_value,
	reset_on_amend,
	set_protected_values,
	validate_protected_fields,
	validate_unchanged_on_cancel,
)
from aftersales.core.input.document import ServiceDocument
from aftersales.core.input.requests import validate_call
from aftersales.core.money import rounded
from aftersales.core.roles import ACCOUNTANTS
from aftersales.service_accounts import delay
from aftersales.service_calls import jobs

FIELDS_OF_RECORD = ("status", "discounted_invoice", "discount", "journal_entry", "decided_by", "delay_key")


class DelayCompensation(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		amended_from: DF.Link | None
		amount: DF.Currency
		apply_as: DF.Literal["Discount on the Invoice", "Credit to the Customer"]
		company: DF.Link | None
		customer: DF.Link | None
		days_late: DF.Int
		decided_by: DF.Link | None
		delay_account: DF.Link | None
		delay_key: DF.Data | None
		discount: DF.Currency
		discounted_invoice: DF.Data | None
		fault: DF.Literal["", "Ours", "Maker", "Carrier", "Customer"]
		job: DF.Link | None
		journal_entry: DF.Link | None
		naming_series: DF.Literal["DLC-.YYYY.-.#####"]
		posting_date: DF.Date
		promised_on: DF.Date | None
		proposed_amount: DF.Currency
		rate_per_day: DF.Currency
		ready_on: DF.Date | None
		reason: DF.SmallText | None
		repair_call: DF.Link | None
		sales_order: DF.Link | None
		status: DF.Literal["Proposed", "Awaiting Invoice", "Granted", "Declined", "Cancelled"]
	# end: auto-generated types

	"""What a customer gets because their product, their goods or our technician came late by our fault (R-AC-8).

	Proposed, then decided.
	"""

	def before_insert(self):
		reset_on_amend(self)
		if self.amended_from:
			self.status = "Proposed"

	def check_if_latest(self):
		"""Frappe locks the compensation here, which comes after its job."""
		if self.docstatus:
			delay.hold_job(self)
		super().check_if_latest()

	def validate(self):
		validate_protected_fields(self, FIELDS_OF_RECORD)
		self.validate_declined_values()
		self.validate_late_document()
		self.read_job()
		self.check_amount()
		set_protected_values(self, delay_key=self.late_document()[1])

	def before_submit(self):
		require_role(ACCOUNTANTS, _("Granting a compensation"))
		self.require_our_fault()
		self.date_on_decision()
		set_protected_values(self, status="Granted", decided_by=frappe.session.user)

	def on_submit(self):
		delay.grant(self)

	def before_update_after_submit(self):
		validate_protected_fields(self, FIELDS_OF_RECORD)

	def before_cancel(self):
		validate_unchanged_on_cancel(self)
		set_protected_values(self, status="Cancelled", delay_key=None)

	def on_cancel(self):
		delay.take_back(self)

	# ------------------------------------------------------------------ actions

	@frappe.whitelist()
	@validate_call
	def decline(self, reason: str, fault: str | None = None) -> None:
		"""Decide that nothing is given; the proposal does not come again.

		Raises:
			frappe.PermissionError: the user is no accountant or manager.
			frappe.MandatoryError: no reason.
		"""
		self.check_permission("write")
		require_role(ACCOUNTANTS, _("Declining a compensation"))
		if not (reason or "").strip():
			frappe.throw(_("Enter why nothing is granted."), frappe.MandatoryError)
		if self.docstatus != 0:
			frappe.throw(_("{0} is decided already.").format(self.name))
		self.reason, self.fault = reason, fault or self.fault
		set_protected_values(self, status="Declined", decided_by=frappe.session.user)
		self.save()

	# ------------------------------------------------------------------ steps

	def validate_declined_values(self):
		before = self.get_doc_before_save()
		if before and before.status == "Declined" and self._action == "submit":
			frappe.throw(_("{0} was declined. Delete it to have it proposed again.").format(self.name))

	def late_document(self) -> tuple[str, str]:
		"""DocType and name of what was late; the latter is empty where nothing was entered."""
		for fieldname in ("sales_order", "repair_call"):
			if self.get(fieldname):
				return self.meta.get_field(fieldname).options, self.get(fieldname)
		return "Repair Card", self.job or ""

	def validate_late_document(self):
		entered = [name for name in delay.LATE_FIELDS if self.get(name)]
		if len(entered) != 1:
			frappe.throw(
				_("Enter one of {0}.").format(
					", ".join(frappe.bold(_(self.meta.get_label(name))) for name in delay.LATE_FIELDS)
				),
				frappe.MandatoryError,
			)
		if entered != ["job"]:
			self.apply_as = delay.CREDIT  # there is no service job whose invoice could be discounted

	def read_job(self):
		"""Dates and amounts come from the job and the rule; only what is granted is ours to say."""
		proposal = delay.proposal_for(*self.late_document())
		if not proposal:
			if self.status == "Declined" and not self.is_new():
				return  # what was proposed before a delivery or a date was corrected
			frappe.throw(
				_("{0} is not late: no compensation is due.").format(
					frappe.utils.get_link_to_form(*self.late_document())
				)
			)
		if self.docstatus == 0 and self.is_new():
			self.update(proposal)
			if not flt(self.amount):
				self.amount = self.proposed_amount
		elif any(self.has_value_changed(name) for name in delay.LATE_FIELDS):
			frappe.throw(_("The job of a compensation cannot be changed."))
		else:
			self.follow_bill(flt(proposal["proposed_amount"]))

	def date_on_decision(self):
		"""A proposal is dated the day it was made; what is granted later is booked then, unless a day was entered."""
		if getdate(self.posting_date) == getdate(self.creation) < getdate():
			self.posting_date = getdate()

	def follow_bill(self, gives: float):
		"""The limit is a share of the bill, which may have changed since the proposal was made."""
		before = flt(self.proposed_amount)
		if self.docstatus > 1 or self.status == "Declined" or rounded(gives) == rounded(before):
			return
		if self._action == "submit" and flt(self.amount) > gives:
			frappe.throw(
				_(
					"The bill of {0} has changed since: the rule gives {1} at most. Enter that or less as {2}, then grant it."
				).format(
					self.late_document()[1], rounded(gives), frappe.bold(_(self.meta.get_label("amount")))
				)
			)
		set_protected_values(self, proposed_amount=gives)
		if self._action == "save" and flt(self.amount) == before:
			self.amount = gives

	def check_amount(self):
		if flt(self.amount) > flt(self.proposed_amount):
			frappe.throw(
				_("{0} is granted, but the rule gives {1} at most.").format(
					rounded(self.amount), rounded(self.proposed_amount)
				)
			)

	def require_our_fault(self):
		require_value(self, "fault", _("Only a delay for which we are responsible is compensated."))
		if self.fault != "Ours":
			frappe.throw(
				_(
					"{0} is {1}: Only a delay for which we are responsible is compensated. Decline it instead."
				).format(frappe.bold(_(self.meta.get_label("fault"))), _(self.fault))
			)
		if not flt(self.amount):
			frappe.throw(_("Set {0}, or decline the compensation.").format(frappe.bold(_("Granted"))))
