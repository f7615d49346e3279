import frappe
from frappe import _

from aftersales.core.guards import (
	set_protected_values,
	validate_not_in_future,
	validate_unchanged_on_cancel,
)
from aftersales.core.input.document import ServiceDocument
from aftersales.service_staff import conduct


class TechnicalExchange(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from aftersales.service_staff.doctype.technical_exchange_participant.technical_exchange_participant import (
			TechnicalExchangeParticipant,
		)

		amended_from: DF.Link | None
		company: DF.Link | None
		content: DF.TextEditor | None
		held_on: DF.Date
		led_by: DF.Link | None
		naming_series: DF.Literal["TEX-.YYYY.-.####"]
		participants: DF.Table[TechnicalExchangeParticipant]
		place: DF.Data | None
		subject: DF.Data
	# end: auto-generated types

	"""Technicians meet and exchange what they have learnt; each keeps it as a Staff Record."""

	def validate(self):
		self.validate_participants()

	def before_submit(self):
		validate_not_in_future(self, "held_on")
		if not self.participants:
			frappe.throw(
				_("Enter who took part in {0}.").format(frappe.bold(_("Participants"))), frappe.MandatoryError
			)

	def on_submit(self):
		for row in self.participants:
			self.write_record(row.technician)

	def before_cancel(self):
		validate_unchanged_on_cancel(self)

	def on_cancel(self):
		for name in frappe.get_all(
			conduct.RECORD,
			{"reference_doctype": self.doctype, "reference_name": self.name, "docstatus": 1},
			pluck="name",
			order_by="name asc",
		):
			record = frappe.get_doc(conduct.RECORD, name)
			record.flags.ignore_permissions = True
			record.cancel()

	def validate_participants(self):
		names = [row.technician for row in self.participants]
		if twice := next((name for name in names if names.count(name) > 1), None):
			frappe.throw(_("{0} is listed twice in {1}.").format(frappe.bold(twice), _("Participants")))

	def write_record(self, technician: str):
		record = frappe.new_doc(conduct.RECORD)
		record.update(
			{
				"technician": technician,
				"record_date": self.held_on,
				"kind": "Technical Exchange",
				"subject": self.subject,
				"company": self.company,
				"reference_doctype": self.doctype,
				"reference_name": self.name,
			}
		)
		set_protected_values(record, entry_key=f"{self.name}/{technician}")
		# who leads the exchange may have taken part, and nobody judges anybody here
		record.flags.from_complaint = True
		record.flags.ignore_permissions = True
		record.insert()
		record.submit()
