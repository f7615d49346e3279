"""The desk on the road: what could not be saved is kept on the technician's phone, and given back."""

import frappe
import pytest
from playwright.sync_api import expect

from tests import factories as make
from tests.committed import swept_afterwards
from tests.desk import PASSWORD, PHONE, WAIT, Desk, chromium

TECHNICIAN = "browser.cellar@example.com"
OTHER = "browser.office@example.com"
FOUND = "Diverter valve stuck"


@pytest.fixture
def visit():
	with swept_afterwards():
		for user, role in ((TECHNICIAN, "Service Technician"), (OTHER, "Service Supervisor")):
			make.user(user, role)
			frappe.utils.password.update_password(user, PASSWORD)
		category = make.category("Browser Cellar", charge_rule="Warranty")
		made = make.planned(
			make.call(make.customer("Browser Cellar Customer"), service_category=category),
			make.technician("Browser Cellar Aoife", user=TECHNICIAN),
			labour=[make.hours(1), make.hours(2)],
		)
		made.dispatch()
		made.arrive()
		frappe.db.commit()
		yield made


def in_the_cellar(desk: Desk, visit) -> None:
	"""Without a network: findings typed, an hour added, one changed; then the phone ends the browser."""
	desk.open("Service Voucher", visit.name)
	desk.context.set_offline(True)
	desk.enter(findings=FOUND)
	desk.add("labour", activity="Travel", hours=0.5)
	first = visit.labour[0]
	desk.ask(
		"([type, name]) => frappe.model.set_value(type, name, 'hours', 1.5)", [first.doctype, first.name]
	)
	desk.page.wait_for_function(
		"name => Object.keys(localStorage).some((key) => key.endsWith(name))", arg=visit.name
	)
	desk.page.wait_for_function(
		"() => Object.values(localStorage).some((text) => text.includes('\"hours\":1.5'))"
	)
	desk.context.set_offline(False)
	desk.start()


def offer(desk: Desk):
	return desk.page.locator(".aftersales-kept")


def kept(desk: Desk) -> int:
	return desk.ask(
		"() => Object.keys(localStorage).filter((key) => key.startsWith('aftersales-kept:')).length"
	)


def stored(visit) -> frappe._dict:
	frappe.db.rollback()
	doc = frappe.get_doc("Service Voucher", visit.name)
	return frappe._dict(
		findings=doc.findings,
		plan=doc.preliminary_plan,
		hours=[(line.activity, line.hours) for line in doc.labour],
	)


def test_what_was_not_saved_is_given_back_beside_what_others_changed(server, visit):
	with chromium() as browser:
		desk = Desk(browser, server.url, TECHNICIAN, size=PHONE).start()
		in_the_cellar(desk, visit)
		assert stored(visit).findings is None

		# The office changes the plan and strikes an hour meanwhile
		doc = frappe.get_doc("Service Voucher", visit.name)
		doc.preliminary_plan = "Mind the dog"
		doc.remove(doc.labour[1])
		doc.save()
		frappe.db.commit()

		desk.open("Service Voucher", visit.name)
		expect(offer(desk)).to_contain_text("was not saved", timeout=WAIT)
		expect(offer(desk)).to_contain_text("changed by others")
		offer(desk).get_by_role("button", name="Restore").click()
		expect(offer(desk)).to_have_count(0)
		desk.page.wait_for_function(
			"() => cur_frm.is_dirty() && cur_frm.doc.labour.length === 2", timeout=WAIT
		)
		desk.save()
		assert kept(desk) == 0
		assert desk.errors == []
	assert stored(visit) == {
		"findings": FOUND,
		"plan": "Mind the dog",
		"hours": [("Repair", 1.5), ("Travel", 0.5)],
	}


def test_what_is_thrown_away_is_offered_no_more_and_never_to_another(server, visit):
	with chromium() as browser:
		desk = Desk(browser, server.url, TECHNICIAN, size=PHONE).start()
		in_the_cellar(desk, visit)
		desk.log_in(OTHER).start().open("Service Voucher", visit.name)  # the same phone, another person
		assert desk.ask("() => frappe.session.user") == OTHER
		assert kept(desk) == 1
		expect(offer(desk)).to_have_count(0)

		desk.log_in(TECHNICIAN).start().open("Service Voucher", visit.name)
		expect(offer(desk)).to_be_visible(timeout=WAIT)
		offer(desk).get_by_role("button", name="Discard").click()
		expect(offer(desk)).to_have_count(0)
		assert kept(desk) == 0
		desk.start().open("Service Voucher", visit.name)
		expect(offer(desk)).to_have_count(0)
		assert desk.errors == []
	assert stored(visit).findings is None


SAVE = "**/api/method/frappe.desk.form.save.savedocs*"
"""Where the desk sends a form to be saved."""


def lose_answer(route):
	"""The server saves, and the network fails on the way back."""
	route.fetch()
	route.abort()


WAYS_TO_FAIL = {
	"no network": lambda route: route.abort("internetdisconnected"),
	"server error": lambda route: route.fulfill(status=500, body="Internal Server Error"),
	"gateway": lambda route: route.fulfill(
		status=504, body="<html>Gateway Time-out</html>", content_type="text/html"
	),
	"refused": lambda route: route.fulfill(
		status=417, body='{"exc_type": "ValidationError", "exc": "[]"}', content_type="application/json"
	),
	"answer lost": lose_answer,
}


def test_what_a_save_could_not_store_stays_kept_whichever_way_it_failed(server, visit):
	with chromium() as browser:
		desk = Desk(browser, server.url, TECHNICIAN, size=PHONE)
		for way, fail in WAYS_TO_FAIL.items():
			desk.start().open("Service Voucher", visit.name)
			desk.enter(findings=f"Found with {way}")
			desk.add("labour", activity="Other", hours=0.25, description=way)
			desk.page.route(SAVE, fail)
			with desk.page.expect_request(SAVE):
				desk.ask("() => void cur_frm.save()")
			desk.settled()
			desk.page.unroute(SAVE)
			desk.page.wait_for_function(
				"way => Object.values(localStorage).some((text) => text.includes(`Found with ${way}`))",
				arg=way,
			)
			assert desk.ask("() => cur_frm.is_dirty()"), way
			desk.enter(advice=f"Also {way}")  # what is entered after the failure is kept as well
			desk.page.wait_for_function(
				"way => Object.values(localStorage).some((text) => text.includes(`Also ${way}`))", arg=way
			)

			desk.start().open("Service Voucher", visit.name)
			expect(offer(desk)).to_contain_text("was not saved", timeout=WAIT)
			offer(desk).get_by_role("button", name="Restore").click()
			desk.page.wait_for_function("way => cur_frm.doc.advice === `Also ${way}`", arg=way)
			desk.save()
			assert kept(desk) == 0, way
			assert stored(visit).findings == f"Found with {way}"
		doc = frappe.get_doc("Service Voucher", visit.name)
		assert [line.description for line in doc.labour[2:]] == list(WAYS_TO_FAIL), "each row once"


def test_a_new_document_that_could_not_be_saved_is_offered_to_the_next_one(server, visit):
	with chromium() as browser:
		desk = Desk(browser, server.url, TECHNICIAN, size=PHONE).start()
		new_receipt(desk)
		expect(offer(desk)).to_have_count(0)
		desk.enter(condition="Scratched on the left", fault_as_told="Remote control")
		desk.page.route(SAVE, WAYS_TO_FAIL["no network"])
		with desk.page.expect_request(SAVE):
			desk.ask("() => void cur_frm.save()")
		desk.settled()
		desk.page.unroute(SAVE)
		desk.page.wait_for_function(
			"() => Object.values(localStorage).some((text) => text.includes('Remote control'))"
		)
		desk.start()  # the phone has ended the browser
		new_receipt(desk)
		expect(offer(desk)).to_contain_text("was not saved", timeout=WAIT)
		offer(desk).get_by_role("button", name="Restore").click()
		desk.page.wait_for_function("() => cur_frm.doc.fault_as_told === 'Remote control'")
		desk.ask("call => cur_frm.set_value('repair_call', call)", visit.repair_call)
		desk.save()
		assert kept(desk) == 0
		assert desk.errors == []
	receipts = frappe.get_all("Collection Receipt", {"fault_as_told": "Remote control"}, ["condition"])
	assert [row.condition for row in receipts] == ["Scratched on the left"]


def new_receipt(desk: Desk) -> None:
	desk.page.goto("/app/collection-receipt/new")
	desk.page.wait_for_function(
		"() => cur_frm?.doctype === 'Collection Receipt' && cur_frm.is_new() && cur_frm.stored_entries?.name === cur_frm.doc.name"
	)


def test_a_submit_that_failed_keeps_what_was_entered_with_it(server, visit):
	with chromium() as browser:
		desk = Desk(browser, server.url, TECHNICIAN, size=PHONE).start().open("Service Voucher", visit.name)
		desk.enter(findings=FOUND)
		for failure in ("no network", "server error", "refused"):
			desk.page.route(SAVE, WAYS_TO_FAIL[failure])
			with desk.page.expect_request(SAVE):
				desk.ask("() => void cur_frm.save('Submit')")
			desk.settled()
			desk.page.unroute(SAVE)
			desk.page.wait_for_function(
				"text => Object.values(localStorage).some((one) => one.includes(text))", arg=FOUND
			)
			desk.page.keyboard.press("Escape")
		desk.start().open("Service Voucher", visit.name)
		expect(offer(desk)).to_contain_text("was not saved", timeout=WAIT)


def test_a_save_whose_answer_alone_was_lost_is_not_offered_again(server, visit):
	with chromium() as browser:
		desk = Desk(browser, server.url, TECHNICIAN, size=PHONE).start().open("Service Voucher", visit.name)
		desk.enter(findings=FOUND).add("labour", activity="Travel", hours=0.5)
		desk.page.route(SAVE, lose_answer)
		with desk.page.expect_request(SAVE):
			desk.ask("() => void cur_frm.save()")
		desk.settled()
		desk.page.unroute(SAVE)
		assert kept(desk) == 1
		desk.start().open("Service Voucher", visit.name)
		expect(offer(desk)).to_have_count(0)
		assert kept(desk) == 0
	assert stored(visit).hours == [("Repair", 1.0), ("Repair", 2.0), ("Travel", 0.5)]


def test_a_full_storage_is_said_before_anything_is_lost(server, visit):
	with chromium() as browser:
		desk = Desk(browser, server.url, TECHNICIAN, size=PHONE).start().open("Service Voucher", visit.name)
		desk.ask(
			"""() => {
				for (let size = 1 << 20, n = 0; size >= 1; ) {
					try { localStorage.setItem(`other-${n++}`, "x".repeat(size)); } catch { size >>= 1; }
				}
			}"""
		)
		desk.context.set_offline(True)
		expect(desk.page.locator(".desk-alert").last).to_contain_text("storage of this browser is full")
		desk.enter(findings=FOUND)
		expect(desk.page.locator(".modal.show")).to_contain_text("is lost when the page is closed")
		desk.ask("() => localStorage.clear()")
