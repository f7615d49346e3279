"""A day, planned: called in, booked by link, planned, an emergency in between, replanned, told, and seen on the map."""

import re

import frappe
import pytest
from frappe.utils import now_datetime
from playwright.sync_api import expect

from aftersales.core.geo_rules import Point
from aftersales.customer_portal import links
from aftersales.customer_portal.appointments import visit_messages
from aftersales.visit_planning import proposing
from tests import factories as make
from tests import mails
from tests.committed import swept_afterwards
from tests.desk import PHONE, WAIT, chromium, desks_of, passwords
from tests.processes import Server

SUBJECT = "Story: no hot water"
DAY = "2027-03-03"  # a Wednesday
HOME, EAST, WEST = Point(53.34, -6.26), Point(53.34, -6.11), Point(53.34, -6.41)
SETTINGS = (
	*("working_calendar", "visit_minutes", "arrival_window", "arrival_lead", "self_booking"),
	*("booking_cutoff", "estimate_minutes", "send_customer_messages"),
)


@pytest.fixture
def town(clock):
	"""Ten to nine on a working day; one technician, and a customer to the east and one to the west."""
	with (
		swept_afterwards(),
		passwords(sean="Service Agent", orla=("Service Supervisor", "Service Agent")) as users,
	):
		kept = {name: frappe.db.get_single_value("Aftersales Settings", name) for name in SETTINGS}
		sends = frappe.db.get_single_value("Service Routes Settings", "dispatch_accepted")
		active = frappe.get_all("Service Technician", {"is_active": 1}, pluck="name")
		clock.to(f"{DAY} 08:50:00")
		for name in active:
			frappe.db.set_value("Service Technician", name, "is_active", 0)
		hours = [{"weekday": "Wednesday", "start_time": "08:00:00", "end_time": "17:00:00"}]
		calendar = make.once("Service Calendar", "Story Hours", calendar_name="Story Hours", windows=hours)
		make.settings(
			working_calendar=calendar,
			visit_minutes=60,
			arrival_window=120,
			arrival_lead=60,
			self_booking="All Calls",
			booking_cutoff=0,
			estimate_minutes=240,
			send_customer_messages=1,
		)
		dispatch_accepted(1)
		aoife = make.technician("Story Aoife", start_address=place(HOME, "Story Home"))
		nora, ben = "Story Nora", "Story Ben"
		place(EAST, nora)
		make.contact(nora, "Nora", "+353 86 777 2210", "nora@story.example")
		make.fiscal_years(2027)
		mails.mailbox()
		frappe.db.commit()
		server = Server(frappe.local.site).start()
		try:
			yield frappe._dict(users=users, url=server.url, aoife=aoife, nora=nora, ben=ben)
		finally:
			server.stop()
			frappe.db.rollback()
			make.settings(**kept)
			dispatch_accepted(sends)
			for name in active:
				frappe.db.set_value("Service Technician", name, "is_active", 1)
			frappe.db.commit()


def place(point: Point, owner: str) -> str:
	return make.address(
		make.customer(owner), aftersales_latitude=point.latitude, aftersales_longitude=point.longitude
	)


def dispatch_accepted(value) -> None:
	frappe.db.set_single_value("Service Routes Settings", "dispatch_accepted", value)
	frappe.clear_document_cache("Service Routes Settings", "Service Routes Settings")


def stored(**filters) -> frappe._dict:
	frappe.db.rollback()
	return frappe.get_all("Repair Call", filters, ["name", "promised_from", "status"])[0]


def told(call: str) -> list[str]:
	frappe.db.rollback()
	return frappe.get_all(
		"Communication",
		{"reference_name": call, "communication_type": "Automated Message"},
		pluck="subject",
		order_by="creation asc",
	)


def test_a_day_from_the_telephone_to_the_map(town):
	with chromium() as browser, desks_of(browser, town.url, town.users) as desks:
		phone = desks.sean.page
		phone.goto("/app/phone-desk?phone=%2B353867772210")
		phone.locator("#pd-found li", has_text=town.nora).first.click(timeout=WAIT)
		phone.locator("#pd-subject").fill(SUBJECT)
		expect(phone.locator(".pd-windows")).to_contain_text(
			"10:00", timeout=WAIT
		)  # offered on the telephone
		phone.locator(".pd-register").click()
		expect(phone.locator(".pd-done")).to_contain_text("RC-", timeout=WAIT)
		call = stored(subject=SUBJECT).name

		address = links.path(links.APPOINTMENT, "Repair Call", call, town.nora)
		frappe.db.commit()
		customer = browser.new_context(base_url=town.url, viewport=PHONE, is_mobile=True).new_page()
		customer.goto(address)
		customer.get_by_role("button", name="Choose a time for our visit").click()
		customer.get_by_text("10:00–12:00").first.click()
		customer.get_by_role("button", name="Book this time").click()
		expect(customer.get_by_text("Your appointment is booked")).to_be_visible(timeout=WAIT)
		assert f"{stored(name=call).promised_from:%H:%M}" == "10:00"
		assert told(call)[-1].startswith("We come to you")

		orla = desks.orla
		orla.page.clock.set_system_time(f"{DAY}T08:50:00")
		orla.open("Visit Plan").enter(company=make.COMPANY, from_date=DAY, to_date=DAY).save()
		orla.press("Propose Visits").is_in("Queued")
		frappe.db.rollback()
		plan = frappe.get_all("Visit Plan", pluck="name", order_by="creation desc", limit=1)[0]
		proposing.run(plan, frappe.db.get_value("Visit Plan", plan, "attempt"))
		frappe.db.commit()
		orla.open("Visit Plan", plan)
		expect(orla.page.locator(".visit-plan-days")).to_contain_text(town.nora, timeout=WAIT)
		orla.picture("visit-plan")
		orla.press("Accept All").is_in("Accepted")

		urgent = make.call(
			make.customer(town.ben), service_address=place(WEST, town.ben), hazard="Gas", subject="Story: gas"
		)
		frappe.db.commit()
		orla.open("Repair Call", urgent.name).press("Fit in Today", "Create")
		dialog = orla.page.locator(".modal:visible")
		expect(dialog).to_contain_text(re.compile(r"1[01]:\d[05] instead of 10:00"), timeout=WAIT)
		orla.picture("fit-in-today")
		dialog.get_by_role("button", name="Dispatch").click()
		expect(orla.page.locator(".desk-alert", has_text="visits were moved")).to_be_visible(timeout=WAIT)

		frappe.db.rollback()
		visit_messages.send_due()
		frappe.db.commit()
		assert told(call)[-1].startswith("Estimated at 1")
		customer.goto(address)
		expect(customer.get_by_text("There is one stop before you.")).to_be_visible(timeout=WAIT)

		orla.page.goto("/app/service-map")
		stops = orla.page.locator(".sm-list")
		expect(stops).to_contain_text(town.ben, timeout=WAIT)
		said = stops.inner_text()
		assert said.index(town.ben) < said.index(town.nora)  # the emergency first
		orla.picture("service-map")
	assert now_datetime().strftime("%Y-%m-%d") == DAY
