import frappe
from frappe import _
from frappe.utils import cstr, now_datetime

from aftersales.core.guards import set_protected_values, validate_not_in_future, validate_protected_fields
from aftersales.core.input.document import ServiceDocument

FIELDS_OF_RECORD = ("explained_at", "explained_by", "entry_key", "consequence", "customer_told")
OF_THE_MISS = ("standard", "goal", "missed_at", "reference_doctype", "reference_name")


class ServiceDeviation(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		cause: DF.SmallText | None
		company: DF.Link | None
		consequence: DF.SmallText | None
		customer_told: DF.Check
		entry_key: DF.Data | None
		explained_at: DF.Datetime | None
		explained_by: DF.Link | None
		goal: DF.Link | None
		measure: DF.SmallText | None
		missed_at: DF.Datetime
		naming_series: DF.Literal["DEV-.YYYY.-.#####"]
		reference_doctype: DF.Link | None
		reference_name: DF.DynamicLink | None
		responsible: DF.Link | None
		staff_record: DF.Link | None
		standard: DF.Link | None
		status: DF.Literal["Open", "Explained", "Closed"]
		subject: DF.Data
	# end: auto-generated types

	"""A standard or goal that was missed: entered by the app, once, or by hand; with cause and measure."""

	def validate(self):
		validate_protected_fields(self, FIELDS_OF_RECORD)
		validate_not_in_future(self, "missed_at")
		self.validate_miss()
		self.validate_status()
		self.set_explained()

	def on_trash(self):
		if self.entry_key:
			frappe.throw(_("{0} was entered by the system and cannot be deleted.").format(self.name))

	def validate_miss(self):
		if not (self.standard or self.goal):
			frappe.throw(
				_("Enter {0} or {1}.").format(
					frappe.bold(_("Service Standard")), frappe.bold(_("Service Goal"))
				),
				frappe.MandatoryError,
			)
		if self.entry_key and not self.is_new() and any(self.has_value_changed(f) for f in OF_THE_MISS):
			frappe.throw(_("What was missed, and when, is set by the system and cannot be edited."))

	def validate_status(self):
		if self.status == "Closed" and not self.is_complete():
			frappe.throw(
				_("Enter {0} and {1} before closing the deviation.").format(
					frappe.bold(_("Cause")), frappe.bold(_("Measure"))
				),
				frappe.MandatoryError,
			)

	def set_explained(self):
		"""Cause and measure make it explained; without one of them it is open."""
		if not self.is_complete():
			self.status = "Open"
			set_protected_values(self, explained_at=None, explained_by=None)
		elif not self.explained_at:
			self.status = "Explained" if self.status == "Open" else self.status
			set_protected_values(self, explained_at=now_datetime(), explained_by=frappe.session.user)

	def is_complete(self) -> bool:
		return bool(cstr(self.cause).strip() and cstr(self.measure).strip())
