"""The desk: the accountant receives the cash of a visit, once."""

import os

import frappe
import pytest
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


def test_the_accountant_receives_the_cash_of_a_visit(server, visit):
	with sync_playwright() as playwright:
		browser = playwright.chromium.launch(
			executable_path=os.environ["AFTERSALES_CHROMIUM"], args=ARGUMENTS
		)
		page = browser.new_page(base_url=server.url, viewport={"width": 1440, "height": 900})
		assert page.request.post("/api/method/login", form={"usr": "Administrator", "pwd": "admin"}).ok
		page.goto(f"/app/service-voucher/{visit.name}")
		page.get_by_role("button", name="Billing").click(timeout=30_000)
		page.get_by_role("link", name="Receive Cash").click()
		expect(page.get_by_text("Payment booked")).to_be_visible(timeout=30_000)
		browser.close()
	frappe.db.rollback()
	visit.reload()
	assert visit.billing_status == "Paid"
	assert frappe.db.get_value("Payment Entry", visit.payment_entry, "docstatus") == 1
