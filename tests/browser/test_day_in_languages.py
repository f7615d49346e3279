"""A business day in Spanish and one in Chinese in the browser: call, visit, invoice, print, mail and the customer's page.

What is pressed is found by the words of the language; no screen on the way shows English of ours.
"""

from urllib.parse import urlencode

import frappe
import pytest
from babel.messages.pofile import read_po
from playwright.sync_api import expect

from aftersales.setup.roles import ROLES
from tests import factories as make
from tests import languages, mails, portal
from tests.committed import swept_afterwards
from tests.desk import PHONE, WAIT, chromium, desks_of, passwords

EVERYTHING = (*ROLES, "System Manager", "Accounts Manager", "Sales User", "Stock User")
DAYS = {
	"es": {
		"customer": "Íñigo Ibáñez Muñoz",
		"fault": "La caldera pierde presión",
		"findings": "Junta del intercambiador cambiada",
		"reason": "Firmará en la próxima visita",
	},
	"zh": {
		"customer": "北京畅捷机械厂",
		"fault": "热水器漏水",
		"findings": "已更换热交换器密封圈",
		"reason": "客户不在场",
	},
}


@pytest.fixture(params=DAYS)
def day(request):
	"""A shop, somebody who works in the language, a customer who is written to in it."""
	language = request.param
	portal.forget_limits()
	with swept_afterwards(), passwords(**{language: EVERYTHING}) as users:
		shop = make.shop()
		make.settings(send_customer_messages=1, submit_invoice=1)
		mails.mailbox()
		customer = make.customer(DAYS[language]["customer"], language=language)
		make.contact(customer, customer, "+353 86 777 0199", f"{language}@day.example")
		frappe.db.set_value("User", users[language], "language", language)
		frappe.db.commit()
		frappe.clear_cache(user=users[language])
		yield frappe._dict(DAYS[language], language=language, users=users, shop=shop)


class Reader:
	"""Presses what the catalogue calls something, and keeps what is English of ours on each screen."""

	def __init__(self, language: str):
		with open(languages.LOCALE / f"{language}.po", "rb") as stream:
			self.said = {message.id: message.string for message in read_po(stream) if message.id}
		self.catalogue = languages.Catalogue(language, languages.names())
		self.language = language
		self.faults: dict[str, set[str]] = {}

	def __getitem__(self, english: str) -> str:
		return self.said[english]

	def read(self, desk, screen: str) -> None:
		desk.picture(f"day-{self.language}-{screen}")
		if faults := self.catalogue.faults(languages.on(desk.page)):
			self.faults[screen] = faults


def test_from_the_call_to_the_customers_page(server, day):
	say = Reader(day.language)
	with chromium() as browser, desks_of(browser, server.url, day.users) as desks:
		desk = desks[day.language]
		register(desk, day, say)
		visit, invoice = complete(desk, day, say)
		for doctype, name, print_format in (
			("Service Voucher", visit, "Service Voucher"),
			("Sales Invoice", invoice, "Service Invoice"),
		):
			asked = {"doctype": doctype, "name": name, "format": print_format, "no_letterhead": 1}
			desk.page.goto(f"/printview?{urlencode(asked)}")
			expect(desk.page.locator(".print-format").first).to_contain_text(day.customer, timeout=WAIT)
			say.read(desk, f"print-{print_format.split()[1]}")
		frappe.db.rollback()
		link = mails.link_in(mails.queued()[0].text)
		desk.page.set_viewport_size(PHONE)
		desk.page.goto(link)
		expect(desk.page.locator("html")).to_have_attribute("lang", day.language)
		say.read(desk, "customers-page")
	assert not say.faults, say.faults

	call = frappe.db.get_value("Service Voucher", visit, "repair_call")
	# An hour at 60 and 13.5 % tax
	assert frappe.db.get_value("Sales Invoice", invoice, ["docstatus", "grand_total"]) == (1, 68.1)
	told = frappe.get_all(
		"Communication",
		filters={"reference_name": call, "communication_type": "Automated Message"},
		pluck="subject",
		order_by="creation asc",
	)
	assert [subject.replace(call, "{0}").replace(invoice, "{0}") for subject in told] == [
		say["We have your call {0}"],
		say["Invoice {0}"],
	]


def register(desk, day, say) -> None:
	page = desk.page
	page.goto("/app/phone-desk")
	expect(page.locator("#pd-search")).to_be_focused(timeout=WAIT)
	say.read(desk, "phone-desk")
	page.keyboard.type(day.customer)
	page.locator("#pd-found li", has_text=day.customer).first.click(timeout=WAIT)
	expect(page.locator("#pd-subject")).to_be_focused(timeout=WAIT)
	page.locator("#pd-subject").fill(day.fault)
	desk.settled()
	say.read(desk, "call")
	page.locator(".pd-register").click()
	expect(page.locator(".pd-done")).to_contain_text(say["Triaged"], timeout=WAIT)
	say.read(desk, "registered")
	page.locator(".pd-next").get_by_role("button", name=say["Plan Visit"], exact=True).click()


def complete(desk, day, say) -> tuple[str, str]:
	"""The visit and its invoice."""
	desk.at("Service Voucher").enter(technician=day.shop.technician).save()
	visit = desk.value("name")
	say.read(desk, "visit")
	desk.press(say["Finish Visit"])
	dialog = desk.page.locator(".aftersales-finish.show")
	dialog.locator("[data-fieldname=findings] textarea").fill(day.findings)
	dialog.locator("[data-choice=test_result][data-value=Passed]").click()
	dialog.locator("[data-fieldname=unsigned_reason] input").fill(day.reason)
	say.read(desk, "finish")
	dialog.get_by_role("button", name=say["Complete Visit"], exact=True).click()
	desk.is_in("Completed")
	say.read(desk, "completed")
	invoice = desk.value("sales_invoice")
	desk.open("Sales Invoice", invoice)
	desk.picture(f"day-{day.language}-invoice")
	return visit, invoice
