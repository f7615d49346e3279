"""A technician's day on a phone without a network: five visits, the browser killed twice, everything once."""

import io

import frappe
import pytest
from frappe.utils import add_to_date, now_datetime
from PIL import Image
from playwright.sync_api import expect, sync_playwright

from tests import factories as make
from tests.committed import swept_afterwards
from tests.desk import PASSWORD, WAIT
from tests.jobs import documents_of, stock_ledger
from tests.phones import Phone, phone_of
from tests.processes import Server, wait_for

AOIFE = "phone.aoife@example.com"
DECLAN = "phone.declan@example.com"
SIMPLE, PARTS, AGAIN, TAKEN, NOBODY = (
	f"Phone Day {name}" for name in ("Simple", "Parts", "Again", "Taken", "Nobody")
)
STORE = "Stores - LSL"


@pytest.fixture
def day():
	"""Five visits of today, one after the other; a van with seals."""
	with swept_afterwards():
		category = make.category(
			"Phone Day",
			charge_rule="Warranty",
			accounts=[{"company": make.COMPANY, "expense_account": "Miscellaneous Expenses - LSL"}],
		)
		van = make.warehouse("Phone Day Van")
		seal = make.item("Phone Day Seal")
		make.receive(seal, 10, 12.5, van)
		for user in (AOIFE, DECLAN):
			make.user(user, "Service Technician")
			frappe.utils.password.update_password(user, PASSWORD)
		technician = make.technician("Phone Day Aoife", van, user=AOIFE)
		other = make.technician("Phone Day Declan", user=DECLAN)
		start = now_datetime().replace(microsecond=0)
		visits = {}
		for number, name in enumerate((SIMPLE, PARTS, AGAIN, TAKEN, NOBODY)):
			owner = make.customer(name)
			call = make.call(
				owner,
				service_category=category,
				contact_name="N. Byrne",
				contact_phone="+353 1 555 0100",
				equipment=make.equipment(owner, serial_text=f"PD-{number}"),
			)
			visits[name] = make.planned(
				call,
				technician,
				planned_start=add_to_date(start, minutes=10 + 2 * number),
				planned_end=add_to_date(start, minutes=11 + 2 * number),
			)
			if name == PARTS:
				visits[name].append("crew", {"technician": other})
			visits[name].dispatch()
		frappe.db.commit()
		yield frappe._dict(visits=visits, seal=seal, van=van, technician=technician, other=other)


@pytest.fixture
def network():
	"""A web server of this test's own: without it there is no network."""
	server = Server(frappe.local.site).start()
	yield server
	server.stop()


def picture(number: int) -> bytes:
	made = io.BytesIO()
	Image.effect_noise((1800, 1200), 40 + number).convert("RGB").save(made, "JPEG", quality=80)
	return made.getvalue()


def simplest(phone: Phone) -> None:
	phone.visit(SIMPLE).tap("Arrived").type("What was found and done", "Filter cleaned")
	phone.tap("Passed").tap("Completed").sign().tap("Complete Visit")
	expect(phone.page.get_by_text("The visit is on this phone")).to_be_visible()


def section(phone: Phone, text: str):
	return phone.page.locator("section.card", has_text=text).last


def hours_of(name: str) -> list[str]:
	frappe.db.rollback()
	return frappe.get_all("Service Labour Line", {"parent": name}, pluck="technician", order_by="idx")


def over(name: str) -> bool:
	frappe.db.rollback()
	return frappe.db.get_value("Service Voucher", name, "docstatus") == 1


def test_a_day_of_five_visits_without_a_network(day, network, tmp_path):
	with sync_playwright() as playwright, phone_of(playwright, tmp_path / "phone", network.url) as phone:
		phone.log_in(AOIFE).open().works_offline()
		expect(phone.page.locator("a.visit")).to_have_count(5)
		phone.picture("technician-my-day")
		network.stop()

		before = phone.taps
		simplest(phone)
		assert phone.taps - before <= 9, "taps of the simplest visit"
		phone.tap("Back", "link")

		phone.visit(PARTS).tap("Arrived").photo("Before", picture(1))
		phone.tap("Add Part")
		phone.picture("technician-add-part")
		phone.tap(phone.page.locator("button.found").first)
		phone.type("What was found and done", "Seal worn").stored()
		phone.kill().start().open()  # the phone has ended the browser

		phone.visit(PARTS)
		expect(phone.page.get_by_label("What was found and done")).to_have_value("Seal worn")
		expect(phone.page.locator(".photos img")).to_have_count(1)
		phone.photo("After", picture(2)).tap("Complete Visit")
		# Everything missing is shown together
		expect(phone.page.locator(".wrong")).to_have_count(3)
		phone.picture("technician-missing", whole=True)
		phone.tap("Passed").tap("Completed").sign()
		phone.picture("technician-visit", whole=True)
		phone.tap("Complete Visit").tap("Back", "link")

		phone.visit(AGAIN).tap("Arrived").tap("Revisit Needed").type("Work left", "Fit the new fan").sign()
		phone.tap("Complete Visit").tap("Back", "link")
		phone.visit(TAKEN).tap("Arrived").tap("Taken to Workshop")
		phone.type("Condition of the product", "Cover scratched").type("What goes along with it", "Remote")
		phone.tap("Add").tap("Declined").sign_in(section(phone, "Receipt for the Product"))
		phone.picture("technician-receipt", whole=True)
		phone.sign_in(section(phone, "Signature of the customer")).tap("Complete Visit").stored()
		phone.kill().start().open()
		phone.visit(NOBODY).tap("Arrived").tap("No Access").tap("Complete Visit").tap("Back", "link")
		expect(phone.page.locator(".pill.completed")).to_have_count(5)
		expect(phone.page.get_by_text("not sent yet")).to_be_visible()
		phone.picture("technician-offline")
		assert not any(over(visit.name) for visit in day.visits.values())

		network.start()
		phone.log_in(AOIFE)  # a killed browser may have lost the session: work went on
		phone.open()
		wait_for(
			lambda: all(over(visit.name) for visit in day.visits.values()), 120, "all five on the server"
		)
		expect(phone.page.get_by_text("Up to date")).to_be_visible(timeout=WAIT)
		phone.picture("technician-sent")

	frappe.db.rollback()
	docs = {name: frappe.get_doc("Service Voucher", visit.name) for name, visit in day.visits.items()}
	assert {name: doc.outcome for name, doc in docs.items()} == {
		SIMPLE: "Completed",
		PARTS: "Completed",
		AGAIN: "Revisit Needed",
		TAKEN: "Taken to Workshop",
		NOBODY: "No Access",
	}
	with_parts = docs[PARTS]
	assert [row[:3] for row in stock_ledger(with_parts.stock_entry)] == [(day.seal, day.van, -1)]
	assert documents_of(with_parts) == {"Stock Entry": [with_parts.stock_entry]}
	assert [row.shows for row in with_parts.photos] == ["Before", "After"]
	assert frappe.db.count("File", {"attached_to_name": with_parts.name}) == 2
	assert all(doc.customer_signature for name, doc in docs.items() if name != NOBODY)
	assert frappe.db.count("Service Voucher", {"previous_voucher": docs[AGAIN].name}) == 1
	receipts = frappe.get_all(
		"Collection Receipt", {"service_voucher": docs[TAKEN].name}, ["status", "condition"]
	)
	assert receipts == [{"status": "Issued", "condition": "Cover scratched"}]
	acts = frappe.get_all(
		"Technician Act", {"user": AOIFE}, ["service_voucher", "kind", "state"], order_by="creation"
	)
	assert {act.state for act in acts} == {"Done"}
	assert len([act for act in acts if act.kind == "complete"]) == 5


def test_what_the_server_refuses_stays_on_the_visit_and_another_user_sees_nothing(day, network, tmp_path):
	with sync_playwright() as playwright, phone_of(playwright, tmp_path / "phone", network.url) as phone:
		phone.log_in(AOIFE).open().works_offline()
		phone.visit(SIMPLE).tap("Arrived").type("What was found and done", "Mine").stored()
		network.stop()
		phone.tap("Passed").tap("Completed").sign().tap("Complete Visit").stored()

		visit = frappe.get_doc("Service Voucher", day.visits[SIMPLE].name, for_update=True)
		visit.findings = "The office knows"
		visit.save()
		frappe.db.commit()
		network.start()
		phone.page.evaluate("() => window.dispatchEvent(new Event('online'))")
		expect(phone.page.get_by_text("Changed by somebody else meanwhile").first).to_be_visible(timeout=WAIT)
		phone.picture("technician-conflict")
		expect(phone.page.get_by_text("On the server: The office knows")).to_be_visible()

		# Somebody else takes the phone, who comes along on one visit and has none of their own
		phone.page.goto("about:blank")
		phone.log_in(DECLAN).open()
		expect(phone.page.locator("a.visit")).to_have_count(1)
		phone.picture("technician-comes-along").visit(PARTS).tap("Arrived")
		expect(phone.page.get_by_role("button", name="Complete Visit")).to_have_count(0)
		phone.type("What was found and done", "Held the ladder").picture("technician-second", whole=True)
		phone.tap("My Part Is Done")
		helped = day.visits[PARTS].name
		wait_for(lambda: hours_of(helped) == [day.other], 60, "the hours of who came along")
		phone.page.goto(f"/technician/visit/{visit.name}")
		expect(phone.page.get_by_text("This visit is not on this phone")).to_be_visible(timeout=WAIT)
		assert not over(visit.name)

		phone.page.goto("about:blank")
		phone.log_in(AOIFE).open()
		phone.visit(SIMPLE)
		phone.page.get_by_label("Mine: Mine").check()
		phone.tap("Send Again")
		wait_for(lambda: over(visit.name), 60, "sent again")
	assert frappe.db.get_value("Service Voucher", visit.name, "findings") == "Mine"
