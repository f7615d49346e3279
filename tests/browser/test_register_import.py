"""The desk: a register is checked, started and watched until it is in."""

import os
import re

import frappe
import pytest
from playwright.sync_api import expect, sync_playwright

from tests.integration.test_register_import import (
	committed,
	counts,
	files_removed,
	ords_csv,
	ords_row,
)

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]


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


def test_a_register_is_checked_started_and_watched_in_the_desk(page, worker, committed):  # noqa: F811
	statuses = ("Fixed", "Repairable", "End of life", "Unknown")
	rows = [ords_row(n, statuses[n % 4]) for n in range(300)]
	rows[7] = ords_row(7, event_date="last week")
	doc = committed(ords_csv(*rows), check=False)

	page.goto(f"/app/register-import/{doc.name}")
	page.get_by_role("button", name="Check File").click()
	expect(page.get_by_text("299 of 300 rows can be imported. Bad: 1.")).to_be_visible(timeout=30_000)
	page.get_by_role("tab", name="Result").click()
	errors = page.locator("[data-fieldname=errors]")
	expect(errors.get_by_text("last week")).to_be_visible()
	expect(errors.get_by_text("Is not a date written as YYYY-MM-DD.")).to_be_visible()
	picture(page, "checked")

	page.get_by_role("button", name="Start Import").click()
	page.get_by_role("button", name="Yes").click()
	expect(page.get_by_role("progressbar")).to_be_visible(timeout=30_000)
	expect(page.get_by_text(re.compile(r"[12]00 of 300 rows"))).to_be_visible(timeout=30_000)
	picture(page, "importing")
	expect(page.get_by_text("Imported: 299 rows. There before: 0. Bad: 1.")).to_be_visible(timeout=60_000)
	picture(page, "done")
	assert page.errors == []

	frappe.db.rollback()
	assert counts("Test Cafe") == {"Repair Card": 150, "Repair Call": 299, "Customer Equipment": 299}


def picture(page, name: str) -> None:
	"""Keep what the page shows where AFTERSALES_PICTURES asks for it, to be looked at."""
	if folder := os.environ.get("AFTERSALES_PICTURES"):
		page.screenshot(path=f"{folder}/register-import-{name}.png")
