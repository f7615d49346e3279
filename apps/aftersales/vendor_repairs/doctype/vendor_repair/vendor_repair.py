import frappe
from frappe import _
from frappe.utils import escape_html, get_datetime, get_link_to_form, getdate, now_datetime

from aftersales.core.guards import (
	previous_status,
	require_value,
	reset_on_amend,
	status_changed_to,
	validate_protected_fields,
	validate_unchanged_on_cancel,
)
from aftersales.core.input.document import ServiceDocument
from aftersales.core.input.requests import validate_call
from aftersales.customer_goods import custody, status_flow
from aftersales.installed_base import identity
from aftersales.service_calls import jobs
from aftersales.service_levels import workflow_states
from aftersales.vendor_repairs import vendor_costs, vendor_repairs
from aftersales.vendor_repairs.vendor_repairs import BACK, NEXT_STATES, SENDING_STATES, SENT

FIELDS_OF_RECORD = ("purchase_order", "location_before", "cost_source")

FIELDS_OF_RETURN = ("back_at", "result", "result_notes", "new_serial_no")

VALUES_FROM_CARD = ("collection_receipt", "customer", "customer_name", "equipment", "company")


class VendorRepair(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		accessories: DF.SmallText | None
		amended_from: DF.Link | None
		back_at: DF.Datetime | None
		charged_on: DF.Currency
		collection_receipt: DF.Link | None
		company: DF.Link
		cost: DF.Currency
		cost_source: DF.Literal["Estimate", "Purchase Order", "Purchase Invoice"]
		currency: DF.Link | None
		customer: DF.Link | None
		customer_name: DF.Data | None
		equipment: DF.Link | None
		expected_back: DF.Date | None
		location_before: DF.Data | None
		naming_series: DF.Literal["VR-.YYYY.-.#####"]
		new_serial_no: DF.Data | None
		purchase_order: DF.Link | None
		repair_card: DF.Link
		result: DF.Literal["", "Repaired", "Replaced", "Not Repairable", "Returned Unrepaired"]
		result_notes: DF.SmallText | None
		sent_at: DF.Datetime
		shipping_reference: DF.Data | None
		status: DF.Literal["Draft", "Sent", "Back", "Cancelled"]
		supplier: DF.Link
		supplier_reference: DF.Data | None
		work_wanted: DF.SmallText
		workflow_state: DF.Link | None
	# end: auto-generated types

	"""A customer's product sent to its maker or another vendor, and back (R-WS-10)."""

	def before_insert(self):
		reset_on_amend(self)

	def validate(self):
		validate_protected_fields(self, FIELDS_OF_RECORD)
		if self.is_new():
			validate_protected_fields(self, FIELDS_OF_RETURN)
		status_flow.validate_draft_state(self)
		self.take_values_from_card()
		self.check_dates()
		vendor_repairs.validate_charge(self)

	def before_submit(self):
		self.validate_card_can_send()
		self.status = SENT

	def on_update(self):
		jobs.write_notes(self)

	def on_submit(self):
		self.note_where_it_is()
		vendor_costs.refresh_cost(self.repair_card)

	def before_update_after_submit(self):
		workflow_states.sync_status_from_workflow(self)
		validate_protected_fields(self, FIELDS_OF_RECORD)
		status_flow.validate_step_order(self, NEXT_STATES)
		self.validate_settled_values()
		self.check_dates()
		vendor_repairs.validate_charge(self)
		self.take_product_back()

	def on_update_after_submit(self):
		jobs.write_notes(self)
		if self.has_value_changed("cost"):
			vendor_costs.refresh_cost(self.repair_card)
		if status_changed_to(self, BACK):
			self.note_back_home()
			vendor_repairs.charge_on(self)
			if self.result == "Replaced":
				identity.replaced_by_maker(self.equipment, self.new_serial_no, self.doctype, self.name)

	def before_cancel(self):
		validate_unchanged_on_cancel(self)
		self.validate_can_be_cancelled()
		self.status = "Cancelled"

	def on_cancel(self):
		self.note_back_home()
		vendor_costs.refresh_cost(self.repair_card)

	# ------------------------------------------------------------------ actions

	@frappe.whitelist()
	@validate_call
	def receive(self, result: str, notes: str, new_serial_no: str | None = None) -> None:
		"""The product is back from the vendor: Sent → Back.

		Args:
			result: Repaired, Replaced, Not Repairable or Returned Unrepaired.
			notes: what the vendor did.
			new_serial_no: of the replacement, needed when it was Replaced.

		Raises:
			frappe.MandatoryError: result, notes or serial number are missing.
		"""
		self.check_permission("write")
		self.update({"result": result, "result_notes": notes, "status": BACK})
		if new_serial_no:
			self.new_serial_no = new_serial_no
		self.save()

	@frappe.whitelist()
	@validate_call
	def make_purchase_order(self) -> str:
		"""A draft Purchase Order for what the vendor charges, or the one there is.

		Raises:
			frappe.ValidationError: not sent yet, or the vendor repair item is not set.
		"""
		self.check_permission("write")
		self.reload()  # what is stored, not what a form has sent
		self.check_permission("write")
		if self.docstatus != 1:
			frappe.throw(_("Send the product out first, then order the repair."))
		return vendor_repairs.make_purchase_order(self)

	# ------------------------------------------------------------------ steps

	def take_values_from_card(self):
		fields = [*VALUES_FROM_CARD, "currency"]
		self.update(frappe.db.get_value("Repair Card", self.repair_card, fields, as_dict=True) or {})

	def check_dates(self):
		if self.expected_back and getdate(self.expected_back) < getdate(self.sent_at):
			frappe.throw(_("The product cannot be expected back before it is sent."))

	def validate_card_can_send(self):
		# The lock makes two who send the same product wait for each other.
		card = frappe.db.get_value(
			"Repair Card", self.repair_card, ["docstatus", "status"], as_dict=True, for_update=True
		)
		if card.docstatus or card.status not in SENDING_STATES:
			frappe.throw(
				_("Repair Card {0} is {1}: its product cannot be sent out now.").format(
					get_link_to_form("Repair Card", self.repair_card), _(card.status)
				)
			)
		vendor_repairs.validate_not_at_vendor("repair_card", self.repair_card)
		if frappe.db.exists("Service Time Log", {"parent": self.repair_card, "to_time": ("is", "not set")}):
			frappe.throw(_("A user is working on the product. Stop that work first."))

	def note_where_it_is(self):
		if self.collection_receipt:
			before = custody.note_location(
				self.collection_receipt, _("Sent out: {0} ({1})").format(self.supplier, self.name)
			)
			self.db_set("location_before", before)
		frappe.get_doc("Repair Card", self.repair_card).add_comment(
			"Info",
			_("Sent out to {0}: {1}").format(
				escape_html(self.supplier), get_link_to_form("Vendor Repair", self.name)
			),
		)

	def note_back_home(self):
		if self.collection_receipt:
			custody.note_location(self.collection_receipt, self.location_before)

	def validate_settled_values(self):
		"""Order and bills tell the cost; what was noted and charged when it came back stays."""
		if self.purchase_order or self.cost_source != vendor_repairs.ESTIMATED:
			validate_protected_fields(self, ("cost",))
		if previous_status(self) == BACK:
			validate_protected_fields(self, (*FIELDS_OF_RETURN, "charged_on"))

	def take_product_back(self):
		if not status_changed_to(self, BACK):
			return
		status_flow.stamp_end(self, "back_at", begin="sent_at")
		require_value(self, "result", _("Choose the result of the vendor's repair."))
		require_value(self, "result_notes", _("Enter what the vendor did."))
		if self.result == "Replaced":
			require_value(
				self,
				"new_serial_no",
				_("Enter the serial number of the product that came back instead of the one sent."),
			)

	def validate_can_be_cancelled(self):
		if self.status == BACK:
			frappe.throw(_("The product was sent and has come back, so this cannot be cancelled any more."))
		if (
			self.purchase_order
			and frappe.db.get_value("Purchase Order", self.purchase_order, "docstatus") == 1
		):
			frappe.throw(
				_("Cancel Purchase Order {0} first.").format(
					get_link_to_form("Purchase Order", self.purchase_order)
				)
			)
		if self.purchase_order:
			order = self.purchase_order
			self.db_set({"purchase_order": None, "cost_source": vendor_repairs.ESTIMATED})
			frappe.delete_doc("Purchase Order", order, ignore_permissions=True)
