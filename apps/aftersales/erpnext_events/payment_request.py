"""Payment Request: a gateway says that an invoice of service jobs was paid."""

from frappe.model.document import Document

from aftersales.service_cash.payments import requests


def on_payment_authorized(doc: Document, method: str | None = None, status: str | None = None) -> str | None:
	return requests.authorized(doc, status)
