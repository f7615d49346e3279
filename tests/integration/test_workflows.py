"""Workflows an administrator owns: states mapped to statuses, on every way a document is changed."""

import frappe
import pytest
from frappe.client import set_value
from frappe.model.workflow import WorkflowPermissionError, apply_workflow, get_transitions
from frappe.utils import add_to_date, get_datetime, now_datetime
from frappe.utils.fixtures import sync_fixtures

from aftersales.service_levels import sweep
from aftersales.setup import defaults
from tests import factories as make
from tests.administrator import (
	WAITING,
	activate,
	add_waiting_state,
	allow,
	arrive_clock,
	mailed,
	notify_managers_of_breaches,
	outgoing_account,
	place,
)

AGENT = "orla.desk@example.com"
SUPERVISOR = "fergal.super@example.com"
MANAGER = "brona.boss@example.com"
TECHNICIAN = "aoife.van@example.com"
HOUR = 3600
WORKFLOWS = (
	"Repair Call",
	"Service Voucher",
	"Repair Card",
	"Follow-up",
	"Service Complaint",
	"Loaner Issue",
	"Vendor Repair",
	"Collection Receipt",
)


@pytest.fixture(scope="module", autouse=True)
def site(shared_site):
	"""A site as installed, with its people."""
	defaults.insert_missing()
	for values in defaults.shipped():
		if values["doctype"] in ("Service Target", "Service Calendar", "Workflow"):
			defaults.restore(values["doctype"], values["name"])
	make.settings(default_company=make.COMPANY, emergency_priority="Emergency", default_priority="Medium")
	make.user(AGENT, "Service Agent")
	make.user(SUPERVISOR, "Service Supervisor", "Service Agent")
	make.user(MANAGER, "Service Manager")
	make.user(TECHNICIAN, "Service Technician")
	outgoing_account()


def call(**values):
	return make.call(make.customer(), **values)


# ---------------------------------------------------------------- what is shipped


@pytest.mark.parametrize("name", WORKFLOWS)
def test_every_shipped_state_stands_for_a_status_and_no_status_is_left_out(name):
	workflow = frappe.get_doc("Workflow", name)
	statuses = set(frappe.get_meta(name).get_field("status").options.split("\n"))
	assert {row.update_field for row in workflow.states} == {"status"}
	assert {row.update_value for row in workflow.states} == statuses
	assert workflow.is_active == 0
	reachable = {workflow.states[0].state, *(row.next_state for row in workflow.transitions)}
	assert reachable == {row.state for row in workflow.states}


def test_documents_that_were_there_before_get_the_state_of_their_status():
	first, second = call(), call()
	second.resolve_by_phone("Valve opened")
	activate()
	assert place(first) == ("Open", "Open")
	assert place(second) == ("Resolved", "Resolved")


# ---------------------------------------------------------------- one mapping on every way


@pytest.fixture
def workflow(site):
	made = activate()
	add_waiting_state(made)
	return made


def triaged(**values):
	doc = call(**values)
	doc.triage()
	return doc


def test_the_workflow_s_action(workflow):
	doc = triaged()
	frappe.set_user(SUPERVISOR)
	apply_workflow(frappe.get_doc("Repair Call", doc.name).as_dict(), "Wait for Key")
	assert place(doc) == (WAITING, "On Hold")
	assert frappe.db.get_value("Repair Call", doc.name, "hold_reason") == WAITING
	assert arrive_clock(doc).state == "Paused"


def test_a_plain_save_of_the_state(workflow):
	doc = triaged()
	frappe.set_user(SUPERVISOR)
	doc = frappe.get_doc("Repair Call", doc.name)
	doc.workflow_state = WAITING
	doc.hold_reason = "Key is with the caretaker"
	doc.save()
	assert place(doc) == (WAITING, "On Hold")
	assert doc.hold_reason == "Key is with the caretaker"
	assert arrive_clock(doc).state == "Paused"


def test_an_api_write_of_the_state(workflow):
	doc = triaged()
	frappe.set_user(SUPERVISOR)
	set_value("Repair Call", doc.name, "workflow_state", WAITING)
	assert place(doc) == (WAITING, "On Hold")


def test_an_action_of_the_form_brings_the_first_state_of_its_status(workflow):
	doc = triaged()
	frappe.set_user(AGENT)
	doc = frappe.get_doc("Repair Call", doc.name)
	doc.put_on_hold("Customer is away")
	assert place(doc) == ("On Hold", "On Hold")


def test_a_state_of_the_same_status_is_kept(workflow):
	doc = triaged()
	frappe.set_user(SUPERVISOR)
	set_value("Repair Call", doc.name, "workflow_state", WAITING)
	doc = frappe.get_doc("Repair Call", doc.name)
	doc.description = "Called again"
	doc.save()
	assert place(doc) == (WAITING, "On Hold")


def test_the_guards_of_a_status_hold_for_its_states(workflow):
	doc = triaged()
	frappe.set_user(SUPERVISOR)
	doc = frappe.get_doc("Repair Call", doc.name)
	doc.workflow_state = "Resolved"
	with pytest.raises(frappe.MandatoryError):
		doc.save()


def test_who_may_not_take_a_step_cannot_take_it_by_the_api_either(workflow):
	doc = triaged()
	frappe.set_user(AGENT)
	with pytest.raises(WorkflowPermissionError):
		set_value("Repair Call", doc.name, "workflow_state", WAITING)


def test_the_condition_of_a_step_holds(workflow):
	doc = triaged(channel="E-mail")
	frappe.set_user(SUPERVISOR)
	doc = frappe.get_doc("Repair Call", doc.name)
	assert "Wait for Key" not in {step["action"] for step in get_transitions(doc)}
	with pytest.raises(WorkflowPermissionError):
		set_value("Repair Call", doc.name, "workflow_state", WAITING)


def test_a_step_the_administrator_took_away_is_gone_for_the_form_s_buttons_too(workflow):
	workflow.set("transitions", [row for row in workflow.transitions if row.next_state != "Closed"])
	workflow.save()
	doc = triaged()
	doc.resolve("Seal replaced")
	frappe.set_user(AGENT)
	with pytest.raises(WorkflowPermissionError):
		frappe.get_doc("Repair Call", doc.name).close()


def test_what_a_visit_reports_needs_no_step(site):
	"""The technician may not move the call himself; his arrival does."""
	for name in WORKFLOWS:
		activate(name)
	shop = make.shop()
	frappe.db.set_value("Service Technician", shop.technician, "user", TECHNICIAN)
	doc = make.call(shop.customer)
	visit = make.planned(doc, shop.technician, labour=[make.hours()])
	visit.dispatch()
	assert (place(visit), place(doc)) == (("Dispatched", "Dispatched"), ("Scheduled", "Scheduled"))
	frappe.set_user(TECHNICIAN)
	visit = frappe.get_doc("Service Voucher", visit.name)
	visit.arrive()
	assert (place(visit), place(doc)) == (("On Site", "On Site"), ("In Progress", "In Progress"))
	visit.update(
		{
			"outcome": "Completed",
			"findings": "Seal replaced",
			"test_result": "Passed",
			"customer_signature": make.SIGNATURE,
			"signed_by": "N. Byrne",
		}
	)
	visit.save()
	visit.complete()
	assert (place(visit), place(doc)) == (("Completed", "Completed"), ("Resolved", "Resolved"))
	frappe.set_user(SUPERVISOR)
	visit = frappe.get_doc("Service Voucher", visit.name)
	visit.archive()
	assert place(visit) == ("Archived", "Archived")
	frappe.get_doc("Repair Call", doc.name).close()
	assert place(doc) == ("Closed", "Closed")


# ---------------------------------------------------------------- goods that go out and come back


@pytest.fixture
def guided(site):
	"""The shipped workflows of loaners, vendor repairs and receipts, and a product that is here."""
	for name in ("Loaner Issue", "Vendor Repair", "Collection Receipt"):
		activate(name)
	shop = make.shop()
	shop.call = make.call(
		shop.customer,
		equipment=make.equipment(shop.customer, model="Instant 11"),
		call_owner=AGENT,
	)
	return shop


def click(doc, action: str, user: str = AGENT):
	frappe.set_user(user)
	try:
		apply_workflow(frappe.get_doc(doc.doctype, doc.name).as_dict(), action)
	finally:
		frappe.set_user("Administrator")
	return frappe.get_doc(doc.doctype, doc.name)


def fill(doc, **values):
	doc = frappe.get_doc(doc.doctype, doc.name)
	doc.update(values)
	doc.save()
	return doc


def loaner(shop):
	item = make.item("Workflow heater", has_serial_no=1)
	make.receive(item, 1, 150, f"Stores - {make.ABBR}", ("WF-1",))
	return make.make(
		"Loaner Issue",
		repair_call=shop.call.name,
		company=make.COMPANY,
		item_code=item,
		serial_no="WF-1",
		from_warehouse=f"Stores - {make.ABBR}",
		to_warehouse=f"Goods In Transit - {make.ABBR}",
		condition="As new",
		customer_signature=make.SIGNATURE,
		signed_by="N. Byrne",
	)


def test_a_loaner_through_its_workflow(guided):
	doc = click(loaner(guided), "Lend")
	assert (place(doc), doc.docstatus) == (("Issued", "Issued"), 1)
	frappe.db.commit()
	with pytest.raises(frappe.MandatoryError):
		click(doc, "Take Back")
	frappe.db.rollback()
	fill(doc, return_condition="As Lent", return_notes="Left at the door")
	doc = click(doc, "Take Back")
	assert place(doc) == ("Returned", "Returned") and doc.return_entry


def test_the_buttons_that_take_words_or_signatures_go_on_under_a_workflow(guided):
	doc = click(loaner(guided), "Lend")
	frappe.set_user(AGENT)
	frappe.get_doc(doc.doctype, doc.name).take_back("As Lent", "N. Byrne", make.SIGNATURE)
	frappe.set_user("Administrator")
	assert place(doc) == ("Returned", "Returned")


def test_a_loaner_declared_lost_by_a_supervisor(guided):
	doc = click(loaner(guided), "Lend")
	assert steps_of(doc, AGENT) == {"Take Back"}
	assert steps_of(doc, SUPERVISOR) == {"Take Back", "Declare Lost", "Cancel"}
	frappe.set_user(SUPERVISOR)
	frappe.get_doc(doc.doctype, doc.name).declare_lost("Stolen from the cellar")
	frappe.set_user("Administrator")
	assert place(doc) == ("Lost", "Lost")


def steps_of(doc, user: str) -> set[str]:
	frappe.set_user(user)
	try:
		return {step["action"] for step in get_transitions(frappe.get_doc(doc.doctype, doc.name))}
	finally:
		frappe.set_user("Administrator")


def test_a_receipt_and_a_vendor_repair_through_their_workflows(guided):
	receipt = click(make.receipt(guided.call), "Issue Receipt")
	assert place(receipt) == ("Issued", "Issued")
	card = make.received_card(guided.call, collection_receipt=receipt.name, diagnosis="Board dead")
	supplier = make.once(
		"Supplier", "Workflow Works", supplier_name="Workflow Works", supplier_group="All Supplier Groups"
	)
	repair = make.make("Vendor Repair", repair_card=card.name, supplier=supplier, work_wanted="Mend it")
	repair = click(repair, "Send Out")
	assert place(repair) == ("Sent", "Sent")
	frappe.db.commit()
	with pytest.raises(frappe.ValidationError, match="Workflow Works"):
		frappe.get_doc("Collection Receipt", receipt.name).recover("N. Byrne", make.SIGNATURE)
	frappe.db.rollback()
	fill(repair, result="Repaired", result_notes="Board mended")
	assert place(click(repair, "Is Back")) == ("Back", "Back")
	fill(receipt, return_signature=make.SIGNATURE, return_signed_by="N. Byrne", return_notes="All given back")
	receipt = click(receipt, "Give Back")
	assert place(receipt) == ("Recovered", "Recovered")
	assert place(click(receipt, "Void")) == ("Voided", "Voided")


# ---------------------------------------------------------------- the administrator's story


def test_an_administrator_changes_workflow_target_and_notification_without_code(site):
	before = call(received_at=add_to_date(now_datetime(), hours=-1))
	before.triage()
	due_before = arrive_clock(before).due_at

	frappe.set_user("Administrator")
	add_waiting_state(activate())
	allow("Visit", 8 * HOUR)
	notify_managers_of_breaches("Tell the manager")

	for _ in range(2):
		migrate_records()
	assert WAITING in {row.state for row in frappe.get_doc("Workflow", "Repair Call").states}
	assert frappe.db.get_value("Workflow", "Repair Call", "is_active") == 1
	assert frappe.db.get_value("Service Target", "Visit", "time_allowed") == 8 * HOUR
	assert frappe.db.exists("Notification", "Tell the manager")

	after = call(received_at=add_to_date(now_datetime(), hours=-1))
	after.triage()
	assert (arrive_clock(before).due_at, arrive_clock(before).allowed_seconds) == (due_before, 24 * HOUR)
	assert arrive_clock(after).allowed_seconds == 8 * HOUR

	frappe.set_user(SUPERVISOR)
	apply_workflow(frappe.get_doc("Repair Call", after.name).as_dict(), "Wait for Key")
	assert arrive_clock(after).state == "Paused"
	apply_workflow(frappe.get_doc("Repair Call", before.name).as_dict(), "Wait for Key")
	assert arrive_clock(before).state == "Paused"
	apply_workflow(frappe.get_doc("Repair Call", before.name).as_dict(), "Resume")
	assert place(before) == ("Triaged", "Triaged")
	assert arrive_clock(before).state == "Running"

	frappe.set_user("Administrator")
	sweep.sweep(get_datetime(arrive_clock(before).due_at))
	assert mailed(MANAGER) == [f"Missed: {before.name}"]
	assert arrive_clock(after).state == "Paused"


def test_restoring_brings_the_shipped_workflow_back(site):
	add_waiting_state(activate())
	defaults.restore("Workflow", "Repair Call")
	workflow = frappe.get_doc("Workflow", "Repair Call")
	assert WAITING not in {row.state for row in workflow.states}
	assert workflow.is_active == 1  # whether it is on is the site's to say


def migrate_records() -> None:
	"""What `bench migrate` does to records: fixtures, then the app's own hooks."""
	sync_fixtures("aftersales")
	for hook in ("after_migrate", "after_sync"):
		for path in frappe.get_hooks(hook, app_name="aftersales"):
			frappe.get_attr(path)()
	frappe.cache.delete_value("aftersales_service_targets")
