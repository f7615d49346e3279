"""The desk: a tag is read by a keyboard scanner, its card moved on, and another screen sees it move."""

import os

import frappe
import pytest
from playwright.sync_api import expect, sync_playwright

from tests import factories as make
from tests.committed import swept_afterwards

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]


@pytest.fixture
def card():
	with swept_afterwards():
		customer = make.customer("Browser Board Customer")
		category = make.category("Browser Board", charge_rule="Warranty")
		equipment = make.equipment(customer, serial_text="BOARD-4711")
		doc = make.received_card(
			make.call(customer, equipment=equipment, service_category=category), service_category=category
		)
		frappe.db.commit()
		yield doc


@pytest.fixture
def checked_card():
	"""A card that a second person has verified; only its finish is left."""
	with swept_afterwards():
		customer = make.customer("Browser Check Customer")
		category = make.category("Browser Check", charge_rule="Warranty")
		technician = make.technician("Browser Check Technician")
		doc = make.card(
			make.call(customer, service_category=category),
			service_category=category,
			assigned_technician=technician,
		)
		frappe.db.commit()
		yield doc


def test_a_verified_card_offers_to_finish(server, checked_card):
	with sync_playwright() as playwright:
		browser = playwright.chromium.launch(
			executable_path=os.environ["AFTERSALES_CHROMIUM"], args=ARGUMENTS
		)
		page = browser.new_page(base_url=server.url, viewport={"width": 1440, "height": 900})
		assert page.request.post("/api/method/login", form={"usr": "Administrator", "pwd": "admin"}).ok
		page.goto(f"/app/repair-card/{checked_card.name}")
		expect(page.get_by_role("button", name="Back to Repair")).to_be_visible(timeout=30_000)
		page.get_by_role("button", name="Finish", exact=True).click()
		page.locator(".modal.show").get_by_role("button", name="Yes").click()
		expect(page.get_by_role("button", name="Product Is Returned")).to_be_visible(timeout=30_000)
		browser.close()
	frappe.db.rollback()
	assert frappe.db.get_value("Repair Card", checked_card.name, ["docstatus", "status"]) == (1, "Ready")


def test_a_scanned_card_moves_on_and_other_screens_see_it(server, card):
	with sync_playwright() as playwright:
		browser = playwright.chromium.launch(
			executable_path=os.environ["AFTERSALES_CHROMIUM"], args=ARGUMENTS
		)
		bench, wall = (open_board(browser, server.url) for _screen in range(2))
		in_stage(wall, "Received", card.name)

		bench.keyboard.type(f"{server.url}/scan/{card.name}")
		bench.keyboard.press("Enter")
		panel = bench.locator(".wb-panel")
		expect(panel.get_by_text("A signed receipt")).to_be_visible(timeout=30_000)
		panel.get_by_role("button", name="Start Diagnosis").click()
		expect(panel.get_by_role("button", name="Ask for Approval")).to_be_visible(timeout=30_000)

		in_stage(wall, "Diagnosing", card.name)
		assert bench.errors == wall.errors == []
		browser.close()
	frappe.db.rollback()
	assert frappe.db.get_value("Repair Card", card.name, "status") == "Diagnosing"


def open_board(browser, url: str):
	page = browser.new_context(base_url=url, viewport={"width": 1440, "height": 900}).new_page()
	page.errors = []
	page.on("pageerror", lambda error: page.errors.append(str(error)))
	assert page.request.post("/api/method/login", form={"usr": "Administrator", "pwd": "admin"}).ok
	page.goto("/app/workshop-board")
	expect(page.locator(".wb-card").first).to_be_visible(timeout=30_000)
	return page


def in_stage(page, stage: str, name: str) -> None:
	column = page.locator(f'.wb-column[data-stage="{stage}"]')
	expect(column.locator(f'[data-card="{name}"]')).to_be_visible(timeout=30_000)
