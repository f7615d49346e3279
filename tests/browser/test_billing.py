"""The desk: the accountant receives the cash of a visit, alone or in a handover, and puts a break right."""

import os
from urllib.parse import quote

import frappe
import pytest
from frappe.utils import add_days, nowdate
from playwright.sync_api import expect, sync_playwright

from tests import factories as make
from tests.committed import swept_afterwards

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]


@pytest.fixture
def visit():
	"""A finished visit whose invoice is submitted and whose fee the technician holds in cash.

	Its masters are its own, so that sweeping them away leaves the site's records as they were.
	"""
	with swept_afterwards():
		hour = make.service_item("Browser Hour")
		make.price(hour, 60)
		customer = make.customer("Browser Cash Ltd")
		category = make.category("Browser", charge_rule="Customer")
		make.settings(small_fee_limit=500)
		try:
			doc = make.voucher(
				make.call(customer, service_category=category),
				make.technician("Browser Technician"),
				service_category=category,
				labour=[make.hours(1, item_code=hour)],
			)
			doc.submit()
			frappe.get_doc("Sales Invoice", doc.sales_invoice).submit()
			doc.reload()
			doc.collect_cash(doc.amount_due)
		finally:
			make.settings(small_fee_limit=0)
		frappe.db.commit()
		yield doc


@pytest.fixture
def page(server):
	"""A desk that the Administrator is logged in to."""
	with sync_playwright() as playwright:
		browser = playwright.chromium.launch(
			executable_path=os.environ["AFTERSALES_CHROMIUM"], args=ARGUMENTS
		)
		page = browser.new_page(base_url=server.url, viewport={"width": 1440, "height": 900})
		assert page.request.post("/api/method/login", form={"usr": "Administrator", "pwd": "admin"}).ok
		yield page
		browser.close()


def test_the_accountant_receives_the_cash_of_a_visit(page, visit):
	page.goto(f"/app/service-voucher/{visit.name}")
	page.get_by_role("button", name="Billing").click(timeout=30_000)
	page.get_by_role("link", name="Receive Cash").click()
	expect(page.get_by_text("Payment booked")).to_be_visible(timeout=30_000)
	frappe.db.rollback()
	visit.reload()
	assert visit.billing_status == "Paid"
	assert frappe.db.get_value("Payment Entry", visit.payment_entry, "docstatus") == 1


def test_a_handover_lists_the_open_cash_and_shows_what_is_short(page, visit):
	page.goto(
		f"/app/technician-cash-handover/new?company={quote(make.COMPANY)}&technician={quote(visit.technician)}"
	)
	expect(page.locator("[data-fieldname=vouchers]").get_by_text(visit.name)).to_be_visible(timeout=30_000)
	page.locator("[data-fieldname=counted_amount] input").fill("55")
	page.locator("[data-fieldname=counted_amount] input").press("Tab")
	page.get_by_role("button", name="Save").click()
	expect(page.get_by_text("Short by")).to_be_visible(timeout=30_000)
	frappe.db.rollback()
	(doc,) = frappe.get_all(
		"Technician Cash Handover",
		{"technician": visit.technician},
		["expected_amount", "counted_amount", "difference"],
	)
	assert doc.counted_amount == 55
	assert doc.difference == 55 - doc.expected_amount < 0


def test_one_click_in_the_report_puts_a_break_right(page, visit):
	frappe.db.set_value("Service Voucher", visit.name, "amount_due", 1)
	frappe.db.commit()
	page.goto(
		f"/app/query-report/Service Revenue Reconciliation?company={quote(make.COMPANY)}"
		f"&from_date={add_days(nowdate(), -1)}&to_date={nowdate()}"
	)
	page.get_by_role("button", name="Read from Invoice").click(timeout=30_000)
	expect(page.get_by_text(f"{visit.name} is put right")).to_be_visible(timeout=30_000)
	frappe.db.rollback()
	assert frappe.db.get_value("Service Voucher", visit.name, "amount_due") == visit.amount_due
