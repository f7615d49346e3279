"""Mails as they are queued and as whoever gets them reads them, inside the transaction of the test."""

import email
import re
from email import policy
from email.message import EmailMessage

import frappe

from aftersales.customer_portal import stored_messages
from aftersales.service_desk.mail.inbound import ServiceMail

MAILBOX = "service@liffey.example"


def mailbox() -> None:
	"""The account that mails go out from and calls come in to."""
	account = frappe.new_doc("Email Account")
	account.update(
		{
			"email_account_name": "Service",
			"email_id": MAILBOX,
			"enable_outgoing": 1,
			"default_outgoing": 1,
			"enable_incoming": 1,
			"default_incoming": 1,
			"append_to": "Repair Call",
			"smtp_server": "mail.invalid",
			"no_smtp_authentication": 1,
			"email_server": "mail.invalid",
		}
	)
	account.set_new_name()
	account.db_insert()  # the form would ask a server for the incoming mails
	frappe.cache.delete_value("outgoing_email_account")
	frappe.local.outgoing_email_account = {}


def received(
	subject: str,
	text: str = "Hello",
	sender: str = "nora@byrne.example",
	*,
	account: str = "Service",
	to: str = MAILBOX,
	**headers: str,
) -> ServiceMail:
	"""A mail as the mailbox gets it, not processed yet; `headers` by their names with _ for -."""
	message = EmailMessage()
	message["From"], message["To"], message["Subject"] = sender, to, subject
	message["Message-ID"] = f"<{frappe.generate_hash(length=12)}@byrne.example>"
	for name, value in headers.items():
		message[name.replace("_", "-")] = value
	message.set_content(text)
	return from_bytes(message.as_bytes(), account)


def from_bytes(raw: bytes, account: str = "Service") -> ServiceMail:
	"""The same of a whole mail."""
	return ServiceMail(raw, frappe.get_doc("Email Account", account), "1", 0)


def queued(**filters) -> list[frappe._dict]:
	"""What waits to be sent, the oldest first: `to`, `text` (as it is sent) and `stored` (as staff can read it)."""
	found = []
	for name in frappe.get_all(
		"Email Queue", filters=filters, pluck="name", order_by="creation asc, name asc"
	):
		mail = frappe.get_doc("Email Queue", name)
		found.append(
			frappe._dict(
				to=[row.recipient for row in mail.recipients],
				text=text_of(stored_messages.opened(mail.message)),
				stored=text_of(mail.message),
			)
		)
	return found


def text_of(message: str) -> str:
	"""Subject and HTML of a whole mail, decoded."""
	parsed = email.message_from_string(message, policy=policy.SMTP)
	body = parsed.get_body(("html", "plain"))
	return f"{parsed['Subject']}\n{body.get_content()}"


def link_in(text: str) -> str:
	"""The path of the signed link in a mail."""
	return re.search(r"/aftersales/link/[\w-]{54}", text)[0]
