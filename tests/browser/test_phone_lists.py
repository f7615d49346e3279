"""Lists on a phone: they begin on the first screen, and a row shows whom, when, the status and the time left."""

import re

import frappe
import pytest
from playwright.sync_api import expect

from tests import factories as make
from tests.committed import swept_afterwards
from tests.desk import PHONE, WAIT, chromium, desks_of, passwords


@pytest.fixture
def shop():
	with swept_afterwards(), passwords(agent="Service Agent", technician="Service Technician") as users:
		customer = make.customer("Phone List Customer & Sons")
		call = make.call(customer, subject="Water runs out below the boiler and nobody can stop it")
		call.triage()
		liam = make.technician("List Liam", make.warehouse("List Van"), user=users["technician"])
		visit = make.planned(make.call(customer), liam)
		visit.dispatch()
		forget_filters(users.values())
		frappe.db.commit()
		yield frappe._dict(users=users, call=call, visit=visit)
		frappe.db.rollback()
		forget_filters(users.values())


def forget_filters(users) -> None:
	"""The desk keeps what a person filters by, for whoever has the address in the next test."""
	for user in users:
		for doctype in ("Repair Call", "Service Voucher"):
			frappe.cache.hdel("_user_settings", f"{doctype}::{user}")
		frappe.db.delete("__UserSettings", {"user": user})
	frappe.db.commit()


def filters_shown(desk) -> set[str]:
	fold = desk.page.locator(".page-container:visible .filter-toggle")  # version 16 has them behind a button
	if fold.is_visible():
		fold.click()
	shown = desk.page.locator(".page-container:visible .standard-filter-section > .form-group:visible")
	expect(shown.first).to_be_visible(timeout=WAIT)
	return set(shown.evaluate_all("shown => shown.map(e => e.dataset.fieldname)"))


def row_of(desk, doc):
	row = desk.page.locator(".list-row-container", has=desk.page.locator(f'[data-name="{doc.name}"]'))
	expect(row).to_be_visible(timeout=WAIT)
	return row


def test_a_row_has_room_for_status_and_clock(server, shop):
	with (
		chromium() as browser,
		desks_of(browser, server.url, {"agent": shop.users["agent"]}, size=PHONE) as desks,
	):
		agent = desks.agent
		agent.page.goto("/app/repair-call/view/list")
		row = row_of(agent, shop.call)
		chip, status = (
			row.locator(".aftersales-clock"),
			row.locator(".indicator-pill:visible", has_text="Triaged"),
		)
		expect(chip).to_have_text(re.compile(r"^Arrive \d+ h( \d+ min)?$"), timeout=WAIT)
		assert filters_shown(agent) == {"customer", "status"}
		agent.picture("phone-list")
		for shown in (chip, status):
			box = shown.bounding_box()
			assert box["x"] > 0 and box["x"] + box["width"] <= PHONE["width"]
		assert status.bounding_box()["y"] < chip.bounding_box()["y"]

		# what filters the list is shown, whatever it is
		agent.page.goto("/app/repair-call/view/list?priority=Medium&hazard=Water Leak")
		agent.page.wait_for_function("() => window.cur_list?.filter_area?.get().length === 2", timeout=WAIT)
		assert filters_shown(agent) == {"customer", "status", "priority", "hazard"}


def test_a_technician_sees_when_and_whom_he_visits(server, shop):
	with (
		chromium() as browser,
		desks_of(browser, server.url, {"technician": shop.users["technician"]}, size=PHONE) as desks,
	):
		desks.technician.page.goto("/app/service-voucher/view/list")
		title = row_of(desks.technician, shop.visit).locator(".list-subject a")
		expect(title).to_have_text(
			re.compile(r"^(\w{3}|\d+ \w{3}) \d\d:\d\d · Phone List Customer & Sons$"), timeout=WAIT
		)
		desks.technician.picture("phone-visits")
