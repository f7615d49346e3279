import frappe
from frappe import _
from frappe.utils import nowdate

from aftersales.core.guards import (
	require_role,
	set_protected_values,
	status_changed_to,
	validate_protected_fields,
)
from aftersales.core.input.document import ServiceDocument

FIELDS_OF_RECORD = (
	*("helpful", "not_helpful", "solved_by_phone", "reviewed_by", "reviewed_on"),
	*("source_type", "source_name"),
)
REVIEWERS = ("Service Supervisor", "Service Manager")


class ServiceArticle(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		audience: DF.Literal["Customer", "Technician", "Staff"]
		brand: DF.Data | None
		fault_code: DF.Link | None
		helpful: DF.Int
		item_code: DF.Link | None
		item_group: DF.Link | None
		language: DF.Link | None
		model: DF.Data | None
		not_helpful: DF.Int
		problem: DF.SmallText
		reviewed_by: DF.Link | None
		reviewed_on: DF.Date | None
		solution: DF.TextEditor
		solved_by_phone: DF.Int
		source_name: DF.DynamicLink | None
		source_type: DF.Link | None
		status: DF.Literal["Draft", "Reviewed", "Retired"]
		symptom_code: DF.Link | None
		title: DF.Data
	# end: auto-generated types

	"""What helped, written down: a draft of whoever found it, offered to others once a supervisor has reviewed it."""

	def validate(self):
		validate_protected_fields(self, FIELDS_OF_RECORD)
		self.validate_review()

	def validate_review(self):
		"""A reviewed article, or one that becomes so, is a supervisor's to change."""
		before = self.get_doc_before_save()
		if (
			"Reviewed" in (self.status, before.status if before else None)
			and not self.flags.ignore_permissions
		):
			require_role(REVIEWERS, _("Reviewing a service article"))
		if status_changed_to(self, "Reviewed"):
			set_protected_values(self, reviewed_by=frappe.session.user, reviewed_on=nowdate())
