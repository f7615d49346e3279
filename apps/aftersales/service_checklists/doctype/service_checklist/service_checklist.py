import frappe
from frappe import _
from frappe.utils import escape_html

from aftersales.core.guards import validate_protected_fields
from aftersales.core.input.document import ServiceDocument
from aftersales.service_checklists import checklists
from aftersales.service_checklists.checklist_rules import choices_of

FIELDS_OF_RECORD = (
	*("customer", "company", "status", "done_on", "reference_type", "reference_name", "checklist_key"),
)


class ServiceChecklist(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from aftersales.service_checklists.doctype.checklist_answer.checklist_answer import ChecklistAnswer

		answers: DF.Table[ChecklistAnswer]
		checklist_key: DF.Data | None
		company: DF.Link | None
		customer: DF.Link | None
		customer_group: DF.Link | None
		done_on: DF.Date | None
		equipment: DF.Link | None
		naming_series: DF.Literal["CL-.YYYY.-.#####"]
		out_of_limits: DF.Int
		reference_name: DF.DynamicLink
		reference_type: DF.Link
		status: DF.Literal["Open", "Complete"]
		template: DF.Link
		territory: DF.Link | None
	# end: auto-generated types

	"""A checklist of one job: its questions are frozen, its answers are written until the job is finished."""

	def validate(self):
		validate_protected_fields(self, FIELDS_OF_RECORD)
		self.validate_made_for_job()
		self.validate_open()
		self.restore_questions()
		for row in self.answers:
			self.validate_choice(row)
			checklists.rate(row)
		self.out_of_limits = sum(row.state == "Out of Limits" for row in self.answers)

	def validate_made_for_job(self):
		"""Made with a job, and written by whoever may write that job."""
		if self.is_new() and not self.flags.made_for_job:
			frappe.throw(_("Checklists are made with a visit or a Repair Card."), frappe.PermissionError)
		if not self.flags.ignore_permissions and self.reference_type and self.reference_name:
			frappe.get_doc(self.reference_type, self.reference_name).check_permission("write")

	def validate_open(self):
		before = self.get_doc_before_save()
		if before and before.status == checklists.COMPLETE and self.status == checklists.COMPLETE:
			frappe.throw(
				_("{0} is complete and cannot be changed. Cancel and amend {1} to correct it.").format(
					escape_html(self.name), escape_html(self.reference_name)
				)
			)

	def restore_questions(self):
		"""Neither questions nor limits are changed by answering."""
		before = self.get_doc_before_save()
		if not before:
			return
		stored = {row.name: row for row in before.answers}
		if [row.name for row in self.answers] != [row.name for row in before.answers]:
			frappe.throw(_("The questions of a checklist cannot be added, removed or moved."))
		for row in self.answers:
			row.update({field: stored[row.name].get(field) for field in checklists.FROM_QUESTION})
			if self.status == checklists.OPEN:
				row.follow_up_call = stored[row.name].follow_up_call

	def validate_choice(self, row):
		if row.kind == "Choice" and row.choice and row.choice not in choices_of(row.choices):
			frappe.throw(
				_("{0}: {1} is not one of {2}.").format(
					escape_html(row.question), escape_html(row.choice), ", ".join(choices_of(row.choices))
				)
			)
