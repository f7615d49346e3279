"""Owners of calls, follow-ups and complaints beside Frappe's assignments and the site's Assignment Rules."""

import frappe
import pytest
from frappe.automation.doctype.assignment_rule import assignment_rule
from frappe.desk.form import assign_to

from aftersales.patches.v1_1 import name_owners_of_calls
from tests import factories as make

AGENT = "orla.desk@example.com"
SUPERVISOR = "fergal.super@example.com"
CIARA = "ciara@example.com"
ACCUSED = "dara.van@example.com"
TECHNICIAN = "declan.tech@example.com"
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@pytest.fixture(scope="module", autouse=True)
def desk(shared_site):
	make.request_type("Repair")
	make.settings(
		default_company=make.COMPANY,
		default_request_type="Repair",
		default_priority="Medium",
		complaint_owner=None,
	)
	for user in (AGENT, CIARA):
		make.user(user, "Service Agent")
	make.user(SUPERVISOR, "Service Supervisor", "Service Agent")
	make.user(ACCUSED, "Service Technician", "Service Supervisor")
	make.user(TECHNICIAN, "Service Technician")
	make.technician("Dara Flynn", user=ACCUSED)
	make.customer("Nora Byrne")
	frappe.set_user(AGENT)


def a_call(**values):
	return make.plain_call("Nora Byrne", **values)


def a_complaint(**values):
	return make.make("Service Complaint", subject="Came late", customer="Nora Byrne", **values)


def a_follow_up(**values):
	return make.make(
		"Follow-up", kind="Periodic Visit", customer="Nora Byrne", due_date=frappe.utils.nowdate(), **values
	)


OWNED = {"Repair Call": a_call, "Follow-up": a_follow_up, "Service Complaint": a_complaint}


def rule(doctype: str, users=(CIARA,), **values):
	frappe.set_user("Administrator")
	made = make.make(
		"Assignment Rule",
		**{
			"__newname": "Owners",
			"name": "Owners",
			"document_type": doctype,
			"description": "{{ name }}",
			"assign_condition": "contact_name != 'Nobody'",
			"rule": "Round Robin",
			"users": [{"user": user} for user in users],
			"assignment_days": [{"day": day} for day in DAYS],
			**values,
		},
	)
	frappe.set_user(AGENT)
	return made


def owner(doc) -> str:
	return frappe.db.get_value(doc.doctype, doc.name, "call_owner")


def todos(doc) -> list[tuple[str, str]]:
	rows = frappe.get_all(
		"ToDo",
		{"reference_type": doc.doctype, "reference_name": doc.name},
		["allocated_to", "status"],
		order_by="creation",
	)
	return [(row.allocated_to, row.status) for row in rows]


@pytest.mark.parametrize("doctype", OWNED)
@pytest.mark.parametrize(
	("condition", "ended"), [("close_condition", "Closed"), ("unassign_condition", "Cancelled")]
)
def test_assignment_rule_makes_the_owner_and_ends_the_assignment_only(doctype, condition, ended):
	rule(doctype, **{condition: "contact_name == 'Nobody'"})
	doc = OWNED[doctype](call_owner=AGENT)
	assert (doc.call_owner, owner(doc), todos(doc)) == (CIARA, CIARA, [(CIARA, "Open")])

	doc.contact_phone = "+353 86 123 4567"
	doc.save()  # the form that was just saved is not stale and sends the new owner
	assert (owner(doc), todos(doc)) == (CIARA, [(CIARA, "Open")])

	doc.contact_name = "Nobody"
	doc.save()
	assert (owner(doc), todos(doc)) == (CIARA, [(CIARA, ended)])


def test_rule_applied_in_the_list_makes_the_owner():
	call = a_call()
	rule("Repair Call")
	assignment_rule.bulk_apply("Repair Call", frappe.as_json([call.name]))
	assert (owner(call), todos(call)) == (CIARA, [(CIARA, "Open")])


def test_rule_never_hands_a_complaint_to_the_person_it_is_about():
	rule("Service Complaint", users=(ACCUSED,))
	complaint = a_complaint(person_concerned="Dara Flynn", call_owner=AGENT)
	assert owner(complaint) == AGENT


def test_disabled_user_of_a_rule_becomes_no_owner():
	rule("Repair Call")
	frappe.db.set_value("User", CIARA, "enabled", 0)
	frappe.clear_document_cache("User", CIARA)
	assert owner(a_call(call_owner=AGENT)) == AGENT
	frappe.db.set_value("User", CIARA, "enabled", 1)
	frappe.clear_document_cache("User", CIARA)


def test_who_only_reads_a_call_cannot_become_its_owner_by_naming_a_rule():
	call = a_call()
	rule("Repair Call", users=(TECHNICIAN,))
	frappe.set_user("Administrator")
	frappe.share.add("Repair Call", call.name, TECHNICIAN, read=1)
	frappe.set_user(TECHNICIAN)
	assign_to.add(
		{"doctype": "Repair Call", "name": call.name, "assign_to": [TECHNICIAN], "assignment_rule": "Owners"}
	)
	assert owner(call) == AGENT


@pytest.mark.parametrize("doctype", ["Repair Call", "Service Complaint"])
@pytest.mark.parametrize(
	"unassign",
	[
		lambda doc: assign_to.remove(doc.doctype, doc.name, SUPERVISOR),
		lambda doc: assign_to.remove(doc.doctype, doc.name, "nobody@example.com"),
		lambda doc: assign_to.remove_multiple(doc.doctype, frappe.as_json([doc.name])),
		lambda doc: assign_to.clear(doc.doctype, doc.name),
		lambda doc: assign_to.close_all_assignments(doc.doctype, doc.name),
	],
)
def test_unassigning_leaves_the_owner(doctype, unassign):
	doc = OWNED[doctype](call_owner=SUPERVISOR)
	unassign(doc)
	doc.contact_name = "Nora"
	doc.save()
	assert owner(doc) == SUPERVISOR


def test_assigning_in_the_desk_adds_a_helper_and_keeps_the_owner():
	call = a_call()
	assign_to.add({"doctype": "Repair Call", "name": call.name, "assign_to": [SUPERVISOR]})
	assert (owner(call), todos(call)) == (AGENT, [(SUPERVISOR, "Open")])
	call.contact_name = "Nora"
	call.save()  # not taken for a stale document


def test_lists_cards_and_rules_made_on_a_site_follow_the_new_name():
	frappe.set_user("Administrator")
	saved = make.make(
		"List Filter",
		filter_name="Mine",
		reference_doctype="Repair Call",
		filters='[["Repair Call","assigned_to","=","orla.desk@example.com"]]',
	)
	other = make.make(
		"List Filter",
		filter_name="Mine",
		reference_doctype="Issue",
		filters='[["Issue","assigned_to","=","orla.desk@example.com"]]',
	)
	by_field = rule("Service Complaint", rule="Based on Field", users=())
	by_field.db_set("field", "assigned_to")

	name_owners_of_calls.follow_in_records("Repair Call")
	name_owners_of_calls.follow_in_records("Service Complaint")

	assert frappe.db.get_value("List Filter", saved.name, "filters") == (
		'[["Repair Call","call_owner","=","orla.desk@example.com"]]'
	)
	assert "assigned_to" in frappe.db.get_value("List Filter", other.name, "filters")
	assert frappe.db.get_value("Assignment Rule", by_field.name, "field") == "call_owner"
