"""Nobody makes himself a contact of a customer: that would open the customer's pages to him."""

import json

import frappe
import pytest

from aftersales.customer_portal.customers import customers_of
from tests import factories as make

ANNA = "anna@contacts.example"
ACCOMPLICE = "accomplice@contacts.example"
AGENT = "agent@contacts.example"


def website_user(email: str) -> str:
	doc = frappe.get_doc(
		{
			"doctype": "User",
			"email": email,
			"first_name": email.split("@")[0],
			"user_type": "Website User",
			"send_welcome_email": 0,
		}
	)
	doc.flags.no_welcome_mail = True
	return doc.insert(ignore_permissions=True).name


@pytest.fixture
def victim():
	return make.customer("Ben Zanzibar")


@pytest.fixture(autouse=True)
def people(victim):
	website_user(ANNA)
	website_user(ACCOMPLICE)
	make.user(AGENT, "Service Agent")


def linked(customer: str, user: str, **values) -> dict:
	return {
		"doctype": "Contact",
		"first_name": "Innocent",
		"user": user,
		"links": [{"link_doctype": "Customer", "link_name": customer}],
		**values,
	}


@pytest.mark.parametrize("author", [ANNA, ACCOMPLICE])
def test_not_by_a_new_contact(victim, author):
	frappe.set_user(author)
	with pytest.raises(frappe.PermissionError):
		frappe.client.insert(json.dumps(linked(victim, ANNA)))
	with pytest.raises(frappe.PermissionError):
		frappe.client.insert(
			json.dumps(linked(victim, None, email_ids=[{"email_id": ANNA, "is_primary": 1}]))
		)
	assert customers_of(ANNA) == []


def test_not_by_changing_his_own_contact(victim):
	frappe.set_user(ANNA)
	own = frappe.client.insert(json.dumps({"doctype": "Contact", "first_name": "Anna", "user": ANNA}))
	changed = {**frappe.get_doc("Contact", own.name).as_dict(), **linked(victim, ANNA)}
	with pytest.raises(frappe.PermissionError):
		frappe.client.save(json.dumps(changed, default=str))
	assert customers_of(ANNA) == []


def test_not_by_a_row_put_under_his_own_contact(victim):
	"""Frappe inserts the row of a table without asking the document it belongs to."""
	frappe.set_user(ANNA)
	own = frappe.client.insert(json.dumps({"doctype": "Contact", "first_name": "Anna", "user": ANNA}))
	row = {
		"doctype": "Dynamic Link",
		"parenttype": "Contact",
		"parent": own.name,
		"parentfield": "links",
		"link_doctype": "Customer",
		"link_name": victim,
	}
	try:
		frappe.get_doc(row).insert()
	except frappe.PermissionError:
		pass
	assert customers_of(ANNA) == []


def test_what_was_written_before_opens_nothing_either(victim):
	frappe.set_user(ACCOMPLICE)
	frappe.get_doc(linked(victim, ANNA)).insert(ignore_permissions=True)
	assert customers_of(ANNA) == []


def test_the_desk_names_contacts(victim):
	frappe.set_user(AGENT)
	frappe.client.insert(json.dumps(linked(victim, ANNA)))
	assert customers_of(ANNA) == [victim]
	frappe.set_user(ANNA)
	contact = frappe.get_doc("Contact", {"user": ANNA, "owner": AGENT})
	with pytest.raises(frappe.PermissionError):
		contact.append("links", {"link_doctype": "Customer", "link_name": make.customer("Nora Byrne")})
		contact.save()
	assert customers_of(ANNA) == [victim]


# ---------------------------------------------------------------------------- addresses


def address(customer: str, **values) -> dict:
	return {
		"doctype": "Address",
		"address_title": "Evil",
		"address_type": "Billing",
		"address_line1": "666 Mallory Street",
		"city": "Nowhere",
		"country": "Ireland",
		"is_primary_address": 1,
		"links": [{"link_doctype": "Customer", "link_name": customer}],
		**values,
	}


def test_nobody_puts_an_address_on_another_customers_invoices(victim):
	own = make.customer("Anna's Household")
	customer = frappe.get_doc("Customer", own)
	customer.append("portal_users", {"user": ANNA})
	customer.save()
	frappe.set_user(ANNA)
	mine = frappe.get_doc(frappe.client.insert(json.dumps(address(own))))
	frappe.db.commit()
	for links in (
		[{"link_doctype": "Customer", "link_name": victim}],
		[{"link_doctype": "Customer", "link_name": own}, {"link_doctype": "Customer", "link_name": victim}],
		[{"link_doctype": "Company", "link_name": make.COMPANY}],
	):
		with pytest.raises(frappe.PermissionError, match="Only our staff"):
			frappe.client.insert(json.dumps(address(own, links=links)))
		with pytest.raises(frappe.PermissionError, match="Only our staff"):
			frappe.client.save(
				frappe.as_json({**frappe.get_doc("Address", mine.name).as_dict(), "links": links})
			)
		frappe.db.rollback()
	row = {"parent": mine.name, "parenttype": "Address", "parentfield": "links"}
	with pytest.raises(frappe.PermissionError):
		frappe.new_doc("Dynamic Link", **row, link_doctype="Customer", link_name=victim).insert()
	stored = frappe.get_doc("Dynamic Link", mine.links[0].name)
	stored.link_name = victim
	with pytest.raises(frappe.PermissionError):
		stored.save()
	frappe.db.rollback()
	frappe.set_user("Administrator")
	assert frappe.get_all("Dynamic Link", {"parenttype": "Address", "link_name": victim}) == []


def test_the_desk_keeps_addresses(victim):
	frappe.set_user(make.user("sales@contacts.example", "Service Agent", "Sales User"))
	frappe.client.insert(json.dumps(address(victim)))
