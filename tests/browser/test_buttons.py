"""A button that was refused lives: what was wrong is put right elsewhere, and it is pressed again.

One button of each room, on a form that is not loaded anew in between. What is pressed twice at once goes to
the server once.
"""

import frappe
import pytest
from playwright.sync_api import expect

from aftersales.customer_portal import links
from aftersales.repair_workshop import parts_supply
from tests import factories as make
from tests.committed import swept_afterwards
from tests.desk import WAIT, Desk, chromium, desks_of, passwords

PRESS_TWICE = """label => {
	const [button] = cur_frm.page.wrapper.find(
		`[data-label="${encodeURIComponent(label)}"], .primary-action[data-label="${label}"]`
	);
	button.click();
	button.click();
}"""
"""Presses a button as fast as a program can: faster than a dialog or a frozen screen covers it."""


@pytest.fixture
def shop():
	with swept_afterwards(), passwords(agent="Service Agent", boss="Service Supervisor") as users:
		seal = make.item("Live Seal")
		store, van = make.warehouse("Live Store"), make.warehouse("Live Van")
		customer = make.customer("Live Customer")
		skill = {"item_group": "All Item Groups", "support_kind": "Both", "valid_until": "2020-12-31"}
		yield frappe._dict(
			users=users,
			seal=seal,
			store=store,
			customer=customer,
			technician=make.technician("Live Liam", van, skills=[dict(skill, certificate="RGI")]),
			boiler=make.equipment(customer),
		)


def requests_of(desk: Desk, method: str) -> list[str]:
	"""The requests from now on that call `method` of a document or a module."""
	sent = []

	def note(request):
		if request.url.endswith(f".{method}") or f"method={method}" in (request.post_data or ""):
			sent.append(request.url)

	desk.page.on("request", note)
	return sent


def press_twice(desk: Desk, label: str) -> Desk:
	desk.ask(PRESS_TWICE, label)
	return desk


def test_field_service_dispatch_of_a_technician_whose_certificate_has_ended(server, shop):
	visit = make.planned(make.call(shop.customer, equipment=shop.boiler), shop.technician)
	frappe.db.commit()
	with chromium() as browser, desks_of(browser, server.url, {"boss": shop.users["boss"]}) as desks:
		boss = desks.boss.open("Service Voucher", visit.name)
		sent = requests_of(boss, "dispatch")
		press_twice(boss, "Dispatch").refused("not qualified")
		assert len(sent) == 1
		liam = frappe.get_doc("Service Technician", shop.technician)
		liam.skills[0].valid_until = None
		liam.save()
		frappe.db.commit()
		boss.press("Dispatch").is_in("Dispatched")
		assert len(sent) == 2


def test_workshop_parts_that_are_not_there_yet(server, shop):
	card = make.received_card(make.call(shop.customer), warehouse=shop.store, parts=[make.part(shop.seal, 2)])
	frappe.db.commit()
	with chromium() as browser, desks_of(browser, server.url, {"boss": shop.users["boss"]}) as desks:
		boss = desks.boss.open("Repair Card", card.name)
		sent = requests_of(boss, "set_parts_aside")
		boss.press("Reserve Parts", group="Parts").refused(shop.seal)
		make.receive(shop.seal, 2, 12.5, shop.store)
		frappe.db.commit()
		press_twice(boss, "Reserve Parts").settled()
		assert len(sent) == 2
	frappe.db.rollback()
	assert [row["held"] for row in parts_supply.parts_at_hand(card.name)] == [2]


def test_billing_cash_of_an_invoice_that_is_a_draft(server, shop):
	hour = make.service_item("Live Hour")
	make.price(hour, 60)
	category = make.category("Live", charge_rule="Customer")
	make.settings(small_fee_limit=500)
	try:
		visit = make.voucher(
			make.call(shop.customer, service_category=category),
			make.technician("Live Lena"),
			service_category=category,
			labour=[make.hours(1, item_code=hour)],
		)
		visit.submit()
		visit.collect_cash(visit.amount_due)
	finally:
		make.settings(small_fee_limit=0)
	frappe.db.commit()
	with chromium() as browser:
		accountant = Desk(browser, server.url, "Administrator", "admin").start()
		accountant.open("Service Voucher", visit.name)
		sent = requests_of(accountant, "receive_cash")
		accountant.press("Receive Cash", group="Billing").refused(visit.reload().sales_invoice)
		frappe.get_doc("Sales Invoice", visit.sales_invoice).submit()
		frappe.db.commit()
		press_twice(accountant, "Receive Cash")
		accountant.page.wait_for_function("() => cur_frm.doc.billing_status === 'Paid'", timeout=WAIT)
		assert len(sent) == 2
		assert accountant.errors == []
	frappe.db.rollback()
	assert visit.reload().payment_entry


def test_desk_and_quality_non_conformance_without_a_procedure(server, shop):
	fault = make.fault_code("LIVE-F", "Fault")
	call = make.call(shop.customer, equipment=shop.boiler, fault_code=fault)
	set_before = frappe.db.get_single_value("Aftersales Settings", "quality_procedure")
	make.settings(quality_procedure=None)
	frappe.db.commit()
	try:
		with chromium() as browser, desks_of(browser, server.url, {"boss": shop.users["boss"]}) as desks:
			boss = desks.boss.open("Repair Call", call.name)
			boss.press("Non Conformance", group="Create").refused("Quality Procedure")
			procedure = make.make("Quality Procedure", quality_procedure_name="Live Causes")
			make.settings(quality_procedure=procedure.name)
			frappe.db.commit()
			sent = requests_of(boss, "raise_for_call")
			press_twice(boss, "Non Conformance").at("Non Conformance")
			assert len(sent) == 1
	finally:
		frappe.db.rollback()
		make.settings(quality_procedure=set_before)
		frappe.db.commit()
	assert call.reload().non_conformance


def test_service_levels_preview_of_a_condition_that_does_not_run(server, shop):
	target = frappe.get_last_doc("Service Target", {"document_type": "Repair Call"}, order_by="name")
	with chromium() as browser:
		desk = Desk(browser, server.url, "Administrator", "admin").start().open("Service Target", target.name)
		desk.enter(condition="doc.subject ==").press("Preview").refused("Condition")
		desk.enter(condition="doc.subject == 'nobody calls so'").press("Preview")
		expect(desk.page.locator(".modal.show").last).to_contain_text(
			"applies to none of the open documents", timeout=WAIT
		)
		assert desk.errors == []


def test_customer_portal_revoking_without_the_role(server, shop):
	call = make.call(shop.customer)
	links.make("Track", "Repair Call", call.name)
	link = frappe.get_last_doc("Service Link")
	frappe.db.commit()
	agent = frappe.get_doc("User", shop.users["agent"])
	with chromium() as browser, desks_of(browser, server.url, {"agent": agent.name}) as desks:
		desk = desks.agent.open("Service Link", link.name)
		agent.add_roles("Stock User")  # first: a user without any role of the desk is logged out
		agent.remove_roles("Service Agent")
		frappe.db.commit()
		desk.press("Revoke").answer("Yes").refused("Service Agent")
		agent.add_roles("Service Agent")
		frappe.db.commit()
		desk.press("Revoke").answer("No")
		desk.settled().press("Revoke").answer("Yes")
		desk.page.wait_for_function("() => cur_frm.doc.revoked_at", timeout=WAIT)
	frappe.db.rollback()
	assert link.reload().revoked_at
