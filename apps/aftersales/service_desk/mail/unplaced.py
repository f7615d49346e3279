"""Mails of persons that belong to no call yet: a desk decides whose they are, nothing is guessed.

They are those of an address that two customers have, of an unknown one where no customer is named for such, and
colleagues' mails. They stay in Frappe's Communication without a document; the report *Mails without a Call* lists
them.
"""

from collections.abc import Iterable
from urllib.parse import quote

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html

from aftersales.core.guards import require_role
from aftersales.core.input.requests import validate_call
from aftersales.core.plain_text import plain_line
from aftersales.core.roles import DESK
from aftersales.core.site_address import desk
from aftersales.service_calls import answers
from aftersales.service_calls.portal_api import owner_for_customers
from aftersales.service_staff import deputies

CALL, REPORT = "Repair Call", "Mails without a Call"
DONE = "Closed"
"""Status of a Communication that somebody has said is no matter for a call."""


def tell(message: Document, customers: Iterable[str]) -> None:
	"""Whoever gets the calls of customers hears that a mail waits, and between which customers it is."""
	names = [frappe.db.get_value("Customer", name, "customer_name") or name for name in customers]
	if names:
		told = _("{0} has written and is a contact of several customers ({1}). Choose one: {2}").format(
			escape_html(message.sender or ""), escape_html(", ".join(names)), escape_html(message.subject)
		)
	else:
		told = _("A mail of {0} belongs to no call: {1}").format(
			escape_html(message.sender or _("an unknown sender")), escape_html(message.subject)
		)
	for user in deputies.who_is_told(owner_for_customers()):
		frappe.get_doc(
			{
				"doctype": "Notification Log",
				"type": "Alert",
				"for_user": user,
				"from_user": "Administrator",
				"subject": told,
				"link": desk(f"query-report/{quote(REPORT)}"),
			}
		).insert(ignore_permissions=True)


@frappe.whitelist(methods=["POST"])
@validate_call
def open_call(communication: str, customer: str) -> str:
	"""Open a call for a mail that belongs to none; returns the call's name, also when it was opened before.

	The call was received when the mail was.

	Raises:
		frappe.PermissionError: the user may not open calls, or not for this customer.
		frappe.ValidationError: the mail is not one of these.
	"""
	_check_desk("create")
	message = _locked(communication)
	if message.reference_doctype == CALL:
		return message.reference_name
	frappe.get_doc("Customer", customer).check_permission("read")
	call = frappe.new_doc(CALL)
	call.update(
		{
			"customer": customer,
			"subject": plain_line(message.subject)[:140],
			"channel": "E-mail",
			"contact_email": message.sender,
			"contact_name": plain_line(message.sender_full_name) or None,
			"received_at": message.communication_date,
		}
	)
	call.insert()
	_put_on(message, call.name)
	return call.name


@frappe.whitelist(methods=["POST"])
@validate_call
def put_on_call(communication: str, call: str) -> str:
	"""The mail is about a call that is there: put it on its timeline, and do what a message of its customer does."""
	_check_desk("write")
	message = _locked(communication)
	frappe.get_doc(CALL, call).check_permission("write")
	if message.reference_doctype != CALL:
		_put_on(message, call)
		answers.take_message(call, message.sender_full_name or message.sender, message.communication_date)
	return message.reference_name


@frappe.whitelist(methods=["POST"])
@validate_call
def set_aside(communication: str) -> None:
	"""The mail needs no call: it leaves the list."""
	_check_desk("write")
	frappe.db.set_value("Communication", _locked(communication).name, "status", DONE)


def _check_desk(right: str) -> None:
	require_role(DESK, _("Placing mails"))
	frappe.has_permission(CALL, right, throw=True)


def accounts_for_calls() -> list[str]:
	"""Email Accounts whose mails open calls, by themselves or by a folder."""
	of_folders = frappe.get_all("IMAP Folder", {"append_to": CALL}, pluck="parent")
	by_themselves = frappe.get_all("Email Account", {"append_to": CALL}, pluck="name")
	return sorted({*of_folders, *by_themselves})


def _locked(name: str) -> Document:
	message = frappe.get_doc("Communication", name, for_update=True)
	if message.email_account not in accounts_for_calls() and message.reference_doctype != CALL:
		frappe.throw(_("This mail did not come to a mailbox for calls."), frappe.PermissionError)
	is_placed = message.reference_name and message.reference_doctype != CALL
	if message.sent_or_received != "Received" or message.communication_type != "Communication" or is_placed:
		frappe.throw(_("Only a mail received that belongs to no document can be given to a call."))
	return message


def _put_on(message: Document, call: str) -> None:
	message.update({"reference_doctype": CALL, "reference_name": call, "status": "Linked"})
	message.save(ignore_permissions=True)
	# The files of a mail are found on the call's form by the mail; nothing is attached twice
	frappe.get_doc(CALL, call).notify_update()
