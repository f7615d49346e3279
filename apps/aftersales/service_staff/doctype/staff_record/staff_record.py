import frappe
from frappe import _
from frappe.utils import escape_html, now_datetime

from aftersales.core.guards import (
	require_role,
	set_protected_values,
	validate_protected_fields,
	validate_unchanged_on_cancel,
)
from aftersales.core.input.document import ServiceDocument
from aftersales.core.input.requests import validate_call
from aftersales.core.roles import MANAGER

FIELDS_OF_RECORD = ("recorded_by", "read_at", "answered_at", "answer", "entry_key")


class StaffRecord(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		amended_from: DF.Link | None
		answer: DF.SmallText | None
		answered_at: DF.Datetime | None
		company: DF.Link | None
		consequence: DF.SmallText | None
		entry_key: DF.Data | None
		kind: DF.Literal[
			"Training", "Technical Exchange", "Retraining", "Commendation", "Warning", "Penalty", "Dismissal"
		]
		naming_series: DF.Literal["STR-.YYYY.-.####"]
		read_at: DF.Datetime | None
		record_date: DF.Date
		recorded_by: DF.Link | None
		reference_doctype: DF.Link | None
		reference_name: DF.DynamicLink | None
		subject: DF.SmallText
		technician: DF.Link
		user: DF.Link | None
		valid_until: DF.Date | None
	# end: auto-generated types
	"""Something that is kept about a technician: training, commendation, warning, penalty (R-SV-1).

	Leaders write it; the person reads it once it is submitted, and may answer.
	"""

	def validate(self):
		validate_protected_fields(self, FIELDS_OF_RECORD)
		self.validate_author()
		if not self.recorded_by:
			set_protected_values(self, recorded_by=frappe.session.user)

	def before_submit(self):
		if self.kind == "Dismissal":
			require_role((MANAGER,), _("Dismissing a technician"))

	def before_cancel(self):
		validate_unchanged_on_cancel(self)

	def on_submit(self):
		self.notify_person()

	def validate_author(self):
		"""Nobody writes a record about oneself."""
		if self.user and self.user == frappe.session.user and not self.flags.from_complaint:
			frappe.throw(
				_("{0} is your own record. It has to be written by somebody else.").format(
					frappe.bold(escape_html(self.technician))
				),
				frappe.PermissionError,
			)

	def notify_person(self):
		if not self.user:
			return
		frappe.get_doc(
			{
				"doctype": "Notification Log",
				"for_user": self.user,
				"type": "Alert",
				"document_type": self.doctype,
				"document_name": self.name,
				"from_user": frappe.session.user,
				"subject": _("A record about you was submitted: {0}").format(_(self.kind)),
			}
		).insert(ignore_permissions=True)

	@frappe.whitelist()
	@validate_call
	def confirm_read(self) -> None:
		"""The person has read the record. Confirming again changes nothing."""
		self.require_person()
		if not self.read_at:
			self.db_set("read_at", now_datetime())

	@frappe.whitelist()
	@validate_call
	def answer_record(self, answer: str) -> None:
		"""The person's answer, kept with the record; it can be given once.

		Raises:
			frappe.PermissionError: the user is not the person.
			frappe.ValidationError: there is an answer already, or nothing was written.
		"""
		self.require_person()
		if not answer.strip():
			frappe.throw(_("{0} is required.").format(_("Answer")), frappe.MandatoryError)
		# Locked: of two answers sent at once the second finds the first.
		if frappe.db.get_value(self.doctype, self.name, "answer", for_update=True):
			frappe.throw(_("The record has been answered already."))
		now = now_datetime()
		self.db_set({"answer": answer.strip(), "answered_at": now, "read_at": self.read_at or now})

	def require_person(self):
		if self.docstatus != 1 or self.user != frappe.session.user:
			frappe.throw(
				_("Only {0} can confirm or answer this record, after it is submitted.").format(
					frappe.bold(escape_html(self.technician))
				),
				frappe.PermissionError,
			)
