import frappe
from frappe import _
from frappe.utils import cint, escape_html, get_datetime, get_link_to_form, getdate, now_datetime

from aftersales.core.guards import (
	previous_status,
	require_role,
	require_value,
	reset_on_amend,
	set_protected_values,
	status_changed_to,
	validate_link_exists,
	validate_not_in_future,
	validate_protected_fields,
	validate_unchanged_on_cancel,
)
from aftersales.core.input.document import ServiceDocument
from aftersales.core.input.requests import validate_call
from aftersales.core.roles import SUPERVISORS
from aftersales.customer_goods import loaner_charges, loaners, status_flow
from aftersales.customer_goods.loaner_rules import (
	ISSUED,
	LOST,
	NEXT_STATES,
	RETURNED,
	Handback,
	missing_for_return,
)
from aftersales.service_calls import jobs
from aftersales.service_levels import workflow_states

FIELDS_OF_RECORD = (
	"issue_entry",
	"return_entry",
	"returned_by",
	"lost_declaration",
	"lost_declared_by",
	"customer_reminded",
	"charge_decision",
	"charge_reason",
	"charged_amount",
	"charge_invoice",
)

FIELDS_OF_RETURN = (
	"returned_at",
	"return_condition",
	"return_notes",
	"return_warehouse",
	"return_signature",
	"return_signed_by",
)
"""What was noted at return: fixed once the loaner is back."""


class LoanerIssue(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		accessories: DF.SmallText | None
		amended_from: DF.Link | None
		charge_decision: DF.Literal["", "Charged", "Written Off"]
		charge_invoice: DF.Link | None
		charge_reason: DF.SmallText | None
		charged_amount: DF.Currency
		company: DF.Link
		condition: DF.SmallText
		contact_email: DF.Data | None
		contact_name: DF.Data | None
		contact_phone: DF.Data | None
		customer: DF.Link | None
		customer_name: DF.Data | None
		customer_reminded: DF.Literal["", "Due Soon", "Overdue"]
		due_back: DF.Date | None
		equipment: DF.Link | None
		from_warehouse: DF.Link | None
		issue_entry: DF.Link | None
		issued_at: DF.Datetime
		item_code: DF.Link
		item_name: DF.Data | None
		lost_declaration: DF.SmallText | None
		lost_declared_by: DF.Link | None
		naming_series: DF.Literal["LN-.YYYY.-.#####"]
		repair_call: DF.Link | None
		return_condition: DF.Literal["", "As Lent", "Worn", "Damaged", "Incomplete"]
		return_entry: DF.Link | None
		return_notes: DF.SmallText | None
		return_signed_by: DF.Data | None
		return_warehouse: DF.Link | None
		returned_at: DF.Datetime | None
		returned_by: DF.Link | None
		serial_no: DF.Link | None
		signed_by: DF.Data | None
		status: DF.Literal["Draft", "Issued", "Returned", "Lost", "Cancelled"]
		to_warehouse: DF.Link | None
		value: DF.Currency
		workflow_state: DF.Link | None
	# end: auto-generated types

	"""A product of ours lent to a customer while their own is repaired (R-WS-3)."""

	def before_insert(self):
		reset_on_amend(self)

	def validate(self):
		validate_protected_fields(self, FIELDS_OF_RECORD)
		if self.is_new():
			validate_protected_fields(self, FIELDS_OF_RETURN)
		status_flow.validate_draft_state(self)
		call = jobs.take_values_from_call(self)
		require_value(self, "customer", _("Choose the customer who gets the loaner."))
		validate_link_exists(self, "customer")
		jobs.check_equipment_owner(self)
		jobs.check_call_is_open(self, call)
		loaners.set_defaults(self)
		loaners.take_contact(self)
		self.check_loaner()
		self.check_warehouses()

	def before_submit(self):
		validate_not_in_future(self, "issued_at")
		self.require_handover()
		self.validate_product_location()
		self.status = ISSUED

	def on_submit(self):
		entry = loaners.move_stock(self, "Lent", self.from_warehouse, self.to_warehouse)
		self.db_set("issue_entry", entry)

	def before_update_after_submit(self):
		workflow_states.sync_status_from_workflow(self)
		validate_protected_fields(self, FIELDS_OF_RECORD)
		status_flow.validate_step_order(self, NEXT_STATES)
		self.validate_return_values()
		self.check_due_date()
		self.take_loaner_back()
		self.require_declaration()

	def on_update_after_submit(self):
		if status_changed_to(self, RETURNED):
			target = self.return_warehouse or self.from_warehouse
			self.db_set("return_entry", loaners.move_stock(self, "Back", self.to_warehouse, target))
		elif status_changed_to(self, LOST):
			self.db_set("return_entry", loaners.move_stock(self, "Lost", self.to_warehouse, None))
		jobs.write_notes(self)

	def before_cancel(self):
		validate_unchanged_on_cancel(self)
		jobs.check_call_is_open(self)
		loaner_charges.validate_not_charged(self)
		loaners.take_back_stock_moves(self)
		self.status = "Cancelled"

	# ------------------------------------------------------------------ actions

	@frappe.whitelist()
	@validate_call
	def take_back(
		self,
		condition: str,
		signed_by: str | None = None,
		signature: str | None = None,
		notes: str | None = None,
		warehouse: str | None = None,
	) -> None:
		"""The customer gives the loaner back: Issued → Returned; a Stock Entry brings it home.

		Args:
			condition: As Lent, Worn, Damaged or Incomplete.
			signature: image of the customer's signature (data URL).
			notes: needed without signature, and when it is Damaged or Incomplete.
			warehouse: where it goes; empty takes the one it came from.

		Raises:
			frappe.MandatoryError: condition or notes are missing.
		"""
		self.check_permission("write")
		self.update(
			{
				"return_condition": condition,
				"return_signed_by": signed_by,
				"return_signature": signature,
				"return_notes": notes,
				"return_warehouse": warehouse,
				"status": RETURNED,
			}
		)
		self.save()

	@frappe.whitelist()
	@validate_call
	def declare_lost(self, reason: str) -> None:
		"""The loaner will not come back: Issued → Lost; a Stock Entry writes it off.

		Raises:
			frappe.PermissionError: the user is no supervisor.
			frappe.MandatoryError: no reason.
		"""
		self.check_permission("write")
		require_role(SUPERVISORS, _("Declaring a loaner lost"))
		if not (reason or "").strip():
			frappe.throw(_("Enter how the loaner was lost."), frappe.MandatoryError)
		set_protected_values(self, lost_declaration=reason.strip(), lost_declared_by=frappe.session.user)
		jobs.note(self, _("Loaner declared lost: {0}").format(escape_html(reason.strip())))
		self.status = LOST
		self.save()

	@frappe.whitelist(methods=["POST"])
	@validate_call
	def charge_customer(self, amount: float, reason: str) -> str:
		"""Invoice the customer for a loaner that was lost or came back damaged; see `loaner_charges.charge`."""
		return loaner_charges.charge(self.name, amount, reason)

	@frappe.whitelist(methods=["POST"])
	@validate_call
	def write_off(self, reason: str) -> None:
		"""Charge nobody for a lost or damaged loaner; see `loaner_charges.write_off`."""
		loaner_charges.write_off(self.name, reason)

	# ------------------------------------------------------------------ steps

	def check_loaner(self):
		item = frappe.get_cached_value(
			"Item", self.item_code, ["is_stock_item", "has_serial_no", "has_batch_no"], as_dict=True
		)
		if not item or not item.is_stock_item or item.has_batch_no:
			frappe.throw(
				_("Item {0} cannot be lent: choose a stock item that is not kept in batches.").format(
					frappe.bold(escape_html(self.item_code))
				)
			)
		if item.has_serial_no:
			require_value(self, "serial_no", _("Choose the serial number of the loaner."))
		elif self.serial_no:
			frappe.throw(_("Item {0} has no serial numbers.").format(frappe.bold(self.item_code)))

	def check_warehouses(self):
		for fieldname in ("from_warehouse", "to_warehouse"):
			require_value(
				self,
				fieldname,
				_(
					"A loaner stays in our stock while it is lent out. Enter the loaner warehouses of each company in"
					" Aftersales Settings."
				),
			)
		for fieldname in ("from_warehouse", "to_warehouse", "return_warehouse"):
			self.check_warehouse(fieldname)
		if self.from_warehouse == self.to_warehouse:
			frappe.throw(
				_("{0} and {1} have to differ.").format(
					frappe.bold(_(self.meta.get_label("from_warehouse"))),
					frappe.bold(_(self.meta.get_label("to_warehouse"))),
				)
			)

	def check_warehouse(self, fieldname: str):
		name = self.get(fieldname)
		if not name:
			return
		found = frappe.get_cached_value("Warehouse", name, ["company", "is_group", "disabled"], as_dict=True)
		if not found or found.company != self.company or found.is_group or found.disabled:
			frappe.throw(
				_("{0}: {1} is not an open warehouse of {2}.").format(
					frappe.bold(_(self.meta.get_label(fieldname))),
					frappe.bold(escape_html(name)),
					escape_html(self.company),
				)
			)

	def require_handover(self):
		why = _("Capture the customer's signature for the loaner.")
		require_value(self, "condition", _("Describe the condition of the product."))
		require_value(self, "customer_signature", why)
		require_value(self, "signed_by", why)
		self.check_due_date()

	def check_due_date(self):
		require_value(self, "due_back", _("Enter the day on which the loaner is due back."))
		if getdate(self.due_back) < getdate(self.issued_at):
			frappe.throw(_("The loaner cannot be due back before it was issued."))
		if self.docstatus == 1 and self.customer_reminded and self.has_value_changed("due_back"):
			set_protected_values(self, customer_reminded="")  # of the new date they are reminded anew

	def validate_product_location(self):
		"""Only our own piece, at hand, is lent: a number that a customer owns is never moved."""
		if not self.serial_no:
			return
		serial = frappe.db.get_value(
			"Serial No", self.serial_no, ["item_code", "warehouse"], as_dict=True, for_update=True
		)
		if not serial or serial.item_code != self.item_code or serial.warehouse != self.from_warehouse:
			frappe.throw(
				_("Serial No {0} of {1} is not in {2}: it cannot be lent from there.").format(
					frappe.bold(escape_html(self.serial_no)),
					escape_html(self.item_code),
					frappe.bold(escape_html(self.from_warehouse)),
				),
				title=_("Not in Our Stock"),
			)

	def validate_return_values(self):
		if previous_status(self) != ISSUED:
			validate_protected_fields(self, (*FIELDS_OF_RETURN, "due_back"))

	def take_loaner_back(self):
		if not status_changed_to(self, RETURNED):
			return
		status_flow.stamp_end(self, "returned_at", begin="issued_at")
		self.check_warehouse("return_warehouse")
		why = {
			"return_condition": _("Inspect the loaner first."),
			"return_notes": _("Enter what is wrong with it, or why it was returned without a signature."),
		}
		for fieldname in missing_for_return(self.as_handback()):
			require_value(self, fieldname, why[fieldname])
		set_protected_values(self, returned_by=frappe.session.user)

	def as_handback(self) -> Handback:
		return Handback(
			condition=self.return_condition,
			notes=self.return_notes,
			signature=self.return_signature,
			signed_by=self.return_signed_by,
		)

	def require_declaration(self):
		if status_changed_to(self, LOST):
			require_value(
				self, "lost_declaration", _("Enter the reason. Only a supervisor can declare a loaner lost.")
			)
