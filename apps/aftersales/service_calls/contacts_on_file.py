"""Whose word a contact of a call is: addresses that we have on file, and those somebody has merely typed.

A call that a guest registers (by the code on a product, by mail from an address we do not know) names a
contact that nobody has looked at. Messages about the call say what is done with the customer's product and
carry keys to documents, so they go to a contact that the desk or the customer has confirmed; until then to
the address on file, and in our words, not in the guest's.
"""

import re

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, validate_email_address

from aftersales.core.guards import require_role, set_protected_values
from aftersales.core.roles import DESK
from aftersales.service_calls import repeat_calls
from aftersales.service_calls.contact_rules import is_one_address

EXCHANGED = ("contact_name", "contact_phone", "contact_email", "subject", "description")
LOGGED_IN = "Web"
"""The channel on which whoever writes is known: a customer on the portal."""


def is_address(text: str | None) -> bool:
	"""True when `text` is exactly one e-mail address that mail can be sent to."""
	return is_one_address(text) and validate_email_address(text) == text


def check_address(doc: Document, fieldname: str = "contact_email") -> None:
	"""Refuse more than one address, or an address with a name, where messages go to one person.

	Raises:
		frappe.InvalidEmailAddressError: names the field and the value.
	"""
	value = doc.get(fieldname)
	if value and doc.has_value_changed(fieldname) and not is_address(value):
		frappe.throw(
			_("{0}: {1} is not one e-mail address. Enter a single address without a name.").format(
				frappe.bold(_(doc.meta.get_label(fieldname))), escape_html(value)
			),
			frappe.InvalidEmailAddressError,
		)


def emails_of(customer: str) -> list[str]:
	"""The e-mail addresses (lower case) on file of a customer: their own first, of contacts, of portal users."""
	contact_email, link = frappe.qb.DocType("Contact Email"), frappe.qb.DocType("Dynamic Link")
	contact, portal_user = frappe.qb.DocType("Contact"), frappe.qb.DocType("Portal User")
	of_customer = (
		(link.parenttype == "Contact") & (link.link_doctype == "Customer") & (link.link_name == customer)
	)
	found = [frappe.db.get_value("Customer", customer, "email_id")]
	found += (
		frappe.qb.from_(contact_email)
		.join(link)
		.on(link.parent == contact_email.parent)
		.select(contact_email.email_id)
		.where(of_customer)
		.orderby(contact_email.creation)
		.run(pluck=True)
	)
	found += (
		frappe.qb.from_(contact)
		.join(link)
		.on(link.parent == contact.name)
		.select(contact.user)
		.where(of_customer)
		.orderby(contact.creation)
		.run(pluck=True)
	)
	found += (
		frappe.qb.from_(portal_user)
		.select(portal_user.user)
		.where((portal_user.parenttype == "Customer") & (portal_user.parent == customer))
		.orderby(portal_user.idx)
		.run(pluck=True)
	)
	return list(dict.fromkeys(address.strip().lower() for address in found if address))


def phones_of(customer: str) -> list[str]:
	"""The phone numbers on file of a customer, their own first."""
	phone, link = frappe.qb.DocType("Contact Phone"), frappe.qb.DocType("Dynamic Link")
	found = [frappe.db.get_value("Customer", customer, "mobile_no")]
	found += (
		frappe.qb.from_(phone)
		.join(link)
		.on(link.parent == phone.parent)
		.select(phone.phone)
		.where((link.parenttype == "Contact") & (link.link_doctype == "Customer"))
		.where(link.link_name == customer)
		.orderby(phone.creation)
		.run(pluck=True)
	)
	return list(dict.fromkeys(number for number in found if number))


def on_file(customer: str, email: str | None, phone: str | None) -> tuple[str | None, str | None]:
	"""E-mail address and phone as far as they are on file of the customer; None for one that is not."""
	key = repeat_calls.phone_key(phone)
	return (
		email if email and email.strip().lower() in emails_of(customer) else None,
		# as it is on file: the same last digits may be a number in another country
		next((known for known in phones_of(customer) if key and repeat_calls.phone_key(known) == key), None),
	)


def is_on_file(customer: str, email: str | None, phone: str | None) -> bool:
	"""True when the address and the number, as far as they are given, are both on file of the customer."""
	known_email, known_phone = on_file(customer, email, phone)
	return bool(known_email or not email) and _digits(known_phone) == _digits(phone)


def addressed(doc: Document) -> Document:
	"""A call as messages about it may tell it: to a confirmed contact as it is.

	Of one that is not confirmed the address and the number are exchanged for those on file, or emptied; and
	where somebody unknown may have written it, so are the words. It stays so when Frappe's Notifications load `doc` anew;
	when one of them saves it, :func:`restore` brings back what is stored.
	"""
	if doc.doctype != "Repair Call" or doc.contact_confirmed:
		return doc
	doc.flags.stored_contact = {field: doc.get(field) for field in EXCHANGED}
	email, phone = on_file(doc.customer, doc.contact_email, doc.contact_phone)
	doc.contact_email = email or next(iter(emails_of(doc.customer)), None)
	doc.contact_phone = phone or next(iter(phones_of(doc.customer)), None)
	if doc.channel != LOGGED_IN:
		product = " ".join(part for part in (doc.brand, doc.model) if part)
		doc.contact_name = None
		doc.subject = (
			_("Report about your product {0}").format(product) if product else _("Report about your product")
		)
		doc.description = None
	return doc


def restore(doc: Document) -> None:
	"""Before a call is saved: the contact and the words that are stored, where :func:`addressed` exchanged them."""
	doc.update(doc.flags.pop("stored_contact", None) or {})


def confirm(call: Document, by: str) -> None:
	"""From now on messages go to the contact of `call` as it stands. The caller has checked who may say so.

	Args:
		by: who confirmed it, as text in HTML for the timeline.
	"""
	if call.contact_confirmed:
		return
	set_protected_values(call, contact_confirmed=1)
	call.save()
	call.add_comment(
		"Info",
		_("contact confirmed: {0}, {1}, {2}").format(
			escape_html(call.contact_name or "-"),
			escape_html(call.contact_phone or call.contact_email or "-"),
			by,
		),
	)


def _digits(phone: str | None) -> str:
	return re.sub(r"\D", "", phone or "")


def check_may_confirm(call: Document) -> None:
	"""Refuse who is not of the desk, or may not write the call.

	Raises:
		frappe.PermissionError
	"""
	call.check_permission("write")
	require_role(DESK, _("Confirming a contact"))
