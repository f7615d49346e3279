"""The desk: how much time is left, on a list and on a form, and the preview of a target."""

import os
import re

import frappe
import pytest
from frappe.utils import add_to_date, now_datetime
from playwright.sync_api import expect, sync_playwright

from aftersales.service_levels import sweep
from tests import factories as make
from tests.committed import swept_afterwards

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]


@pytest.fixture
def calls():
	"""An overdue, a running and a waiting call, under the targets that come with the app."""
	with swept_afterwards():
		customer = make.customer("Browser Test Customer")
		late = make.call(customer, received_at=add_to_date(now_datetime(), days=-20), subject="Late call")
		sweep.sweep()
		running = make.call(customer, subject="Running call")
		running.triage()
		# somebody whose name the desk has not loaded, and who has nothing else to do with what is shown
		running.db_set("call_owner", make.user("deputy.o'hara@desk.example", "Service Agent"))
		waiting = make.call(customer, subject="Waiting call")
		waiting.triage()
		waiting.put_on_hold("Key is missing")
		frappe.db.commit()
		yield frappe._dict(late=late.name, running=running.name, waiting=waiting.name)


@pytest.fixture
def page(server):
	with sync_playwright() as playwright:
		browser = playwright.chromium.launch(
			executable_path=os.environ["AFTERSALES_CHROMIUM"], args=ARGUMENTS
		)
		page = browser.new_page(base_url=server.url, viewport={"width": 1440, "height": 900})
		page.errors = []
		page.on("pageerror", lambda error: page.errors.append(str(error)))
		answer = page.request.post("/api/method/login", form={"usr": "Administrator", "pwd": "admin"})
		assert answer.ok
		yield page
		browser.close()


def test_time_left_on_list_and_form_and_the_preview_of_a_target(page, calls):
	page.goto("/app/repair-call/view/list")
	chips = page.locator(".list-row-container .aftersales-clock")
	expect(chips).to_have_count(3, timeout=30_000)

	def row(name: str):
		return page.locator(".list-row-container", has=page.locator(f'[data-name="{name}"]'))

	def chip(name: str):
		return row(name).locator(".aftersales-clock")

	expect(chip(calls.late)).to_have_text(re.compile(r"^Answer −\d+ d$"))
	expect(chip(calls.running)).to_have_text(re.compile(r"^Arrive 23 h$"))
	expect(chip(calls.waiting)).to_have_text("Arrive: paused")
	expect(row(calls.running).locator("[data-user-name]")).to_have_text("Deputy.O'Hara")
	picture(page, "list")

	page.goto(f"/app/repair-call/{calls.running}")
	levels = page.locator(".aftersales-clocks")
	expect(levels.get_by_text("Answer: Met")).to_be_visible(timeout=30_000)
	expect(levels.get_by_text(re.compile(r"Arrive: 23 h \d+ min left"))).to_be_visible()
	picture(page, "form")

	page.goto("/app/service-target/Visit")
	page.get_by_role("button", name="Preview").click()
	expect(page.locator(".modal-body").get_by_text(calls.running)).to_be_visible(timeout=30_000)
	picture(page, "preview")

	page.goto("/app/query-report/Due Next")
	expect(page.locator(".dt-cell", has_text=calls.late).first).to_be_visible(timeout=30_000)
	picture(page, "due-next")
	page.goto("/app/query-report/Service Level Compliance")
	expect(page.locator(".dt-cell", has_text="Answer").first).to_be_visible(timeout=30_000)
	picture(page, "compliance")
	assert page.errors == []


def picture(page, name: str) -> None:
	"""Keep what the page shows where AFTERSALES_PICTURES asks for it, to be looked at."""
	if folder := os.environ.get("AFTERSALES_PICTURES"):
		page.screenshot(path=f"{folder}/service-levels-{name}.png")
