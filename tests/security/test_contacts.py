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
