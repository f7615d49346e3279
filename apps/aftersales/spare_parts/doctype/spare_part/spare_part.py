import frappe
from frappe import _
from frappe.utils import cint, escape_html

from aftersales.core.input.document import ServiceDocument
from aftersales.service_setup.settings import aftersales_settings


class SparePart(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from aftersales.spare_parts.doctype.spare_part_model.spare_part_model import SparePartModel
		from aftersales.spare_parts.doctype.spare_part_substitute.spare_part_substitute import (
			SparePartSubstitute,
		)

		core_credit: DF.Currency
		core_credit_currency: DF.Link | None
		core_item: DF.Link | None
		core_return: DF.Check
		disabled: DF.Check
		fits: DF.Table[SparePartModel]
		fitting_minutes: DF.Int
		fitting_notes: DF.TextEditor | None
		item_code: DF.Link
		item_name: DF.Data | None
		part_warranty_months: DF.Int
		substitutes: DF.Table[SparePartSubstitute]
		supply_guaranteed_until: DF.Date | None
	# end: auto-generated types

	"""The service view of a stock item: models it fits, substitutes, fitting time, warranty (R-SP)."""

	def validate(self):
		self.require_stock_item()
		self.check_core_item()
		self.set_core_currency()
		self.check_substitutes()
		self.validate_models_once()

	def require_stock_item(self):
		if not cint(frappe.get_cached_value("Item", self.item_code, "is_stock_item")):
			frappe.throw(
				_("Item {0} is not a stock item: a spare part leaves stock when it is used.").format(
					frappe.bold(escape_html(self.item_code))
				)
			)

	def check_core_item(self):
		"""Old parts are counted, at no value: under the new part's item they would spoil its valuation."""
		if not self.core_return:
			self.core_item = None
		if not self.core_item:
			return
		item = frappe.get_cached_value(
			"Item", self.core_item, ["is_stock_item", "has_serial_no", "has_batch_no"], as_dict=True
		)
		is_plain = cint(item.is_stock_item) and not (cint(item.has_serial_no) or cint(item.has_batch_no))
		if self.core_item == self.item_code or not is_plain:
			frappe.throw(
				_(
					"{0}: {1} cannot be used. Choose another stock item than the part itself, without serial or batch numbers."
				).format(
					frappe.bold(_(self.meta.get_label("core_item"))),
					frappe.bold(escape_html(self.core_item)),
				)
			)

	def set_core_currency(self):
		if not self.core_credit:
			self.core_credit_currency = None
		elif not self.core_credit_currency:
			company = aftersales_settings().default_company or frappe.db.get_default("company")
			self.core_credit_currency = company and frappe.get_cached_value(
				"Company", company, "default_currency"
			)

	def check_substitutes(self):
		seen = set()
		for row in self.substitutes:
			if row.item_code == self.item_code:
				frappe.throw(_("Substitutes row {0}: a part is not its own substitute.").format(row.idx))
			if row.item_code in seen:
				frappe.throw(
					_("Substitutes row {0}: {1} is listed twice.").format(row.idx, escape_html(row.item_code))
				)
			seen.add(row.item_code)

	def validate_models_once(self):
		seen = set()
		for row in self.fits:
			row.brand, row.model = (row.brand or "").strip(), (row.model or "").strip()
			key = (row.brand.lower(), row.model.lower())
			if key in seen:
				frappe.throw(
					_("Fits row {0}: {1} is listed twice.").format(
						row.idx, escape_html(f"{row.brand} {row.model}".strip())
					)
				)
			seen.add(key)
