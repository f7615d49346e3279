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
	desk.page.evaluate(
		"([type, name]) => frappe.model.set_value(type, name, 'hours', 1.5)", [first.doctype, first.name]
	)
	desk.page.wait_for_function(
		"name => Object.keys(localStorage).some((key) => key.endsWith(name))", arg=visit.name
	)
	desk.page.wait_for_function("() => cur_frm.kept_text?.includes('1.5')")
	desk.context.set_offline(False)
	desk.start()


def offer(desk: Desk):
	return desk.page.locator(".aftersales-kept")


def kept(desk: Desk) -> int:
	return desk.page.evaluate(
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
		assert desk.page.evaluate("() => frappe.session.user") == OTHER
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
