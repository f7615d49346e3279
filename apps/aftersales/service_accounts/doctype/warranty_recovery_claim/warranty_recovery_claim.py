import frappe
from frappe import _
from frappe.utils import flt, getdate, nowdate

from aftersales.core.guards import (
	require_role,
	reset_on_amend,
	set_protected_values,
	validate_protected_fields,
	validate_unchanged_on_cancel,
)
from aftersales.core.input.document import ServiceDocument
from aftersales.core.input.requests import Day, validate_call
from aftersales.core.money import rounded
from aftersales.core.roles import ACCOUNTANTS
from aftersales.service_accounts import recovery
from aftersales.service_accounts.warranty_lines import lines_by_name
from aftersales.service_calls import jobs

FIELDS_OF_RECORD = ("status", "debit_note", "credited_amount")
OPEN = ("Sent", "Answered", "Rejected")


class WarrantyRecoveryClaim(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from aftersales.service_accounts.doctype.warranty_recovery_line.warranty_recovery_line import (
			WarrantyRecoveryLine,
		)

		amended_from: DF.Link | None
		answer: DF.SmallText | None
		answered_on: DF.Date | None
		brand: DF.Link | None
		claim_date: DF.Date
		company: DF.Link
		credited_amount: DF.Currency
		debit_note: DF.Link | None
		from_date: DF.Date | None
		lines: DF.Table[WarrantyRecoveryLine]
		naming_series: DF.Literal["WRC-.YYYY.-.#####"]
		recovery_account: DF.Link | None
		status: DF.Literal["Draft", "Sent", "Answered", "Rejected", "Credited", "Cancelled"]
		supplier: DF.Link
		supplier_reference: DF.Data | None
		to_date: DF.Date | None
		total_accepted: DF.Currency
		total_claimed: DF.Currency
		total_cost: DF.Currency
	# end: auto-generated types

	"""A claim on the maker for what their warranty cost us: sent, answered, credited (R-AC-9)."""

	def before_insert(self):
		reset_on_amend(self)
		for line in self.lines:
			line.update({"accepted_amount": 0, "credited_amount": 0, "claim_key": None})

	def validate(self):
		validate_protected_fields(self, FIELDS_OF_RECORD)
		self.check_period()
		self.read_lines()
		self.add_up()

	def before_submit(self):
		self.validate_lines_not_claimed()
		self.require_claim()
		for line in self.lines:
			line.claim_key = line.line  # unique: the database refuses a line in a second claim
		set_protected_values(self, status="Sent")

	def before_update_after_submit(self):
		validate_protected_fields(self, FIELDS_OF_RECORD)
		self.validate_lines_unchanged()
		self.check_accepted()
		self.add_up()

	def before_cancel(self):
		validate_unchanged_on_cancel(self)
		self.validate_not_credited()
		set_protected_values(self, status="Cancelled")
		for line in self.lines:
			line.claim_key = None

	# ------------------------------------------------------------------ actions

	@frappe.whitelist()
	@validate_call
	def record_answer(
		self,
		answered_on: Day | None = None,
		supplier_reference: str | None = None,
		answer: str | None = None,
		accepted_percent: float | None = None,
	) -> None:
		"""Store the maker's answer: `accepted_percent` of every row, or the amounts entered in the rows.

		Raises:
			frappe.PermissionError: the user may not submit claims.
			frappe.ValidationError: the claim is not sent, or a debit note exists already.
		"""
		self.check_permission("submit")
		self.validate_not_credited()
		if self.status not in OPEN:
			frappe.throw(
				_("{0} is {1}: only a claim that was sent is answered.").format(self.name, _(self.status))
			)
		if accepted_percent is not None and not 0 <= flt(accepted_percent) <= 100:
			frappe.throw(_("Accepted: {0} % is not between 0 and 100.").format(flt(accepted_percent)))
		recovery.record_answer(
			self,
			getdate(answered_on or nowdate()),
			supplier_reference or self.supplier_reference,
			answer,
			None if accepted_percent is None else flt(accepted_percent),
		)

	@frappe.whitelist()
	@validate_call
	def make_debit_note(self) -> str:
		"""Draft the Debit Note (Purchase Invoice, return) of what was accepted; a second call returns it.

		Raises:
			frappe.PermissionError: the user is no accountant, or may not submit claims.
			frappe.ValidationError: nothing was accepted, or an account is missing.
		"""
		require_role(ACCOUNTANTS, _("Making a debit note"))
		# What is stored is credited, not what a form has sent along
		stored = frappe.get_doc(self.doctype, self.name, for_update=True)
		stored.check_permission("submit")
		if stored.debit_note:
			return stored.debit_note
		if stored.status != "Answered" or not flt(stored.total_accepted):
			frappe.throw(_("{0}: record the answer of the maker first.").format(self.name))
		self.db_set("debit_note", recovery.make_debit_note(stored))
		return self.debit_note

	# ------------------------------------------------------------------ steps

	def check_period(self):
		if self.from_date and self.to_date and getdate(self.to_date) < getdate(self.from_date):
			frappe.throw(
				_("{0} must be after {1}.").format(
					frappe.bold(_(self.meta.get_label("to_date"))),
					frappe.bold(_(self.meta.get_label("from_date"))),
				)
			)

	def read_lines(self):
		"""What a line cost comes from the job; what is claimed for it is ours to say."""
		found = lines_by_name(self.company, (line.line for line in self.lines))
		seen: set[str] = set()
		for line in self.lines:
			if line.line not in found or line.line in seen:
				frappe.throw(
					_(
						"Row {0}: this is no warranty line of a finished job of {1}, or it is listed twice."
					).format(line.idx, self.company)
				)
			seen.add(line.line)
			if found[line.line].supplier == self.supplier:
				frappe.throw(
					_("Row {0}: {1} was repaired by {2}, so it cannot be claimed from them.").format(
						line.idx, line.line, frappe.bold(frappe.utils.escape_html(self.supplier))
					)
				)
			claimed = line.claimed_amount
			line.update(recovery.row_of(found[line.line]))
			line.claimed_amount = claimed

	def add_up(self):
		self.total_cost = rounded(sum(flt(line.cost) for line in self.lines))
		self.total_claimed = rounded(sum(flt(line.claimed_amount) for line in self.lines))
		self.total_accepted = rounded(sum(flt(line.accepted_amount) for line in self.lines))

	def validate_lines_not_claimed(self):
		found = lines_by_name(self.company, (line.line for line in self.lines))
		taken = [line for line in self.lines if found[line.line].claim]
		if taken:
			frappe.throw(
				[
					_("Row {0}: {1} is claimed already by {2}.").format(
						line.idx,
						frappe.bold(line.item_code or line.description),
						frappe.utils.get_link_to_form(self.doctype, found[line.line].claim),
					)
					for line in taken
				],
				title=_("Claimed Already"),
				as_list=True,
			)

	def require_claim(self):
		if not flt(self.total_claimed):
			frappe.throw(_("Set {0} in at least one row.").format(frappe.bold(_("Claimed"))))

	def validate_lines_unchanged(self):
		"""Once sent, rows stay; only what the maker accepts is entered."""
		before = self.get_doc_before_save()
		if before and [line.name for line in before.lines] != [line.name for line in self.lines]:
			frappe.throw(
				_("The claim was sent: its rows cannot be added or removed."), frappe.UpdateAfterSubmitError
			)

	def check_accepted(self):
		before = {line.name: flt(line.accepted_amount) for line in self.get_doc_before_save().lines}
		for line in self.lines:
			if flt(line.accepted_amount) > flt(line.claimed_amount):
				frappe.throw(
					_("Row {0}: {1} was claimed, {2} cannot be accepted.").format(
						line.idx, rounded(line.claimed_amount), rounded(line.accepted_amount)
					)
				)
			if before.get(line.name) != flt(line.accepted_amount):
				self.validate_not_credited()

	def validate_not_credited(self):
		if self.debit_note:
			frappe.throw(
				_("{0} is based on the present answer. Cancel or delete it first.").format(
					frappe.utils.get_link_to_form(recovery.DEBIT_NOTE, self.debit_note)
				)
			)
