"""The accountant's desk: billing in the background, the cash of a visit, a break put right.

Everybody here has the role Service Accountant as it is shipped, and none of ERPNext.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

import frappe
import pytest
from frappe.utils import add_days, get_last_day, nowdate
from playwright.sync_api import Locator, expect

from tests import factories as make
from tests.committed import swept_afterwards
from tests.desk import WAIT, Desk, chromium, desks_of, passwords

AT_WORK = re.compile("[1-3] of 5 jobs")
"""A run counts once a second, so that what it shows may be a little old."""
RUN_MS = 60_000
"""Until a background worker has worked off a few jobs."""


@pytest.fixture
def office():
	"""An accountant, a technician and what he is paid for: an hour at 60, without tax.

	Its masters are its own, so that sweeping them away leaves the site's records as they were.
	"""
	with swept_afterwards(), passwords(accountant="Service Accountant") as users:
		hour = make.service_item("Desk Hour")
		make.price(hour, 60)
		category = make.category(
			"Desk",
			charge_rule="Customer",
			accounts=[
				{"company": make.COMPANY, "income_account": "Service - LSL", "cost_center": "Main - LSL"}
			],
		)
		yield frappe._dict(
			accountant=users["accountant"],
			hour=hour,
			category=category,
			technician=make.technician("Desk Technician"),
		)


def job(office, customer: str, *terms: str, hours: float = 1):
	"""A finished visit of a customer invoiced by `terms` (invoicing, period), or when it is completed."""
	invoicing, period = (*terms, "", "")[:2]
	owner = make.customer(customer, aftersales_invoicing=invoicing, aftersales_billing_period=period)
	doc = make.voucher(
		make.call(owner, service_category=office.category),
		office.technician,
		service_category=office.category,
		labour=[make.hours(hours, item_code=office.hour)],
	)
	doc.submit()
	return doc


@pytest.fixture
def visit(office):
	"""A finished visit whose invoice is submitted and whose fee the technician holds in cash."""
	make.settings(small_fee_limit=500)
	try:
		doc = job(office, "Desk Cash Ltd", "On Completion")
		frappe.get_doc("Sales Invoice", doc.sales_invoice).submit()
		doc.reload()
		doc.collect_cash(doc.amount_due)
	finally:
		make.settings(small_fee_limit=0)
	frappe.db.commit()
	return doc


@contextmanager
def desk_of(office, server, path: str, **options) -> Iterator[Desk]:
	"""The accountant's desk at `path`."""
	frappe.db.commit()
	with (
		chromium() as browser,
		desks_of(browser, server.url, {"accountant": office.accountant}, **options) as desks,
	):
		desks.accountant.page.goto(path)
		yield desks.accountant


def row(desk: Desk, customer: str) -> Locator:
	return desk.page.locator(".billing-desk tbody tr", has_text=customer)


def choose(desk: Desk, fieldname: str, value: str) -> None:
	"""Type into a filter above the billing desk."""
	field = desk.page.locator(f".page-form [data-fieldname={fieldname}] input:visible")
	field.fill(value)
	field.press("Tab")


def status_of(doc) -> tuple[str, int | None]:
	"""How the job is billed, and the state of its invoice, as the database has it now."""
	frappe.db.rollback()
	job = frappe.db.get_value(doc.doctype, doc.name, ["billing_status", "sales_invoice"], as_dict=True)
	return job.billing_status, frappe.db.get_value("Sales Invoice", job.sales_invoice, "docstatus")


# ---------------------------------------------------------------- the billing desk


def test_what_is_to_bill_is_seen_before_anything_is_billed(server, office):
	single = job(office, "Desk Anna", "One Invoice per Job")
	first = job(office, "Desk Ciara", "One Invoice per Customer", "Day")
	second = job(office, "Desk Ciara", "One Invoice per Customer", "Day", hours=2)
	draft = job(office, "Desk Dara", "On Completion")
	job(office, "Desk Emer", "One Invoice per Customer", "Month")
	with desk_of(office, server, "/app/billing-desk") as desk:
		for doc in (first, second):
			expect(row(desk, "Desk Ciara").get_by_role("link", name=doc.name)).to_be_visible(timeout=WAIT)
		expect(row(desk, "Desk Ciara")).to_contain_text("€ 180.00")
		expect(row(desk, "Desk Dara")).to_contain_text(f"Draft {draft.sales_invoice}")
		for shown in ("Due", "€ 60.00", single.name, make.COMPANY):
			expect(row(desk, "Desk Anna")).to_contain_text(shown)
		desk.picture("billing-desk")

		choose(desk, "until", frappe.format(add_days(nowdate(), -1), "Date"))
		expect(desk.page.locator(".bill-sum")).to_contain_text("0 jobs on 0 invoices selected")
		expect(desk.head.get_by_role("button", name="Create Invoices")).to_have_count(0)
		choose(desk, "until", frappe.format(get_last_day(nowdate()), "Date"))
		expect(desk.page.locator(".bill-sum")).to_contain_text("5 jobs on 4 invoices selected: € 360.00")

		choose(desk, "customer", "Desk Ciara")
		expect(desk.page.locator(".bill-sum")).to_contain_text("2 jobs on 1 invoice selected: € 180.00")
		expect(row(desk, "Desk Anna")).to_have_count(0)
		desk.page.locator(".bill-check").uncheck()
		expect(desk.page.locator(".bill-sum")).to_contain_text("0 jobs on 0 invoices selected")
	assert not frappe.get_all("Billing Run")


def test_a_day_is_billed_in_the_background_and_told_until_the_end(server, office, worker):
	"""One customer as a draft, then all: with progress, over a reload, and past a job that cannot be billed."""
	anna = job(office, "Desk Anna", "One Invoice per Job")
	brian = job(office, "Desk Brian", "One Invoice per Job")
	frappe.db.set_value("Service Labour Line", brian.labour[0].name, "item_code", None)
	ciara = [job(office, "Desk Ciara", "One Invoice per Customer", "Day") for _visit in range(2)]
	dara = job(office, "Desk Dara", "On Completion")
	with desk_of(office, server, "/app/billing-desk") as desk:
		for customer in ("Desk Anna", "Desk Brian", "Desk Dara"):
			row(desk, customer).locator(".bill-check").uncheck(timeout=WAIT)
		bill(desk, submit=False)
		expect(desk.page.get_by_text("2 jobs done, 1 invoices.")).to_be_visible(timeout=RUN_MS)
		assert [status_of(doc) for doc in ciara] == [("To Bill", 0)] * 2
		ciara[0].reload()

		desk.press("Billing Desk")
		expect(row(desk, "Desk Ciara")).to_contain_text(f"Draft {ciara[0].sales_invoice}", timeout=WAIT)
		with somebody_at(ciara[0].sales_invoice):  # the run comes to the last of its invoices, and waits
			bill(desk, submit=True)
			expect(desk.page.get_by_text(AT_WORK)).to_be_visible(timeout=RUN_MS)
			desk.picture("billing-run-at-work")
			desk.page.reload()
			expect(desk.page.get_by_text(AT_WORK)).to_be_visible(timeout=WAIT)
			desk.head.get_by_role("button", name="Stop").wait_for()

		expect(desk.page.get_by_text("4 jobs done, 3 invoices. Not billed: 1")).to_be_visible(timeout=RUN_MS)
		why = desk.settled().page.locator(".form-message li")
		expect(why).to_contain_text(f"{brian.name}: Labour row 1: set Billing Item, or the Labour Item")
		entries = desk.page.locator("[data-fieldname=entries]")
		expect(entries.locator(".grid-row", has_text=brian.name)).to_contain_text("Failed")
		desk.picture("billing-run")
		assert status_of(brian) == ("To Bill", None)
		assert [status_of(doc) for doc in (anna, *ciara, dara)] == [("Billed", 1)] * 4

		anna.reload()
		entries.get_by_role("link", name=anna.sales_invoice).click()
		desk.at("Sales Invoice", anna.sales_invoice)
		assert (desk.value("docstatus"), desk.value("grand_total")) == (1, 60)


@contextmanager
def somebody_at(invoice: str) -> Iterator[None]:
	"""Another transaction holds the invoice."""
	frappe.db.rollback()
	frappe.db.get_value("Sales Invoice", invoice, "name", for_update=True)
	try:
		yield
	finally:
		frappe.db.rollback()


def bill(desk: Desk, submit: bool) -> None:
	"""Bill what is chosen, by a double click."""
	desk.press("Create Invoices")
	asked = desk.page.locator(".modal.show")
	asked.get_by_label("Submit the invoices").set_checked(submit)
	asked.get_by_role("button", name="Bill", exact=True).dblclick()
	desk.at("Billing Run")


def test_an_accountant_of_one_company_sees_and_bills_that_one(server, office):
	mine, theirs = (job(office, name, "One Invoice per Job") for name in ("Desk Anna", "Desk Brian"))
	other = frappe.new_doc("Company", company_name="Shannon Desk Ltd", default_currency="EUR")
	other.name = other.company_name
	other.db_insert()  # without the accounts and warehouses that nobody asks for here
	theirs.db_set("company", other.name)
	make.make("User Permission", user=office.accountant, allow="Company", for_value=make.COMPANY)
	with desk_of(office, server, "/app/billing-desk") as desk:
		expect(row(desk, "Desk Anna")).to_contain_text(mine.name, timeout=WAIT)
		expect(desk.page.locator(".bill-sum")).to_contain_text("1 job, 1 invoice selected: € 60.00")
		expect(row(desk, "Desk Brian")).to_have_count(0)
		desk.ask(
			"""job => frappe.xcall(
				"aftersales.service_billing.doctype.billing_run.billing_run.bill_now", {jobs: [job]}, "POST"
			).catch(() => {})""",
			["Service Voucher", theirs.name],
		)
		desk.refused("You have no access", theirs.name)
	assert status_of(theirs) == ("To Bill", None)


# ---------------------------------------------------------------- cash, breaks, credit


def test_the_accountant_receives_the_cash_of_a_visit(server, office, visit):
	with desk_of(office, server, f"/app/service-voucher/{visit.name}") as desk:
		desk.at("Service Voucher").press("Receive Cash", group="Billing")
		expect(desk.page.get_by_text("Payment booked")).to_be_visible(timeout=WAIT)
	assert status_of(visit) == ("Paid", 1)
	visit.reload()
	assert frappe.db.get_value("Payment Entry", visit.payment_entry, "docstatus") == 1


def test_a_handover_from_the_report_lists_the_open_cash_and_shows_what_is_short(server, office, visit):
	with desk_of(
		office, server, f"/app/query-report/Cash with Technicians?company={quote(make.COMPANY)}"
	) as desk:
		expect(desk.page.locator(".dt-scrollable").get_by_text(visit.name)).to_be_visible(timeout=WAIT)
		desk.press("Hand Over")
		desk.at("Technician Cash Handover")
		assert desk.value("technician") == office.technician  # nobody else has cash
		expect(desk.page.locator("[data-fieldname=vouchers]").get_by_text(visit.name)).to_be_visible(
			timeout=WAIT
		)
		counted = desk.page.locator("[data-fieldname=counted_amount] input")
		counted.fill("55")
		counted.press("Tab")
		desk.press("Save")
		expect(desk.page.get_by_text("Short by")).to_be_visible(timeout=WAIT)
	frappe.db.rollback()
	(doc,) = frappe.get_all(
		"Technician Cash Handover",
		{"technician": office.technician},
		["expected_amount", "counted_amount", "difference"],
	)
	assert (doc.expected_amount, doc.counted_amount, doc.difference) == (60, 55, -5)


def test_one_click_in_the_report_puts_a_break_right(server, office, visit):
	frappe.db.set_value("Service Voucher", visit.name, "amount_due", 1)
	path = (
		f"/app/query-report/Service Revenue Reconciliation?company={quote(make.COMPANY)}"
		f"&from_date={add_days(nowdate(), -1)}&to_date={nowdate()}"
	)
	with desk_of(office, server, path) as desk:
		desk.page.get_by_role("button", name="Read from Invoice").click()
		expect(desk.page.get_by_text(f"{visit.name} is corrected")).to_be_visible(timeout=WAIT)
	frappe.db.rollback()
	assert frappe.db.get_value("Service Voucher", visit.name, "amount_due") == 60


def test_a_credited_job_is_billed_again_from_its_form(server, office, visit):
	from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return

	note = make_sales_return(visit.sales_invoice)
	note.update_outstanding_for_self = 0
	note.insert()
	note.submit()
	with desk_of(office, server, f"/app/service-voucher/{visit.name}") as desk:
		desk.at("Service Voucher").press("Bill Again", group="Billing")
		expect(desk.page.get_by_text("Draft invoice created")).to_be_visible(timeout=WAIT)
	assert status_of(visit) == ("To Bill", 0)
	visit.reload()
	assert visit.sales_invoice != note.return_against
