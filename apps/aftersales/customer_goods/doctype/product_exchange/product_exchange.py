import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_months, cint, escape_html, flt, get_link_to_form, getdate

from aftersales.core.guards import (
	require_role,
	require_value,
	reset_on_amend,
	set_protected_values,
	validate_protected_fields,
	validate_unchanged_on_cancel,
	with_system_privileges,
)
from aftersales.core.input.document import ServiceDocument
from aftersales.core.roles import SUPERVISORS
from aftersales.customer_goods.exchange import exchange_rules as rules
from aftersales.customer_goods.exchange import posting, records
from aftersales.installed_base import identity
from aftersales.service_calls import jobs

FIELDS_OF_RECORD = (
	"status",
	"decided_by",
	"issue_entry",
	"receipt_entry",
	"credit_note",
	"cost",
	"old_warranty_until",
	"old_labour_warranty_until",
)
OWN_STOCK = "Own Stock"


class ProductExchange(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		amended_from: DF.Link | None
		company: DF.Link | None
		cost: DF.Currency
		credit_note: DF.Link | None
		customer: DF.Link | None
		customer_group: DF.Link | None
		customer_name: DF.Data | None
		decided_by: DF.Link | None
		decision: DF.Literal["Replacement", "Refund"]
		decision_reason: DF.SmallText | None
		equipment: DF.Link
		exchanged_on: DF.Date
		finding: DF.SmallText | None
		ground: DF.Literal[
			"Repaired Several Times", "Not Repairable", "Part Not Available", "Repair Takes Too Long", "Other"
		]
		issue_entry: DF.Link | None
		naming_series: DF.Literal["PX-.YYYY.-.#####"]
		new_item_code: DF.Link | None
		new_serial: DF.Data | None
		new_warehouse: DF.Link | None
		old_item_code: DF.Link | None
		old_labour_warranty_until: DF.Date | None
		old_serial: DF.Data | None
		old_serial_no: DF.Link | None
		old_unit: DF.Literal["Customer Keeps It", "Own Stock", "Maker", "Scrap"]
		old_value: DF.Currency
		old_warehouse: DF.Link | None
		old_warranty_until: DF.Date | None
		original_invoice: DF.Link | None
		receipt_entry: DF.Link | None
		refund: DF.Literal["Whole Price", "Reduced for Use"]
		refund_currency: DF.Link | None
		refund_rate: DF.Currency
		repair_call: DF.Link
		source: DF.Literal["Own Stock", "Bought", "From Maker"]
		status: DF.Literal["Draft", "Done", "Cancelled"]
		territory: DF.Link | None
		used_months: DF.Int
		useful_life_months: DF.Int
		warranty: DF.Literal["Rest of the Old One", "New"]
		warranty_months: DF.Int
		warranty_until: DF.Date | None
	# end: auto-generated types

	"""A product that is replaced, or whose price is refunded, under warranty: the second and third of three guarantees."""

	def before_insert(self):
		reset_on_amend(self)

	def validate(self):
		validate_protected_fields(self, FIELDS_OF_RECORD)
		self.set_values_of_call()
		jobs.check_equipment_owner(self)
		self.set_old_unit()
		self.set_finding()
		self.validate_date()
		self.validate_old_unit()
		if self.decision == rules.REPLACEMENT:
			self.validate_new_unit()
			self.set_warranty()
		else:
			self.set_refund()

	def before_submit(self):
		self.lock_product()
		self.validate_decision()
		jobs.check_call_is_open(self)
		self.validate_not_exchanged_before()
		set_protected_values(self, decided_by=frappe.session.user, status="Done")

	def on_submit(self):
		made = posting.post(self)
		self.db_set(made)
		self.update_product()

	def before_cancel(self):
		validate_unchanged_on_cancel(self)
		require_role(SUPERVISORS, _("Cancelling an exchange"))
		self.lock_product()
		self.restore_product()
		posting.take_back(self)
		set_protected_values(self, status="Cancelled", cost=0)
		self.ignore_linked_doctypes = ["Stock Entry", "Sales Invoice"]

	# ------------------------------------------------------------------ steps

	def set_values_of_call(self):
		call = jobs.call_values(self.repair_call)
		self.company, self.customer = call.company, call.customer
		self.customer_name = frappe.get_cached_value("Customer", self.customer, "customer_name")

	def set_old_unit(self):
		"""What the file says of the unit at the customer; kept once the exchange is done."""
		if self.docstatus == 1 and self.status == "Done":
			return
		file = frappe.db.get_value(
			"Customer Equipment", self.equipment, ["item_code", "serial_text", "serial_no"], as_dict=True
		)
		self.update(
			{
				"old_item_code": file.item_code,
				"old_serial": file.serial_text or file.serial_no,
				"old_serial_no": file.serial_no,
			}
		)

	def set_finding(self):
		self.finding = records.told(records.records_of(self), records.terms(), self.ground)

	def validate_date(self):
		if getdate(self.exchanged_on) > getdate():
			frappe.throw(
				_("{0} ({1}) is in the future.").format(
					frappe.bold(_("Date")), self.get_formatted("exchanged_on")
				)
			)

	def validate_old_unit(self):
		if self.old_unit != OWN_STOCK:
			self.update({"old_warehouse": None, "old_value": 0})
			return
		if not self.old_item_code or not cint(
			frappe.get_cached_value("Item", self.old_item_code, "is_stock_item")
		):
			frappe.throw(
				_(
					"{0} names no stock item: the old unit cannot enter stock. Set Item on the product, or choose where it goes."
				).format(get_link_to_form("Customer Equipment", self.equipment))
			)
		require_value(self, "old_warehouse", _("where does the old unit go?"))
		self.validate_warehouse("old_warehouse")

	def validate_new_unit(self):
		self.new_item_code = self.new_item_code or self.old_item_code
		if self.source == "From Maker":
			self.new_warehouse = None
			return
		require_value(self, "new_item_code", _("what does the customer get?"))
		require_value(self, "new_warehouse", _("where does the new unit come from?"))
		self.validate_warehouse("new_warehouse")
		item = frappe.get_cached_value(
			"Item", self.new_item_code, ["is_stock_item", "has_serial_no"], as_dict=True
		)
		if not cint(item.is_stock_item):
			frappe.throw(_("{0} is not kept in stock.").format(frappe.bold(self.new_item_code)))
		if cint(item.has_serial_no):
			require_value(self, "new_serial", _("which unit does the customer get?"))

	def validate_warehouse(self, fieldname: str):
		found = frappe.get_cached_value(
			"Warehouse", self.get(fieldname), ["company", "is_group", "disabled"], as_dict=True
		)
		if not found or found.company != self.company or found.is_group or found.disabled:
			frappe.throw(
				_("{0}: {1} is not an open warehouse of {2}.").format(
					frappe.bold(_(self.meta.get_label(fieldname))),
					frappe.bold(escape_html(self.get(fieldname))),
					escape_html(self.company),
				)
			)

	def set_warranty(self):
		if self.warranty == "New":
			require_value(self, "warranty_months", _("how long is the new unit warranted?"))
			self.warranty_until = add_months(getdate(self.exchanged_on), cint(self.warranty_months))
		else:
			self.warranty_until = frappe.db.get_value("Customer Equipment", self.equipment, "warranty_until")

	def set_refund(self):
		require_value(self, "original_invoice", _("which sale is refunded?"))
		invoice = frappe.db.get_value(
			"Sales Invoice",
			self.original_invoice,
			["docstatus", "is_return", "customer", "company", "posting_date", "currency"],
			as_dict=True,
		)
		if (
			not invoice
			or invoice.docstatus != 1
			or invoice.is_return
			or (invoice.customer, invoice.company) != (self.customer, self.company)
		):
			frappe.throw(
				_("{0} is not a submitted invoice of {1} to {2}.").format(
					frappe.bold(escape_html(self.original_invoice)),
					escape_html(self.company),
					escape_html(self.customer),
				)
			)
		row = posting.sold_row(self)
		if not row:
			frappe.throw(
				_("{0} does not sell {1}. Choose the invoice by which the product was sold.").format(
					get_link_to_form("Sales Invoice", self.original_invoice),
					frappe.bold(self.old_item_code or "-"),
				)
			)
		self.refund_currency = invoice.currency
		self.used_months = rules.months_between(getdate(invoice.posting_date), getdate(self.exchanged_on))
		rate = posting.price_paid(row)
		if self.refund == "Reduced for Use":
			rate = rules.reduced_rate(rate, self.used_months, cint(self.useful_life_months))
		self.refund_rate = rate
		if rate <= 0:
			frappe.throw(_("Nothing is left to refund after {0} months of use.").format(self.used_months))

	def lock_product(self):
		"""Of two who exchange one product at once, the second finds it exchanged."""
		frappe.db.get_value("Customer Equipment", self.equipment, "name", for_update=True)

	def validate_decision(self):
		"""A supervisor decides what the records show; a manager, with a reason, what they do not."""
		require_role(SUPERVISORS, _("Deciding an exchange"))
		if not rules.needs_manager(self.ground, records.records_of(self), records.terms()):
			return
		require_role(("Service Manager",), _("An exchange that the records do not show a ground for"))
		require_value(self, "decision_reason", _("why is the product exchanged all the same?"))

	def validate_not_exchanged_before(self):
		other = frappe.db.get_value(
			self.doctype,
			{
				"repair_call": self.repair_call,
				"equipment": self.equipment,
				"docstatus": 1,
				"name": ("!=", self.name),
			},
			"name",
			for_update=True,
		)
		if other:
			frappe.throw(
				_("{0} exchanged this product for the same call.").format(
					get_link_to_form(self.doctype, other)
				),
				title=_("Exchanged Already"),
			)
		self.validate_not_refunded()

	def validate_not_refunded(self):
		"""What this customer was paid for is neither refunded nor replaced again, by no other call either."""
		refund = frappe.db.get_value(
			self.doctype,
			{
				"equipment": self.equipment,
				"customer": self.customer,
				"decision": rules.REFUND,
				"docstatus": 1,
				"name": ("!=", self.name),
			},
			"name",
			for_update=True,
		)
		if refund:
			frappe.throw(
				_("The price of {0} was refunded by {1}. Cancel that exchange to decide anew.").format(
					get_link_to_form("Customer Equipment", self.equipment),
					get_link_to_form(self.doctype, refund),
				),
				title=_("Refunded Already"),
			)

	def update_product(self):
		file = frappe.get_doc("Customer Equipment", self.equipment)
		with with_system_privileges(file, incomplete=True):
			self.update_file(file)

	def restore_product(self):
		file = frappe.get_doc("Customer Equipment", self.equipment)
		with with_system_privileges(file, incomplete=True):
			self.restore_file(file)

	def update_file(self, file: Document):
		"""The product file goes on with the new unit; a refunded product is no longer the customer's."""
		if self.decision == rules.REFUND:
			if self.old_unit != "Customer Keeps It":
				file.status = "Returned"
				file.save()
			return
		self.give_warranty(file)
		if self.new_item_code:
			file.item_code = self.new_item_code
		if self.new_serial:
			identity.replace_serial(file, self.new_serial, self.change())
		else:
			file.save()

	def restore_file(self, file: Document):
		if self.decision == rules.REFUND:
			if file.status == "Returned":
				file.status = "In Use"
				file.save()
			return
		if self.new_serial and self.new_serial not in (file.serial_text, file.serial_no):
			frappe.throw(
				_("{0} has another serial number since. The exchange cannot be cancelled.").format(
					get_link_to_form("Customer Equipment", self.equipment)
				)
			)
		self.take_back_warranty(file)
		file.item_code = self.old_item_code
		if self.new_serial and self.old_serial:
			identity.replace_serial(file, self.old_serial, self.change(_("Cancelled")), self.old_serial_no)
		else:
			file.save()

	def give_warranty(self, file: Document):
		"""What was decided, whatever Warranty Terms say of the new item; what the file said is kept for a cancellation."""
		self.db_set(
			{
				"old_warranty_until": file.warranty_until,
				"old_labour_warranty_until": file.labour_warranty_until,
			}
		)
		file.warranty_until = self.warranty_until
		if self.warranty == "New":
			file.labour_warranty_until = None  # labour is warranted as long as the new product
		file.flags.warranty_is_decided = True

	def take_back_warranty(self, file: Document):
		"""The warranties of before, unless somebody has entered another one since.

		Exchanges from before the upgrade have noted none: the rest of the old warranty is what it was, and after a new one
		the product has what its Warranty Terms say.
		"""
		if str(file.warranty_until or "") == str(self.warranty_until or ""):
			noted = self.old_warranty_until or self.old_labour_warranty_until
			if self.warranty == "New" and not noted:
				file.warranty_until = file.warranty_by_terms
				return
			file.warranty_until = self.old_warranty_until if noted else file.warranty_until
			file.labour_warranty_until = file.labour_warranty_until or self.old_labour_warranty_until
		file.flags.warranty_is_decided = True

	def change(self, notes: str | None = None) -> identity.Change:
		reason = "Replaced by Maker" if self.source == "From Maker" else "Replaced by Us"
		return identity.Change(reason, self.doctype, self.name, notes=notes, on=self.exchanged_on)
