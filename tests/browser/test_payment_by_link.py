"""A customer pays an invoice by link, in a browser, with the payments app and a stand-in for PayPal's sandbox.

Runs on a site that has the app payments. A visit of an hour costs 60.00.
"""

import json
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlsplit

import frappe
import pytest
import requests as http
from frappe.utils import add_to_date, now_datetime
from frappe.utils.password import update_password
from playwright.sync_api import expect, sync_playwright

from aftersales.customer_portal import links
from aftersales.service_cash.payments import requests
from tests import factories as make
from tests import portal
from tests.committed import swept_afterwards
from tests.gateway import StandIn
from tests.jobs import done
from tests.portal import ANNA
from tests.processes import Server

pytestmark = pytest.mark.needs_app("payments")

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
PASSWORD = "a-customers-own-word"
CONFIRM = (
	"/api/method/payments.payment_gateways.doctype.paypal_settings.paypal_settings.confirm_payment?token="
)


@pytest.fixture(scope="module")
def gateway():
	stand_in = StandIn()
	yield stand_in
	stand_in.stop()


@pytest.fixture(scope="module")
def server(gateway):
	class PayingServer(Server):
		def environment(self):
			return {**super().environment(), **gateway.environment()}

	running = PayingServer(os.environ["AFTERSALES_SITE"]).start()
	yield running
	running.stop()


@pytest.fixture
def shop(gateway):
	gateway.is_down = False
	with swept_afterwards():
		portal.forget_limits()
		names = frappe._dict(
			hour=make.service_item("Pay by Link Hour"),
			customer=make.customer("Pay by Link Household"),
			technician=make.technician("Pay by Link Technician", "Stores - LSL"),
		)
		make.price(names.hour, 60)
		portal.website_user(ANNA, names.customer, "Anna")
		update_password(ANNA, PASSWORD)
		_use_gateway()
		names.account = _bank_account()
		frappe.db.commit()
		yield names


def _use_gateway() -> None:
	settings = frappe.get_doc("PayPal Settings")
	settings.update({"paypal_sandbox": 1, "api_username": "shop", "signature": "S"})
	settings.flags.ignore_mandatory = True  # else it asks PayPal whether the credentials are right
	settings.save()  # ERPNext makes an account and a Payment Gateway Account


def _bank_account() -> str:
	bank = make.once("Bank", "AIB by Link", bank_name="AIB by Link", swift_number="AIBKIE2D")
	return make.make(
		"Bank Account",
		account_name="Service by Link",
		bank=bank,
		company=make.COMPANY,
		is_company_account=1,
		is_default=1,
		account=make.account("By Link Account", "Bank Accounts", account_type="Bank"),
		iban="IE29AIBK93115212345678",
	).name


@pytest.fixture
def visit(shop):
	doc = done(shop, labour=[make.hours(1, item_code=shop.hour)])
	frappe.get_doc("Sales Invoice", doc.sales_invoice).submit()
	frappe.db.commit()
	return fresh(doc)


@pytest.fixture
def browser(server):
	with sync_playwright() as playwright:
		browser = playwright.chromium.launch(
			executable_path=os.environ["AFTERSALES_CHROMIUM"], args=ARGUMENTS
		)
		yield browser
		browser.close()


def open_page(browser, server, gateway, size: dict, user: str | None = None):
	context = browser.new_context(base_url=server.url, viewport=size)
	gateway.serve_page(context)
	page = context.new_page()
	if user:
		password = "admin" if user == "Administrator" else PASSWORD
		assert page.request.post("/api/method/login", form={"usr": user, "pwd": password}).ok
	return page


def fresh(doc):
	frappe.db.rollback()
	return frappe.get_doc(doc.doctype, doc.name)


def link(visit) -> str:
	address = portal.link_to(links.PAYMENT, "Sales Invoice", visit.sales_invoice)
	frappe.db.commit()
	return address


def booked(shop) -> list[tuple]:
	frappe.db.rollback()
	rows = frappe.get_all(
		"Payment Entry",
		{"party": shop.customer, "docstatus": 1},
		["paid_amount", "unallocated_amount", "paid_to"],
		order_by="creation asc",
	)
	return [(row.paid_amount, row.unallocated_amount, row.paid_to) for row in rows]


def picture(page, name: str, size: dict) -> None:
	if folder := os.environ.get("AFTERSALES_PICTURES"):
		page.screenshot(path=f"{folder}/payment-{name}-{size['width']}.png", full_page=True)


PAID = (60.0, 0.0, "PayPal - LSL")


@pytest.mark.parametrize(("size", "user"), [(PHONE, None), (DESK, ANNA)], ids=["link", "portal"])
def test_a_customer_pays_and_the_job_is_paid(browser, server, gateway, shop, visit, size, user):
	page = open_page(browser, server, gateway, size, user)
	page.goto(f"/aftersales/pay/{visit.sales_invoice}" if user else link(visit))
	expect(page.locator(".state")).to_contain_text("60.00")
	picture(page, "open", size)
	page.get_by_role("button", name="online").click()
	expect(page.get_by_role("heading", level=1)).to_have_text("60.0 EUR")
	page.get_by_role("link", name="Pay now").click()
	expect(page.get_by_text("Your payment was successfully accepted")).to_be_visible()
	page.get_by_role("link", name="Continue").click()
	thanks = "This invoice is paid" if user else "Your payment has been received"
	expect(page.get_by_role("status")).to_contain_text(thanks)
	picture(page, "thanks", size)
	assert booked(shop) == [PAID]
	assert fresh(visit).billing_status == "Paid"
	page.goto(f"/aftersales/pay/{visit.sales_invoice}" if user else link(visit))
	expect(page.get_by_text("This invoice is paid.")).to_be_visible()
	expect(page.get_by_role("button", name="online")).to_have_count(0)


def test_a_gateway_that_is_down_is_said_and_the_bank_details_stay(browser, server, gateway, shop, visit):
	gateway.is_down = True
	page = open_page(browser, server, gateway, PHONE)
	page.goto(link(visit))
	page.get_by_role("button", name="online").click()
	expect(page.get_by_text("Online payment is not available at the moment.")).to_be_visible()
	expect(page.get_by_text("IE29 AIBK 9311 5212 3456 78")).to_be_visible()
	picture(page, "down", PHONE)
	assert booked(shop) == []
	assert frappe.db.count("Payment Request", {"reference_name": visit.sales_invoice}) == 0
	gateway.is_down = False
	page.get_by_role("button", name="online").click()
	page.get_by_role("link", name="Pay now").click()
	expect(page.get_by_text("successfully accepted")).to_be_visible()
	assert booked(shop) == [PAID]


def test_who_cancels_at_the_gateway_can_pay_afterwards(browser, server, gateway, shop, visit):
	page = open_page(browser, server, gateway, PHONE)
	page.goto(link(visit))
	page.get_by_role("button", name="online").click()
	page.get_by_role("link", name="Cancel").click()
	expect(page.get_by_text("Your payment is cancel")).to_be_visible()
	page.goto(link(visit))
	page.get_by_role("button", name="online").click()
	page.get_by_role("link", name="Pay now").click()
	expect(page.get_by_text("successfully accepted")).to_be_visible()
	assert booked(shop) == [PAID]
	assert frappe.db.count("Payment Request", {"reference_name": visit.sales_invoice}) == 1


def agreed(browser, server, gateway, visit) -> str:
	"""The token of a payment that the customer agreed to at the gateway, which has not charged it yet."""
	page = open_page(browser, server, gateway, PHONE)
	page.goto(link(visit))
	page.get_by_role("button", name="online").click()
	expect(page.get_by_role("link", name="Pay now")).to_be_visible()
	token = list(gateway.pages)[-1]
	http.get(gateway.return_address(token), timeout=100, allow_redirects=False)
	return token


def told(server, *tokens: str) -> None:
	"""The gateway's word by several at the same moment."""
	ready = threading.Barrier(len(tokens))

	def tell(token):
		ready.wait()
		answer = http.get(f"{server.url}{CONFIRM}{token}", timeout=100, allow_redirects=False)
		# 417: ERPNext notes nothing more for a request that is paid
		assert answer.status_code in (200, 302, 417), answer.text[-3000:]

	with ThreadPoolExecutor(len(tokens)) as pool:
		list(pool.map(tell, tokens))


def test_the_word_of_the_gateway_ten_times_books_one_payment(browser, server, gateway, shop, visit):
	token = agreed(browser, server, gateway, visit)
	told(server, *[token] * 5)
	told(server, *[token] * 5)
	assert booked(shop) == [PAID]
	assert fresh(visit).billing_status == "Paid"


def test_two_tabs_have_one_page_of_the_gateway(browser, server, gateway, shop, visit):
	first, second = agreed(browser, server, gateway, visit), agreed(browser, server, gateway, visit)
	assert first == second
	told(server, first, second)
	requests.book_completed()
	assert booked(shop) == [PAID]


def test_a_page_that_expired_is_replaced_and_both_payments_are_booked(browser, server, gateway, shop, visit):
	first = agreed(browser, server, gateway, visit)
	frappe.db.set_value("Integration Request", first, "creation", add_to_date(now_datetime(), hours=-3))
	frappe.db.commit()
	second = agreed(browser, server, gateway, visit)
	assert first != second
	for token in (first, second):  # the gateway charges both at the same moment, before either is booked
		frappe.get_doc("Integration Request", token).update_status({"transaction_id": token}, "Completed")
	frappe.db.commit()
	for _hour in range(3):
		requests.book_completed()
	assert sorted(booked(shop)) == [PAID, (60.0, 60.0, "PayPal - LSL")]
	assert frappe.db.get_value("Sales Invoice", visit.sales_invoice, "outstanding_amount") == 0


def _stripe(monkeypatch) -> str:
	settings = frappe.new_doc("Stripe Settings")
	settings.update({"gateway_name": "By Link", "publishable_key": "pk", "secret_key": "sk"})
	monkeypatch.setattr("stripe.Charge.create", lambda **asked: frappe._dict(captured=True, **asked))
	return _used(settings, "Stripe-By Link")


def _razorpay(monkeypatch) -> str:
	settings = frappe.get_doc("Razorpay Settings")
	settings.update({"api_key": "key", "api_secret": "secret"})
	module = "payments.payment_gateways.doctype.razorpay_settings.razorpay_settings"
	monkeypatch.setattr(f"{module}.make_get_request", lambda *_args, **_more: {"status": "captured"})
	monkeypatch.setattr(frappe.flags, "integration_request", frappe._dict(status_code=200), raising=False)
	return _used(settings, "Razorpay")


def _used(settings, gateway: str) -> str:
	settings.flags.ignore_mandatory = True  # else it asks the gateway whether the keys are right
	settings.save()
	frappe.db.set_value("Payment Gateway Account", {"is_default": 1}, "is_default", 0)
	account = frappe.get_doc("Payment Gateway Account", {"payment_gateway": gateway})
	account.db_set("is_default", 1)
	return account.payment_account


@pytest.mark.parametrize("enable", [_stripe, _razorpay])
def test_another_gateway_of_the_payments_app(shop, visit, monkeypatch, enable):
	"""Its own controller makes the address and takes the payment; only what its servers would answer is ours."""
	account = enable(monkeypatch)
	invoice = frappe.get_doc("Sales Invoice", visit.sales_invoice)
	assert requests.online(invoice)
	address = requests.address_for(invoice)
	assert requests.address_for(invoice) == address
	sent = {name: value[0] for name, value in parse_qs(urlsplit(address).query).items()}
	if token := sent.get("token"):
		sent = {**json.loads(frappe.db.get_value("Integration Request", token, "data")), "token": token}
	from payments.utils import get_payment_gateway_controller

	gateway = frappe.db.get_value("Payment Request", sent["reference_docname"], "payment_gateway")
	told = get_payment_gateway_controller(gateway).create_request({**sent, "razorpay_payment_id": "pay_1"})
	frappe.db.commit()  # as its request ends
	assert "payment-success" in told["redirect_to"]
	for _hour in range(2):
		requests.book_completed()
	assert booked(shop) == [(60.0, 0.0, account)]
	assert fresh(visit).billing_status == "Paid"


def test_a_gateway_that_calls_the_phone_has_no_page(shop, visit):
	frappe.db.set_value(
		"Payment Gateway Account", {"payment_gateway": ("is", "set")}, "payment_channel", "Phone"
	)
	assert not requests.online(frappe.get_doc("Sales Invoice", visit.sales_invoice))


def test_killed_after_the_gateway_completed_the_payment_is_booked_once(browser, server, gateway, shop, visit):
	token = agreed(browser, server, gateway, visit)
	log = frappe.get_doc("Integration Request", token)
	log.update_status(
		{"transaction_id": "TX-1"}, "Completed"
	)  # it commits; the server dies before the booking
	frappe.db.commit()
	assert booked(shop) == []
	for _hour in range(3):
		requests.book_completed()
	told(server, token)
	assert booked(shop) == [PAID]
	assert fresh(visit).billing_status == "Paid"
