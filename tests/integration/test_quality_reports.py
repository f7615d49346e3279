"""Reports on quality and number cards as each role asks for them: who may, what of, and on a site without data."""

import json
from io import BytesIO

import frappe
import pytest
from frappe.desk import query_report
from frappe.desk.doctype.number_card import number_card
from frappe.utils import add_days, now_datetime, nowdate

from aftersales.service_calls import number_cards
from tests import factories as make

REPORTS = (
	"Service Key Figures",
	"Fault Pareto",
	"Work by Stage",
	"Technician Summary",
	"Customer Satisfaction",
	"Referrals",
	"Service Level Compliance",
)
ROLES = (
	"Service Manager",
	"Service Supervisor",
	"Service Agent",
	"Service Accountant",
	"Service Technician",
	"Workshop Technician",
	"System Manager",
)


@pytest.fixture(scope="module")
def names(shared_site):
	make.settings(default_company=make.COMPANY)
	return make.shop()


def one_role(role: str) -> str:
	return make.user(f"{frappe.scrub(role)}@reports.example", role)


def asked(report: str, **filters) -> dict:
	return query_report.run(report, {**period(), **filters}, ignore_prepared_report=True)


def period() -> dict:
	return {"from_date": add_days(nowdate(), -30), "to_date": nowdate()}


@pytest.mark.parametrize("report", REPORTS)
def test_a_report_is_for_its_roles_and_nobody_else(names, report):
	call = make.call(names.customer, referral="A neighbour")
	make.planned(call, names.technician)
	allowed = {row.role for row in frappe.get_doc("Report", report).roles}
	for role in ROLES:
		frappe.set_user(one_role(role))
		if role in allowed:
			assert asked(report)["columns"], role
		else:
			with pytest.raises(frappe.PermissionError):
				asked(report)
	frappe.set_user("Guest")
	with pytest.raises(frappe.PermissionError):
		asked(report)


@pytest.mark.parametrize("report", REPORTS)
def test_a_portal_user_gets_no_report(names, report):
	user = make.user("customer@reports.example", "Customer")
	frappe.db.set_value("User", user, "user_type", "Website User")
	frappe.set_user(user)
	with pytest.raises(frappe.PermissionError):
		asked(report)


@pytest.mark.parametrize("report", REPORTS)
def test_a_report_about_nothing_is_empty_and_divides_by_nothing(names, report):
	nothing = make.once("Service Zone", "Nobody's", zone="Nobody's")
	filters = {"service_zone": nothing} if report in ("Service Key Figures", "Technician Summary") else {}
	answer = asked(
		report, company=_elsewhere(), **{"from_date": "1990-01-01", "to_date": "1990-01-31", **filters}
	)
	assert [row for row in answer["result"] if isinstance(row, dict)] == []
	for card in answer.get("report_summary") or ():
		assert card["value"] in (0, "–"), card["label"]


def _elsewhere() -> str:
	name = "Shannon Service Ltd"
	if not frappe.db.exists("Company", name):
		company = frappe.new_doc("Company", company_name=name, default_currency="EUR", abbr="SSL")
		company.name = name
		company.db_insert()  # without the accounts and warehouses that nobody asks for here
	return name


def test_who_sees_one_company_or_customer_is_told_of_that_one_only(names):
	"""Without a filter: what he may see decides."""
	here, there = make.call(names.customer), make.call(make.customer("Sean Doyle"))
	for call in (here, there):
		frappe.db.set_value("Repair Call", call.name, {"brand": "Reports", "model": "R 1"})
	frappe.db.set_value("Repair Call", there.name, "company", _elsewhere())
	make.fault_code("RP-SEAL", "Fault")
	frappe.db.set_value(
		"Repair Call", {"name": ("in", (here.name, there.name))}, {"fault_code": "RP-SEAL", "is_repeat": 0}
	)

	def counted() -> tuple[int, int]:
		figures = asked("Service Key Figures", brand="Reports", group_by="Model")["result"]
		faults = asked("Fault Pareto", brand="Reports")["result"]
		return sum(row["calls"] for row in figures), sum(row["cases"] for row in faults)

	frappe.set_user(one_role("Service Supervisor"))
	assert counted() == (2, 2)
	for number, (doctype, value) in enumerate((("Company", _elsewhere()), ("Customer", "Sean Doyle"))):
		frappe.set_user("Administrator")
		user = make.user(f"restricted{number}@reports.example", "Service Supervisor")
		make.make("User Permission", user=user, allow=doctype, for_value=value)
		frappe.set_user(user)
		assert counted() == (1, 1), doctype


def test_what_is_exported_is_what_is_shown(names):
	make.call(names.customer, brand="Exported", model="E 1")
	frappe.set_user(one_role("Service Manager"))
	frappe.local.form_dict = frappe._dict(
		report_name="Service Key Figures",
		filters=json.dumps({**period(), "brand": "Exported", "group_by": "Model"}),
		file_format_type="Excel",
		visible_idx="[0]",
	)
	query_report.export_query()
	from openpyxl import load_workbook

	rows = list(load_workbook(BytesIO(frappe.response["filecontent"])).active.values)
	assert (rows[0][0], rows[1][0], rows[1][1]) == ("Model", "Exported E 1", 1)


# ---------------------------------------------------------------- number cards


def card(name: str) -> int:
	"""What a card counts; what its filters leave to the browser is left out."""
	doc = frappe.get_doc("Number Card", name)
	return number_card.get_result(doc.as_dict(), doc.filters_json)


def test_emergencies_are_counted_by_the_priority_of_the_settings(names):
	if not frappe.db.exists("Issue Priority", "Notfall"):
		make.make("Issue Priority", name="Notfall")
	make.settings(emergency_priority="Notfall")
	before = number_cards.count_open_emergencies()["value"]
	make.call(names.customer, hazard="Gas")
	make.call(names.customer, priority="Notfall").resolve_by_phone("Turned the gas off")
	counted = number_cards.count_open_emergencies()
	assert counted["value"] == before + 1
	assert counted["route_options"]["priority"] == "Notfall"


def test_what_is_ready_is_still_in_the_workshop(names):
	before = card("Products in the Workshop")
	doc = make.card(make.call(names.customer), warehouse=names.van, assigned_technician=names.technician)
	assert card("Products in the Workshop") == before + 1
	doc.submit()
	assert (doc.status, card("Products in the Workshop")) == ("Ready", before + 1)
	doc.hand_over()
	assert card("Products in the Workshop") == before


def test_a_resolved_call_has_a_next_action_too(names):
	before = card("Late Next Actions")
	call = make.call(names.customer)
	call.resolve("Gave advice")
	frappe.db.set_value("Repair Call", call.name, "next_action_by", add_days(now_datetime(), -1))
	assert card("Late Next Actions") == before + 1
	call.reload()
	call.close()
	assert card("Late Next Actions") == before
