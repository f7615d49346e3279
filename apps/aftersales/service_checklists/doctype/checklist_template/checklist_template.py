import frappe
from frappe import _
from frappe.utils import cint, escape_html, flt

from aftersales.core.input.document import ServiceDocument
from aftersales.service_checklists.checklist_rules import choices_of


class ChecklistTemplate(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from aftersales.service_checklists.doctype.checklist_question.checklist_question import (
			ChecklistQuestion,
		)

		brand: DF.Data | None
		disabled: DF.Check
		item_group: DF.Link | None
		model: DF.Data | None
		on_cards: DF.Check
		on_visits: DF.Check
		questions: DF.Table[ChecklistQuestion]
		request_type: DF.Link | None
		template_name: DF.Data
	# end: auto-generated types

	"""Questions for jobs of a request type, product group or model."""

	def validate(self):
		for row in self.questions:
			self.clear_other_kinds(row)
			if row.kind == "Value":
				self.validate_limits(row)
			if row.kind == "Choice" and not choices_of(row.choices):
				self.throw_missing(row, _("Choices"))
			if row.kind == "Meter" and not (row.meter or "").strip():
				self.throw_missing(row, _("Meter", context="After-sales"))

	def clear_other_kinds(self, row):
		if row.kind != "Value":
			row.update({"has_lower": 0, "lower": 0, "has_upper": 0, "upper": 0})
		if row.kind != "Choice":
			row.choices = None
		if row.kind != "Yes or No":
			row.good_answer = None
		if row.kind != "Meter":
			row.meter = None

	def validate_limits(self, row):
		if cint(row.has_lower) and cint(row.has_upper) and flt(row.lower) > flt(row.upper):
			frappe.throw(
				_("Row {0}: the lower limit {1} is above the upper limit {2}.").format(
					row.idx, row.lower, row.upper
				)
			)

	def throw_missing(self, row, label):
		frappe.throw(
			_("Row {0}: enter {1} for {2}.").format(
				row.idx, frappe.bold(label), escape_html(row.question or "")
			),
			frappe.MandatoryError,
		)
