"""A newcomer's first hour: set up, first call, first visit billed, first repair returned; clicks counted, no dead end.

Every click is a real one of the mouse, counted in the browser; typing is not counted. A message that refuses something
fails the test: nothing here is tried twice. Times are printed and not compared, since machines differ.
"""

import frappe
import pytest
from playwright.sync_api import Locator, expect

from aftersales.setup.roles import ROLES
from tests import factories as make
from tests.clicks import Counted
from tests.committed import swept_afterwards
from tests.desk import WAIT, Desk, chromium, desks_of, passwords

OWNER = (
	*ROLES,
	*("System Manager", "Item Manager", "Sales User", "Sales Manager", "Sales Master Manager"),
	*("Stock User", "Stock Manager", "Accounts User", "Accounts Manager"),
)
MOST = {"set up": 4, "first call": 2, "first visit billed": 15, "first repair returned": 15}
"""Clicks. Before: - / 2 / about 45 with eight stops / about 25."""


@pytest.fixture
def owner():
	"""The owner of a business that has just installed the app: no technician, no labour item, one person."""
	settings = frappe.get_doc("Aftersales Settings")
	before = {field: settings.get(field) for field in ("labour_item", "travel_item", "own_check_allowed")}
	with swept_afterwards(), passwords(owner=OWNER) as users:
		active = frappe.get_all("Service Technician", {"is_active": 1}, pluck="name")
		for name in active:
			frappe.db.set_value("Service Technician", name, "is_active", 0)
		make.settings(**dict.fromkeys(before))
		frappe.db.commit()
		try:
			yield users
		finally:
			frappe.db.rollback()
			make.settings(**before)
			for name in active:
				frappe.db.set_value("Service Technician", name, "is_active", 1)
			frappe.db.commit()


def test_first_call_first_visit_and_first_repair(server, owner):
	with chromium() as browser, desks_of(browser, server.url, owner) as desks:
		desk = desks.owner
		count = Counted(desk, MOST)
		with count.task("set up"):
			set_up(desk)
		with count.task("first call"):
			press(desk, "Register a Call", ".setup-assistant")
			take_call(desk, "Mary Byrne 087 555 0199", "Kettle does not heat")
		with count.task("first visit billed", "set up", "first call"):
			invoice = bill_visit(desk)
		with count.task("first repair returned"):
			desk.ask("frappe.set_route('phone-desk')")
			take_call(desk, "Pat Kelly 087 555 0198", "Iron leaks")
			card = return_repair(desk)
	frappe.db.rollback()
	# one hour at 80
	assert frappe.db.get_value("Sales Invoice", invoice, ["docstatus", "net_total"]) == (1, 80)
	status, own_check, billed = frappe.db.get_value(
		"Repair Card", card, ["status", "own_check", "sales_invoice"]
	)
	assert (status, own_check) == ("Returned", 1)
	assert frappe.db.get_value("Sales Invoice", billed, "net_total") == 80


def set_up(desk: Desk) -> None:
	page = desk.page
	page.goto("/app/setup-assistant")
	labour = page.locator("[data-step=labour]")
	labour.get_by_role("button", name="Set Price").click()
	type_into(desk, rate="80")
	modal(desk).get_by_role("button", name="Set Price").click()
	expect(labour).to_have_attribute("data-state", "Done", timeout=WAIT)
	page.locator("[data-step=technician]").get_by_role("button", name="Add Technician").click()
	type_into(desk, technician_name="First Technician")
	modal(desk).get_by_role("button", name="Add Technician").click()
	expect(page.locator("[data-step=technician]")).to_have_attribute("data-state", "Done", timeout=WAIT)


def take_call(desk: Desk, who: str, fault: str) -> None:
	page = desk.page
	expect(page.locator("#pd-search")).to_be_focused(timeout=WAIT)
	page.keyboard.type(who)
	found = page.locator("#pd-found li")
	expect(found.last).to_contain_text(who, timeout=WAIT)  # the new customer, below those on file
	for _row in range(found.count() - 1):
		page.keyboard.press("ArrowDown")
	page.keyboard.press("Enter")
	expect(page.locator("#pd-new-name")).to_have_value(" ".join(who.split()[:2]), timeout=WAIT)
	page.locator("#pd-street").fill("14 Wharf Lane")
	page.locator("#pd-city").fill("Dublin")
	page.locator("#pd-subject").fill(fault)
	page.locator(".pd-register").click()
	expect(page.locator(".pd-done")).to_contain_text("Triaged", timeout=WAIT)


def bill_visit(desk: Desk) -> str:
	press(desk, "Plan Visit", ".pd-next")
	desk.at("Service Voucher")
	press(desk, "Save").page.wait_for_function("() => !cur_frm.is_new()", timeout=WAIT)
	press(desk.settled(), "Finish Visit")
	dialog = desk.page.locator(".aftersales-finish.show")
	dialog.locator("[data-fieldname=findings] textarea").fill("Element replaced")
	dialog.get_by_role("radio", name="Passed", exact=True).click()
	dialog.locator("[data-fieldname=unsigned_reason] input").fill("Left a note")
	dialog.get_by_role("button", name="Complete Visit").click()
	desk.is_in("Completed")
	invoice = desk.value("sales_invoice")
	press(desk, "Open Invoice")
	desk.at("Sales Invoice", invoice)
	if desk.head.get_by_role(
		"button", name="Save", exact=True
	).is_visible():  # ERPNext has worked something out
		press(desk, "Save").page.wait_for_function("() => !cur_frm.is_dirty()", timeout=WAIT)
	press(desk.settled(), "Submit")
	modal(desk).get_by_role("button", name="Yes").click()
	desk.page.wait_for_function("() => cur_frm.doc.docstatus === 1", timeout=WAIT)
	desk.settled()  # ERPNext adds its buttons to the form that is open: leaving sooner, it finds none
	return invoice


def return_repair(desk: Desk) -> str:
	make.settings(own_check_allowed=1)  # one switch of the set-up assistant, for the workshop of one
	frappe.db.commit()
	press(desk, "Take In Product", ".pd-next")
	desk.at("Collection Receipt")
	write(desk, "condition", "Used")
	write(desk, "unsigned_reason", "Came by parcel")
	press(desk, "Save").page.wait_for_function("() => !cur_frm.is_new()", timeout=WAIT)
	press(desk.settled(), "Submit")
	modal(desk).get_by_role("button", name="Yes").click()
	desk.is_in("Issued")
	press(desk, "Repair Product")
	press(desk.at("Repair Card"), "Approved")
	type_into(desk, approved_by="P. Kelly", amount="80")
	modal(desk).get_by_role("button", name="Approved").click()
	desk.page.wait_for_function("() => cur_frm.doc.approval_status === 'Approved'", timeout=WAIT)
	press(desk.settled(), "Start Repair")
	press(desk.is_in("In Repair"), "To Quality Check")
	type_into(desk, technician="First Technician")
	modal(desk).get_by_role("button", name="To Quality Check").click()
	press(desk.is_in("Quality Check"), "Verify and Finish")
	desk.sign("signature")
	modal(desk).get_by_role("button", name="Verify and Finish").click()
	press(desk.is_in("Ready"), "Hand Back to Customer")
	desk.sign("signature")
	modal(desk).get_by_role("button", name="Hand Back to Customer").click()
	return desk.is_in("Returned").value("name")


# ---------------------------------------------------------------- as a person does it


def modal(desk: Desk) -> Locator:
	found = desk.page.locator(".modal.show").last
	expect(found).to_be_visible(timeout=WAIT)
	return found


def press(desk: Desk, label: str, inside: str = ".page-container:visible .page-head") -> Desk:
	desk.page.locator(inside).get_by_role("button", name=label, exact=True).click()
	return desk


def type_into(desk: Desk, **values: str) -> None:
	"""Type into the dialog that is open; a link is chosen by its whole name."""
	for fieldname, value in values.items():
		field = modal(desk).locator(f"[data-fieldname={fieldname}] input").first
		field.fill(value)
		field.press("Tab")
	desk.settled()


def write(desk: Desk, fieldname: str, value: str) -> None:
	"""Type into a field of the form."""
	field = desk.page.locator(f".page-container:visible [data-fieldname={fieldname}] textarea").first
	field.fill(value)
	field.press("Tab")
