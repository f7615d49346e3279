"""Who may do what with which of our documents: each role alone, against a table written out here.

The letters: c create, r read, w write, d delete, s submit, x cancel, a amend.
"""

import frappe
import pytest
from frappe import client

from tests import factories as f

ROLES = (
	"Service Manager",
	"Service Supervisor",
	"Service Agent",
	"Service Technician",
	"Workshop Technician",
	"Service Accountant",
)
RIGHTS = {
	"c": "create",
	"r": "read",
	"w": "write",
	"d": "delete",
	"s": "submit",
	"x": "cancel",
	"a": "amend",
}
EXPECTED = {
	"Service Technician": ("crwd", "crw", "r", "r", "r", "r"),
	"Service Staff Settings": ("crw", "r", "-", "-", "-", "-"),
	"Service Routes Settings": ("crw", "r", "-", "-", "-", "-"),
	"Visit Plan": ("crwd", "crwd", "crw", "-", "-", "-"),
	"Staff Record": ("crwdsxa", "crws", "-", "r", "r", "-"),
	"Technician Grade": ("crwd", "r", "-", "r", "r", "-"),
	"Staff Monthly Record": ("r", "r", "r", "r", "r", "-"),
	"Hosted Visit": ("crwd", "crw", "crw", "r", "r", "-"),
	"Service Management Report": ("crw", "-", "-", "-", "-", "-"),
	"Service Standard": ("crwd", "r", "r", "r", "r", "r"),
	"Service Deviation": ("crwd", "crw", "-", "-", "-", "r"),
	"Technical Exchange": ("crwdsxa", "crws", "-", "r", "r", "-"),
	"Technician Exam": ("crwdsxa", "crws", "-", "r", "r", "-"),
	"Technician Act": ("r", "r", "-", "-", "-", "-"),
	"Technician Phone": ("rwd", "r", "-", "-", "-", "-"),
	"Technician Upload": ("r", "r", "-", "-", "-", "-"),
	"Service Voucher": ("crwdsxa", "crwsxa", "crw", "crws", "r", "r"),
	"Collection Receipt": ("crwdsxa", "crwsxa", "crws", "crws", "crws", "r"),
	"Repair Card": ("crwdsxa", "crwsxa", "crw", "crw", "crws", "r"),
	"Loaner Issue": ("crwdsxa", "crwsxa", "crws", "crws", "crws", "r"),
	"Vendor Repair": ("crwdsxa", "crwsxa", "crws", "r", "crws", "r"),
	"Subcontracted Visit": ("r", "r", "r", "-", "-", "r"),
	"Spare Part": ("crwd", "crw", "r", "r", "rw", "r"),
	"Aftersales Settings": ("crw", "r", "r", "r", "r", "r"),
	"Customer Equipment": ("crwd", "crw", "crw", "crw", "crw", "r"),
	"Fault Code": ("crwd", "crw", "r", "r", "r", "r"),
	"Follow-up": ("crwd", "crw", "crw", "r", "r", "r"),
	"Follow-up Rule": ("crwd", "crw", "r", "-", "-", "-"),
	"Periodic Visit Plan": ("crwd", "crw", "r", "-", "-", "-"),
	"Service Complaint": ("crwd", "crw", "crw", "-", "-", "-"),
	"Service Search Key": ("-", "-", "-", "-", "-", "-"),
	"Register Import": ("crwd", "-", "-", "-", "-", "-"),
	"Repair Call": ("crwd", "crw", "crw", "rw", "rw", "r"),
	"Service Category": ("crwd", "r", "r", "r", "r", "crw"),
	"Service Request Type": ("crwd", "crw", "r", "r", "r", "r"),
	"Service Zone": ("crwd", "crw", "r", "r", "r", "r"),
	"Service Calendar": ("crwd", "r", "r", "r", "r", "r"),
	"Service Clock": ("r", "r", "r", "r", "r", "r"),
	"Damage Claim": ("crwdsxa", "crws", "crw", "cr", "cr", "crwsxa"),
	"Delay Compensation": ("crwdsxa", "crw", "r", "-", "-", "crwsxa"),
	"Warranty Recovery Claim": ("crwdsxa", "crw", "-", "-", "-", "crwdsxa"),
	"Technician Cash Handover": ("crwdsxa", "r", "-", "-", "-", "crwdsxa"),
	"Call Assessment": ("crwd", "crw", "-", "-", "-", "-"),
	"Undeliverable Address": ("rd", "rd", "r", "-", "-", "-"),
	"Service Link": ("r", "r", "r", "-", "-", "-"),
	"Service Erasure Log": ("r", "-", "-", "-", "-", "-"),
	"Customer Message": ("crwd", "r", "r", "-", "-", "-"),
	"Customer Service Preferences": ("crwd", "crw", "crw", "-", "-", "-"),
	"Service Contract": ("crwdsxa", "crw", "r", "r", "r", "crwsxa"),
	"Billing Run": ("crwd", "r", "-", "-", "-", "crw"),
	"Service Goal": ("crwd", "r", "-", "-", "-", "r"),
	"Product Meter": ("crwd", "crw", "crw", "crw", "crw", "r"),
	"Meter Reading": ("crwd", "crwd", "cr", "cr", "cr", "r"),
	"Maintenance Plan": ("crwd", "crw", "r", "r", "r", "r"),
	"Planned Service": ("rw", "rw", "r", "r", "r", "r"),
	"Checklist Template": ("crwd", "crw", "r", "r", "r", "-"),
	"Service Checklist": ("rwd", "rw", "r", "rw", "rw", "-"),
	"Product Document": ("crwd", "crw", "r", "r", "r", "-"),
	"Service Article": ("crwd", "crwd", "crw", "crw", "crw", "-"),
	"Article Answer": ("r", "r", "r", "r", "r", "-"),
	"Service Campaign": ("crwd", "crw", "r", "r", "r", "-"),
	"Campaign Product": ("rw", "rw", "rw", "r", "r", "-"),
	"Campaign Recipient": ("rw", "rw", "rw", "-", "-", "-"),
	"Warranty Registration": ("crwd", "crw", "crw", "-", "-", "-"),
	"Technical Consultation": ("crwd", "crw", "cr", "cr", "cr", "-"),
	"Warranty Terms": ("crwd", "crw", "r", "r", "r", "r"),
	"Product Exchange": ("crwdsxa", "crwsxa", "crw", "crw", "crw", "r"),
	"Product Refurbishment": ("crwdsxa", "crwsxa", "r", "r", "crw", "r"),
	"Core Return": ("crwdsxa", "crwsxa", "r", "-", "crws", "crwsxa"),
	"Uncollected Product": ("r", "r", "r", "-", "r", "r"),
	"Service Payment": ("crwdsxa", "crws", "crws", "crws", "crws", "crwsxa"),
	"Service Price": ("crwd", "r", "r", "r", "r", "crw"),
	"Service Target": ("crwd", "r", "r", "r", "r", "r"),
}


@pytest.fixture(params=ROLES)
def role(request):
	return request.param


def test_each_role_has_exactly_its_rights(role):
	user = f.user(f"{frappe.scrub(role)}@matrix.example", role)
	found = {doctype: _rights(doctype, user) for doctype in EXPECTED}
	expected = {doctype: set(row[ROLES.index(role)]) - {"-"} for doctype, row in EXPECTED.items()}
	assert found == expected


def test_a_desk_user_without_our_roles_has_none():
	user = f.user("nobody@matrix.example")
	assert {doctype: _rights(doctype, user) for doctype in EXPECTED} == {
		doctype: set() for doctype in EXPECTED
	}


def test_every_document_of_ours_is_in_the_table():
	modules = frappe.get_all("Module Def", filters={"app_name": "aftersales"}, pluck="name")
	ours = frappe.get_all("DocType", filters={"module": ("in", modules), "istable": 0}, pluck="name")
	assert set(ours) == set(EXPECTED)


def test_what_an_hour_costs_us_is_not_for_technicians():
	hidden = {"Service Technician": "cost_rate", "Service Labour Line": "cost_rate"}
	for doctype, fieldname in hidden.items():
		assert frappe.get_meta(doctype).get_field(fieldname).permlevel == 1


@pytest.mark.parametrize(
	"role, sees", [("Service Manager", True), ("Service Accountant", True), ("Service Supervisor", False)]
)
def test_who_sees_and_sets_what_an_hour_costs_us(role, sees):
	name = f.technician("Aoife Doyle")
	frappe.set_user(f.user(f"{frappe.scrub(role)}.costs@matrix.example", role, "Service Supervisor"))
	assert bool(client.get("Service Technician", name).get("cost_rate")) is sees
	doc = frappe.get_doc("Service Technician", name)
	doc.cost_rate = 99
	doc.save()
	assert frappe.db.get_value("Service Technician", name, "cost_rate") == (99 if sees else 30)


def _rights(doctype: str, user: str) -> set[str]:
	return {letter for letter, right in RIGHTS.items() if frappe.has_permission(doctype, right, user=user)}
