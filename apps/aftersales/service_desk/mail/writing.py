"""Writing to a customer from a document: whom, what was returned from there, and which replies fit.

Replies are Email Templates of the site that are offered as such, for all calls or for those of a request type, in a
status, in a language; the ones that say most come first.
"""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cstr, escape_html

from aftersales.core import shipped_texts
from aftersales.core.input.requests import DocTypeName, validate_call
from aftersales.service_desk.mail import bounces

CALL = "Repair Call"
DOCTYPES = (
	*(CALL, "Service Voucher", "Repair Card", "Collection Receipt", "Loaner Issue", "Follow-up"),
	"Service Complaint",
)
MOST = 8


@frappe.whitelist()
@validate_call
def about(doctype: DocTypeName, name: str) -> dict:
	"""For New Email: address of the customer (None without one), addresses that mails did not reach, replies.

	Raises:
		frappe.PermissionError: the user may not read the document.
	"""
	doc = _readable(doctype, name)
	call = _call(doc)
	email = cstr(doc.get("contact_email") or (call and call.contact_email)) or None
	if not email and doc.get("customer"):
		email = frappe.db.get_value("Customer", doc.customer, "email_id")
	may_see = email and frappe.has_permission(bounces.DOCTYPE, "read")
	return {
		"email": email,
		"undeliverable": bounces.undeliverable([email]) if may_see else [],
		"replies": replies_for(call) if call else [],
	}


@frappe.whitelist()
@validate_call
def reply(doctype: DocTypeName, name: str, email_template: str) -> dict:
	"""A reply filled in for the call of a document: subject, with our reference, and message (HTML).

	One that came with the app, and was not changed, is in the customer's language.

	Raises:
		frappe.PermissionError: the user may not read the document.
		frappe.ValidationError: it belongs to no call, or the template is not offered as a reply.
	"""
	call = _call(_readable(doctype, name))
	if not call or email_template not in replies_for(call):
		frappe.throw(
			_("{0} is not a reply for this document.").format(frappe.bold(escape_html(email_template)))
		)
	template = frappe.get_doc("Email Template", email_template)
	language = _language_of(call)
	for field in ("subject", "response_html"):
		template.set(
			field,
			shipped_texts.spoken(template.doctype, template.name, field, template.get(field), language),
		)
	text = template.get_formatted_email(call.as_dict())
	subject = cstr(text["subject"])
	if call.name not in subject:
		subject = f"{subject} (#{call.name})"
	return {"subject": subject, "message": text["message"]}


def replies_for(call: Document) -> list[str]:
	"""Names of the Email Templates that are offered for a call, the most specific first."""
	asked = {
		"aftersales_request_type": call.request_type,
		"aftersales_status": call.status,
		"aftersales_language": _language_of(call) or frappe.db.get_default("lang"),
	}
	rows = frappe.get_all("Email Template", {"aftersales_reply": 1}, ["name", *asked], order_by="name asc")
	fitting = [row for row in rows if all(row[field] in (None, "", value) for field, value in asked.items())]
	ranked = sorted(fitting, key=lambda row: -sum(bool(row[field]) for field in asked))
	return [row.name for row in ranked][:MOST]


def _language_of(call: Document) -> str | None:
	return frappe.db.get_value("Customer", call.customer, "language") if call.customer else None


def _readable(doctype: str, name: str) -> Document:
	if doctype not in DOCTYPES:
		frappe.throw(_("{0} is not a document of a customer's service.").format(escape_html(doctype)))
	doc = frappe.get_doc(doctype, name)
	doc.check_permission("read")
	return doc


def _call(doc: Document) -> Document | None:
	name = doc.name if doc.doctype == CALL else doc.get("repair_call")
	return frappe.get_doc(CALL, name) if name and frappe.db.exists(CALL, name) else None
