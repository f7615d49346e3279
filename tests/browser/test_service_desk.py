"""The desk in a browser: follow-up calls one after the other, and the form of a call that suggests what to promise."""

import os

import frappe
import pytest
from frappe.utils import add_days, now_datetime, nowdate
from frappe.utils.password import update_password
from playwright.sync_api import Page, expect, sync_playwright

from tests import factories as make
from tests.committed import swept_afterwards

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
AGENT, SUPERVISOR = "desk.agent@example.com", "desk.supervisor@example.com"
PASSWORD = "service-desk-test"


@pytest.fixture
def business():
	"""Two customers to be asked about their repairs, one open call, a technician who knows boilers."""
	with swept_afterwards():
		try:
			make.user(AGENT, "Service Agent")
			make.user(SUPERVISOR, "Service Supervisor")
			update_password(AGENT, PASSWORD)
			make.technician("Desk Test Technician")
			nora, sean = make.customer("Desk Test Nora"), make.customer("Desk Test Sean")
			make.make(
				"Follow-up Rule",
				rule_name="Desk Test",
				customer=sean,
				days_after=7,
				script="Good morning.\nAsk about the fan.",
			)
			asked = frappe._dict(
				not_reached=_follow_up(nora, add_days(nowdate(), -2)), reached=_follow_up(sean, nowdate())
			)
			said_before = make.plain_call(nora, referral="The baker told me", call_owner=AGENT)
			call = make.plain_call(sean, equipment=make.equipment(sean), call_owner=AGENT)
			frappe.db.commit()
			yield frappe._dict(asked, call=call.name, said_before=said_before.referral)
		finally:
			frappe.db.rollback()
			frappe.db.delete("__Auth", {"name": AGENT})
			frappe.db.commit()


def _follow_up(customer: str, due: str) -> str:
	call = make.plain_call(customer, contact_name="Niamh", contact_phone="+353 86 777 0001", call_owner=AGENT)
	call.resolve("Fan replaced")
	call.close()
	follow_up = frappe.get_doc("Follow-up", {"repair_call": call.name})
	frappe.db.set_value("Follow-up", follow_up.name, {"due_date": due, "call_owner": AGENT})
	return follow_up.name


@pytest.fixture
def page(server, business):
	with sync_playwright() as playwright:
		browser = playwright.chromium.launch(
			executable_path=os.environ["AFTERSALES_CHROMIUM"], args=ARGUMENTS
		)
		page = browser.new_page(base_url=server.url, viewport={"width": 1440, "height": 900})
		page.errors = []
		page.on("pageerror", lambda error: page.errors.append(str(error)))
		assert page.request.post("/api/method/login", form={"usr": AGENT, "pwd": PASSWORD}).ok
		yield page
		browser.close()


def stored(doctype: str, name: str):
	frappe.db.rollback()
	return frappe.get_doc(doctype, name)


def dialog_of(page: Page, title: str):
	dialog = page.locator(".modal.show", has=page.locator(".modal-title", has_text=title))
	expect(dialog).to_be_visible(timeout=30_000)
	return dialog


def test_customers_are_asked_one_after_the_other(page, business):
	page.goto("/app/follow-up")
	page.get_by_role("button", name="Start Calling").click(timeout=30_000)

	# nobody answers: an attempt is counted, the next customer comes up by himself
	first = dialog_of(page, "Desk Test Nora")
	expect(first).to_contain_text("Fan replaced")
	expect(first.locator("a[href='tel:+353867770001']")).to_be_visible()
	first.get_by_role("button", name="Not Reached").click()
	second = dialog_of(page, "Desk Test Sean")
	tried = stored("Follow-up", business.not_reached)
	assert (tried.status, tried.attempts) == ("Attempted", 1)
	assert tried.next_attempt_at > now_datetime()

	# the words of the rule; a bad answer
	expect(second.locator(".aftersales-sheet")).to_contain_text("Ask about the fan.")
	picture(page, "calling")
	second.locator("[data-fieldname=repair_effective] select").select_option("No")
	second.locator("[data-fieldname=csat] select").select_option("1")
	second.locator("[data-fieldname=comments] textarea").fill("It is louder than before <b>!</b>")
	second.get_by_role("button", name="Save Answer").click()
	expect(page.get_by_text("None of your follow-ups is left to call.")).to_be_visible(timeout=30_000)

	answered = stored("Follow-up", business.reached)
	assert (answered.status, answered.csat, answered.answer_channel) == ("Escalated", 1, "Phone")
	opened = frappe.get_doc("Repair Call", answered.new_repair_call)
	assert (opened.repeat_of, opened.status, opened.customer) == (
		answered.repair_call,
		"Open",
		answered.customer,
	)
	assert "louder" in opened.description and "<b>" not in opened.description
	(notice,) = frappe.get_all(
		"Notification Log", {"for_user": SUPERVISOR, "document_name": opened.name}, pluck="subject"
	)
	assert notice.startswith("Message from Desk Test Sean: ")

	page.goto(f"/app/follow-up/{business.reached}")
	expect(page.locator(".form-message")).to_contain_text(opened.name, timeout=30_000)
	picture(page, "bad-answer")
	assert page.errors == []


def test_the_form_of_a_call_suggests_windows_and_referrals(page, business):
	page.goto(f"/app/repair-call/{business.call}")
	form = page.locator("[data-page-route='Repair Call']")
	offered = form.locator("datalist option")
	expect(offered).to_have_count(1, timeout=30_000)
	assert offered.get_attribute("value") == business.said_before

	form.get_by_role("button", name="Triage").click()
	form.get_by_role("button", name="Offer Time Slot").first.click(timeout=30_000)
	dialog = dialog_of(page, "Offer Time Slot")
	windows = dialog.locator("[data-fieldname=window] select")
	expect(windows.locator("option")).to_have_count(4)
	expect(windows.locator("option").nth(1)).to_contain_text("Desk Test Technician")
	expect(windows).to_have_value("0")
	begin = dialog.locator("[data-fieldname=promised_from] input")
	expect(begin).not_to_have_value("")
	first = begin.input_value()
	windows.select_option("1")
	expect(begin).not_to_have_value(first)
	picture(page, "windows")
	dialog.get_by_role("button", name="Promise").click()
	expect(form.get_by_role("button", name="Plan Visit")).to_be_visible(timeout=30_000)
	call = stored("Repair Call", business.call)
	assert call.status == "Scheduled"
	assert call.promised_to > call.promised_from > now_datetime()
	assert page.errors == []


def picture(page: Page, name: str) -> None:
	"""Keep what the page shows where AFTERSALES_PICTURES asks for it, to be looked at."""
	if folder := os.environ.get("AFTERSALES_PICTURES"):
		page.screenshot(path=f"{folder}/service-desk-{name}.png")
