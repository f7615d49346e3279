"""Companies in the masters that an administrator edits."""

import frappe
from frappe.model.document import Document

ACCOUNTS_OF_COMPANIES = {
	"Service Category Account": "Service Category",
	"Service Billing Account": "Aftersales Settings",
}
"""Rows that say what to post with in a company, by the document they are part of."""


def forget_company(company: Document, method: str | None = None) -> None:
	"""on_trash of Company: the rows set up for it go, as ERPNext takes it out of items and modes of payment.

	A company with calls, visits or technicians is not deleted: Frappe says which document is linked.
	"""
	for table, owner in ACCOUNTS_OF_COMPANIES.items():
		frappe.db.delete(table, {"company": company.name})
		frappe.clear_document_cache(owner)
	if frappe.db.get_single_value("Aftersales Settings", "default_company") == company.name:
		frappe.db.set_single_value("Aftersales Settings", "default_company", None)
