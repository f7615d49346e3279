import frappe
from frappe import _
from frappe.utils import escape_html

from aftersales.core.input.document import ServiceDocument
from aftersales.core.input.requests import validate_call
from aftersales.customer_portal.messaging import placeholder_rules as rules
from aftersales.customer_portal.messaging import texts

COMPLAINT = "Complaint "


class CustomerMessage(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from aftersales.customer_portal.doctype.customer_message_text.customer_message_text import (
			CustomerMessageText,
		)

		attach_documents: DF.Check
		enabled: DF.Check
		moment: DF.Literal[
			"Call Received",
			"Confirm Contact",
			"Appointment",
			"Visit Reminder",
			"Estimated Time",
			"Technician on the Way",
			"Product Taken In",
			"Estimate Ready",
			"Ready for Return",
			"Invoice",
			"Survey",
			"Loaner Due Soon",
			"Loaner Overdue",
			"Complaint Acknowledged",
			"Complaint Answered",
			"Complaint Closed",
		]
		texts: DF.Table[CustomerMessageText]
	# end: auto-generated types

	def validate(self):
		self.validate_placeholders()
		self.validate_languages()

	def validate_placeholders(self):
		known = rules.names_for(self.moment)
		for row in self.texts:
			for fieldname in ("subject", "text", "sms_text"):
				if wrong := rules.unknown(row.get(fieldname), known):
					frappe.throw(
						_("Row {0}, {1}: {2} is no placeholder of this message. Use: {3}").format(
							row.idx,
							frappe.bold(_(row.meta.get_label(fieldname))),
							escape_html(", ".join(wrong)),
							", ".join(f"{{{name}}}" for name in known),
						),
						title=_("Unknown Placeholder"),
					)

	def validate_languages(self):
		languages = [row.language or "" for row in self.texts]
		for language in languages:
			if languages.count(language) > 1:
				frappe.throw(
					_("There are two texts for language {0}. Keep one of them.").format(
						frappe.bold(escape_html(language or _("(any other)")))
					)
				)
		if self.enabled and not languages:
			frappe.throw(_("Enter a text before enabling the message."), frappe.MandatoryError)

	@frappe.whitelist()
	@validate_call
	def placeholders(self) -> list[str]:
		"""Names that the texts of this message may use. Raises frappe.PermissionError."""
		self.check_permission("read")
		return list(rules.names_for(self.moment))

	@frappe.whitelist()
	@validate_call
	def preview(self, document: str | None = None, language: str | None = None) -> dict:
		"""The message as it would be sent, with the values of a Repair Call or complaint, or with examples.

		Returns:
			subject, html, sms.

		Raises:
			frappe.PermissionError: the user may not read the message or the document.
		"""
		self.check_permission("read")
		values = dict(rules.EXAMPLES)
		if document:
			doctype = "Service Complaint" if self.moment.startswith(COMPLAINT) else "Repair Call"
			doc = frappe.get_doc(doctype, document)
			doc.check_permission("read")
			values |= {name: value for name, value in texts.values_of(doc).items() if value}
		text = texts.filled(self, values, language)
		return {"subject": text.subject, "html": text.html, "sms": text.sms} if text else {}
