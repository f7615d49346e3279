"""What an update brings to a workshop that had the app before."""

import frappe
import pytest

from aftersales.patches.v1_1 import (
	complete_workflow_roles,
	guide_loaners_and_vendors,
	let_technicians_resolve,
	remind_of_loaners_without_call,
	set_apart_by_company,
)
from aftersales.setup import defaults
from tests import factories as make
from tests.attacks import comments

SETTINGS = "Aftersales Settings"
STORE = f"Stores - {make.ABBR}"
LENT_OUT = f"Goods In Transit - {make.ABBR}"


@pytest.fixture(autouse=True)
def before(_site):
	"""Settings as the version before kept them."""
	frappe.db.delete("Loaner Warehouse")
	former(loaner_warehouse=STORE, lent_out_warehouse=LENT_OUT)
	frappe.db.delete("Singles", {"doctype": SETTINGS, "field": ("like", "%set_aside%")})
	frappe.clear_document_cache(SETTINGS)


def former(**values) -> None:
	for field, value in values.items():
		frappe.db.delete("Singles", {"doctype": SETTINGS, "field": field})
		if value:
			single = frappe.qb.Table("tabSingles")
			(
				frappe.qb.into(single)
				.columns(single.doctype, single.field, single.value)
				.insert(SETTINGS, field, value)
				.run()
			)


def rows() -> list[tuple]:
	return [
		(row.company, row.loaner_warehouse, row.lent_out_warehouse)
		for row in frappe.get_doc(SETTINGS).loaner_warehouses
	]


def test_the_pair_of_loaner_warehouses_becomes_the_row_of_its_company():
	for _number in range(2):
		set_apart_by_company.execute()
		assert rows() == [(make.COMPANY, STORE, LENT_OUT)]
	assert not frappe.db.exists("Singles", {"doctype": SETTINGS, "field": "loaner_warehouse"})
	make.settings(loaner_days=10)
	assert rows() == [(make.COMPANY, STORE, LENT_OUT)]


@pytest.mark.parametrize("pair", [(STORE, None), (STORE, STORE), (None, LENT_OUT)])
def test_a_pair_that_could_not_be_used_is_not_carried_over(pair):
	former(loaner_warehouse=pair[0], lent_out_warehouse=pair[1])
	set_apart_by_company.execute()
	assert rows() == []


def test_storekeepers_who_were_free_are_warned_and_what_was_chosen_stays():
	set_apart_by_company.execute()
	settings = frappe.get_doc(SETTINGS)
	assert (settings.taking_set_aside, settings.set_aside_role) == ("Warn", "Stock Manager")
	make.settings(taking_set_aside="Stop", set_aside_role=None)
	set_apart_by_company.execute()
	settings = frappe.get_doc(SETTINGS)
	assert (settings.taking_set_aside, settings.set_aside_role or None) == ("Stop", None)


# ---------------------------------------------------------------- workflows and messages


def test_workflows_and_messages_come_and_what_else_was_deleted_stays_deleted():
	defaults.insert_missing()
	for doctype, names in (
		("Workflow", guide_loaners_and_vendors.WORKFLOWS),
		("Notification", (*guide_loaners_and_vendors.MESSAGES, "Customer: Survey")),
	):
		for name in names:
			frappe.delete_doc(doctype, name, force=True)
	former(loaner_remind_days=None, loaner_conditions=None)
	guide_loaners_and_vendors.execute()
	assert {
		name: frappe.db.get_value("Workflow", name, "is_active")
		for name in guide_loaners_and_vendors.WORKFLOWS
	} == dict.fromkeys(guide_loaners_and_vendors.WORKFLOWS, 0)
	assert all(frappe.db.exists("Notification", name) for name in guide_loaners_and_vendors.MESSAGES)
	assert not frappe.db.exists("Notification", "Customer: Survey")
	stored = frappe.db.get_singles_dict(SETTINGS)
	assert stored.loaner_remind_days == "2" and "stays our property" in stored.loaner_conditions


def resolvers(workflow) -> list[str]:
	return [
		step.state
		for step in workflow.transitions
		if (step.action, step.allowed) == ("Resolve", "Service Technician")
	]


@pytest.fixture
def former_workflow():
	"""The workflow of Repair Call as it came with the app before."""
	defaults.insert_missing()
	defaults.restore("Workflow", "Repair Call")
	workflow = frappe.get_doc("Workflow", "Repair Call")
	workflow.set(
		"transitions",
		[
			step
			for step in workflow.transitions
			if (step.action, step.allowed) != ("Resolve", "Service Technician")
		],
	)
	workflow.save()
	assert resolvers(workflow) == []
	return workflow


def test_technicians_may_resolve_where_nobody_edited_the_workflow(former_workflow):
	former_workflow.is_active = 1
	former_workflow.save()
	for _number in range(2):
		let_technicians_resolve.execute()
		workflow = frappe.get_doc("Workflow", "Repair Call")
		assert resolvers(workflow) == ["Open", "Triaged", "Scheduled", "In Progress", "On Hold"]
		assert (workflow.is_active, len(workflow.transitions)) == (1, len(former_workflow.transitions) + 5)


def edit_role(workflow):
	workflow.transitions[0].allowed = "Service Manager"


def edit_condition(workflow):
	workflow.transitions[3].condition = "doc.channel == 'Phone'"


def edit_state(workflow):
	workflow.states[1].allow_edit = "Service Supervisor"


def edit_steps(workflow):
	workflow.set("transitions", workflow.transitions[:-1])


@pytest.mark.parametrize("edit", [edit_role, edit_condition, edit_state, edit_steps])
def test_a_workflow_that_was_edited_is_left_alone_and_says_so(former_workflow, edit, capsys):
	edit(former_workflow)
	former_workflow.save()
	before = frappe.get_doc("Workflow", "Repair Call").as_dict()
	let_technicians_resolve.execute()
	assert frappe.get_doc("Workflow", "Repair Call").as_dict() == before
	assert "left as it is" in capsys.readouterr().out
	assert "left as it is" in comments(former_workflow)


FORMER_NAMES = {"Issue Receipt": "Issue"}
"""Steps of shipped workflows → what they were called; the site has the action from then."""


@pytest.fixture
def former_actions():
	for action in FORMER_NAMES.values():
		if not frappe.db.exists("Workflow Action Master", action):
			frappe.new_doc("Workflow Action Master", workflow_action_name=action).insert()


@pytest.mark.usefixtures("former_actions")
@pytest.mark.parametrize("name", complete_workflow_roles.FORMER_EDITORS)
def test_managers_get_their_steps_where_nobody_edited_the_workflow(name):
	defaults.insert_missing()
	defaults.restore("Workflow", name)
	workflow = frappe.get_doc("Workflow", name)
	steps = len(workflow.transitions)
	open_to_others = {
		(step.state, step.action)
		for step in workflow.transitions
		if step.allowed not in ("Service Supervisor", "Service Manager")
	}
	former = [
		step
		for step in workflow.transitions
		if step.allowed != "Service Manager" or (step.state, step.action) not in open_to_others
	]
	assert len(former) < steps
	workflow.set("transitions", former)
	for step in former:
		step.action = FORMER_NAMES.get(step.action, step.action)
	for state in workflow.states:
		state.allow_edit = complete_workflow_roles._former_editor(name, state.state)
	workflow.save()
	for _number in range(2):
		complete_workflow_roles.execute()
		workflow.reload()
		assert len(workflow.transitions) == steps
		assert not {step.action for step in workflow.transitions} & set(FORMER_NAMES.values())
		assert {state.allow_edit for state in workflow.states} == {"All"}


def test_a_loaner_without_a_call_from_before_gets_its_contact_and_no_mail_overnight():
	customer = make.customer("Nora Byrne")
	make.contact(customer, "Nora", email="nora@byrne.example")
	names = []
	for due in (-3, 3):
		doc = frappe.new_doc("Loaner Issue", customer=customer, company=make.COMPANY, docstatus=1)
		doc.update({"status": "Issued", "due_back": frappe.utils.add_days(frappe.utils.nowdate(), due)})
		doc.set_new_name()
		doc.db_insert()
		names.append(doc.name)
	for message in remind_of_loaners_without_call.MESSAGES:
		frappe.delete_doc("Notification", message, force=True)
	for _number in range(2):
		remind_of_loaners_without_call.execute()
		late, later = (frappe.get_doc("Loaner Issue", name) for name in names)
		assert late.contact_email == later.contact_email == "nora@byrne.example"
		assert (late.customer_reminded, later.customer_reminded or "") == ("Overdue", "")
		for message in remind_of_loaners_without_call.MESSAGES:
			assert frappe.db.exists("Notification", message)
