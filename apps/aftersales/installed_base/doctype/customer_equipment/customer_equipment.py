import frappe
from frappe import _
from frappe.utils import escape_html, getdate, nowdate

from aftersales.core.guards import validate_link_exists, validate_protected_fields
from aftersales.core.input.document import ServiceDocument
from aftersales.core.input.requests import Day, validate_call
from aftersales.installed_base import components, equipment, identity
from aftersales.installed_base.sale import warranty
from aftersales.installed_base.serial_rules import serial_key
from aftersales.service_setup.settings import aftersales_settings

FIELDS_OF_RECORD = (
	*("repair_warranty_until", "ownership_confirmed", "ownership_reason"),
	*("warranty_terms", "warranty_by_terms", "labour_by_terms", "commissioned_by", "sale_key"),
	*("sold_by_type", "sold_by", "installed_by_type", "installed_by", "returned_by_type", "returned_by"),
)
FROM_SERIAL_NO = {
	"item_code": "item_code",
	"item_group": "item_group",
	"brand": "brand",
	"serial_text": "name",
}
WARRANTY_OF_SERIAL_NO = {"warranty_until": "warranty_expiry_date"}
FROM_ITEM = {"item_group": "item_group", "brand": "brand", "model": "item_name"}


class CustomerEquipment(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from aftersales.installed_base.doctype.customer_equipment_serial.customer_equipment_serial import (
			CustomerEquipmentSerial,
		)

		address: DF.Link | None
		brand: DF.Autocomplete | None
		commissioned_by: DF.Data | None
		company: DF.Link
		customer: DF.Link
		customer_group: DF.Link | None
		customer_name: DF.Data | None
		delivered_on: DF.Date | None
		external_id: DF.Data | None
		image: DF.AttachImage | None
		installed_by: DF.DynamicLink | None
		installed_by_type: DF.Link | None
		installed_on: DF.Date | None
		item_code: DF.Link | None
		item_group: DF.Link | None
		labour_by_terms: DF.Date | None
		labour_warranty_until: DF.Date | None
		location_details: DF.SmallText | None
		model: DF.Data | None
		naming_series: DF.Literal["EQ-.#####"]
		notes: DF.TextEditor | None
		ownership_confirmed: DF.Data | None
		ownership_reason: DF.SmallText | None
		parent_equipment: DF.Link | None
		position: DF.Data | None
		purchase_date: DF.Date | None
		repair_warranty_until: DF.Date | None
		returned_by: DF.DynamicLink | None
		returned_by_type: DF.Link | None
		sale_key: DF.Data | None
		serial_key: DF.Data | None
		serial_no: DF.Link | None
		serial_text: DF.Data | None
		serials: DF.Table[CustomerEquipmentSerial]
		service_zone: DF.Link | None
		sold_by: DF.DynamicLink | None
		sold_by_type: DF.Link | None
		status: DF.Literal["In Use", "Out of Service", "Returned", "Scrapped"]
		territory: DF.Link | None
		title: DF.Data | None
		warranty_by_terms: DF.Date | None
		warranty_terms: DF.Link | None
		warranty_until: DF.Date | None
		year_of_manufacture: DF.Int
	# end: auto-generated types

	def validate(self):
		if self.flags.from_register:
			self.serial_key = serial_key(self.serial_text or self.serial_no)
			self.set_title()
			return
		validate_protected_fields(self, FIELDS_OF_RECORD)
		validate_link_exists(self, "customer")
		self.tidy_serial()
		self.check_serial_no()
		self.take_values_from_erpnext()
		self.serial_key = serial_key(self.serial_text or self.serial_no)
		identity.protect_history(self)
		self.set_company()
		self.validate_single_file()
		self.tell_other_owner()
		identity.note_change(self)
		components.validate(self)
		self.set_warranty()
		self.check_dates()
		self.set_title()

	def on_update(self):
		components.take_along(self)

	def tidy_serial(self):
		self.serial_text = (self.serial_text or "").strip() or None

	def check_serial_no(self):
		"""Serial No and item must name one product. The Serial No is only read, never written."""
		if not self.serial_no:
			return
		item_code = frappe.db.get_value("Serial No", self.serial_no, "item_code")
		if self.item_code and item_code != self.item_code:
			frappe.throw(
				_("Serial No {0} belongs to item {1}, not to {2}.").format(
					frappe.bold(escape_html(self.serial_no)),
					frappe.bold(escape_html(item_code)),
					frappe.bold(escape_html(self.item_code)),
				),
				title=_("Serial of Another Item"),
			)

	def take_values_from_erpnext(self):
		"""Fill what is empty from the Serial No and the Item, when one of them is set."""
		if self.serial_no and self.has_value_changed("serial_no"):
			self._fill("Serial No", self.serial_no, FROM_SERIAL_NO)
		if self.item_code and self.has_value_changed("item_code"):
			self._fill("Item", self.item_code, FROM_ITEM)

	def set_company(self):
		settings = aftersales_settings()
		self.company = self.company or settings.default_company or frappe.defaults.get_user_default("Company")

	def validate_single_file(self):
		"""One product, one file: the history of a product must not be split."""
		if not any(self.has_value_changed(field) for field in ("customer", "serial_no", "serial_text")):
			return
		if self.serial_key:
			# Two who enter the same product at the same moment wait for each other.
			frappe.db.get_value("Customer", self.customer, "name", for_update=True)
		existing = equipment.find_product_file(
			self.customer, self.serial_no, self.serial_text, self.brand, exclude=self.name
		)
		if existing:
			frappe.throw(
				_("{0} has a product file with this serial number already: {1}").format(
					frappe.bold(escape_html(self.customer)), equipment.link_to(existing)
				),
				frappe.DuplicateEntryError,
				title=_("Product File Exists"),
			)

	def tell_other_owner(self):
		"""An ERPNext Serial No is one product in the world: where it was sold on, its file can be taken over."""
		if not self.serial_no or not self.has_value_changed("serial_no"):
			return
		other = identity.file_of_other_owner(self.customer, self.serial_no)
		if other:
			frappe.msgprint(
				_(
					"Serial No {0} has product file {1} of {2}. If the product was sold, use Change Owner there: its history and warranties go along."
				).format(
					frappe.bold(escape_html(self.serial_no)),
					equipment.link_to(other.name),
					frappe.bold(escape_html(other.customer)),
				),
				title=_("Another Customer's Product"),
				indicator="orange",
			)

	def set_warranty(self):
		"""By the Warranty Terms; without any as ERPNext's Serial No has it."""
		warranty.apply(self)
		if self.serial_no and self.has_value_changed("serial_no"):
			self._fill("Serial No", self.serial_no, WARRANTY_OF_SERIAL_NO)

	def check_dates(self):
		if self.purchase_date and getdate(self.purchase_date) > getdate(nowdate()):
			frappe.throw(_("{0} is in the future.").format(frappe.bold(_("Purchased on"))))
		if self.warranty_until and self.purchase_date:
			if getdate(self.warranty_until) < getdate(self.purchase_date):
				frappe.throw(_("The warranty ends before the product was bought."))

	def set_title(self):
		brand, model = self.brand or "", self.model or ""
		product = (
			model if model.casefold().startswith(brand.casefold()) and model else f"{brand} {model}".strip()
		)
		serial = self.serial_text or self.serial_no
		name = product or self.item_code or self.item_group or self.customer or ""
		self.title = (f"{name} ({serial})" if serial else name)[:140]

	def _fill(self, doctype: str, name: str, fields: dict[str, str]) -> None:
		values = frappe.db.get_value(doctype, name, list(fields.values()), as_dict=True) or {}
		for fieldname, source in fields.items():
			if not self.get(fieldname):
				self.set(fieldname, values.get(source))

	# ------------------------------------------------------------------ actions

	@frappe.whitelist()
	@validate_call
	def replace_product(
		self, new_serial: str, reason: str, notes: str | None = None, replaced_on: Day | None = None
	) -> None:
		"""Another unit stands in for this one: the file goes on with the new number.

		Args:
			new_serial: number on the plate of the new unit, or its ERPNext Serial No.
			reason: Replaced by Maker or Replaced by Us.
			notes: what happened, for the history.
			replaced_on: day of the exchange, default today.

		Raises:
			frappe.ValidationError: number or reason are missing, or another file has the number.
		"""
		self.check_permission("write")
		change = identity.Change(reason, notes=notes, on=replaced_on)
		identity.replace_serial(self, new_serial, change)

	@frappe.whitelist()
	@validate_call
	def change_owner(self, customer: str, notes: str | None = None, sold_on: Day | None = None) -> None:
		"""The product has a new owner: its file, warranties and history go along.

		Args:
			customer: the new owner.
			notes: what is known of the sale.
			sold_on: day of the sale, default today.
		"""
		self.check_permission("write")
		frappe.has_permission("Customer", "read", customer, throw=True)
		identity.change_owner(self, customer, identity.Change("New Owner", notes=notes, on=sold_on))
