import frappe
from frappe import _
from frappe.utils import escape_html, getdate

from aftersales.core.input.document import ServiceDocument
from aftersales.product_knowledge import scopes


class ProductDocument(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		address: DF.Data | None
		audience: DF.Literal["Customer", "Technician", "Staff"]
		brand: DF.Data | None
		disabled: DF.Check
		equipment: DF.Link | None
		file: DF.Attach | None
		item_code: DF.Link | None
		item_group: DF.Link | None
		kind: DF.Literal["Manual", "Drawing", "Wearing Parts", "Bulletin", "Software", "Certificate", "Other"]
		language: DF.Link | None
		model: DF.Data | None
		notes: DF.SmallText | None
		replaces: DF.Link | None
		serial_from: DF.Data | None
		serial_to: DF.Data | None
		title: DF.Data
		valid_from: DF.Date
		valid_until: DF.Date | None
		version: DF.Data | None
	# end: auto-generated types

	"""A manual, drawing, bulletin or software version: for which products, from when, for whom."""

	def validate(self):
		scopes.validate_scope(self)
		self.validate_content()
		self.validate_dates()
		self.validate_replaced()

	def validate_content(self):
		if not self.file and not (self.address or "").strip():
			frappe.throw(
				_("Attach a file or enter a {0}.").format(frappe.bold(_("Web Address"))),
				frappe.MandatoryError,
			)

	def validate_dates(self):
		if self.valid_until and getdate(self.valid_until) < getdate(self.valid_from):
			frappe.throw(
				_("{0} is before {1}.").format(frappe.bold(_("Valid until")), frappe.bold(_("Valid from")))
			)

	def validate_replaced(self):
		seen, name = {self.name}, self.replaces
		while name:
			if name in seen:
				frappe.throw(
					_("{0} is replaced by this document already, directly or by others.").format(
						frappe.bold(escape_html(self.replaces))
					)
				)
			seen.add(name)
			name = frappe.db.get_value(self.doctype, name, "replaces")
