"""New Email on a document of the service: whom, from which account, and which replies are offered."""

import frappe
import pytest

from aftersales.service_desk.mail import bounces, writing
from tests import factories as make

NORA = "nora@byrne.example"
WRITERS = (
	*("Service Agent", "Service Supervisor", "Service Manager", "Service Technician"),
	*("Workshop Technician", "Service Accountant"),
)


@pytest.fixture
def call(_site):
	shop = make.shop()
	make.contact(shop.customer, "Nora", "+353 1 555 01", NORA)
	return make.plain_call(shop.customer, request_type="Repair")


@pytest.mark.parametrize("role", WRITERS)
def test_every_role_that_writes_reads_what_new_email_asks_for(role):
	frappe.set_user(make.user(f"{frappe.scrub(role)}@writing.example", role))
	frappe.get_list("Email Account", filters={"default_outgoing": 1}, fields=["signature", "email_id"])
	assert frappe.has_permission("Email Template", "read")


def test_the_address_is_that_of_the_contact_also_on_a_visit(call):
	visit = make.voucher(call)
	assert writing.about("Repair Call", call.name)["email"] == NORA
	assert writing.about("Service Voucher", visit.name)["email"] == NORA


def test_an_address_that_mails_did_not_reach_is_told(call):
	frappe.get_doc({"doctype": bounces.DOCTYPE, "address": NORA, "reason": "User unknown"}).insert()
	(told,) = writing.about("Repair Call", call.name)["undeliverable"]
	assert (told["address"], told["reason"]) == (NORA, "User unknown")


def test_replies_fit_the_request_type_and_the_status(call):
	first = writing.about("Repair Call", call.name)["replies"]
	assert first[0] == "Reply: First Steps" and "Reply: Is It Solved" not in first
	call.resolve("New pump")
	assert writing.about("Repair Call", call.name)["replies"][0] == "Reply: Is It Solved"
	text = writing.reply("Repair Call", call.name, "Reply: Is It Solved")
	assert call.name in text["subject"] and "New pump" in text["message"]


def test_a_template_that_is_no_reply_is_refused_and_rights_are_asked(call):
	with pytest.raises(frappe.ValidationError, match="not a reply"):
		writing.reply("Repair Call", call.name, "Repair Call Received")
	with pytest.raises(frappe.ValidationError, match="not a document"):
		writing.about("User", "Administrator")
	frappe.set_user(make.user("nobody@writing.example"))
	with pytest.raises(frappe.PermissionError):
		writing.about("Repair Call", call.name)
