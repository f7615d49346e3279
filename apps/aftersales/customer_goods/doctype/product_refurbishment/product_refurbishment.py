import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, escape_html, flt, get_link_to_form, getdate

from aftersales.core.guards import (
	require_role,
	require_value,
	require_values,
	reset_on_amend,
	set_protected_values,
	validate_protected_fields,
	validate_unchanged_on_cancel,
)
from aftersales.core.input.document import ServiceDocument
from aftersales.core.money import rounded
from aftersales.core.roles import SUPERVISORS
from aftersales.customer_goods.refurbishing import posting
from aftersales.customer_goods.refurbishing import refurbish_rules as rules

FIELDS_OF_RECORD = ("status", "issue_entry", "receipt_entry", "unit_value", "stock_value", "cost")


class ProductRefurbishment(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from aftersales.customer_goods.doctype.refurbishment_part.refurbishment_part import RefurbishmentPart

		amended_from: DF.Link | None
		company: DF.Link
		cost: DF.Currency
		done_on: DF.Date
		hours: DF.Float
		issue_entry: DF.Link | None
		item_code: DF.Link
		item_name: DF.Data | None
		naming_series: DF.Literal["RF-.YYYY.-.#####"]
		new_item_code: DF.Link | None
		new_serial: DF.Data | None
		new_value: DF.Currency
		outcome: DF.Literal["Back to Stock", "Taken Apart", "Scrapped"]
		parts: DF.Table[RefurbishmentPart]
		product_exchange: DF.Link | None
		reason: DF.SmallText | None
		receipt_entry: DF.Link | None
		serial_no: DF.Link | None
		status: DF.Literal["Draft", "Done", "Cancelled"]
		stock_value: DF.Currency
		technician: DF.Link | None
		tested_by: DF.Link | None
		to_warehouse: DF.Link | None
		unit_value: DF.Currency
		warehouse: DF.Link
		work_cost: DF.Currency
		work_done: DF.SmallText | None
	# end: auto-generated types
	"""A unit of ours that is made fit for sale again, taken apart for its parts, or scrapped; by value, with its history."""

	def before_insert(self):
		reset_on_amend(self)

	def validate(self):
		validate_protected_fields(self, FIELDS_OF_RECORD)
		self.set_unit_of_exchange()
		self.validate_date()
		self.validate_unit()
		self.set_work_cost()
		if self.outcome == rules.SCRAPPED:
			self.set("parts", [])
		self.validate_parts()
		self.set_result()

	def before_submit(self):
		require_role(SUPERVISORS, _("Deciding about a unit"))
		self.lock_unit()
		self.validate_outcome()
		set_protected_values(self, status="Done")

	def on_submit(self):
		self.db_set(posting.post(self))

	def before_cancel(self):
		validate_unchanged_on_cancel(self)
		require_role(SUPERVISORS, _("Cancelling a refurbishment"))
		posting.take_back(self)
		set_protected_values(self, status="Cancelled", cost=0, stock_value=0)
		self.ignore_linked_doctypes = ["Stock Entry"]

	# ------------------------------------------------------------------ steps

	def set_unit_of_exchange(self):
		"""What an exchange brought back: item, number, warehouse and company."""
		if not self.product_exchange or self.docstatus:
			return
		exchange = frappe.db.get_value(
			"Product Exchange",
			self.product_exchange,
			[
				"docstatus",
				"receipt_entry",
				"company",
				"old_item_code",
				"old_serial",
				"old_serial_no",
				"old_warehouse",
			],
			as_dict=True,
		)
		if not exchange or exchange.docstatus != 1 or not exchange.receipt_entry:
			frappe.throw(
				_("{0} brought no unit into stock.").format(
					get_link_to_form("Product Exchange", self.product_exchange)
				)
			)
		self.company = exchange.company
		self.item_code = exchange.old_item_code
		if cint(frappe.get_cached_value("Item", self.item_code, "has_serial_no")):
			self.serial_no = exchange.old_serial_no or exchange.old_serial
		self.warehouse = self.warehouse or exchange.old_warehouse

	def validate_date(self):
		if getdate(self.done_on) > getdate():
			frappe.throw(
				_("{0} ({1}) is in the future.").format(frappe.bold(_("Date")), self.get_formatted("done_on"))
			)

	def validate_unit(self):
		item = self.stock_item("item_code", self.item_code)
		if cint(item.has_serial_no):
			require_value(self, "serial_no", _("Which unit is it?"))
			if frappe.db.get_value("Serial No", self.serial_no, "item_code") != self.item_code:
				frappe.throw(
					_("Serial No {0} is not one of {1}.").format(
						frappe.bold(escape_html(self.serial_no)), frappe.bold(escape_html(self.item_code))
					)
				)
		else:
			self.serial_no = None
		self.validate_warehouse(self, "warehouse")

	def set_work_cost(self):
		rate = self.technician and frappe.db.get_value("Service Technician", self.technician, "cost_rate")
		self.work_cost = rounded(flt(self.hours) * flt(rate))

	def validate_parts(self):
		for row in self.parts:
			item = self.stock_item("item_code", row.item_code, row)
			if flt(row.qty) <= 0:
				frappe.throw(_("Parts row {0}: enter the quantity.").format(row.idx))
			self.validate_warehouse(row, "warehouse")
			self.validate_numbers(row, item)
			if self.outcome == rules.BACK:
				row.rate = 0
			elif row.item_code == self.item_code:
				frappe.throw(_("Parts row {0}: the unit is no part of itself.").format(row.idx))

	def validate_numbers(self, row: Document, item: frappe._dict):
		numbers = [line.strip() for line in (row.serial_no or "").split("\n") if line.strip()]
		row.serial_no = "\n".join(numbers) if cint(item.has_serial_no) else None
		if cint(item.has_serial_no) and len(numbers) != flt(row.qty):
			frappe.throw(
				_("Parts row {0}: enter {1} serial numbers, one a line.").format(row.idx, flt(row.qty))
			)
		if cint(item.has_batch_no) and not row.batch_no:
			frappe.throw(_("Parts row {0}: choose the batch.").format(row.idx), frappe.MandatoryError)

	def set_result(self):
		"""Which item and number the refurbished unit has; nothing of it for other outcomes."""
		if self.outcome != rules.BACK:
			self.update({"new_item_code": None, "new_serial": None, "to_warehouse": None, "new_value": 0})
			return
		self.new_item_code = self.new_item_code or self.item_code
		item = self.stock_item("new_item_code", self.new_item_code)
		is_other = self.new_item_code != self.item_code
		if not cint(item.has_serial_no):
			self.new_serial = None
		elif not is_other:
			self.new_serial = self.serial_no
		else:
			self.new_serial = (self.new_serial or rules.new_number(self.serial_no, is_other) or "").strip()
			require_value(self, "new_serial", _("Which number does the unit get?"))
			self.validate_new_serial()
		if self.to_warehouse:
			self.validate_warehouse(self, "to_warehouse")

	def validate_new_serial(self):
		if self.docstatus == 0 and frappe.db.exists("Serial No", self.new_serial):
			frappe.throw(
				_("Serial No {0} exists already. Enter another number for the refurbished unit.").format(
					frappe.bold(escape_html(self.new_serial))
				)
			)

	def validate_outcome(self):
		if self.outcome != rules.BACK:
			require_value(self, "reason", _("Why is the unit not sold again?"))
			if self.outcome == rules.APART and not self.parts:
				frappe.throw(_("Enter the parts that were gained."), frappe.MandatoryError)
			return
		require_values(
			self,
			{
				"work_done": _("What was done to the unit?"),
				"technician": _("Who did the work?"),
				"tested_by": _("Who tested it?"),
				"to_warehouse": _("Where does the unit go?"),
			},
		)
		if self.tested_by == self.technician:
			frappe.throw(
				_("{0} did the work. Somebody else tests the unit.").format(
					frappe.bold(escape_html(self.technician))
				)
			)

	def lock_unit(self):
		"""Of two who decide about one unit of an exchange at once, the second finds it decided."""
		if not self.product_exchange:
			return
		frappe.db.get_value("Product Exchange", self.product_exchange, "name", for_update=True)
		other = frappe.db.get_value(
			self.doctype,
			{"product_exchange": self.product_exchange, "docstatus": 1, "name": ("!=", self.name)},
			"name",
			for_update=True,
		)
		if other:
			frappe.throw(
				_("{0} is about the same unit.").format(get_link_to_form(self.doctype, other)),
				title=_("Decided Already"),
			)

	# ------------------------------------------------------------------ reading

	def stock_item(self, fieldname: str, item_code: str, row: Document | None = None) -> frappe._dict:
		item = frappe.get_cached_value(
			"Item", item_code, ["is_stock_item", "has_serial_no", "has_batch_no", "disabled"], as_dict=True
		)
		if not item or not cint(item.is_stock_item) or (cint(item.disabled) and fieldname != "item_code"):
			where = _("Parts row {0}:").format(row.idx) + " " if row else ""
			frappe.throw(
				where + _("{0} is no item that is kept in stock.").format(frappe.bold(escape_html(item_code)))
			)
		return item

	def validate_warehouse(self, doc: Document, fieldname: str):
		name = doc.get(fieldname)
		found = frappe.get_cached_value("Warehouse", name, ["company", "is_group", "disabled"], as_dict=True)
		if not found or found.company != self.company or cint(found.is_group) or cint(found.disabled):
			where = _("Parts row {0}:").format(doc.idx) + " " if doc is not self else ""
			frappe.throw(
				where
				+ _("{0}: {1} is not an open warehouse of {2}.").format(
					frappe.bold(_(doc.meta.get_label(fieldname))),
					frappe.bold(escape_html(name)),
					escape_html(self.company),
				)
			)
