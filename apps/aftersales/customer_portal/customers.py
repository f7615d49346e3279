"""For whom somebody who is logged in acts: the customers he is a portal user or a contact of."""

import frappe


def customers_of(user: str | None = None) -> list[str]:
	"""Names of the customers `user` (default: the session's) acts for; none for Guest.

	A portal user of the Customer, or the user of a Contact that is linked to it.
	"""
	user = user or frappe.session.user
	if user == "Guest":
		return []
	portal_user = frappe.qb.DocType("Portal User")
	contact, link = frappe.qb.DocType("Contact"), frappe.qb.DocType("Dynamic Link")
	customer = frappe.qb.DocType("Customer")
	as_portal_user = (
		frappe.qb.from_(portal_user)
		.select(portal_user.parent)
		.where((portal_user.user == user) & (portal_user.parenttype == "Customer"))
	)
	as_contact = (
		frappe.qb.from_(contact)
		.join(link)
		.on((link.parent == contact.name) & (link.parenttype == "Contact"))
		.select(link.link_name)
		.where((contact.user == user) & (link.link_doctype == "Customer"))
	)
	return (
		frappe.qb.from_(customer)
		.select(customer.name)
		.where(customer.disabled == 0)
		.where(customer.name.isin(as_portal_user) | customer.name.isin(as_contact))
		.orderby(customer.name)
		.run(pluck=True)
	)


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
