"""Address: who may keep which, and where it is."""

from frappe.model.document import Document

from aftersales.customer_portal import customers
from aftersales.service_routes import places


def validate(doc: Document, method: str | None = None) -> None:
	customers.validate_address(doc)
	places.validate_address(doc)
