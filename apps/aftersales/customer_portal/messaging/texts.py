"""Customer Messages of the site: the text for a moment in a language, filled from a document."""

from dataclasses import dataclass

import frappe
from frappe.model.document import Document

from aftersales.core.language_rules import best
from aftersales.customer_portal.messaging import placeholder_rules as rules

NOTIFICATIONS = {
	"received": ("Customer: Call Received",),
	"contact": ("Customer: Confirm Contact",),
	"appointment": ("Customer: Appointment",),
	"visit_reminder": ("Customer: Visit Reminder",),
	"visit_today": ("Customer: Estimated Time",),
	"on_the_way": ("Customer: Technician on the Way",),
	"taken_in": ("Customer: Product Taken In",),
	"estimate": ("Customer: Estimate Ready",),
	"ready": ("Customer: Ready for Return",),
	"invoice": ("Customer: Invoice",),
	"survey": ("Customer: Survey",),
	"loaner_due": ("Customer: Loaner Due Soon", "Customer: Loaner without Call Due Soon"),
	"loaner_overdue": ("Customer: Loaner Overdue", "Customer: Loaner without Call Overdue"),
}
"""Moment → the shipped Notifications that are silent while a Customer Message is enabled for it."""


@dataclass(frozen=True)
class Text:
	"""A message as it is sent: plain texts, HTML for mails."""

	subject: str
	text: str
	html: str
	sms: str


def enabled(moment: str) -> Document | None:
	"""The Customer Message for a moment, where it is enabled."""
	label = next(label for label, key in rules.KEYS.items() if key == moment)
	name = frappe.db.get_value("Customer Message", {"moment": label, "enabled": 1})
	return frappe.get_cached_doc("Customer Message", name) if name else None


def for_document(message: Document, doc: Document, language: str | None) -> Text | None:
	"""The text for a document, whose `message` holds what the moment is about; None without any text."""
	return filled(message, values_of(doc), language)


def filled(message: Document, values: dict, language: str | None) -> Text | None:
	place = best([row.language for row in message.texts], language)
	if place is None:
		return None
	row = message.texts[place]
	text = rules.fill(row.text, values)
	return Text(
		subject=" ".join(rules.fill(row.subject, values).split()),
		text=text,
		html=rules.as_html(text),
		sms=rules.fill(row.sms_text, values) if row.sms_text else text,
	)


def values_of(doc: Document) -> dict:
	"""Placeholder → value: of the document, and of the moment in `doc.message`."""
	about = doc.get("message") or {}
	return {
		"contact": doc.get("contact_name") or doc.get("customer_name"),
		"customer": doc.get("customer_name"),
		"call": doc.name,
		"subject": doc.get("subject") or doc.get("item_name"),
		"product": " ".join(part for part in (doc.get("brand"), doc.get("model")) if part),
		"company": doc.get("company"),
		**{name: about.get(name) for name in rules.EXAMPLES if name in about},
	}
