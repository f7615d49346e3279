"""Who writes and who is written to: customers, colleagues, vendors, our own mailboxes."""

from collections.abc import Iterable

import frappe
from frappe.query_builder import Order


def own_addresses() -> set[str]:
	"""Addresses of the site's Email Accounts, in small letters."""
	return {address.lower() for address in frappe.get_all("Email Account", pluck="email_id") if address}


def staff(addresses: Iterable[str]) -> set[str]:
	"""Of `addresses` those of enabled desk users."""
	wanted = _wanted(addresses)
	if not wanted:
		return set()
	filters = {"email": ("in", wanted), "enabled": 1, "user_type": "System User"}
	return {email.lower() for email in frappe.get_all("User", filters, pluck="email")}


def vendors(addresses: Iterable[str]) -> set[str]:
	"""Of `addresses` those of suppliers' contacts."""
	return {row.email_id.lower() for row in _contacts(addresses, "Supplier")}


def customers_of(address: str | None) -> list[str]:
	"""The customers that have this address: of a contact, else their own. Several where a contact serves several."""
	if not address:
		return []
	found = list(dict.fromkeys(row.link_name for row in _contacts([address], "Customer")))
	return found or frappe.get_all("Customer", {"email_id": address}, pluck="name", order_by="creation")


def of_call(call: str) -> set[str]:
	"""Addresses of the customer of a call: the contact's, those on file, those that have written about it."""
	customer, contact = frappe.db.get_value("Repair Call", call, ["customer", "contact_email"]) or (
		None,
		None,
	)
	found = {contact, customer and frappe.db.get_value("Customer", customer, "email_id")}
	address, link = frappe.qb.DocType("Contact Email"), frappe.qb.DocType("Dynamic Link")
	found |= set(
		frappe.qb.from_(address)
		.join(link)
		.on((link.parent == address.parent) & (link.parenttype == "Contact"))
		.select(address.email_id)
		.where((link.link_doctype == "Customer") & (link.link_name == customer))
		.run(pluck=True)
	)
	received = {
		"reference_doctype": "Repair Call",
		"reference_name": call,
		"sent_or_received": "Received",
		"communication_type": "Communication",
	}
	found |= set(frappe.get_all("Communication", received, pluck="sender"))
	found = {part.lower() for part in found if part}
	return found - (staff(found) - {(contact or "").lower()})


def _contacts(addresses: Iterable[str], doctype: str) -> list[frappe._dict]:
	wanted = _wanted(addresses)
	if not wanted:
		return []
	address, link = frappe.qb.DocType("Contact Email"), frappe.qb.DocType("Dynamic Link")
	return (
		frappe.qb.from_(address)
		.join(link)
		.on((link.parent == address.parent) & (link.parenttype == "Contact"))
		.select(link.link_name, address.email_id)
		.where(address.email_id.isin(wanted) & (link.link_doctype == doctype))
		.orderby(link.creation, order=Order.asc)
		.run(as_dict=True)
	)


def _wanted(addresses: Iterable[str]) -> list[str]:
	return sorted({address for address in addresses if address})
