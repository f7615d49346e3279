import frappe
from frappe import _
from frappe.utils import getdate, nowdate

from aftersales.core.guards import validate_protected_fields
from aftersales.core.input.document import ServiceDocument
from aftersales.core.input.requests import validate_call
from aftersales.installed_base.sale import registrations
from aftersales.service_setup.settings import aftersales_settings

FIELDS_OF_RECORD = ("status", "channel", "decided_by", "decided_on", "reason", "entry_key")


class WarrantyRegistration(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		brand: DF.Data | None
		channel: DF.Literal["Desk", "Portal", "QR"]
		company: DF.Link
		contact_email: DF.Data | None
		contact_name: DF.Data | None
		contact_phone: DF.Data | None
		customer: DF.Link | None
		customer_group: DF.Link | None
		dealer: DF.Data | None
		decided_by: DF.Link | None
		decided_on: DF.Date | None
		entry_key: DF.Data | None
		equipment: DF.Link | None
		installed_on: DF.Date | None
		item_code: DF.Link | None
		model: DF.Data | None
		naming_series: DF.Literal["WR-.YYYY.-.#####"]
		notes: DF.SmallText | None
		proof: DF.Attach | None
		purchase_date: DF.Date
		reason: DF.SmallText | None
		serial_text: DF.Data | None
		status: DF.Literal["Received", "Confirmed", "Refused"]
		territory: DF.Link | None
	# end: auto-generated types

	"""A customer's word that a product is theirs, bought on a day; to be checked against the proof."""

	def validate(self):
		validate_protected_fields(self, FIELDS_OF_RECORD)
		self.set_company()
		self.validate_dates()
		self.validate_product()

	def set_company(self):
		self.company = (
			self.company
			or aftersales_settings().default_company
			or frappe.defaults.get_user_default("Company")
		)

	def validate_dates(self):
		for fieldname in ("purchase_date", "installed_on"):
			if self.get(fieldname) and getdate(self.get(fieldname)) > getdate(nowdate()):
				frappe.throw(
					_("{0} lies in the future.").format(frappe.bold(_(self.meta.get_label(fieldname))))
				)

	def validate_product(self):
		if not any((self.equipment, self.item_code, self.model, self.serial_text)):
			frappe.throw(
				_("Enter the {0} or the {1}.").format(
					frappe.bold(_("Model")), frappe.bold(_("Serial Number"))
				),
				frappe.MandatoryError,
			)

	@frappe.whitelist(methods=["POST"])
	@validate_call
	def confirm(self, former_owner: str | None = None) -> str:
		"""The proof of purchase is good; returns the name of the product file.

		Args:
			former_owner: the customer whose product it is so far, where it changes hands.

		Raises:
			frappe.MandatoryError: the customer is not known yet.
			frappe.ValidationError: the product belongs to another customer than `former_owner`.
		"""
		self.check_permission("write")
		frappe.has_permission("Customer Equipment", "write", throw=True)
		return registrations.confirm(frappe.get_doc(self.doctype, self.name, for_update=True), former_owner)

	@frappe.whitelist(methods=["POST"])
	@validate_call
	def refuse(self, reason: str) -> None:
		"""Do not accept the registration."""
		self.check_permission("write")
		registrations.refuse(frappe.get_doc(self.doctype, self.name, for_update=True), reason)
