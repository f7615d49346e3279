"""The desk: a supervisor plans by dragging, by dialog and by keyboard; a technician sees his day on a phone."""

import re
from datetime import datetime, timedelta

import frappe
import pytest
from frappe.utils import add_days, getdate, nowdate
from playwright.sync_api import expect

from tests import factories as make
from tests.committed import swept_afterwards
from tests.desk import PASSWORD, PHONE, WAIT, Desk, chromium

SUPERVISOR = "browser.dispatch@example.com"
TECHNICIAN = "browser.aoife@example.com"
HOURS = 10
"""Shown from 8 to 18 o'clock."""


@pytest.fixture
def plan():
	"""A call for one product, two technicians; the second has not the skill."""
	with swept_afterwards():
		for user, role in ((SUPERVISOR, "Service Supervisor"), (TECHNICIAN, "Service Technician")):
			make.user(user, role)
			frappe.utils.password.update_password(user, PASSWORD)
		category = make.category("Browser Dispatch", charge_rule="Warranty")
		customer = make.customer("Browser Dispatch Customer")
		made = frappe._dict(
			call=make.call(
				customer, service_category=category, support_kind="Use", subject="Drum does not turn"
			),
			aoife=make.technician("Browser Dispatch Aoife", user=TECHNICIAN),
			brian=make.technician(
				"Browser Dispatch Brian",
				skills=[{"item_group": "All Item Groups", "support_kind": "Application"}],
			),
			tomorrow=add_days(nowdate(), 1),
		)
		frappe.db.commit()
		yield made


def open_board(browser, url: str, user: str, **how) -> Desk:
	desk = Desk(browser, url, user, **how)
	desk.page.goto("/app/dispatch-board")
	desk.page.get_by_label("Next Day").click(timeout=WAIT)  # at once, before today has been answered
	expect(desk.page.locator(".db-day")).to_contain_text(
		re.compile(rf"\b{getdate(add_days(nowdate(), 1)).day}\b"), timeout=WAIT
	)
	return desk


def track(desk: Desk, technician: str):
	return desk.page.locator(f'[data-technician="{technician}"] .db-track')


def call(desk: Desk):
	return desk.page.locator(".db-call", has_text="Drum does not turn")


def visit(desk: Desk, technician: str):
	return track(desk, technician).locator(".db-visit", has_text="Browser Dispatch Customer")


def put(desk: Desk, thing, technician: str, hour: float) -> None:
	"""Drag what is seized at its left end to an hour of a technician's day."""
	onto = track(desk, technician)
	width = onto.bounding_box()["width"]
	thing.drag_to(
		onto, source_position={"x": 2, "y": 20}, target_position={"x": (hour - 8) / HOURS * width, "y": 20}
	)


def pull(desk: Desk, thing, technician: str, hour: float) -> None:
	"""Seize the end of a visit and let it go at an hour."""
	onto, end = track(desk, technician).bounding_box(), thing.locator(".db-edge").bounding_box()
	height = end["y"] + end["height"] / 2
	desk.page.mouse.move(end["x"] + end["width"] / 2, height)
	desk.page.mouse.down()
	desk.page.mouse.move(onto["x"] + (hour - 8) / HOURS * onto["width"], height, steps=4)
	desk.page.mouse.up()


def stored(plan) -> frappe._dict:
	frappe.db.rollback()
	fields = ["name", "status", "technician", "planned_start", "planned_end", "qualification_override_reason"]
	(found,) = frappe.get_all("Service Voucher", {"repair_call": plan.call.name}, fields)
	return found


def at(plan, hour: float) -> datetime:
	return datetime.fromisoformat(plan.tomorrow) + timedelta(hours=hour)


def test_a_call_is_dragged_onto_a_day_moved_put_back_and_sent(server, plan):
	with chromium() as browser:
		desk = open_board(browser, server.url, SUPERVISOR)
		other = open_board(browser, server.url, SUPERVISOR)
		expect(call(desk)).to_be_visible(timeout=WAIT)
		put(desk, call(desk), plan.aoife, 10)
		expect(visit(desk, plan.aoife)).to_contain_text("10:00–11:30", timeout=WAIT)
		expect(call(desk)).to_have_count(0)
		assert (stored(plan).status, stored(plan).planned_start) == ("Draft", at(plan, 10))
		expect(visit(other, plan.aoife)).to_contain_text(
			"10:00–11:30", timeout=WAIT
		)  # another screen sees it
		desk.page.keyboard.press("Control+z")
		expect(call(desk)).to_be_visible(timeout=WAIT)
		assert (stored(plan).technician, stored(plan).planned_start) == (None, None)
		put(desk, call(desk), plan.aoife, 10)
		expect(visit(desk, plan.aoife)).to_contain_text("10:00–11:30", timeout=WAIT)

		put(desk, visit(desk, plan.aoife), plan.brian, 13.25)
		expect(visit(desk, plan.brian)).to_contain_text("13:15–14:45", timeout=WAIT)
		expect(visit(desk, plan.brian)).to_contain_text("⚠")  # he has not the skill

		visit(desk, plan.brian).focus()
		for keys in (
			"Alt+Shift+ArrowRight",
			"Alt+ArrowLeft",
			"Alt+ArrowLeft",
		):  # longer once, earlier twice: one plan
			desk.page.keyboard.press(keys)
		expect(visit(desk, plan.brian)).to_contain_text("12:45–14:30", timeout=WAIT)
		pull(desk, visit(desk, plan.brian), plan.brian, 16)
		expect(visit(desk, plan.brian)).to_contain_text("12:45–16:00", timeout=WAIT)
		desk.page.locator(".db-undo").click()
		expect(visit(desk, plan.brian)).to_contain_text("12:45–14:30", timeout=WAIT)
		desk.page.get_by_role("button", name="Month", exact=True).click()
		cell = desk.page.locator("tr", has_text=plan.brian).locator(f'[data-day="{plan.tomorrow}"]')
		expect(cell).to_contain_text("1", timeout=WAIT)
		desk.picture("dispatch-board-month")
		cell.focus()
		desk.page.keyboard.press("ArrowUp")
		expect(desk.page.locator(":focus")).to_have_attribute("data-day", plan.tomorrow)
		desk.page.keyboard.press("Enter")
		expect(visit(desk, plan.brian)).to_contain_text("12:45–14:30", timeout=WAIT)
		desk.page.get_by_role("button", name="Week", exact=True).click()
		cell = desk.page.locator("tr", has_text=plan.brian).locator(f'[data-day="{plan.tomorrow}"]')
		expect(cell).to_contain_text("1 visit", timeout=WAIT)
		cell.click()

		visit(desk, plan.brian).drag_to(desk.page.locator(".db-waiting"))
		expect(call(desk)).to_be_visible(timeout=WAIT)
		assert (stored(plan).technician, stored(plan).planned_start) == (None, None)

		call(desk).focus()
		desk.page.keyboard.press("Enter")
		dialog = desk.page.locator(".db-dialog")
		expect(dialog.get_by_text("Drum does not turn")).to_be_visible(timeout=WAIT)
		dialog.locator("[data-fieldname=technician] select").select_option(plan.brian)
		dialog.locator("[data-fieldname=start] select").select_option("09:30")
		dialog.locator("[data-fieldname=minutes] select").select_option("120")
		dialog.get_by_text("Dispatch now").click()
		dialog.locator("[data-fieldname=reason] textarea").fill("He is round the corner")
		dialog.get_by_role("button", name="Plan").click()
		expect(visit(desk, plan.brian)).to_contain_text("09:30–11:30", timeout=WAIT)
		expect(visit(desk, plan.brian)).to_have_class("db-visit db-dispatched", timeout=WAIT)
		assert desk.errors == other.errors == []
	sent = stored(plan)
	assert (sent.status, sent.technician, sent.planned_end) == ("Dispatched", plan.brian, at(plan, 11.5))
	assert sent.qualification_override_reason == "He is round the corner"


def test_what_others_plan_takes_nothing_out_of_the_hand(server, plan):
	with chromium() as browser:
		desk = open_board(browser, server.url, SUPERVISOR)
		mouse = desk.page.mouse
		call(desk).hover()
		mouse.down()
		onto = track(desk, plan.aoife).bounding_box()
		ten = onto["x"] + 2 / HOURS * onto["width"]
		mouse.move(ten, onto["y"] + 20, steps=5)
		expect(desk.page.locator(".db-ghost")).to_be_visible()

		make.call(
			plan.call.customer,
			service_category=plan.call.service_category,
			support_kind="Use",
			subject="Door does not close",
		)
		frappe.db.commit()
		desk.page.wait_for_function("() => cur_page.page.board.outdated")
		mouse.move(ten, onto["y"] + 18, steps=3)
		mouse.up()
		expect(visit(desk, plan.aoife)).to_contain_text("10:00–11:30")
		expect(desk.page.locator(".db-call", has_text="Door does not close")).to_be_visible()
		assert desk.errors == []
	assert stored(plan).planned_start == at(plan, 10)


def test_what_is_refused_is_said_and_the_board_shows_what_is_stored(server, plan):
	with chromium() as browser:
		desk = open_board(browser, server.url, SUPERVISOR)
		expect(call(desk)).to_be_visible(timeout=WAIT)
		call(desk).click()
		dialog = desk.page.locator(".db-dialog")
		dialog.locator("[data-fieldname=technician] select").select_option(plan.brian)
		dialog.get_by_text("Dispatch now").click()
		dialog.get_by_role("button", name="Plan").click()
		desk.refused("is not qualified")
		expect(visit(desk, plan.brian)).to_have_class(
			"db-visit db-draft", timeout=WAIT
		)  # planned, but not sent
		assert desk.errors == []
	assert stored(plan).status == "Draft"


def test_a_technician_has_his_day_on_a_phone(server, plan):
	make.planned(plan.call, plan.aoife)
	frappe.db.commit()
	with chromium() as browser:
		desk = open_board(browser, server.url, TECHNICIAN, size=PHONE)
		mine = visit(desk, plan.aoife)
		expect(mine).to_contain_text("09:00–10:30", timeout=WAIT)
		assert mine.bounding_box()["width"] > 300
		expect(desk.page.locator("[data-technician]")).to_have_count(1)
		wide = desk.ask("document.documentElement.scrollWidth")
		assert wide <= PHONE["width"]
		assert desk.errors == []
