"""Messages of a call as events of it: hooks of Communication, whichever composer or channel they come by.

A person's answer to the customer is the first response; a message of the customer goes on with the call and is
told to its owner, or to the next in line. A colleague's mail that is not addressed to the customer is a note.
"""

import frappe
from frappe import _
from frappe.model.base_document import get_controller
from frappe.model.document import Document
from frappe.utils import escape_html, get_datetime, now_datetime

from aftersales.core.input.document import ServiceDocument
from aftersales.core.input.spreadsheet_rules import no_formula
from aftersales.core.notices import Notice, notify
from aftersales.customer_goods import loaners
from aftersales.service_calls import answer_rules, answers
from aftersales.service_desk.mail import bounces, correspondents
from aftersales.service_staff import deputies

WRITTEN_BY_SENDER = ("subject", "sender_full_name", "content", "text_content")


def before_insert(message: Document, method: str | None = None) -> None:
	"""What a customer writes about a document of ours is no formula in an export."""
	if message.sent_or_received != "Received" or not message.reference_doctype:
		return
	if issubclass(get_controller(message.reference_doctype), ServiceDocument):
		message.update({field: no_formula(message.get(field)) for field in WRITTEN_BY_SENDER})


def after_insert(message: Document, method: str | None = None) -> None:
	"""A message of a person about a call moves it; one about a loaner without a call is told to who lent it."""
	if message.communication_type != "Communication" or not message.reference_name:
		return
	if message.sent_or_received == "Received":
		bounces.forget(message.sender)
	if message.reference_doctype == "Repair Call":
		_about_call(message)
	elif message.reference_doctype == "Loaner Issue" and message.sent_or_received == "Received":
		_tell(loaners.who_lent(message.reference_name), message, message.sender_full_name, _("the loaner"))


def _about_call(message: Document) -> None:
	call = message.reference_name
	if message.sent_or_received == "Sent":
		if _is_by_person() and _reaches_customer(message):
			answers.record_answer(
				call, max(get_datetime(message.send_after or now_datetime()), now_datetime())
			)
	elif _is_by_colleague(message):
		if _reaches_customer(message):
			answers.record_answer(call, message.communication_date)
		_tell_owner(message)
	elif not _opened_call(message):
		answers.take_message(call, message.sender_full_name or message.sender, message.communication_date)
		_tell_owner(message)


def _is_by_person() -> bool:
	"""Not by the app: its messages to customers say that nobody has written them."""
	return frappe.session.user != "Guest" and not frappe.flags.message_to_customer


def _is_by_colleague(message: Document) -> bool:
	sender = (message.sender or "").lower()
	contact = frappe.db.get_value("Repair Call", message.reference_name, "contact_email") or ""
	return bool(sender) and sender != contact.lower() and bool(correspondents.staff([sender]))


def _reaches_customer(message: Document) -> bool:
	if message.communication_medium not in ("Email", "SMS", "Phone", "Chat"):
		return False
	if message.communication_medium != "Email":
		return True
	written_to = {*message.to_list(), *message.cc_list(), *message.bcc_list()}
	own = correspondents.own_addresses()
	return answer_rules.is_answer(
		written_to,
		correspondents.of_call(message.reference_name),
		own,
		correspondents.staff(written_to),
		correspondents.vendors(written_to),
	)


def _tell_owner(message: Document) -> None:
	fields = ("call_owner", "customer_name", "contact_name", "subject")
	call = frappe.db.get_value("Repair Call", message.reference_name, fields, as_dict=True)
	who = message.sender_full_name or call.contact_name or call.customer_name
	_tell(call.call_owner, message, who, call.subject)


def _tell(user: str | None, message: Document, who: str | None, about: str) -> None:
	if not user or user in (message.sender, frappe.session.user):
		return
	told = _("{0} has written about {1}: {2}").format(
		escape_html(who or message.sender or ""), message.reference_name, escape_html(about)
	)
	for receiver in deputies.who_is_told(user):
		if receiver != message.sender:
			notify(receiver, Notice(told, message.reference_doctype, message.reference_name))


def _opened_call(message: Document) -> bool:
	"""Whether this is the mail that opened the call: its owner was told of the call."""
	if frappe.db.get_value("Repair Call", message.reference_name, "channel") != "E-mail":
		return False
	filters = {
		"reference_doctype": message.reference_doctype,
		"reference_name": message.reference_name,
		"sent_or_received": "Received",
		"communication_type": "Communication",
		"name": ("!=", message.name),
	}
	return not frappe.db.exists("Communication", filters)
