"""A customer's way in a real browser, at desktop and phone width, without JavaScript; and axe on every page.

He reports a problem with a photo, sees and confirms the appointment, decides the estimate, reads the
repair list and answers the survey; the agent finds each step on the timeline of the call.
"""

import os

import frappe
import pytest
from axe_playwright_python.sync_playwright import Axe
from frappe.utils import add_to_date, get_datetime, nowdate
from frappe.utils.password import update_password
from playwright.sync_api import Page, expect, sync_playwright

from aftersales.customer_portal import links
from aftersales.installed_base.product_codes import product_signature
from tests import factories as make
from tests import portal
from tests.committed import swept_afterwards
from tests.portal import ANNA

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
PASSWORD = "a-customers-own-word"
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
GRAVE = ("serious", "critical")


@pytest.fixture
def shop():
	"""A customer with a login and a product, and masters that touch no record of the site."""
	with swept_afterwards():
		portal.forget_limits()
		hour = make.service_item("Journey Hour")
		make.price(hour, 60)
		customer = make.customer("Journey Household")
		portal.website_user(ANNA, customer, "Anna")
		update_password(ANNA, PASSWORD)
		names = frappe._dict(
			hour=hour,
			customer=customer,
			technician=make.technician("Journey Technician"),
			category=make.category("Journey", charge_rule="Customer"),
			boiler=make.equipment(customer, serial_text="J-1"),
		)
		frappe.db.commit()
		yield names


@pytest.fixture
def browser(server):
	with sync_playwright() as playwright:
		browser = playwright.chromium.launch(
			executable_path=os.environ["AFTERSALES_CHROMIUM"], args=ARGUMENTS
		)
		yield browser
		browser.close()


def open_page(browser, server, size: dict, user: str | None = None, **options) -> Page:
	context = browser.new_context(base_url=server.url, viewport=size, **options)
	page = context.new_page()
	if user:
		password = "admin" if user == "Administrator" else PASSWORD
		assert page.request.post("/api/method/login", form={"usr": user, "pwd": password}).ok
	return page


def fits(page: Page) -> None:
	"""Nothing sticks out at the side."""
	assert page.locator("body").evaluate("body => body.scrollWidth") <= page.viewport_size["width"]


def the_call(shop):
	frappe.db.rollback()
	return frappe.get_last_doc("Repair Call", {"customer": shop.customer})


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desktop", "phone"])
def test_a_customers_way(browser, server, shop, size):
	page = open_page(browser, server, size, ANNA, java_script_enabled=False)

	page.goto("/aftersales")
	page.get_by_role("link", name="Report a problem").click()
	page.get_by_label("Baxi 600 Combi").check()
	page.get_by_label("What is wrong?").fill("No hot water <b>at all</b>")
	page.get_by_label("Photos").set_input_files(
		{"name": "boiler.png", "mimeType": "image/png", "buffer": portal.picture()}
	)
	picture(page, "report", size)
	page.get_by_role("button", name="Send").click()
	expect(page.get_by_role("heading", level=1)).to_have_text("We received your request")

	call = the_call(shop)
	assert frappe.db.count("File", {"attached_to_doctype": "Repair Call", "attached_to_name": call.name}) == 1
	start = add_to_date(get_datetime(f"{nowdate()} 09:00:00"), days=1)
	call.schedule(str(start), str(add_to_date(start, hours=2)))
	frappe.db.commit()
	page.reload()
	expect(page.locator(".state .window")).to_contain_text("between 09:00 and 11:00")
	for internal in (call.next_action, call.call_owner, "Scheduled"):
		expect(page.get_by_text(internal, exact=True)).to_have_count(0)
	picture(page, "appointment", size)
	page.get_by_role("button", name="That suits me").click()
	expect(page.get_by_text("You confirmed this appointment.")).to_be_visible()

	card = _estimate(shop, the_call(shop))
	page.goto("/aftersales")
	page.get_by_role("link", name="See the estimate").first.click()
	expect(page.locator(".total")).to_contain_text("120.00")
	picture(page, "estimate", size)
	page.get_by_label("I accept this estimate").check()
	page.get_by_role("button", name="Accept the estimate").click()
	expect(page.get_by_text("We start the repair as soon as we can.")).to_be_visible()

	_finish(card)
	page.goto(f"/aftersales/calls/{call.name}")
	expect(page.get_by_role("heading", level=1)).to_have_text("Your product is ready")
	picture(page, "ready", size)
	fits(page)
	with page.context.expect_page() as opened:
		page.get_by_role("link", name="Repair list", exact=True).click()
	expect(opened.value.locator(".print-format")).to_contain_text("The fan is worn.")

	guest = open_page(browser, server, size, java_script_enabled=False)
	guest.goto(_track(call))
	guest.get_by_label("Your message").fill("This is the plate")
	guest.get_by_label("Photos").set_input_files(
		{"name": "plate.png", "mimeType": "image/png", "buffer": portal.picture(size=(60, 60))}
	)
	fits(guest)
	picture(guest, "track", size)
	guest.get_by_role("button", name="Send").click()
	expect(guest.get_by_text("Your message has been added to the call.")).to_be_visible()
	page.goto(f"/aftersales/calls/{call.name}")
	expect(page.locator(".photos img")).to_have_count(2)

	guest.goto(_survey(call))
	for label, index in (("Yes", 0), ("No", 1)):
		guest.locator(".rating").nth(index).get_by_text(label, exact=True).click()
	guest.locator(".rating").nth(2).get_by_text("5", exact=True).click()
	picture(guest, "survey", size)
	guest.get_by_role("button", name="Send").click()
	expect(guest.get_by_role("heading", level=1)).to_have_text("Thank you")

	frappe.db.rollback()
	told = " ".join(frappe.get_all("Comment", {"reference_name": call.name}, pluck="content"))
	assert "has confirmed the arrival window" in told
	assert "has accepted the estimate (Portal, Anna)" in told
	assert frappe.db.get_value("Follow-up", {"repair_call": call.name}, "csat") == 5
	if size == DESK:
		_agent_sees_it(browser, server, call.name)


def _estimate(shop, call):
	card = make.received_card(
		call,
		diagnosis="The fan is worn.",
		service_category=shop.category,
		category_reason="As agreed",
		labour=[make.hours(2, item_code=shop.hour, technician=shop.technician)],
	)
	card.make_quotation()
	card.start_diagnosis()
	card.await_approval()
	frappe.db.commit()
	return card


def _finish(card) -> None:
	frappe.db.rollback()
	card.reload()
	card.start_repair()
	card.assigned_technician = card.labour[0].technician
	card.hand_to_check()
	card.verify("Ran for ten minutes")
	card.finish()
	frappe.db.commit()


def _track(call) -> str:
	address = portal.link_to(links.TRACK, "Repair Call", call.name)
	frappe.db.commit()
	return address


def _survey(call) -> str:
	follow_up = make.make(
		"Follow-up",
		repair_call=call.name,
		customer=call.customer,
		company=call.company,
		due_date="2030-01-01",
	)
	address = portal.link_to(links.SURVEY, "Follow-up", follow_up.name)
	frappe.db.commit()
	return address


def _agent_sees_it(browser, server, call: str) -> None:
	"""On the desk's timeline, where what the customer typed is text."""
	page = open_page(browser, server, DESK, "Administrator")
	errors = []
	page.on("pageerror", lambda error: errors.append(str(error)))
	page.on("dialog", lambda dialog: errors.append(dialog.message))
	page.goto(f"/app/repair-call/{call}")
	timeline = page.locator(".new-timeline")
	expect(timeline.get_by_text("has accepted the estimate (Portal, Anna)")).to_be_visible(timeout=30_000)
	expect(timeline.get_by_text("has confirmed the arrival window")).to_be_visible()
	expect(page.locator(".page-head:visible").first).to_contain_text("No hot water ‹b>at all‹/b>")
	picture(page, "desk", DESK)
	assert errors == []


def test_every_page_is_accessible(browser, server, shop):
	call = make.plain_call(shop.customer, equipment=shop.boiler, contact_name="Anna")
	start = add_to_date(get_datetime(f"{nowdate()} 09:00:00"), days=1)
	call.schedule(str(start), str(add_to_date(start, hours=2)))
	card = _estimate(shop, make.plain_call(shop.customer, equipment=shop.boiler))
	appointment = portal.link_to(links.APPOINTMENT, "Repair Call", call.name)
	track = portal.link_to(links.TRACK, "Repair Call", call.name)
	estimate = portal.link_to(links.ESTIMATE, "Repair Card", card.name)
	code = f"/aftersales/code/{shop.boiler}/{product_signature(shop.boiler)}"
	survey = _survey(call)
	own = (
		"",
		"/new",
		"/products",
		f"/products/{shop.boiler}",
		f"/calls/{call.name}",
		f"/estimates/{card.name}",
		"/complaint",
		"/messages",
		"/nowhere",
	)
	found = []
	for size in (DESK, PHONE):
		# axe is put into the page, which allows no scripts of its own
		mine = open_page(browser, server, size, ANNA, bypass_csp=True)
		anybody = open_page(browser, server, size, bypass_csp=True)
		addresses = [(mine, f"/aftersales{path}") for path in own]
		addresses += [
			(anybody, path) for path in (appointment, track, estimate, survey, code, "/aftersales/link/wrong")
		]
		for page, address in addresses:
			page.goto(address)
			fits(page)
			for violation in Axe().run(page).response["violations"]:
				if violation["impact"] in GRAVE:
					found.append((address, size["width"], violation["id"], violation["nodes"][0]["html"]))
	assert found == []


def picture(page: Page, name: str, size: dict) -> None:
	"""Keep what the page shows where AFTERSALES_PICTURES asks for it, to be looked at."""
	if folder := os.environ.get("AFTERSALES_PICTURES"):
		page.screenshot(path=f"{folder}/customer-{name}-{size['width']}.png", full_page=True)
