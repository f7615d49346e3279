import frappe
from frappe import _
from frappe.utils import flt, getdate

from aftersales.core.guards import validate_protected_fields
from aftersales.core.input.document import ServiceDocument
from aftersales.service_quality.goal_figures import FIGURES, MARKS


class ServiceGoal(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		brand: DF.Link | None
		counted_until: DF.Date | None
		disabled: DF.Check
		figure: DF.Literal[
			"Solved by Phone",
			"Promise Kept",
			"First-time Fix Rate",
			"Repeat Rate",
			"SLA Compliance",
			"CSAT",
			"NPS",
			"Courtesy",
			"Response Time",
			"Time to Arrive",
			"Resolution Time",
			"Mean Time to Restore",
			"Workshop Turnaround",
			"Mean Repair Time",
			"Cost per Call",
			"Margin %",
			"Warranty Cost of Product Revenue",
			"Share of Repair",
			"Component Repairs",
			"Days Outstanding",
			"Receivable Turnover",
		]
		for_company: DF.Link | None
		goal: DF.Float
		margin_percent: DF.Percent
		model: DF.Data | None
		period: DF.Literal["Month", "Quarter", "Year"]
		request_type: DF.Link | None
		responsible: DF.Link | None
		title: DF.Data
		valid_from: DF.Date | None
		valid_until: DF.Date | None
	# end: auto-generated types

	def validate(self):
		validate_protected_fields(self, ("counted_until",))
		self.validate_scope()
		self.validate_goal()
		if self.valid_from and self.valid_until and getdate(self.valid_until) < getdate(self.valid_from):
			frappe.throw(
				_("{0} has to lie after {1}.").format(
					frappe.bold(_("Valid until")), frappe.bold(_("Valid from"))
				)
			)

	def validate_scope(self):
		"""What the figure can be measured for: some are of one company, and those of its books are not divided by calls."""
		figure = FIGURES[self.figure]
		if figure.of_company and not self.for_company:
			frappe.throw(
				_("{0} is of one company. Enter it in {1}.").format(
					_(self.figure), frappe.bold(_(self.meta.get_label("for_company")))
				),
				frappe.MandatoryError,
			)
		if not figure.read:
			return
		for field in ("request_type", *(() if figure.by_model else ("brand", "model"))):
			if self.get(field):
				label = frappe.bold(_(self.meta.get_label(field)))
				frappe.throw(_("{0} is not measured by {1}. Clear it.").format(_(self.figure), label))

	def validate_goal(self):
		figure = FIGURES[self.figure]
		if figure.is_share and not -100 <= flt(self.goal) <= 100:
			frappe.throw(
				_("{0} ({1}): enter a share of at most 100 %.").format(frappe.bold(_("Goal")), self.goal)
			)
		if not figure.is_share and flt(self.goal) <= 0:
			frappe.throw(_("{0} ({1}): enter more than zero.").format(frappe.bold(_("Goal")), self.goal))
		if figure.unit == MARKS and flt(self.goal) > 5:
			frappe.throw(
				_("{0} ({1}): enter a number from 1 to 5.").format(frappe.bold(_("Goal")), self.goal)
			)
