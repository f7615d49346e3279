"""System notifications: one line for one recipient."""

from dataclasses import dataclass

import frappe


@dataclass(frozen=True)
class Notice:
	"""One line for one recipient: about which document, and by e-mail too or not."""

	subject: str
	doctype: str
	name: str
	message: str = ""
	by_email: bool = False


def notify(user: str, notice: Notice) -> None:
	"""Write one system notification."""
	frappe.get_doc(
		{
			"doctype": "Notification Log",
			"type": "Alert",
			"for_user": user,
			"from_user": "Administrator",
			"document_type": notice.doctype,
			"document_name": notice.name,
			"subject": notice.subject,
			"email_content": notice.message,
		}
	).insert(ignore_permissions=True)
