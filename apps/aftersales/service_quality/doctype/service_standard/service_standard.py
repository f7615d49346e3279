import frappe
from frappe import _
from frappe.utils import cint, flt

from aftersales.core.input.document import ServiceDocument
from aftersales.service_quality.standards.standard_rules import GRADES, KEY_FIGURE, TARGETS


class ServiceStandard(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from aftersales.service_quality.doctype.service_standard_target.service_standard_target import (
			ServiceStandardTarget,
		)

		consequence: DF.SmallText | None
		consequence_action: DF.Literal[
			"Entry with Cause and Measure", "Compensation per Day", "Word to the Customer"
		]
		disabled: DF.Check
		goal: DF.Link | None
		least_share: DF.Percent
		measured_by: DF.Literal["Service Targets", "Key Figure", "Grades of Technicians"]
		number: DF.Int
		promise: DF.SmallText
		published: DF.Check
		report: DF.Link | None
		request_type: DF.Link | None
		responsible: DF.Link | None
		service_category: DF.Link | None
		standard_set: DF.Data | None
		targets: DF.Table[ServiceStandardTarget]
		title: DF.Data
	# end: auto-generated types

	"""A named promise: what enforces it, what it costs, what follows when it is missed, where it is reported."""

	def validate(self):
		self.validate_enforcement()
		self.validate_share()
		self.validate_consequence()

	def validate_enforcement(self):
		if self.measured_by != TARGETS:
			self.targets = []
		if self.measured_by != KEY_FIGURE:
			self.goal = None
		if self.measured_by == TARGETS and not self.targets:
			frappe.throw(
				_("Enter at least one target in {0}.").format(frappe.bold(_("Service Targets"))),
				frappe.MandatoryError,
			)
		names = [row.service_target for row in self.targets]
		if twice := next((name for name in names if names.count(name) > 1), None):
			frappe.throw(_("{0} is listed twice in {1}.").format(frappe.bold(twice), _("Service Targets")))

	def validate_share(self):
		if not 0 <= flt(self.least_share) <= 100:
			frappe.throw(
				_("{0} ({1}): enter a share from 0 to 100 %.").format(
					frappe.bold(_("Least Share Kept")), self.least_share
				)
			)
		if cint(self.number) < 0:
			frappe.throw(_("{0} ({1}) cannot be negative.").format(frappe.bold(_("Number")), self.number))

	def validate_consequence(self):
		"""Only a case that has a document can be compensated or told to its customer."""
		if (
			self.measured_by in (KEY_FIGURE, GRADES)
			and self.consequence_action != "Entry with Cause and Measure"
		):
			frappe.throw(
				_("{0}: a standard measured by {1} has no single customer. Choose {2}.").format(
					frappe.bold(_("Consequence")),
					_(self.measured_by),
					frappe.bold(_("Entry with Cause and Measure")),
				)
			)
