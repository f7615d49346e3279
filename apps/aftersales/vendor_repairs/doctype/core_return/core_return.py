import frappe
from frappe import _
from frappe.utils import cint, escape_html, flt, get_link_to_form, getdate, nowdate

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
from aftersales.core.roles import ACCOUNTANTS, SUPERVISORS_AND_ACCOUNTANTS
from aftersales.vendor_repairs.cores import core_rules as rules
from aftersales.vendor_repairs.cores import cores, debit_notes

FIELDS_OF_RECORD = ("status", "issue_entry", "debit_note", "answered_on")
OPEN = (rules.SENT, rules.ANSWERED, rules.REJECTED)


class CoreReturn(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from aftersales.vendor_repairs.doctype.core_return_item.core_return_item import CoreReturnItem

		amended_from: DF.Link | None
		answer: DF.SmallText | None
		answered_on: DF.Date | None
		company: DF.Link
		debit_note: DF.Link | None
		issue_entry: DF.Link | None
		items: DF.Table[CoreReturnItem]
		naming_series: DF.Literal["CO-.YYYY.-.#####"]
		sent_on: DF.Date
		shipping_reference: DF.Data | None
		status: DF.Literal["Draft", "Sent", "Answered", "Rejected", "Credited", "Cancelled"]
		supplier: DF.Link
		supplier_reference: DF.Data | None
		total_accepted: DF.Currency
		total_expected: DF.Currency
	# end: auto-generated types
	"""Old parts that came back from jobs and go to the maker, who credits them."""

	def before_insert(self):
		reset_on_amend(self)
		for row in self.items:
			row.accepted_amount = 0

	def validate(self):
		validate_protected_fields(self, FIELDS_OF_RECORD)
		self.validate_date()
		self.validate_items()
		self.add_up()

	def before_submit(self):
		set_protected_values(self, status=rules.SENT)

	def on_submit(self):
		self.db_set("issue_entry", cores.send(self))

	def before_update_after_submit(self):
		validate_protected_fields(self, FIELDS_OF_RECORD)
		self.validate_kept_rows()
		self.add_up()

	def before_cancel(self):
		validate_unchanged_on_cancel(self)
		self.validate_not_credited()
		set_protected_values(self, status="Cancelled")
		self.ignore_linked_doctypes = ["Stock Entry"]

	def on_cancel(self):
		entry = self.issue_entry and frappe.get_doc("Stock Entry", self.issue_entry)
		self.db_set("issue_entry", None)
		if entry and entry.docstatus == 1:
			entry.flags.ignore_permissions = True
			entry.cancel()

	# ------------------------------------------------------------------ actions

	@frappe.whitelist(methods=["POST"])
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
			frappe.PermissionError: the user is no supervisor, manager or accountant.
			frappe.ValidationError: the return is not sent, or a debit note exists already.
		"""
		self.check_permission("submit")
		require_role(SUPERVISORS_AND_ACCOUNTANTS, _("Recording the answer of a maker"))
		self.validate_not_credited()
		if self.docstatus != 1 or self.status not in OPEN:
			frappe.throw(
				_("{0} is {1}: only a return that was sent is answered.").format(self.name, _(self.status))
			)
		if accepted_percent is not None:
			if not 0 <= flt(accepted_percent) <= 100:
				frappe.throw(_("Accepted: {0} % is not between 0 and 100.").format(flt(accepted_percent)))
			amounts = rules.accepted((flt(row.expected_amount) for row in self.items), accepted_percent)
			for row, amount in zip(self.items, amounts, strict=True):
				row.accepted_amount = amount
		self.supplier_reference = supplier_reference or self.supplier_reference
		self.answer = answer
		total = sum(flt(row.accepted_amount) for row in self.items)
		set_protected_values(
			self, answered_on=getdate(answered_on or nowdate()), status=rules.after_answer(rounded(total))
		)
		self.save()

	@frappe.whitelist(methods=["POST"])
	@validate_call
	def make_debit_note(self) -> str:
		"""Draft the Debit Note (Purchase Invoice, return) of what was accepted; a second call returns it.

		Raises:
			frappe.PermissionError: the user is no accountant or manager.
			frappe.ValidationError: nothing was accepted, or an account is missing.
		"""
		require_role(ACCOUNTANTS, _("Making a debit note"))
		# What is stored is credited, not what a form has sent along
		stored = frappe.get_doc(self.doctype, self.name, for_update=True)
		stored.check_permission("submit")
		if stored.debit_note:
			return stored.debit_note
		if stored.status != rules.ANSWERED or not flt(stored.total_accepted):
			frappe.throw(_("{0}: record the answer of the maker first.").format(self.name))
		self.db_set("debit_note", debit_notes.make(stored))
		return self.debit_note

	# ------------------------------------------------------------------ steps

	def validate_date(self):
		if getdate(self.sent_on) > getdate():
			frappe.throw(
				_("{0} ({1}) is in the future.").format(
					frappe.bold(_("Sent on")), self.get_formatted("sent_on")
				)
			)

	def validate_items(self):
		for row in self.items:
			item = frappe.get_cached_value(
				"Item", row.item_code, ["is_stock_item", "has_serial_no", "has_batch_no"], as_dict=True
			)
			if (
				not item
				or not cint(item.is_stock_item)
				or cint(item.has_serial_no)
				or cint(item.has_batch_no)
			):
				frappe.throw(
					_(
						"Row {0}: {1} is no stock item without serial and batch numbers, as old parts are."
					).format(row.idx, frappe.bold(escape_html(row.item_code)))
				)
			if flt(row.qty) <= 0:
				frappe.throw(_("Row {0}: enter the quantity.").format(row.idx))
			warehouse = frappe.get_cached_value(
				"Warehouse", row.warehouse, ["company", "is_group", "disabled"], as_dict=True
			)
			if warehouse.company != self.company or cint(warehouse.is_group) or cint(warehouse.disabled):
				frappe.throw(
					_("Row {0}: {1} is not an open warehouse of {2}.").format(
						row.idx, frappe.bold(escape_html(row.warehouse)), escape_html(self.company)
					)
				)

	def add_up(self):
		amounts = rules.expected((flt(row.qty), flt(row.credit_rate)) for row in self.items)
		for row, amount in zip(self.items, amounts, strict=True):
			row.expected_amount = amount
		self.total_expected = rounded(sum(amounts))
		self.total_accepted = rounded(sum(flt(row.accepted_amount) for row in self.items))

	def validate_kept_rows(self):
		"""Once sent, rows stay; only what the maker accepts is entered, as long as it is not credited."""
		before = self.get_doc_before_save()
		if [row.name for row in before.items] != [row.name for row in self.items]:
			frappe.throw(
				_("The old parts were sent: rows cannot be added or removed."), frappe.UpdateAfterSubmitError
			)
		stored = {row.name: flt(row.accepted_amount) for row in before.items}
		if any(stored[row.name] != flt(row.accepted_amount) for row in self.items):
			self.validate_not_credited()
			if before.answered_on:
				require_role(SUPERVISORS_AND_ACCOUNTANTS, _("Recording the answer of a maker"))

	def validate_not_credited(self):
		if self.debit_note:
			frappe.throw(
				_("{0} is based on the present answer. Cancel or delete it first.").format(
					get_link_to_form(debit_notes.DEBIT_NOTE, self.debit_note)
				)
			)
