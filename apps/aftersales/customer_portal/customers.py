"""For whom somebody who is logged in acts: the customers they are a portal user or a contact of."""

import frappe
from frappe import _
from frappe.model.document import Document


def customers_of(user: str | None = None) -> list[str]:
	"""Names of the customers `user` (default: the session's) acts for; none for Guest.

	A portal user of the Customer, or the user of a Contact that is linked to it and was written by us: every
	website user may make contacts of their own.
	"""
	user = user or frappe.session.user
	if user == "Guest":
		return []
	portal_user = frappe.qb.DocType("Portal User")
	contact, link = frappe.qb.DocType("Contact"), frappe.qb.DocType("Dynamic Link")
	customer, author = frappe.qb.DocType("Customer"), frappe.qb.DocType("User")
	as_portal_user = (
		frappe.qb.from_(portal_user)
		.select(portal_user.parent)
		.where((portal_user.user == user) & (portal_user.parenttype == "Customer"))
	)
	as_contact = (
		frappe.qb.from_(contact)
		.join(link)
		.on((link.parent == contact.name) & (link.parenttype == "Contact"))
		.join(author)
		.on(author.name == contact.owner)
		.select(link.link_name)
		.where((contact.user == user) & (link.link_doctype == "Customer"))
		.where((author.user_type == "System User") | (author.name == "Guest"))
	)
	return (
		frappe.qb.from_(customer)
		.select(customer.name)
		.where(customer.disabled == 0)
		.where(customer.name.isin(as_portal_user) | customer.name.isin(as_contact))
		.orderby(customer.name)
		.run(pluck=True)
	)


def validate_contact_links(contact: Document, method: str | None = None) -> None:
	"""validate of a Contact: whose contact somebody is, is for the desk to say.

	Frappe lets every website user make contacts and edit their own; a contact opens its customer's pages.

	Raises:
		frappe.PermissionError: a website user names themselves, or anybody, a contact of a customer.
	"""
	if contact.flags.ignore_permissions or not _is_website_user():
		return
	before = contact.get_doc_before_save()
	customers = _customers_named(contact)
	if customers and (customers - _customers_named(before) or contact.user != (before and before.user)):
		frappe.throw(
			_("Only our staff can make somebody a contact of customer {0}.").format(
				frappe.bold(frappe.utils.escape_html(", ".join(sorted(customers))))
			),
			frappe.PermissionError,
		)


def validate_address(address: Document, method: str | None = None) -> None:
	"""validate of an Address: a website user keeps addresses of the customers they act for, and of nobody else.

	Frappe lets every website user make addresses; ERPNext puts a customer's primary one on their invoices.

	Raises:
		frappe.PermissionError: the address is, was, or would be somebody else's too.
	"""
	if address.flags.ignore_permissions or not _is_website_user():
		return
	own = set(customers_of())
	foreign = sorted(
		link.link_name
		for doc in (address, address.get_doc_before_save())
		for link in (doc.links if doc else ())
		if link.link_name and not (link.link_doctype == "Customer" and link.link_name in own)
	)
	if foreign:
		frappe.throw(
			_("Only our staff can maintain an address of {0}.").format(
				frappe.bold(frappe.utils.escape_html(", ".join(foreign)))
			),
			frappe.PermissionError,
		)


def validate_link_row(link: Document, method: str | None = None) -> None:
	"""A row of Dynamic Link written by itself, past the Contact or Address it stands in: not by website users.

	Raises:
		frappe.PermissionError: always, for them.
	"""
	if _is_website_user():
		frappe.throw(
			_("Only staff can link a {0} to a user.").format(_(link.parenttype)), frappe.PermissionError
		)


def _is_website_user() -> bool:
	user = frappe.session.user
	return user != "Administrator" and frappe.get_cached_value("User", user, "user_type") != "System User"


def _customers_named(contact: Document | None) -> set[str]:
	return {link.link_name for link in contact.links if link.link_doctype == "Customer"} if contact else set()


def contact_of(user: str, customer: str) -> dict[str, str | None]:
	"""Name, phone and e-mail with which `user` reports something for `customer`."""
	name = frappe.db.get_value("Contact", {"user": user}, ["full_name", "mobile_no", "phone"], as_dict=True)
	person = frappe.db.get_value("User", user, ["full_name", "mobile_no", "phone"], as_dict=True)
	known = name or frappe._dict()
	of_customer = frappe.get_cached_value("Customer", customer, "mobile_no")
	return {
		"contact_name": known.full_name or person.full_name,
		"contact_phone": known.mobile_no or known.phone or person.mobile_no or person.phone or of_customer,
		"contact_email": user,
	}


def language_of(customer: str) -> str | None:
	"""The language the customer is written to in, where one is set."""
	return frappe.get_cached_value("Customer", customer, "language")
