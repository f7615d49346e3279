"""German as it is shipped: what a customer and a desk user whose language it is get to read."""

import frappe
import pytest

from aftersales.customer_portal import links
from tests import factories as make
from tests import portal
from tests.portal import ANNA


@pytest.fixture
def german():
	"""A customer written to in German, with a login in German, and one call."""
	portal.forget_limits()
	customer = make.customer("Nora Byrne")
	frappe.db.set_value("Customer", customer, "language", "de")
	frappe.clear_document_cache("Customer", customer)
	portal.website_user(ANNA, customer, "Anna")
	frappe.db.set_value("User", ANNA, "language", "de")
	return make.plain_call(customer, contact_name="Nora Byrne")


def test_a_signed_link_speaks_the_customers_language(german):
	address = links.address(links.TRACK, "Repair Call", german.name, german.customer)
	assert "Ihre Meldung ist bei uns eingegangen" in portal.get(address).words
	assert frappe.local.lang == "en"


def test_pages_of_a_login_in_german(german, monkeypatch):
	monkeypatch.setattr(frappe.local, "lang", frappe.translate.get_user_lang(ANNA))
	answer = portal.get("/aftersales", ANNA)
	assert 'lang="de"' in answer.html
	assert "Problem melden" in answer.words


def test_statuses_and_printed_lists_in_german(german, monkeypatch):
	monkeypatch.setattr(frappe.local, "lang", "de")
	assert frappe._(german.status) != german.status
	assert frappe._("Repair Call") == "Reparaturmeldung"
	html = frappe.get_print("Repair Card", make.received_card(german).name, "Repair List")
	assert "Reparaturliste" in html and "Repair list" not in html


def test_erpnexts_screens_keep_their_words(monkeypatch):
	monkeypatch.setattr(frappe.local, "lang", "de")
	assert frappe._("State", context="Service Clock") == "Status"
	assert frappe._("State") != "Status"
	assert frappe._("Product", context="After-sales") == "Gerät"
	assert frappe._("Product") != "Gerät"
