"""The promise in the desk: given on the phone, left by the dispatcher only aloud, told, kept on record, measured."""

import re

import frappe
import pytest
from frappe.query_builder import Interval
from frappe.utils import add_days, get_datetime, getdate, nowdate
from playwright.sync_api import expect

from tests import factories as make
from tests.committed import swept_afterwards
from tests.desk import PHONE, WAIT, chromium, desks_of, passwords

SUBJECT = "Water comes out below"


@pytest.fixture
def business():
	with (
		swept_afterwards(),
		passwords(
			sean="Service Agent",
			orla=("Service Supervisor", "Service Agent"),
			aoife="Service Technician",
		) as users,
	):
		before = frappe.db.get_single_value("Aftersales Settings", "send_customer_messages")
		make.settings(send_customer_messages=0)
		customer = make.customer("Promise Story Household")
		make.contact(customer, "Nora Story", "+353 86 777 0815")
		technician = make.technician("Promise Story Aoife", user=users["aoife"])
		frappe.db.commit()
		yield frappe._dict(
			users=users, customer=customer, technician=technician, tomorrow=add_days(nowdate(), 1)
		)
		frappe.db.rollback()
		make.settings(send_customer_messages=before)
		frappe.db.commit()


def go_to_tomorrow(board, business) -> None:
	board.get_by_label("Next Day").click(timeout=WAIT)
	expect(board.locator(".db-day")).to_contain_text(
		re.compile(rf"\b{getdate(business.tomorrow).day}\b"), timeout=WAIT
	)


def stored(name: str) -> frappe._dict:
	frappe.db.rollback()
	return frappe.get_doc("Repair Call", name)


def two_days_pass(call: str) -> None:
	"""Everything that was said and planned happened two days earlier."""
	(voucher,) = frappe.get_all("Service Voucher", {"repair_call": call}, pluck="name")
	for table, key, name, fields in (
		(
			"Repair Call",
			"name",
			call,
			("promised_from", "promised_to", "promised_at", "promise_from", "promise_due"),
		),
		("Service Promise", "parent", call, ("promised_from", "promised_to", "made_at")),
		("Service Voucher", "name", voucher, ("planned_start", "planned_end")),
	):
		doc = frappe.qb.DocType(table)
		query = frappe.qb.update(doc).where(doc[key] == name)
		for field in fields:
			query = query.set(doc[field], doc[field] - Interval(days=2))
		query.run()
	frappe.db.commit()


def test_a_promise_from_the_phone_to_the_figure(server, business):
	with chromium() as browser, desks_of(browser, server.url, business.users) as desks:
		phone = desks.sean.page
		phone.goto("/app/phone-desk?phone=%2B353867770815")
		expect(phone.locator("#pd-search")).to_have_value("+353867770815", timeout=WAIT)
		phone.locator("#pd-found li", has_text="Promise Story Household").first.click(timeout=WAIT)
		expect(phone.locator("#pd-subject")).to_be_focused(timeout=WAIT)  # now the customer is known
		phone.locator("#pd-subject").fill(SUBJECT)
		desks.sean.picture("phone-desk-with-number")
		phone.locator(".pd-register").click()
		expect(phone.locator(".pd-done")).to_contain_text("RC-", timeout=WAIT)
		frappe.db.rollback()
		(name,) = frappe.get_all("Repair Call", {"subject": SUBJECT}, pluck="name")
		promised = [f"{business.tomorrow} 11:30:00", f"{business.tomorrow} 13:30:00"]
		stored(name).schedule(*promised)
		frappe.db.commit()

		board = desks.orla.page
		board.goto("/app/dispatch-board")
		go_to_tomorrow(board, business)
		row = board.locator(f'[data-technician="{business.technician}"]')
		expect(row.locator(".db-promised")).to_contain_text("Promise Story", timeout=WAIT)
		desks.orla.picture("dispatch-board-promise")
		board.locator(".db-call", has_text=SUBJECT).click()
		dialog = board.locator(".db-dialog")
		expect(dialog.locator("[data-fieldname=start] select")).to_have_value("11:30", timeout=WAIT)
		dialog.locator("[data-fieldname=start] select").select_option("08:15")
		dialog.get_by_text("Dispatch now").click()
		dialog.get_by_role("button", name="Plan").click()
		warning = board.locator(".db-promise-dialog")
		expect(warning).to_contain_text("11:30–13:30", timeout=WAIT)
		expect(warning).to_contain_text("08:15")
		expect(warning).to_contain_text("call the customer")
		desks.orla.picture("dispatch-board-warning")
		warning.get_by_role("button", name="Plan and Tell the Customer").click()
		expect(row.locator(".db-visit.db-dispatched")).to_contain_text("08:15", timeout=WAIT)

	call = stored(name)
	assert call.next_action.startswith("Tell the customer the new time")
	assert (call.promise_from, call.promise_due) == tuple(get_datetime(moment) for moment in promised)
	assert [row.changed_for or "" for row in call.promises] == ["", "Service"]

	two_days_pass(name)
	with chromium() as browser, desks_of(browser, server.url, business.users) as desks:
		(voucher,) = frappe.get_all("Service Voucher", {"repair_call": name}, pluck="name")
		desks.aoife.open("Service Voucher", voucher).press("Arrived").is_in("On Site")
		call = stored(name)
		assert call.promise_result == "Late"
		assert call.promise_deviation == pytest.approx(
			(get_datetime(call.arrived_at) - call.promise_due).total_seconds() / 60, abs=1
		)
		report = desks.orla.page
		report.goto(
			f"/app/query-report/Service Key Figures?from_date={add_days(nowdate(), -7)}&to_date={nowdate()}"
			f"&customer={business.customer}"
		)
		kept = report.locator(".summary-item", has_text="Promise Kept")
		expect(kept.locator(".summary-value")).to_have_text(re.compile(r"^\s*0(\.0+)?\s*%"), timeout=WAIT)
		desks.orla.picture("promise-measured")


def test_the_pop_up_of_a_telephone_call_leads_to_the_phone_desk(server, business):
	log = frappe.get_doc(
		{
			"doctype": "Call Log",
			"id": "promise-story-1",
			"from": "+353867770815",
			"to": "9000",
			"type": "Incoming",
			"status": "Ringing",
			"start_time": frappe.utils.now(),
		}
	).insert(ignore_permissions=True)
	frappe.db.commit()
	sean = {"sean": business.users["sean"]}
	with chromium() as browser, desks_of(browser, server.url, sean) as desks:
		phone = desks.sean.settled().page
		# as the server of real time says it, which no test has running
		phone.evaluate(
			"log => frappe.realtime.socket.listeners('show_call_popup').forEach((listener) => listener(log))",
			{**log.as_dict(convert_dates_to_str=True)},
		)
		phone.locator(".btn-phone-desk").click(timeout=WAIT)
		expect(phone.locator("#pd-search")).to_have_value("+353867770815", timeout=WAIT)
		phone.locator("#pd-found li", has_text="Promise Story Household").first.click(timeout=WAIT)
		expect(phone.locator("#pd-subject")).to_be_focused(timeout=WAIT)
		phone.locator("#pd-subject").fill("The tap drips")
		desks.sean.picture("phone-desk-from-pop-up")
		phone.locator(".pd-register").click()
		expect(phone.locator(".pd-done")).to_contain_text("RC-", timeout=WAIT)
	frappe.db.rollback()
	(call,) = frappe.get_all("Repair Call", {"subject": "The tap drips"}, pluck="name")
	links = {"parent": log.name, "parenttype": "Call Log", "link_doctype": "Repair Call"}
	assert frappe.get_all("Dynamic Link", links, pluck="link_name") == [call]


def test_keeping_the_promise_is_one_click_and_the_board_fits_a_phone(server, business):
	call = make.plain_call(business.customer, subject=SUBJECT)
	call.schedule(f"{business.tomorrow} 11:30:00", f"{business.tomorrow} 13:30:00")
	frappe.db.commit()
	with (
		chromium() as browser,
		desks_of(browser, server.url, {"orla": business.users["orla"]}, size=PHONE) as desks,
	):
		board = desks.orla.page
		board.goto("/app/dispatch-board")
		go_to_tomorrow(board, business)
		board.locator(".db-call", has_text=SUBJECT).click(timeout=WAIT)
		dialog = board.locator(".db-dialog")
		dialog.locator("[data-fieldname=start] select").select_option("09:00")
		dialog.get_by_role("button", name="Plan").click()
		warning = board.locator(".db-promise-dialog")
		expect(warning).to_be_visible(timeout=WAIT)
		desks.orla.picture("dispatch-board-warning-phone")
		warning.get_by_role("button", name="Keep the Promise: 11:30").click()
		expect(board.locator(".db-visit", has_text="11:30").first).to_be_visible(timeout=WAIT)
	frappe.db.rollback()
	(start,) = frappe.get_all("Service Voucher", {"repair_call": call.name}, pluck="planned_start")
	assert start == get_datetime(f"{business.tomorrow} 11:30:00")
	assert len(stored(call.name).promises) == 1
