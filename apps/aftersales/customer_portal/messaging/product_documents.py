"""Documents of a product travel with messages to its customer: as links, or attached; only those for customers."""

import frappe
from frappe import _
from frappe.model.document import Document

from aftersales.core.input.requests import validate_call
from aftersales.core.language import in_language
from aftersales.customer_portal import links
from aftersales.customer_portal.customers import language_of
from aftersales.customer_portal.messaging import channels
from aftersales.customer_portal.messaging.placeholder_rules import as_html
from aftersales.customer_portal.messaging.texts import Text
from aftersales.product_knowledge import portal_api as knowledge
from aftersales.service_calls import contacts_on_file

MOST_BYTES = 8 * 1024 * 1024
"""Attached to one mail; what is beyond it can be linked."""


def lines(call: Document, only: str | None = None) -> str:
	"""Title and address of each document for customers of the call's product, one a line; empty without any.

	Args:
		only: name of the one document that is wanted.
	"""
	rows = knowledge.documents_of(call.equipment) if call.get("equipment") else []
	rows = [row for row in rows if only in (None, row["name"])]
	if not rows:
		return ""
	track = links.address(links.TRACK, "Repair Call", call.name, call.customer)
	addresses = [f"{track}/documents/{row['name']}" if row["has_file"] else row["address"] for row in rows]
	return "\n".join(f"{row['title']}: {address}" for row, address in zip(rows, addresses, strict=True))


def attachments(doc: Document) -> list[dict]:
	"""The same documents as attachments of a mail, those that have a file."""
	if doc.doctype != "Repair Call" or not doc.get("equipment"):
		return []
	return [{"fid": name} for name in knowledge.files_of(doc.equipment, MOST_BYTES)]


@frappe.whitelist(methods=["POST"])
@validate_call
def send(repair_call: str, document: str) -> None:
	"""Send the customer of a call a document for the product, as a link, by the channel of the contact.

	Raises:
		frappe.PermissionError: the user may not write the call.
		frappe.ValidationError: the document is not for customers of this product, or there is nobody to write to.
	"""
	call = frappe.get_doc("Repair Call", repair_call)
	call.check_permission("write")
	contacts_on_file.addressed(call)
	if not (call.contact_email or call.contact_phone):
		frappe.throw(_("Enter an e-mail address or a phone number of the contact, and confirm the contact."))
	with in_language(language_of(call.customer)):
		told = lines(call, document)
		if told:
			text = f"{_('Here is the document for your product:')}\n\n{told}\n\n{call.company}"
			channels.send(call, Text(_("Document for your product"), text, as_html(text), text))
	if not told:
		frappe.throw(_("{0} is not a document for customers of this product.").format(frappe.bold(document)))
