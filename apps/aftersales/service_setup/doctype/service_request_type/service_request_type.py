import frappe
from frappe import _

from aftersales.core.input.document import ServiceDocument


class ServiceRequestType(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		covered_by_contract: DF.Check
		default_priority: DF.Link | None
		default_service_category: DF.Link | None
		default_support_kind: DF.Literal["", "Use", "Application"]
		description: DF.SmallText | None
		disabled: DF.Check
		is_failure: DF.Check
		is_installation: DF.Check
		registers_complaint: DF.Check
		request_type: DF.Data
		requires_promise: DF.Check

	# end: auto-generated types

	def validate(self):
		self.check_default_category()

	def check_default_category(self):
		"""A category that somebody must authorise cannot be a default."""
		if not self.default_service_category:
			return
		category = frappe.get_cached_doc("Service Category", self.default_service_category)
		if category.requires_authorisation or category.charge_rule == "Goodwill":
			frappe.throw(
				_("Category {0} requires authorisation and cannot be proposed by default.").format(
					frappe.bold(category.name)
				)
			)
