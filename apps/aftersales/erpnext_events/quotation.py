"""Quotation: the estimate of a Repair Card, or the quote of a visit."""

from frappe.model.document import Document

from aftersales.repair_workshop import quotation_events
from aftersales.service_posting.plan import exact_hours


def before_validate(doc: Document, method: str | None = None) -> None:
	exact_hours.before_validate(doc)


def after_insert(doc: Document, method: str | None = None) -> None:
	quotation_events.after_insert(doc)


def on_change(doc: Document, method: str | None = None) -> None:
	quotation_events.on_change(doc)
