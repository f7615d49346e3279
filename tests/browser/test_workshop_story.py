"""Story (b) in real browsers: from the call to the filed voucher, each person logged in as himself.

The product cannot be mended on site, is taken to the workshop against a signed receipt, repaired after the
customer accepted the estimate, checked by somebody who had no hand in it, given back against signature and
invoiced. On the way each of them meets the guards of his step once, and reads what is missing.

Diagnosis 0.5 h x 72 = 36.00, repair 1.5 h x 72 = 108.00, flow sensor 79.00: net 223.00.
"""

import frappe
import pytest
from frappe.utils import add_to_date, get_datetime, nowdate

from tests import factories as make
from tests.committed import swept_afterwards
from tests.desk import WAIT, Desk, chromium, desks_of, passwords

ROLES = {
	"agent": "Service Agent",
	"technician": "Service Technician",
	"bench": "Workshop Technician",
	"manager": "Service Manager",
	"supervisor": "Service Supervisor",
	"accountant": ("Service Accountant", "Accounts User"),
}


@pytest.fixture
def shop():
	"""Six people, a customer with his boiler, a workshop with one flow sensor bought at 38.60."""
	with swept_afterwards(), passwords(**ROLES) as users:
		hour, sensor = make.service_item("Story Test Hour"), make.item("Story Test Flow Sensor")
		make.price(hour, 72)
		make.price(sensor, 79)
		customer, store = make.customer("Story Test Patrick"), make.warehouse("Story Test Store")
		make.receive(sensor, 1, 38.60, store)
		make.technician("Story Test Fiona", user=users["technician"])
		make.technician("Story Test Niamh", user=users["bench"])
		make.technician("Story Test Orla", user=users["manager"])
		boiler = make.equipment(customer, serial_text="STORY-0417")
		frappe.db.commit()
		yield frappe._dict(
			users=users, customer=customer, hour=hour, sensor=sensor, store=store, boiler=boiler
		)


def test_from_the_call_to_the_filed_voucher(server, shop):
	with chromium() as browser, desks_of(browser, server.url, shop.users) as desks:
		call = take_the_call(desks.agent, shop)
		voucher = plan_the_visit(desks.agent)
		receipt, card = visit(desks.technician, voucher, call)
		diagnose(desks.bench, card, shop)
		accept(desks.agent, card)
		repair(desks.bench, card)
		lend_a_hand(desks.manager, card)
		check(desks.supervisor, card)
		give_back(desks.agent, desks.bench, receipt, card)
		invoice(desks.accountant, card)
		file(desks.technician, voucher)
		close(desks.agent, call)
	frappe.db.rollback()
	what_is_left(call, voucher, receipt, card, shop)


def take_the_call(agent: Desk, shop) -> str:
	agent.open("Repair Call").enter(customer=shop.customer).settled()
	agent.enter(subject="No hot water", company=make.COMPANY, channel="Phone", equipment=shop.boiler).save()
	agent.press("Triage").is_in("Triaged")
	start = add_to_date(get_datetime(f"{nowdate()} 09:00:00"), days=1)
	agent.press("Offer Time Slot")
	agent.answer("Promise", promised_from=str(start), promised_to=str(add_to_date(start, hours=2)))
	return agent.is_in("Scheduled").picture("agent-call").value("name")


def plan_the_visit(agent: Desk) -> str:
	agent.press("Plan Visit").at("Service Voucher").enter(technician="Story Test Fiona").save()
	return agent.press("Dispatch").is_in("Dispatched").picture("agent-voucher").value("name")


def visit(technician: Desk, voucher: str, call: str) -> tuple[str, str]:
	"""What cannot be mended on site is taken along; receipt and card are there by themselves."""
	technician.open("Service Voucher", voucher).picture("technician-voucher")
	technician.press("Arrived").is_in("On Site")
	technician.enter(
		outcome="Taken to Workshop",
		findings="Flow signal drops out, has to be opened on the bench",
		signed_by="P. Story",
	)
	technician.tab("On site").sign("customer_signature").save()
	technician.menu("Complete Visit").answer("Yes").is_in("Completed").picture("technician-completed")

	technician.press("Sign Receipt").at("Collection Receipt")
	technician.enter(condition="Casing scratched", location="Bench 2", signed_by="P. Story")
	technician.add("accessories", accessory="Flue adapter", qty=1)
	technician.sign("customer_signature").save()
	technician.submit().refused("Loaner", "Issue a loaner before the product is taken along")
	technician.enter(loaner="Declined").save()
	receipt = technician.submit().is_in("Issued").picture("technician-receipt").value("name")
	frappe.db.rollback()
	(card,) = frappe.get_all("Repair Card", {"repair_call": call}, ["name", "collection_receipt"])
	assert card.collection_receipt == receipt
	return receipt, card.name


def diagnose(bench: Desk, card: str, shop) -> None:
	bench.open("Repair Card", card).press("Start Diagnosis").is_in("Diagnosing")
	bench.enter(diagnosis="Flow sensor dead", warehouse=shop.store, repair_method="Component")
	bench.enter(estimated_amount=223)
	for activity, hours in (("Diagnosis", 0.5), ("Repair", 1.5)):
		bench.add("labour", activity=activity, hours=hours, item_code=shop.hour, charge_to="Customer")
	bench.add("parts", item_code=shop.sensor, qty=1, charge_to="Customer").save()
	bench.press("Start Repair").refused("has not accepted it: record the approval first")
	bench.press("Ask for Approval").is_in("Awaiting Approval")
	bench.refused("Messages to customers are off. Call the customer").picture("bench-estimate")


def accept(agent: Desk, card: str) -> None:
	agent.open("Repair Card", card).press("Approved")
	agent.answer("Approved", approved_by="P. Story").is_in("Approved")


def repair(bench: Desk, card: str) -> None:
	bench.open("Repair Card", card).press("Start Repair").is_in("In Repair")
	bench.press("Start Work", group="Time")
	bench.page.wait_for_function("() => cur_frm.doc.time_logs?.length === 1", timeout=WAIT)
	bench.settled().picture("bench-repair")


def lend_a_hand(manager: Desk, card: str) -> None:
	"""Who worked on it does not check it, whatever his rank."""
	manager.open("Repair Card", card).press("Start Work", group="Time")
	manager.page.wait_for_function("() => cur_frm.doc.time_logs?.length === 2", timeout=WAIT)
	manager.settled().press("To Quality Check").is_in("Quality Check")
	manager.press("Verify").answer("Verified").refused("A second person has to")


def check(supervisor: Desk, card: str) -> None:
	supervisor.open("Repair Card", card).press("Verify")
	supervisor.answer("Verified", notes="Ran for ten minutes")
	supervisor.submit("Finish").is_in("Ready").picture("supervisor-ready")


def give_back(agent: Desk, bench: Desk, receipt: str, card: str) -> None:
	# the customer may sign right there; here the agent hands the product out by its receipt
	bench.open("Repair Card", card).press("Hand Back to Customer")
	bench.page.locator(".modal.show .btn-modal-close").click()
	agent.open("Collection Receipt", receipt).press("Return Product")
	agent.sign("signature").picture("agent-return")
	agent.answer("Hand Back to Customer", signed_by="P. Story").is_in("Recovered")
	agent.press("Void").is_in("Voided")
	bench.page.reload()  # the card on the screen does not hear of its receipt
	bench.at("Repair Card", card).press("Hand Back to Customer").is_in("Returned")


def invoice(accountant: Desk, card: str) -> None:
	accountant.open("Repair Card", card).picture("accountant-card")
	accountant.open("Sales Invoice", accountant.value("sales_invoice")).save().submit()
	accountant.page.wait_for_function("() => cur_frm.doc.docstatus === 1", timeout=WAIT)


def file(technician: Desk, voucher: str) -> None:
	technician.open("Service Voucher", voucher).press("Archive").is_in("Archived")


def close(agent: Desk, call: str) -> None:
	agent.open("Repair Call", call).is_in("Resolved").press("Close").is_in("Closed").picture("agent-closed")


def what_is_left(call: str, voucher: str, receipt: str, card: str, shop) -> None:
	done = frappe.get_doc("Repair Card", card)
	assert (done.status, done.billing_status, done.approved_by) == ("Returned", "Billed", "P. Story")
	assert (done.repaired_by, done.verified_by) == ("Story Test Orla", shop.users["supervisor"])
	bill = frappe.get_doc("Sales Invoice", done.sales_invoice)
	assert (bill.docstatus, bill.net_total, bill.customer) == (1, 223, shop.customer)
	assert done.parts[0].valuation_amount == 38.6
	given = frappe.get_doc("Collection Receipt", receipt)
	assert (given.status, given.loaner, given.return_signed_by) == ("Voided", "Declined", "P. Story")
	for signature in (given.customer_signature, given.return_signature):
		assert signature.startswith("data:image/png")
	filed = frappe.get_doc("Service Voucher", voucher)
	assert filed.status == "Archived"
	assert (filed.outcome, filed.billing_status) == ("Taken to Workshop", "Not Billable")
	assert frappe.db.get_value("Repair Call", call, "status") == "Closed"
