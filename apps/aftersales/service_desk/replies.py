"""What a customer writes about their call reaches whoever owns it: an answer by mail, a message from their page."""

import frappe
from frappe import _
from frappe.model.base_document import get_controller
from frappe.model.document import Document
from frappe.utils import escape_html

from aftersales.core.input.document import ServiceDocument
from aftersales.core.input.spreadsheet_rules import no_formula
from aftersales.customer_goods import loaners

WRITTEN_BY_SENDER = ("subject", "sender_full_name", "content", "text_content")


def make_harmless(message: Document, method: str | None = None) -> None:
	"""before_insert of Communication: what a customer writes about a document of ours is no formula in an export."""
	if message.sent_or_received != "Received" or not message.reference_doctype:
		return
	if issubclass(get_controller(message.reference_doctype), ServiceDocument):
		message.update({field: no_formula(message.get(field)) for field in WRITTEN_BY_SENDER})


def tell_owner(message: Document, method: str | None = None) -> None:
	"""after_insert of Communication: a system notification to the owner of the Repair Call it is about.

	An answer about a loaner that belongs to no call goes to whoever lent it.
	"""
	if message.sent_or_received != "Received" or message.communication_type != "Communication":
		return
	if not message.reference_name:
		return
	if message.reference_doctype == "Repair Call":
		_tell_owner_of_call(message)
	elif message.reference_doctype == "Loaner Issue":
		_tell(loaners.who_lent(message.reference_name), message, message.sender_full_name, _("the loaner"))


def _tell_owner_of_call(message: Document) -> None:
	fields = ("call_owner", "customer_name", "contact_name", "subject", "channel")
	call = frappe.db.get_value("Repair Call", message.reference_name, fields, as_dict=True)
	if not call:
		return
	if call.channel == "E-mail" and _is_first(message):
		return  # the mail that opened the call: its owner was told of the call
	who = message.sender_full_name or call.contact_name or call.customer_name
	_tell(call.call_owner, message, who, call.subject)


def _tell(user: str | None, message: Document, who: str | None, about: str) -> None:
	from aftersales.core.notices import Notice, notify
	from aftersales.service_levels.escalation import stand_ins

	if not user or user in (message.sender, frappe.session.user):
		return
	told = _("{0} has written about {1}: {2}").format(
		escape_html(who or message.sender or ""), message.reference_name, escape_html(about)
	)
	for receiver in stand_ins(user):  # whoever owns it may be locked out by now
		notify(receiver, Notice(told, message.reference_doctype, message.reference_name))


def _is_first(message: Document) -> bool:
	filters = {
		"reference_doctype": message.reference_doctype,
		"reference_name": message.reference_name,
		"sent_or_received": "Received",
		"name": ("!=", message.name),
	}
	return not frappe.db.exists("Communication", filters)
