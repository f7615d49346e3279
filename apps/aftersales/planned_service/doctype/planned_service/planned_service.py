import frappe
from frappe import _
from frappe.utils import cint, getdate

from aftersales.core.guards import set_protected_values, validate_protected_fields
from aftersales.core.input.document import ServiceDocument
from aftersales.core.input.requests import validate_call
from aftersales.planned_service import calling, following
from aftersales.planned_service.plan_rules import call_on

FIELDS_OF_RECORD = (
	*("plan", "equipment", "product_title", "customer", "address", "company", "status", "number"),
	*("base_due_on", "call_on", "due_total", "passed_over", "repair_call", "site_group", "done_on"),
	*("reason", "hours", "plan_key"),
)


class PlannedService(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		address: DF.Link | None
		base_due_on: DF.Date | None
		call_on: DF.Date | None
		company: DF.Link | None
		customer: DF.Link | None
		customer_group: DF.Link | None
		done_on: DF.Date | None
		due_on: DF.Date | None
		due_total: DF.Float
		equipment: DF.Link
		hours: DF.Float
		number: DF.Int
		passed_over: DF.Int
		plan: DF.Link
		plan_key: DF.Data | None
		product_title: DF.Data | None
		reason: DF.SmallText | None
		repair_call: DF.Link | None
		site_group: DF.Data | None
		status: DF.Literal["Planned", "Called", "Done", "Skipped"]
		territory: DF.Link | None
	# end: auto-generated types

	"""The next service of a product under a plan, or one that was called, done or skipped."""

	def validate(self):
		if self.is_new() and not self.flags.written_by_app:
			frappe.throw(_("Planned services are made by their Maintenance Plan."), frappe.PermissionError)
		self.move()
		validate_protected_fields(self, FIELDS_OF_RECORD)

	def move(self):
		"""Another day for a service that was not called yet moves its call, too."""
		if not self.has_value_changed("due_on") or self.is_new():
			return
		written = self.flags.written_by_app or {}
		if "due_on" not in written and self.status != "Planned":
			frappe.throw(
				_("This service is already {0} and cannot be moved. Reschedule its visit.").format(
					_(self.status)
				)
			)
		if "call_on" not in written and self.due_on:
			days = cint(frappe.get_cached_value("Maintenance Plan", self.plan, "days_ahead"))
			set_protected_values(self, call_on=call_on(getdate(self.due_on), days))

	@frappe.whitelist(methods=["POST"])
	@validate_call
	def make_call(self) -> str:
		"""Make the Repair Call now; returns its name.

		Raises:
			frappe.ValidationError: the service was called, done or skipped already.
		"""
		self.check_permission("write")
		return calling.call_now(self.name)

	@frappe.whitelist(methods=["POST"])
	@validate_call
	def skip(self, reason: str) -> None:
		"""Leave this service out; the next one is planned in the coming night.

		Raises:
			frappe.MandatoryError: no reason.
		"""
		self.check_permission("write")
		following.skip(self, reason)


def on_doctype_update():
	frappe.db.add_index("Planned Service", ["equipment", "plan", "status"])
	frappe.db.add_index("Planned Service", ["status", "call_on"])
	frappe.db.add_index("Planned Service", ["plan", "status"])
