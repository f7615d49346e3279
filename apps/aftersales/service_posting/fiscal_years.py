"""A Fiscal Year that is created or changed holds from now on: version 15 of ERPNext reads a list kept in the cache."""

import frappe
from frappe.model.document import Document


def forget(year: Document, method: str | None = None) -> None:
	"""doc_events on_update, on_trash of a Fiscal Year."""
	frappe.cache.delete_value("fiscal_years")
