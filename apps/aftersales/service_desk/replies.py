"""What a customer writes about his call reaches whoever owns it: an answer by mail, a message from his page."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html


def tell_owner(message: Document, method: str | None = None) -> None:
	"""after_insert of Communication: a system notification to the owner of the Repair Call it is about."""
	if message.sent_or_received != "Received" or message.communication_type != "Communication":
		return
	if message.reference_doctype != "Repair Call" or not message.reference_name:
		return
	fields = ("assigned_to", "customer_name", "contact_name", "subject", "channel")
	call = frappe.db.get_value("Repair Call", message.reference_name, fields, as_dict=True)
	if not call or not call.assigned_to or call.assigned_to in (message.sender, frappe.session.user):
		return
	if call.channel == "E-mail" and _is_first(message):
		return  # the mail that opened the call: its owner was told of the call
	from aftersales.service_levels.escalation import Notice, notify

	who = message.sender_full_name or call.contact_name or call.customer_name or message.sender or ""
	told = _("{0} has written about {1}: {2}").format(
		escape_html(who), message.reference_name, escape_html(call.subject)
	)
	notify(call.assigned_to, Notice(told, "Repair Call", message.reference_name))


def _is_first(message: Document) -> bool:
	filters = {
		"reference_doctype": message.reference_doctype,
		"reference_name": message.reference_name,
		"sent_or_received": "Received",
		"name": ("!=", message.name),
	}
	return not frappe.db.exists("Communication", filters)
