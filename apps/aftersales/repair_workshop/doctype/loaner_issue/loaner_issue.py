import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, escape_html, format_date, getdate, now_datetime

from aftersales import jobs
from aftersales.guards import (
	entered,
	keep_fields_of_record,
	previous_status,
	require_role,
	require_value,
	set_system,
	start_over,
)
from aftersales.repair_workshop import loaners
from aftersales.repair_workshop.loaner_rules import (
	ISSUED,
	LOST,
	RETURNED,
	HandBack,
	missing_for_return,
	move_is_allowed,
)

FIELDS_OF_RECORD = (
	"stock_entry_out",
	"stock_entry_back",
	"returned_at",
	"returned_by",
	"lost_reason",
	"lost_declared_by",
)

FIELDS_OF_RETURN = ("condition_back", "condition_notes", "return_signed_by", "return_warehouse")
"""What was found when the loaner came back: fixed from then on."""


class LoanerIssue(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		accessories: DF.SmallText | None
		amended_from: DF.Link | None
		company: DF.Link
		condition_back: DF.Literal["", "As issued", "Worn", "Damaged", "Incomplete"]
		condition_notes: DF.SmallText | None
		condition_out: DF.SmallText | None
		customer: DF.Link
		customer_name: DF.Data | None
		customer_warehouse: DF.Link | None
		due_back: DF.Date
		equipment: DF.Link | None
		from_warehouse: DF.Link | None
		issued_at: DF.Datetime
		issued_by: DF.Link | None
		item_code: DF.Link
		item_name: DF.Data | None
		lost_declared_by: DF.Link | None
		lost_reason: DF.SmallText | None
		naming_series: DF.Literal["LN-.YYYY.-.#####"]
		repair_call: DF.Link | None
		return_signed_by: DF.Data | None
		return_warehouse: DF.Link | None
		returned_at: DF.Datetime | None
		returned_by: DF.Link | None
		serial_no: DF.Link | None
		service_voucher: DF.Link | None
		signed_by: DF.Data | None
		status: DF.Literal["Draft", "Issued", "Returned", "Lost", "Cancelled"]
		stock_entry_back: DF.Link | None
		stock_entry_out: DF.Link | None
	# end: auto-generated types

	"""A product of ours that stands in for the customer's while that is repaired (R-WS-3)."""

	def before_insert(self):
		start_over(self)

	def validate(self):
		keep_fields_of_record(self, FIELDS_OF_RECORD)
		self.begin_without_return()
		self.refuse_state_out_of_place()
		self.take_values_from_voucher()
		jobs.take_values_from_call(self)
		jobs.check_equipment_owner(self)
		jobs.check_call_is_open(self)
		self.check_loaner()
		self.check_dates()
		loaners.take_warehouses(self)
		self.check_warehouses()

	def before_submit(self):
		self.require_handover()
		self.status = ISSUED

	def on_submit(self):
		self.db_set("stock_entry_out", loaners.lend(self))
		self.tell_call(
			_("Loaner {0} issued, due back on {1}").format(self.loaner_label(), format_date(self.due_back))
		)

	def before_update_after_submit(self):
		keep_fields_of_record(self, FIELDS_OF_RECORD)
		self.keep_what_was_found()
		self.refuse_disordered_life()
		self.check_dates()
		self.check_warehouses()
		self.note_new_date()
		self.come_back()
		self.give_up()

	def on_update_after_submit(self):
		jobs.write_notes(self)

	def before_cancel(self):
		jobs.refuse_edits_on_cancel(self)
		jobs.check_call_is_open(self)
		loaners.undo(self)
		self.status = "Cancelled"
		self.ignore_linked_doctypes = ["Stock Entry"]

	# ------------------------------------------------------------------ actions

	@frappe.whitelist()
	def give_back(
		self,
		condition: str,
		handed_back_by: str,
		notes: str | None = None,
		warehouse: str | None = None,
	) -> None:
		"""The loaner is back: Issued → Returned, and into stock again.

		Args:
			condition: As issued, Worn, Damaged or Incomplete.
			handed_back_by: the customer's person.
			notes: needed when it is damaged or incomplete.
			warehouse: where it goes; empty takes the one it came from.

		Raises:
			frappe.ValidationError: it is not out.
			frappe.MandatoryError: condition, person or notes are missing.
		"""
		self.check_permission("submit")
		if self.status != ISSUED:
			frappe.throw(_("{0} is not out: it is {1}.").format(self.name, frappe.bold(_(self.status))))
		self.update(
			{
				"condition_back": condition,
				"return_signed_by": handed_back_by,
				"condition_notes": notes,
				"return_warehouse": warehouse,
				"status": RETURNED,
			}
		)
		self.save()

	@frappe.whitelist()
	def declare_lost(self, reason: str) -> None:
		"""The loaner will not come back: Issued → Lost; it is written off our stock.

		Raises:
			frappe.PermissionError: the user is no supervisor.
			frappe.MandatoryError: no reason.
		"""
		self.check_permission("submit")
		require_role(jobs.SUPERVISING_ROLES, _("Declaring a loaner lost"))
		if not (reason or "").strip():
			frappe.throw(_("Say how the loaner was lost."), frappe.MandatoryError)
		set_system(self, lost_reason=reason.strip(), lost_declared_by=frappe.session.user)
		self.status = LOST
		self.save()

	# ------------------------------------------------------------------ steps

	def refuse_state_out_of_place(self):
		if self.docstatus == 0 and self.status != "Draft":
			frappe.throw(
				_("{0} cannot be set on a draft: a loaner is issued by submitting it.").format(
					frappe.bold(_(self.status))
				),
				title=_("State"),
			)

	def begin_without_return(self):
		"""The desk copies everything into an amendment, but a return is written anew."""
		if self.is_new():
			keep_fields_of_record(self, FIELDS_OF_RETURN)

	def take_values_from_voucher(self):
		if not self.service_voucher:
			return
		voucher = frappe.db.get_value(
			"Service Voucher", self.service_voucher, ["repair_call", "customer", "equipment"], as_dict=True
		)
		for fieldname, value in (voucher or {}).items():
			if not self.get(fieldname):
				self.set(fieldname, value)

	def check_loaner(self):
		item = frappe.get_cached_value(
			"Item", self.item_code, ["is_stock_item", "has_serial_no", "disabled"], as_dict=True
		)
		if not item or not cint(item.is_stock_item) or cint(item.disabled):
			frappe.throw(
				_("{0} {1} cannot be lent: a loaner is an enabled stock item of ours.").format(
					_("Item"), frappe.bold(escape_html(self.item_code))
				)
			)
		if cint(item.has_serial_no):
			require_value(self, "serial_no", _("which of them is lent?"))
		if self.serial_no and (
			frappe.db.get_value("Serial No", self.serial_no, "item_code") != self.item_code
		):
			frappe.throw(
				_("Serial No {0} is not one of item {1}.").format(
					frappe.bold(escape_html(self.serial_no)), frappe.bold(escape_html(self.item_code))
				)
			)

	def check_dates(self):
		if getdate(self.due_back) < getdate(self.issued_at):
			frappe.throw(
				_("{0} ({1}) lies before the loaner was issued.").format(
					frappe.bold(_(self.meta.get_label("due_back"))), format_date(self.due_back)
				)
			)

	def check_warehouses(self):
		for fieldname in ("from_warehouse", "customer_warehouse", "return_warehouse"):
			warehouse = self.get(fieldname)
			if warehouse and frappe.get_cached_value("Warehouse", warehouse, "company") != self.company:
				frappe.throw(
					_("{0} {1} does not belong to company {2}.").format(
						_(self.meta.get_label(fieldname)),
						frappe.bold(escape_html(warehouse)),
						frappe.bold(escape_html(self.company)),
					)
				)
		if self.from_warehouse and self.from_warehouse == self.customer_warehouse:
			frappe.throw(
				_("A loaner moves: {0} and {1} have to differ.").format(
					frappe.bold(_(self.meta.get_label("from_warehouse"))),
					frappe.bold(_(self.meta.get_label("customer_warehouse"))),
				)
			)

	def require_handover(self):
		signed = _("the customer signs for what he takes over.")
		where = _("enter it here, or for the company in Aftersales Settings > Workshop.")
		for fieldname, why in {
			"from_warehouse": where,
			"customer_warehouse": where,
			"condition_out": _("what both sides will remember."),
			"customer_signature": signed,
			"signed_by": signed,
		}.items():
			require_value(self, fieldname, why)
		if self.serial_no:
			place = frappe.db.get_value("Serial No", self.serial_no, "warehouse", for_update=True)
			if place != self.from_warehouse:
				frappe.throw(
					_("Serial No {0} is not in {1} but in {2}.").format(
						frappe.bold(escape_html(self.serial_no)),
						self.from_warehouse,
						place or _("no warehouse"),
					),
					title=_("Not There"),
				)

	def keep_what_was_found(self):
		if previous_status(self) != ISSUED:
			keep_fields_of_record(self, (*FIELDS_OF_RETURN, "due_back"))

	def refuse_disordered_life(self):
		before = previous_status(self)
		if not move_is_allowed(before, self.status):
			frappe.throw(
				_("A loaner goes from Issued to Returned or Lost; {0} does not follow {1}.").format(
					frappe.bold(_(self.status)), frappe.bold(_(before))
				),
				title=_("State"),
			)

	def note_new_date(self):
		before = self.get_doc_before_save().due_back
		if getdate(before) != getdate(self.due_back):
			jobs.note(
				self,
				_("Due back on {0} instead of {1}").format(format_date(self.due_back), format_date(before)),
			)

	def come_back(self):
		if not entered(self, RETURNED):
			return
		why = {
			"condition_back": _("what does it look like now?"),
			"condition_notes": _("say what is damaged or missing."),
			"return_signed_by": _("who handed it back?"),
		}
		back = HandBack(self.condition_back, self.condition_notes, self.return_signed_by)
		for fieldname in missing_for_return(back):
			require_value(self, fieldname, why[fieldname])
		set_system(
			self,
			returned_at=now_datetime(),
			returned_by=frappe.session.user,
			stock_entry_back=loaners.take_back(self),
		)
		self.tell_call(_("Loaner {0} returned: {1}").format(self.loaner_label(), _(self.condition_back)))

	def give_up(self):
		if not entered(self, LOST):
			return
		require_role(jobs.SUPERVISING_ROLES, _("Declaring a loaner lost"))
		require_value(self, "lost_reason", _("declare the loaner lost with the reason."))
		set_system(self, stock_entry_back=loaners.write_off(self))
		jobs.note(self, _("Declared lost: {0}").format(escape_html(self.lost_reason)))
		self.tell_call(_("Loaner {0} declared lost").format(self.loaner_label()))

	def loaner_label(self) -> str:
		named = f"{self.item_name or self.item_code} {self.serial_no or ''}".strip()
		return f"{frappe.utils.get_link_to_form(self.doctype, self.name)} ({escape_html(named)})"

	def tell_call(self, text: str):
		if self.repair_call:
			frappe.get_doc("Repair Call", self.repair_call).add_comment("Info", text)
