"""The desk: the accountant receives the cash of a visit, alone or in a handover, and puts a break right."""

import io
import os
from urllib.parse import quote

import frappe
import openpyxl
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
def unbilled():
	"""Three finished visits of three customers that wait for the billing desk; the second cannot be billed."""
	with swept_afterwards():
		hour = make.service_item("Desk Hour")
		make.price(hour, 60)
		category = make.category(
			"Desk",
			charge_rule="Customer",
			accounts=[
				{"company": make.COMPANY, "income_account": "Service - LSL", "cost_center": "Main - LSL"}
			],
		)
		technician = make.technician("Desk Technician")
		visits = []
		for name in ("Desk Anna", "Desk Brian", "Desk Ciara"):
			customer = make.customer(name, aftersales_invoicing="One Invoice per Job")
			doc = make.voucher(
				make.call(customer, service_category=category),
				technician,
				service_category=category,
				labour=[make.hours(1, item_code=hour)],
			)
			doc.submit()
			visits.append(doc)
		frappe.db.set_value("Service Labour Line", visits[1].labour[0].name, "item_code", None)
		frappe.db.commit()
		yield visits


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


def test_the_billing_desk_bills_in_the_background_and_says_what_could_not_be(page, unbilled, worker):
	good, bad, third = unbilled
	page.goto("/app/billing-desk")
	expect(page.get_by_text("Desk Anna").first).to_be_visible(timeout=30_000)
	for name in ("Desk Brian", "Desk Ciara"):
		expect(page.get_by_text(name).first).to_be_visible()
	expect(page.locator(".bill-sum")).to_contain_text("3 jobs on 3 invoices chosen")
	picture(page, "billing-desk")
	page.get_by_role("button", name="Bill Chosen").click()
	page.get_by_label("Submit the invoices").check()
	page.locator(".modal-footer .btn-primary:visible").dblclick()

	expect(page.get_by_text("2 jobs done, 2 invoices. Not billed: 1")).to_be_visible(timeout=60_000)
	entries = page.locator("[data-fieldname=entries]")
	expect(entries.get_by_text("Failed").first).to_be_visible()
	expect(entries.get_by_text(bad.name).first).to_be_visible()
	expect(entries.get_by_text("set Billing Item").first).to_be_visible()
	picture(page, "billing-run")

	frappe.db.rollback()
	(run,) = frappe.get_all("Billing Run", {"status": "Done"}, ["jobs_done", "invoices", "failed"])
	assert (run.jobs_done, run.invoices, run.failed) == (3, 2, 1)
	for doc, status in ((good, "Billed"), (bad, "To Bill"), (third, "Billed")):
		assert frappe.db.get_value("Service Voucher", doc.name, "billing_status") == status


def test_a_credited_job_is_billed_again_from_its_form(page, visit):
	from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return

	note = make_sales_return(visit.sales_invoice)
	note.update_outstanding_for_self = 0
	note.insert()
	note.submit()
	frappe.db.commit()
	page.goto(f"/app/service-voucher/{visit.name}")
	page.get_by_role("button", name="Billing").click(timeout=30_000)
	page.get_by_role("link", name="Bill Again").click()
	expect(page.get_by_text("A new draft invoice waits")).to_be_visible(timeout=30_000)
	frappe.db.rollback()
	visit.reload()
	assert visit.sales_invoice != note.return_against
	assert frappe.db.get_value("Sales Invoice", visit.sales_invoice, "docstatus") == 0


REPORTS = {
	"Service Revenue Reconciliation": True,
	"Job Profitability": True,
	"Contract Profitability": True,
	"Warranty Cost": True,
	"Cash with Technicians": False,
	"Unbilled Work": False,
}
"""Name, and whether it asks for a period."""


@pytest.mark.parametrize("report", REPORTS)
def test_a_report_opens_with_its_figures_and_goes_to_excel(page, visit, unbilled, report):
	filters = f"company={quote(make.COMPANY)}"
	if REPORTS[report]:
		filters += f"&from_date={add_days(nowdate(), -1)}&to_date={nowdate()}"
	page.goto(f"/app/query-report/{report}?{filters}")
	shown = {
		"Service Revenue Reconciliation": visit.name,
		"Job Profitability": visit.name,
		"Cash with Technicians": visit.name,
		"Unbilled Work": unbilled[0].name,
	}.get(report)
	if shown:
		expect(page.locator(".dt-scrollable").get_by_text(shown).first).to_be_visible(timeout=30_000)
	else:
		expect(page.get_by_text("Nothing to show").or_(page.locator(".dt-scrollable"))).to_be_visible(
			timeout=30_000
		)
	picture(page, f"report-{report}")
	answer = page.request.get(
		"/api/method/frappe.desk.query_report.export_query",
		params={
			"report_name": report,
			"file_format_type": "Excel",
			"filters": frappe.as_json(
				{
					"company": make.COMPANY,
					**(
						{"from_date": add_days(nowdate(), -1), "to_date": nowdate()}
						if REPORTS[report]
						else {}
					),
				}
			),
			"visible_idx": "[]" if not shown else frappe.as_json(list(range(50))),
			"include_indentation": "0",
		},
	)
	assert answer.ok, answer.text()
	sheet = openpyxl.load_workbook(io.BytesIO(answer.body())).active
	cells = [cell for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None]
	assert len(sheet[1]) > 5
	if shown:
		assert shown in cells


def picture(page, name: str) -> None:
	"""Keep a picture for whoever asks for it by AFTERSALES_PICTURES, a folder."""
	if folder := os.environ.get("AFTERSALES_PICTURES"):
		page.screenshot(path=f"{folder}/{name}.png")
