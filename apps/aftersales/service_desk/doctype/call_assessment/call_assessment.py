import frappe
from frappe import _
from frappe.utils import cint, flt, nowdate

from aftersales.core.input.document import ServiceDocument
from aftersales.service_desk.telephone import call_logs

CRITERIA = ("courtesy", "knowledge", "completeness")


class CallAssessment(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		agent: DF.Link
		agent_name: DF.Data | None
		assessed_by: DF.Link | None
		assessed_on: DF.Date | None
		call_log: DF.Link
		completeness: DF.Int
		courtesy: DF.Int
		knowledge: DF.Int
		remarks: DF.SmallText | None
		repair_call: DF.Link | None
		score: DF.Float
	# end: auto-generated types

	def before_validate(self):
		log = self.call_log and frappe.get_doc("Call Log", self.call_log)
		if log:
			self.repair_call = call_logs.call_of(log)
			self.agent = self.agent or log.employee_user_id

	def validate(self):
		self.validate_scores()
		self.validate_second_person()
		self.score = round(sum(flt(self.get(field)) for field in CRITERIA) / len(CRITERIA), 1)
		if self.is_new():
			self.update({"assessed_by": frappe.session.user, "assessed_on": nowdate()})

	def validate_scores(self):
		for field in CRITERIA:
			if not 1 <= cint(self.get(field)) <= 5:
				frappe.throw(
					_("{0} ({1}): enter a number from 1 to 5.").format(
						frappe.bold(_(self.meta.get_label(field))), self.get(field)
					)
				)

	def validate_second_person(self):
		if self.agent == (self.assessed_by or frappe.session.user):
			frappe.throw(_("Nobody assesses their own telephone calls. Ask another supervisor."))
