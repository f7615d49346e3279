"""The set-up assistant: what it finds on a site, and that each of its steps does what it says."""

import frappe
import pytest

from aftersales.setup import assistant, home_pages, roles, sample
from tests import factories as make

MANAGER = "maeve.manager@example.com"


def step(key: str) -> frappe._dict:
	return frappe._dict(next(found for found in assistant.load()["steps"] if found["key"] == key))


def test_only_who_sets_up_sees_it():
	frappe.set_user(make.user("sean.agent@example.com", "Service Agent"))
	for call in (
		assistant.load,
		lambda: assistant.give_roles("sean.agent@example.com", ["Service Manager"]),
		lambda: assistant.switch("send_customer_messages", 1),
		lambda: assistant.switch_workflow("Repair Card", 1),
		lambda: assistant.set_labour_price(60),
		lambda: assistant.add_technician("Sean"),
		assistant.send_test_mail,
	):
		with pytest.raises(frappe.PermissionError):
			call()


def test_a_price_of_labour_makes_what_billing_needs():
	make.settings(labour_item=None, travel_item=None)
	assert step("labour").state == "To Do"
	for rate in (80, 90):  # a second time sets the price anew
		assistant.set_labour_price(rate, 40)
	settings = frappe.get_doc("Aftersales Settings")
	assert (settings.labour_item, settings.travel_item) == ("Labour", "Travel")
	prices = frappe.get_all(
		"Item Price",
		{"item_code": ("in", ("Labour", "Travel"))},
		["item_code", "price_list_rate"],
		order_by="item_code asc",
		as_list=True,
	)
	assert prices == (("Labour", 90.0), ("Travel", 40.0))
	assert not frappe.db.get_value("Item", "Labour", "is_stock_item")
	assert step("labour").state == "Done"
	with pytest.raises(frappe.MandatoryError):
		assistant.set_labour_price(0)


def test_the_first_technician_has_a_skill_and_a_van():
	frappe.db.delete("Service Technician")
	assert step("technician").state == "To Do"
	name = assistant.add_technician("Mary Byrne")
	technician = frappe.get_doc("Service Technician", name)
	assert technician.van_warehouse == f"Van Mary Byrne - {make.ABBR}"
	(skill,) = technician.skills
	assert (skill.item_group, skill.support_kind) == ("All Item Groups", "Both")
	assert step("technician").state == "Done"
	assert step("quality_check").state == "To Do"  # one technician: nobody else can verify
	assistant.switch("own_check_allowed", 1)
	assert step("quality_check").state == "Done"
	technician.skills = []
	technician.save()
	assert step("technician").state == "To Do"


def test_roles_are_given_to_who_is_there():
	user = make.user("kim.newcomer@example.com", "Sales User")
	assistant.give_roles(user, ["Service Agent", "Service Technician"])
	assert {"Service Agent", "Service Technician", "Sales User"} <= set(frappe.get_roles(user))
	with pytest.raises(frappe.ValidationError, match="System Manager"):
		assistant.give_roles(user, ["System Manager"])
	manager = make.user(MANAGER, "Service Manager")
	frappe.set_user(manager)  # gives nobody rights: may not write users
	with pytest.raises(frappe.PermissionError):
		assistant.give_roles(manager, ["Service Accountant"])


def test_switches_and_workflows():
	assert step("messages").state == "Optional"
	assistant.switch("send_customer_messages", 1)
	assert step("messages").state in ("Done", "To Do")
	with pytest.raises(frappe.ValidationError):
		assistant.switch("submit_invoice", 1)
	assistant.switch_workflow("Repair Card", 1)
	rows = {row["name"]: row["value"] for row in step("workflows").rows}
	assert (rows["Repair Card"], rows["Repair Call"]) == (1, 0)
	with pytest.raises(frappe.ValidationError):
		assistant.switch_workflow("Leave Application", 1)
	frappe.set_user(make.user(MANAGER, "Service Manager"))
	with pytest.raises(frappe.PermissionError):  # workflows are the administrator's
		assistant.switch_workflow("Repair Card", 0)


def test_an_administrator_may_use_the_app_at_once():
	owner = make.user("owner@example.com", "System Manager")
	gone = make.user("gone@example.com", "System Manager")
	frappe.db.set_value("User", gone, "enabled", 0)
	roles.give_to_administrators()
	assert set(roles.ROLES) <= set(frappe.get_roles(owner))
	assert not frappe.db.exists("Has Role", {"parent": gone, "role": ("in", roles.ROLES)})


def test_the_desk_is_told_where_a_session_begins():
	agent = make.user("sean.agent@example.com", "Service Agent")
	frappe.set_user(agent)
	told = frappe._dict()
	home_pages.tell_desk(told)
	assert told.aftersales_home == "phone-desk"
	frappe.db.set_value("User", agent, "default_app", "erpnext")  # chosen by the user
	told = frappe._dict()
	home_pages.tell_desk(told)
	assert "aftersales_home" not in told


def test_a_sample_company_comes_and_goes():
	counted = (
		"Company",
		"Customer",
		"Service Technician",
		"Customer Equipment",
		"Repair Call",
		"Repair Card",
	)
	before = {doctype: frappe.db.count(doctype) for doctype in counted}
	company = sample.create()
	made = {doctype: frappe.db.count(doctype) - before[doctype] for doctype in counted}
	assert made == {
		"Company": 1,
		"Customer": 3,
		"Service Technician": 2,
		"Customer Equipment": 3,
		"Repair Call": 6,
		"Repair Card": 2,
	}
	assert set(frappe.get_all("Service Voucher", {"company": company}, pluck="status")) == {"Dispatched"}
	assert not frappe.db.exists("GL Entry", {"company": company})
	assert assistant.load()["sample"]
	with pytest.raises(frappe.ValidationError, match="already"):
		sample.create()
	sample.remove()
	assert {doctype: frappe.db.count(doctype) for doctype in counted} == before
	assert not assistant.load()["sample"]
	with pytest.raises(frappe.ValidationError, match="no sample"):
		sample.remove()
	frappe.set_user(make.user("maeve.manager@example.com", "Service Manager"))
	for call in (sample.create, sample.remove):
		with pytest.raises(frappe.PermissionError):
			call()
