import frappe
from frappe import _
from frappe.utils import cint

from aftersales.core.input.document import ServiceDocument

CONDITIONS = ("customer", "for_customer_group", "service_category", "request_type")


class FollowupRule(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		attempts: DF.Int
		customer: DF.Link | None
		days_after: DF.Int
		disabled: DF.Check
		for_customer_group: DF.Link | None
		no_follow_up: DF.Check
		request_type: DF.Link | None
		rule_name: DF.Data
		script: DF.Text | None
		service_category: DF.Link | None

	# end: auto-generated types

	"""When customers of certain calls are asked, how often it is tried, and what they are told (R-FU-1)."""

	def validate(self):
		self.check_conditions()
		self.check_days()

	def check_conditions(self):
		"""Without a condition a rule would take the place of the settings, unseen."""
		if not any(self.get(field) for field in CONDITIONS):
			frappe.throw(
				_(
					"Enter at least one condition for the rule. What applies to all calls is set in {0}."
				).format(frappe.bold(_("Aftersales Settings"))),
				title=_("No Condition"),
			)
		same = frappe.db.get_value(
			"Follow-up Rule",
			{
				"name": ("!=", self.name or ""),
				"disabled": 0,
				**{field: self.get(field) or ("is", "not set") for field in CONDITIONS},
			},
			"name",
		)
		if same and not self.disabled:
			frappe.throw(
				_("Rule {0} is for the same calls. Change it, or disable one of the two.").format(
					frappe.bold(frappe.utils.escape_html(same))
				),
				frappe.DuplicateEntryError,
			)

	def check_days(self):
		if not self.no_follow_up and not cint(self.days_after):
			frappe.throw(
				_("Set {0} to 1 or more, or tick {1}.").format(
					frappe.bold(_("Days after Closing")), frappe.bold(_("Do Not Ask"))
				)
			)
