import frappe
from frappe import _
from frappe.utils import escape_html, flt, getdate, nowdate

from aftersales.core.guards import (
	set_protected_values,
	validate_protected_fields,
	validate_unchanged_on_cancel,
)
from aftersales.core.input.document import ServiceDocument
from aftersales.service_staff import exams
from aftersales.service_staff.exam_rules import FAILED, result_of, retraining_until


class TechnicianExam(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		amended_from: DF.Link | None
		certificate: DF.Data | None
		company: DF.Link | None
		exam_date: DF.Date
		examiner: DF.Link
		item_group: DF.Link
		mark: DF.Float
		naming_series: DF.Literal["EX-.YYYY.-.####"]
		pass_mark: DF.Float
		remarks: DF.SmallText | None
		result: DF.Literal["", "Passed", "Failed"]
		retrain_until: DF.Date | None
		support_kind: DF.Literal["Both", "Use", "Application"]
		technician: DF.Link
		user: DF.Link | None
		valid_until: DF.Date | None
	# end: auto-generated types
	"""An exam of a technician in a product group: passed it is a skill, failed it bars from that work."""

	def validate(self):
		validate_protected_fields(self, ("result",))
		self.validate_people()
		self.validate_marks()
		self.set_result()

	def before_cancel(self):
		validate_unchanged_on_cancel(self)

	def on_submit(self):
		exams.write_skill(self)
		self.plan_retraining()

	def on_cancel(self):
		exams.write_skill(self)
		self.drop_retraining()

	def validate_people(self):
		if self.user and self.user in (self.examiner, frappe.session.user):
			frappe.throw(
				_("{0} cannot be examined by {1}: select another {2}.").format(
					frappe.bold(escape_html(self.technician)),
					escape_html(self.user),
					_(self.meta.get_label("examiner")),
				)
			)
		if getdate(self.exam_date) > getdate(nowdate()):
			frappe.throw(_("{0} is in the future.").format(_(self.meta.get_label("exam_date"))))

	def validate_marks(self):
		settings = frappe.get_cached_doc("Service Staff Settings")
		if not self.pass_mark:
			self.pass_mark = flt(settings.pass_mark)
		for fieldname in ("mark", "pass_mark"):
			if flt(self.get(fieldname)) > 100:
				frappe.throw(
					_("{0} cannot be more than {1} (entered: {2}).").format(
						_(self.meta.get_label(fieldname)), 100, self.get(fieldname)
					)
				)

	def set_result(self):
		set_protected_values(self, result=result_of(flt(self.mark), flt(self.pass_mark)))
		if self.result == FAILED:
			self.certificate = self.valid_until = None
			months = frappe.get_cached_doc("Service Staff Settings").retraining_months or 0
			self.retrain_until = self.retrain_until or retraining_until(getdate(self.exam_date), months)
		else:
			self.retrain_until = None
			if self.valid_until and getdate(self.valid_until) < getdate(self.exam_date):
				frappe.throw(
					_("{0} cannot be before {1}.").format(
						_(self.meta.get_label("valid_until")), _(self.meta.get_label("exam_date"))
					)
				)

	def plan_retraining(self):
		if self.result != FAILED:
			return
		record = frappe.new_doc("Staff Record")
		record.update(
			{
				"technician": self.technician,
				"record_date": self.exam_date,
				"kind": "Retraining",
				"subject": _("Exam in {0} failed with {1} of {2}").format(
					self.item_group, self.mark, self.pass_mark
				),
				"valid_until": self.retrain_until,
				"reference_doctype": self.doctype,
				"reference_name": self.name,
			}
		)
		record.flags.ignore_permissions = True  # who may submit exams may also plan what follows
		record.insert()
		record.submit()

	def drop_retraining(self):
		for name in frappe.get_all(
			"Staff Record",
			filters={"reference_doctype": self.doctype, "reference_name": self.name, "docstatus": 1},
			pluck="name",
			order_by="name",
		):
			record = frappe.get_doc("Staff Record", name)
			record.flags.ignore_permissions = True
			record.cancel()
