"""By which way a message reaches a customer: mail, SMS (Frappe's SMS Settings), or a way of another app.

Other ways are named in the hook `aftersales_message_channels`: name → dotted path of a function
`send(doc, phone, email, subject, text)`. It is called in the background, after the transaction; what it raises is
noted on the document.
"""

from collections.abc import Sequence

import frappe
from frappe import _
from frappe.core.doctype.communication.email import _make as make_communication
from frappe.model.document import Document
from frappe.utils import escape_html

from aftersales.core.input.requests import validate_call
from aftersales.customer_portal.messaging.texts import Text
from aftersales.service_calls.contact_rules import same_address
from aftersales.service_calls.repeat_calls import phone_key

EMAIL, SMS = "E-mail", "SMS"
HOOK = "aftersales_message_channels"
PREFERENCES = "Customer Service Preferences"


@frappe.whitelist()
@validate_call
def available() -> list[str]:
	"""Names of the ways a customer can choose from. Raises frappe.PermissionError."""
	frappe.has_permission(PREFERENCES, "read", throw=True)
	return [EMAIL, SMS, *sorted(frappe.get_hooks(HOOK) or {})]


def of_contact(doc: Document) -> str:
	"""The way of the document's contact, else of its customer, else mail, or SMS where there is only a number."""
	name = doc.get("customer") and frappe.db.get_value(PREFERENCES, doc.customer)
	chosen = None
	if name:
		preferences = frappe.get_cached_doc(PREFERENCES, name)
		chosen = _of_person(preferences, doc) or preferences.channel
	if chosen and chosen not in (EMAIL, SMS, *(frappe.get_hooks(HOOK) or {})):
		chosen = None  # of an app that is gone
	return chosen or (EMAIL if doc.get("contact_email") or not doc.get("contact_phone") else SMS)


def send(doc: Document, text: Text, attachments: Sequence[dict] = ()) -> bool:
	"""Send a message by the way of its contact; False where that needs an address or number that is missing.

	Args:
		attachments: as frappe.sendmail takes them; of a message that is no mail they are left out.
	"""
	channel = of_contact(doc)
	if channel == EMAIL:
		return _mail(doc, text, attachments)
	if not doc.get("contact_phone"):
		return bool(doc.get("contact_email")) and _mail(doc, text, attachments)
	_keep(doc, text, doc.contact_phone, "SMS" if channel == SMS else "Chat", text.sms)
	frappe.enqueue(
		"aftersales.customer_portal.messaging.channels.deliver",
		channel=channel,
		doctype=doc.doctype,
		name=doc.name,
		phone=doc.contact_phone,
		email=doc.get("contact_email"),
		subject=text.subject,
		text=text.sms,
		enqueue_after_commit=True,
	)
	return True


def deliver(
	channel: str, doctype: str, name: str, phone: str, email: str | None, subject: str, text: str
) -> None:
	"""In the background: hand a message over; a way that fails is noted on the document."""
	doc = frappe.get_doc(doctype, name)
	try:
		if channel == SMS:
			_send_sms(phone, text)
		else:
			for path in (frappe.get_hooks(HOOK) or {}).get(channel, [])[-1:]:
				frappe.get_attr(path)(doc=doc, phone=phone, email=email, subject=subject, text=text)
	except Exception as error:
		frappe.clear_messages()
		frappe.log_error(f"Message by {channel}", reference_doctype=doctype, reference_name=name)
		told = _("Message by {0} to {1} was not sent: {2}").format(
			escape_html(channel), escape_html(phone), escape_html(str(error)[:200])
		)
		doc.add_comment("Info", told)


def _send_sms(phone: str, text: str) -> None:
	if not frappe.db.get_single_value("SMS Settings", "sms_gateway_url"):
		raise frappe.ValidationError(_("SMS Settings name no gateway."))
	from frappe.core.doctype.sms_settings.sms_settings import send_sms

	send_sms([phone], text, success_msg=False)


def _mail(doc: Document, text: Text, attachments: Sequence[dict] = ()) -> bool:
	if not doc.get("contact_email"):
		return False
	communication = _keep(doc, text, doc.contact_email, "Email", text.html)
	frappe.sendmail(
		recipients=[doc.contact_email],
		subject=text.subject,
		message=text.html,
		reference_doctype=doc.doctype,
		reference_name=doc.name,
		expose_recipients="header",
		attachments=list(attachments),
		communication=communication,
	)
	return True


def _keep(doc: Document, text: Text, to: str, medium: str, content: str) -> str:
	"""The message on the timeline of its document."""
	return make_communication(
		doctype=doc.doctype,
		name=doc.name,
		content=content if medium == "Email" else escape_html(content),
		subject=text.subject,
		recipients=to,
		communication_medium=medium,
		send_email=False,
		communication_type="Automated Message",
	)["name"]


def _of_person(preferences: Document, doc: Document) -> str | None:
	"""The way of one contact of the customer, found by address or number."""
	for row in preferences.contact_channels:
		contact = (
			frappe.db.get_value("Contact", row.contact, ["email_id", "mobile_no", "phone"], as_dict=True)
			or frappe._dict()
		)
		numbers = {phone_key(contact.mobile_no), phone_key(contact.phone)} - {None}
		if (
			same_address(contact.email_id, doc.get("contact_email"))
			or phone_key(doc.get("contact_phone")) in numbers
		):
			return row.channel
	return None
