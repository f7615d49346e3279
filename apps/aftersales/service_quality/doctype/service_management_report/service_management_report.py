import frappe
from frappe import _
from frappe.utils import getdate

from aftersales.core.guards import has_any_role, validate_protected_fields
from aftersales.core.input.document import ServiceDocument
from aftersales.core.input.requests import Day, validate_call
from aftersales.core.report_filters import check_company
from aftersales.service_quality import goal_rules
from aftersales.service_quality.management import management_report

READERS = ("Service Manager", "Service Accountant", "System Manager")


class ServiceManagementReport(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from aftersales.service_quality.doctype.management_report_recipient.management_report_recipient import (
			ManagementReportRecipient,
		)

		company: DF.Link | None
		enabled: DF.Check
		frequency: DF.Literal["Month", "Quarter"]
		last_month: DF.Date | None
		recipients: DF.TableMultiSelect[ManagementReportRecipient]
	# end: auto-generated types

	"""Who gets the figures of the month as a PDF by mail."""

	def validate(self):
		validate_protected_fields(self, ("last_month",))
		if self.enabled and not self.company:
			frappe.throw(_("{0} is required.").format(frappe.bold(_("Company"))), frappe.MandatoryError)
		if self.enabled and not self.recipients:
			frappe.throw(_("{0} is required.").format(frappe.bold(_("Recipients"))), frappe.MandatoryError)
		for row in self.recipients:
			if not has_any_role(READERS, row.user):
				frappe.throw(
					_("{0} has none of the roles {1} and cannot get the report.").format(
						frappe.bold(row.user), ", ".join(_(role) for role in READERS)
					)
				)

	@frappe.whitelist(methods=["POST"])
	@validate_call
	def send_now(self, month: Day | None = None) -> int:
		"""Send the report of the month or quarter of a day (default: of the one that is over) to all recipients.

		Returns how many there are.

		Raises:
			frappe.PermissionError: the user may not write the settings, or may not see the company.
		"""
		self.check_permission("write")
		stored = frappe.get_doc(self.doctype)
		if not stored.company or not stored.recipients:
			frappe.throw(_("Enter company and recipients, and save."), frappe.MandatoryError)
		check_company(stored.company)
		kind = stored.frequency or "Month"
		period = goal_rules.period_of(kind, getdate(month)) if month else management_report.last_period(kind)
		return management_report.send(stored, period)
