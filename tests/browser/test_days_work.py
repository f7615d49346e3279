"""The everyday work of each role, its clicks or taps counted: what is done twenty times a day takes no detour.

Every click is a real one, counted in the browser; typing and keys are not counted. The technician's app is counted in
test_technician_day.py; here a visit is done on the desk's form on a phone.
"""

import re
from contextlib import contextmanager

import frappe
import pytest
from frappe.utils import add_to_date, now_datetime
from frappe.utils.password import update_password
from playwright.sync_api import expect

from tests import factories as make
from tests import portal
from tests.clicks import Counted
from tests.committed import swept_afterwards
from tests.desk import PHONE, WAIT, chromium, desks_of, passwords

MOST = {
	"call registered": 1,
	"visit dispatched": 3,
	"visit done": 9,
	"repair a step further": 1,
	"day billed": 3,
	"estimate decided": 2,
}
"""Clicks or taps. Before: 1, 3, 18, 1, 3, 2."""
CUSTOMER = "Counted Customer"
LOGIN, PASSWORD = "counted@example.com", "a-customers-own-word"


@pytest.fixture
def business():
	"""A customer with a product, a technician with a van, an hour with its price, somebody in each role."""
	roles = {
		"desk": ("Service Agent", "Service Supervisor"),
		"technician": "Service Technician",
		"foreman": ("Service Supervisor", "Workshop Technician"),
		"accountant": "Service Accountant",
	}
	with swept_afterwards(), passwords(**roles) as users:
		customer = make.customer(CUSTOMER)
		make.contact(customer, "Niamh Counted", "+353 86 777 0042")
		hour = make.service_item("Counted Hour")
		make.price(hour, 60)
		category = make.category(
			"Counted",
			charge_rule="Customer",
			accounts=[
				{"company": make.COMPANY, "income_account": "Service - LSL", "cost_center": "Main - LSL"}
			],
		)
		yield frappe._dict(
			users=users,
			customer=customer,
			hour=hour,
			category=category,
			boiler=make.equipment(customer, serial_text="COUNTED-1"),
			technician=make.technician("Counted Technician", user=users["technician"]),
		)


@contextmanager
def at_work(server, business, who: str, path: str, size: dict | None = None):
	"""The desk of somebody at `path`, and what counts there."""
	frappe.db.commit()
	options = {"size": size} if size else {}
	users = {who: business.users[who]}
	with chromium() as browser, desks_of(browser, server.url, users, **options) as desks:
		count = Counted(desks[who], MOST)
		desks[who].page.goto(path)
		yield desks[who], count


def call_of(business, **values):
	values = {"category_reason": "As agreed", "service_category": business.category, **values}
	return make.call(business.customer, equipment=business.boiler, **values)


def test_an_agent_registers_and_a_dispatcher_sends(server, business):
	with at_work(server, business, "desk", "/app/phone-desk") as (desk, count):
		page = desk.page
		expect(page.locator("#pd-search")).to_be_focused(timeout=WAIT)
		with count.task("call registered"):
			page.keyboard.type("counted-1")
			expect(page.locator("#pd-found li").first).to_contain_text("COUNTED-1", timeout=WAIT)
			page.keyboard.press("Enter")
			expect(page.locator("#pd-subject")).to_be_focused(timeout=WAIT)
			page.keyboard.type("Drum does not turn")
			page.locator(".pd-register").click()
			expect(page.locator(".pd-done")).to_contain_text("Triaged", timeout=WAIT)
		page.goto("/app/dispatch-board")
		waiting = page.locator(".db-call", has_text="Drum does not turn")
		expect(waiting).to_be_visible(timeout=WAIT)
		with count.task("visit dispatched"):
			waiting.click()
			dialog = page.locator(".db-dialog")
			dialog.get_by_text("Dispatch now").click()
			dialog.get_by_role("button", name="Plan").click()
			expect(dialog).to_be_hidden(timeout=WAIT)
			desk.settled()
	frappe.db.rollback()
	(visit,) = frappe.get_all("Service Voucher", {"customer": business.customer}, ["status", "technician"])
	assert (visit.status, visit.technician) == ("Dispatched", business.technician)


def test_a_technician_does_a_visit_on_the_form(server, business):
	now = now_datetime()
	visit = make.planned(
		call_of(business),
		business.technician,
		planned_start=now,
		planned_end=add_to_date(now, hours=1),
		labour=[make.hours(1, item_code=business.hour)],
	)
	visit.dispatch()
	path = f"/app/service-voucher/{visit.name}"
	with at_work(server, business, "technician", path, size=PHONE) as (desk, count):
		desk.at("Service Voucher", visit.name)
		with count.task("visit done"):
			desk.press("Arrived").is_in("On Site")
			desk.head.get_by_role("button", name=re.compile("^Finish")).click()  # shortened on a phone
			dialog = desk.page.locator(".aftersales-finish.show")
			dialog.locator("[data-fieldname=findings] textarea").click()
			desk.page.keyboard.type("Belt replaced")
			dialog.get_by_role("radio", name="Passed", exact=True).click()
			desk.sign("customer_signature")
			dialog.get_by_role("button", name="Complete Visit").click()
			desk.is_in("Completed")
	frappe.db.rollback()
	visit.reload()
	assert (visit.docstatus, visit.findings, bool(visit.customer_signature)) == (1, "Belt replaced", True)


def test_a_foreman_moves_a_repair_on(server, business):
	category = make.category("Counted Free", charge_rule="Warranty")
	card = make.received_card(call_of(business, service_category=category), service_category=category)
	with at_work(server, business, "foreman", "/app/workshop-board") as (desk, count):
		found = desk.page.locator(".wb-card", has_text=card.name)
		expect(found).to_be_visible(timeout=WAIT)
		desk.settled()
		with count.task("repair a step further"):
			found.get_by_role("button", name="Start Diagnosis").click()
			expect(desk.page.locator('[data-stage="Diagnosing"]', has_text=card.name)).to_be_visible(
				timeout=WAIT
			)
	frappe.db.rollback()
	assert frappe.db.get_value("Repair Card", card.name, "status") == "Diagnosing"


def test_an_accountant_bills_the_day(server, business, worker):
	jobs = []
	frappe.db.set_value("Customer", business.customer, "aftersales_invoicing", "One Invoice per Job")
	for _job in range(3):
		job = make.voucher(
			call_of(business),
			business.technician,
			service_category=business.category,
			labour=[make.hours(1, item_code=business.hour)],
		)
		job.submit()
		jobs.append(job)
	with at_work(server, business, "accountant", "/app/billing-desk") as (desk, count):
		expect(desk.page.locator(".bill-sum")).to_contain_text("3 jobs on 3 invoices", timeout=WAIT)
		with count.task("day billed"):
			desk.press("Create Invoices")
			asked = desk.page.locator(".modal.show")
			asked.get_by_label("Submit the invoices").set_checked(True)
			asked.get_by_role("button", name="Bill", exact=True).click()
			desk.at("Billing Run")
			expect(desk.page.get_by_text("3 jobs done, 3 invoices.")).to_be_visible(timeout=2 * WAIT)
	frappe.db.rollback()
	for job in jobs:
		job.reload()
		assert frappe.db.get_value("Sales Invoice", job.sales_invoice, ["docstatus", "net_total"]) == (1, 60)


def test_a_customer_decides_an_estimate(server, business):
	portal.forget_limits()
	portal.website_user(LOGIN, business.customer, "Counted")
	update_password(LOGIN, PASSWORD)
	card = make.received_card(
		call_of(business),
		diagnosis="The fan is worn.",
		service_category=business.category,
		category_reason="As agreed",
		labour=[make.hours(2, item_code=business.hour, technician=business.technician)],
	)
	card.make_quotation()
	card.start_diagnosis()
	card.await_approval()
	frappe.db.commit()
	with chromium() as browser:
		context = browser.new_context(
			base_url=server.url, viewport=PHONE, is_mobile=True, has_touch=True, bypass_csp=True
		)
		page = context.new_page()
		assert page.request.post("/api/method/login", form={"usr": LOGIN, "pwd": PASSWORD}).ok
		count = Counted(page, MOST)
		page.goto(f"/aftersales/estimates/{card.name}")
		expect(page.locator(".total")).to_contain_text("120.00", timeout=WAIT)
		with count.task("estimate decided"):
			page.get_by_label("I accept this estimate").tap()
			page.get_by_role("button", name="Accept the estimate").tap()
			expect(page.get_by_text("We start the repair as soon as we can.")).to_be_visible(timeout=WAIT)
	frappe.db.rollback()
	assert frappe.db.get_value("Repair Card", card.name, "approval_status") == "Approved"
