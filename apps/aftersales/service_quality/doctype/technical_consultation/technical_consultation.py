import frappe
from frappe import _
from frappe.utils import escape_html, now_datetime

from aftersales.core.guards import has_any_role, set_protected_values, validate_protected_fields
from aftersales.core.input.document import ServiceDocument
from aftersales.core.input.requests import validate_call
from aftersales.service_quality import consultations

FIELDS_OF_RECORD = (
	*("status", "asked_by", "asked_at", "answered_at", "answered_by"),
	*("brand", "model", "serial_text", "fault_code", "symptom_code"),
)
ANSWERING = ("Product Specialist", "Service Supervisor", "Service Manager")


class TechnicalConsultation(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		answer: DF.Text | None
		answered_at: DF.Datetime | None
		answered_by: DF.Link | None
		asked_at: DF.Datetime | None
		asked_by: DF.Link | None
		brand: DF.Data | None
		expert: DF.Link | None
		fault_code: DF.Link | None
		model: DF.Data | None
		naming_series: DF.Literal["TC-.YYYY.-.#####"]
		non_conformance: DF.Link | None
		question: DF.Text
		repair_call: DF.Link
		serial_text: DF.Data | None
		status: DF.Literal["Asked", "Answered", "Withdrawn"]
		subject: DF.Data
		symptom_code: DF.Link | None
	# end: auto-generated types

	"""A question of the service desk to designers, makers or buyers, with a clock of its own."""

	def validate(self):
		validate_protected_fields(self, FIELDS_OF_RECORD)
		if self.is_new():
			set_protected_values(self, status="Asked", asked_by=frappe.session.user, asked_at=now_datetime())
			self.answer = None
		consultations.take_from_call(self)
		self.validate_answer()

	def validate_answer(self):
		"""The answer is a specialist's to write, and the question is not changed once it is answered."""
		if self.is_new():
			return
		if (self.answer or "") != (self.get_doc_before_save().answer or "") and not has_any_role(ANSWERING):
			frappe.throw(_("Only {0} can answer.").format(_("Product Specialist")), frappe.PermissionError)
		if self.status == "Answered" and self.has_value_changed("question"):
			frappe.throw(
				_("The question cannot be changed: it was answered on {0}.").format(
					frappe.format(self.answered_at, "Datetime")
				)
			)

	def after_insert(self):
		consultations.tell_specialists(self)

	@frappe.whitelist(methods=["POST"])
	@validate_call
	def give_answer(self, answer: str) -> None:
		"""Answer the question: the answer stands on the call, and its owner is told.

		Raises:
			frappe.ValidationError: it is answered or withdrawn already, or the answer is empty.
		"""
		self.check_permission("write")
		doc = frappe.get_doc(self.doctype, self.name, for_update=True)
		if doc.status != "Asked":
			frappe.throw(_("{0} is already {1}.").format(escape_html(doc.name), _(doc.status)))
		if not (answer or "").strip():
			frappe.throw(_("Enter the answer."), frappe.MandatoryError)
		doc.answer = answer.strip()
		set_protected_values(
			doc, status="Answered", answered_at=now_datetime(), answered_by=frappe.session.user
		)
		doc.save()
		consultations.tell_call(doc)

	@frappe.whitelist(methods=["POST"])
	@validate_call
	def withdraw(self) -> None:
		"""The question has settled itself."""
		self.check_permission("write")
		doc = frappe.get_doc(self.doctype, self.name, for_update=True)
		if doc.status != "Asked":
			frappe.throw(_("{0} is already {1}.").format(escape_html(doc.name), _(doc.status)))
		set_protected_values(doc, status="Withdrawn")
		doc.save()
