import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now_datetime

from aftersales.core.input.document import ServiceDocument
from aftersales.customer_portal import links


class ServiceLink(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		copied_by: DF.Link | None
		customer: DF.Link | None
		expires_at: DF.Datetime
		link_key: DF.Data
		purpose: DF.Literal[
			"Track",
			"Appointment",
			"Estimate",
			"Survey",
			"Document",
			"Contact",
			"Payment",
			"Case",
			"Subcontract",
		]
		recipient: DF.Data | None
		reference_doctype: DF.Link
		reference_name: DF.DynamicLink
		revoked_at: DF.Datetime | None
		revoked_by: DF.Link | None
		supplier: DF.Link | None
	# end: auto-generated types

	"""A link without login that is abroad; nothing about it can be edited, only revoked."""

	@staticmethod
	def clear_old_logs(days: int = 90) -> None:
		"""Called daily by Frappe's Log Settings, where the site chooses the days."""
		links.clear_old(days)

	def validate(self):
		if not self.is_new() and not self.flags.revoking:
			frappe.throw(
				_("A link cannot be edited. Revoke it and create another one."), frappe.PermissionError
			)

	def revoke(self) -> None:
		"""From now on the link opens nothing; called by `links` after its permission check."""
		if self.revoked_at:
			return
		self.revoked_at, self.revoked_by = now_datetime(), frappe.session.user
		self.flags.revoking = True
		self.save(ignore_permissions=True)
