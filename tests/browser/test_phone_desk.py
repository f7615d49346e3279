"""The phone desk in a browser: calls are taken with the keyboard alone, in at most eight fields."""

import os

import frappe
import pytest
from frappe.utils import add_days, nowdate
from frappe.utils.password import update_password
from playwright.sync_api import Page, expect, sync_playwright

from tests import factories as make
from tests.committed import swept_afterwards

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
AGENT = "phone.agent@example.com"
PASSWORD = "phone-desk-test"
MOST_FIELDS = 8


@pytest.fixture
def business():
	"""A customer with a boiler in warranty, a technician who knows boilers, an agent at the phone."""
	with swept_afterwards():
		try:
			make.user(AGENT, "Service Agent")
			update_password(AGENT, PASSWORD)
			customer = make.customer("Phone Test Nora")
			make.contact(customer, "Niamh Test", "+353 86 777 0001")
			boiler = make.equipment(
				customer,
				brand="Baxi",
				model="600 Combi",
				serial_text="PDT-771204",
				warranty_until=add_days(nowdate(), 200),
			)
			make.technician("Phone Test Technician")
			sold = make.make(
				"Serial No", serial_no="PDT-SOLD-5", item_code=make.item("Phone Test Pump", has_serial_no=1)
			)
			frappe.db.set_value("Serial No", sold.name, "customer", customer)
			frappe.db.commit()
			yield frappe._dict(customer=customer, boiler=boiler)
		finally:
			frappe.db.rollback()
			frappe.db.delete("__Auth", {"name": AGENT})
			frappe.db.commit()


@pytest.fixture
def page(server):
	with sync_playwright() as playwright:
		browser = playwright.chromium.launch(
			executable_path=os.environ["AFTERSALES_CHROMIUM"], args=ARGUMENTS
		)
		page = browser.new_page(base_url=server.url, viewport={"width": 1440, "height": 900})
		page.errors = []
		page.on("pageerror", lambda error: page.errors.append(str(error)))
		yield page
		browser.close()


class Keyboard:
	"""Types into whatever has the focus, and counts the fields; there is no mouse."""

	def __init__(self, page: Page):
		self.page = page
		self.fields = set()

	def fill(self, text: str) -> "Keyboard":
		self.fields.add(self.focus())
		self.page.keyboard.press("Control+A")
		self.page.keyboard.type(text)
		return self

	def press(self, *keys: str) -> "Keyboard":
		for key in keys:
			self.page.keyboard.press(key)
		return self

	def focus(self) -> str:
		return self.page.evaluate("document.activeElement.id")

	def goes_to(self, field: str) -> "Keyboard":
		"""Press Tab until `field` has the focus."""
		for _press in range(12):
			if self.focus() == field:
				return self
			self.press("Tab")
		raise AssertionError(f"Tab does not lead to {field}")


def open_desk(page: Page) -> Keyboard:
	assert page.request.post("/api/method/login", form={"usr": AGENT, "pwd": PASSWORD}).ok
	page.goto("/app/phone-desk")
	expect(page.locator("#pd-search")).to_be_focused(timeout=30_000)
	return Keyboard(page)


def calls(customer: str) -> list[frappe._dict]:
	frappe.db.rollback()
	return frappe.get_all(
		"Repair Call",
		filters={"customer": customer},
		fields=["*"],
		order_by="creation asc",
	)


def test_calls_are_taken_without_the_mouse(page, business):
	keys = open_desk(page)
	picture(page, "empty")

	# known by the number on the display; a visit is promised
	keys.fill("086 777")
	expect(page.locator("#pd-found li").first).to_contain_text("Phone Test Nora")
	picture(page, "found")
	keys.press("Enter")
	expect(page.locator("#pd-subject")).to_be_focused()
	expect(page.locator("#pd-product")).to_have_value(business.boiler)
	expect(page.locator(".pd-known")).to_contain_text("Warranty until")
	keys.fill("No hot water since yesterday")
	expect(page.locator("input[name=pd-window]")).not_to_have_count(0)
	keys.press("F4")
	picture(page, "window")
	keys.press("Control+Enter")
	expect(page.locator(".pd-done")).to_contain_text("promised")
	(promised,) = calls(business.customer)
	assert (promised.status, promised.equipment, promised.owner) == ("Scheduled", business.boiler, AGENT)
	assert (promised.contact_name, promised.coverage) == ("Niamh Test", "Warranty")
	assert promised.promised_to > promised.promised_from
	assert len(keys.fields) <= MOST_FIELDS

	# the same caller again: the open call is pointed out; this one is solved on the phone
	keys.fields.clear()
	expect(page.locator("#pd-search")).to_be_focused()
	keys.fill("pdt7712")
	expect(page.locator("#pd-found li").first).to_contain_text("PDT-771204")
	keys.press("Enter")
	expect(page.locator(".pd-alert")).to_contain_text(promised.name)
	expect(page.locator("#pd-subject")).to_be_focused()
	keys.fill("How is the timer set?").press("Control+Shift+Enter")
	expect(page.locator("#pd-solution")).to_be_focused()
	keys.fill("Told page 12 of the manual").press("Control+Shift+Enter")
	expect(page.locator(".pd-done")).to_contain_text("Resolved")
	solved = calls(business.customer)[-1]
	assert (solved.status, solved.resolved_by_phone) == ("Resolved", 1)
	assert solved.resolution == "Told page 12 of the manual"
	assert len(keys.fields) <= MOST_FIELDS

	# nobody we know, with a product we never sold
	keys.fields.clear()
	keys.fill("01 888 0042")
	expect(page.locator("#pd-found li").last).to_contain_text("New customer")
	keys.press("Enter")
	expect(page.locator("#pd-new-name")).to_be_focused()
	keys.fill("Phone Test Sean")
	expect(page.locator("input[name=pd-window]")).not_to_have_count(0)
	keys.goes_to("pd-product").press("End")
	expect(page.locator("#pd-brand")).to_be_visible()
	keys.goes_to("pd-brand").fill("Calora").goes_to("pd-model").fill("GWH 11")
	keys.goes_to("pd-serial").fill("CAL-0042").goes_to("pd-subject").fill("Smells of gas")
	keys.goes_to("pd-hazard").press("G")
	picture(page, "new-customer")
	keys.press("Control+Enter")
	expect(page.locator(".pd-done")).to_contain_text("Phone Test Sean")
	(new,) = calls("Phone Test Sean")
	assert (new.status, new.hazard, new.contact_phone) == ("Triaged", "Gas", "01 888 0042")
	assert frappe.db.get_value("Customer Equipment", new.equipment, "serial_text") == "CAL-0042"
	assert len(keys.fields | {"pd-product", "pd-hazard"}) <= MOST_FIELDS
	assert page.errors == []


def test_what_only_erpnext_sold_is_taken_over_with_one_key(page, business):
	keys = open_desk(page)
	keys.fill("pdt-sold-5")
	expect(page.locator("#pd-found li").first).to_contain_text("Phone Test Pump (PDT-SOLD-5) · sold")
	picture(page, "sold")
	keys.press("Enter")
	expect(page.locator("#pd-subject")).to_be_focused()
	expect(page.locator("#pd-product option:checked")).to_contain_text("PDT-SOLD-5")
	keys.fill("It hums").press("Control+Enter")
	expect(page.locator(".pd-done")).to_contain_text("Phone Test Nora")
	(call,) = calls(business.customer)
	product = frappe.get_doc("Customer Equipment", call.equipment)
	assert (product.serial_no, product.customer) == ("PDT-SOLD-5", business.customer)
	assert page.errors == []


def picture(page, name: str) -> None:
	"""Keep what the page shows where AFTERSALES_PICTURES asks for it, to be looked at."""
	if folder := os.environ.get("AFTERSALES_PICTURES"):
		page.screenshot(path=f"{folder}/phone-desk-{name}.png")
