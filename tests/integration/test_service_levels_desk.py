"""What the desk shows of service levels: chips, timelines, cards, reports, the preview, ERPNext's agreements."""

from datetime import datetime

import frappe
import pytest
from frappe.desk import query_report
from frappe.utils import add_to_date, get_datetime, now_datetime, nowdate

from aftersales.service_levels import display, from_erpnext, sweep
from aftersales.service_levels.preview import preview
from aftersales.service_levels.report.due_next import due_next
from aftersales.service_levels.report.service_level_compliance import service_level_compliance as compliance
from tests import factories as make

AGENT = "orla.desk@example.com"
TECHNICIAN = "aoife.van@example.com"
STRANGER = "cian.stranger@example.com"
HOUR = 3600


@pytest.fixture(scope="module", autouse=True)
def levels(shared_site):
	for name in frappe.get_all("Service Target", pluck="name"):
		frappe.db.set_value("Service Target", name, "enabled", 0)
	frappe.cache.delete_value("aftersales_service_targets")
	make.once("Service Calendar", "Always", calendar_name="Always", around_the_clock=1)
	for priority in ("Emergency", "Medium", "High"):
		make.once("Issue Priority", priority, __newname=priority)
	make.settings(emergency_priority="Emergency", default_priority="Medium", default_company=make.COMPANY)
	make.user(AGENT, "Service Agent")
	make.user(TECHNICIAN, "Service Technician")
	make.user(STRANGER, "Projects User")
	target()
	target(
		"Repair Soon",
		measure="Repair",
		time_allowed=24 * HOUR,
		stop_field=None,
		stop_status="Resolved",
		pause_status="On Hold",
	)


def target(name: str = "Answer Soon", insert: bool = True, **values):
	doc = frappe.get_doc(
		{
			"doctype": "Service Target",
			"target_name": name,
			"document_type": "Repair Call",
			"measure": "Answer",
			"time_allowed": 4 * HOUR,
			"calendar": "Always",
			"start_field": "received_at",
			"stop_field": "responded_at",
			**values,
		}
	)
	return doc.insert() if insert else doc


def call(hours_ago: float = 0, **values):
	received = add_to_date(now_datetime(), seconds=-round(hours_ago * HOUR))
	return make.call(make.customer(), received_at=received, **values)


# ---------------------------------------------------------------- chips and timeline


def test_a_list_page_asks_once_and_shows_what_presses_most():
	late, early, waiting = call(hours_ago=5), call(), call()
	early.triage()
	waiting.triage()
	waiting.put_on_hold("Key is missing")
	sweep.sweep()
	chips = display.of_documents("Repair Call", [late.name, early.name, waiting.name])
	assert (chips[late.name]["measure"], chips[late.name]["state"]) == ("Answer", "Overdue")
	assert -HOUR - 60 < chips[late.name]["left"] <= -HOUR
	assert (chips[early.name]["measure"], chips[early.name]["paused"]) == ("Repair", False)
	assert 24 * HOUR - 60 < chips[early.name]["left"] <= 24 * HOUR
	assert (chips[waiting.name]["state"], chips[waiting.name]["paused"]) == ("Paused", True)


def test_a_document_without_open_clocks_has_no_chip():
	doc = call()
	doc.resolve_by_phone("Valve opened")
	assert display.of_documents("Repair Call", frappe.as_json([doc.name])) == {}


def test_the_timeline_of_a_document():
	doc = call()
	doc.triage()
	rows = display.of_document("Repair Call", doc.name)
	assert [(row["measure"], row["state"]) for row in rows] == [("Repair", "Running"), ("Answer", "Met")]
	assert rows[1]["stopped_at"]


def test_nobody_sees_clocks_of_documents_he_may_not_read():
	doc = call()
	frappe.set_user(STRANGER)
	with pytest.raises(frappe.PermissionError):
		display.of_documents("Repair Call", [doc.name])
	with pytest.raises(frappe.PermissionError):
		display.of_document("Repair Call", doc.name)
	with pytest.raises(frappe.PermissionError):
		display.count_overdue()
	frappe.set_user(TECHNICIAN)  # sees his own calls only
	assert display.of_documents("Repair Call", [doc.name]) == {}
	with pytest.raises(frappe.PermissionError):
		display.of_document("Repair Call", doc.name)
	assert due_next.execute()[1] == []


# ---------------------------------------------------------------- cards and reports


def test_number_cards_count():
	before = display.count_overdue()["value"], display.count_due_next_hour()["value"]
	call(hours_ago=5)
	call(hours_ago=3.5)
	call(hours_ago=1)
	sweep.sweep()
	assert (display.count_overdue()["value"], display.count_due_next_hour()["value"]) == (
		before[0] + 1,
		before[1] + 1,
	)


def test_due_next_lists_the_most_pressing_first():
	first, second = call(hours_ago=5), call(hours_ago=1)
	sweep.sweep()
	frappe.set_user(AGENT)
	_columns, rows = due_next.execute({"measure": "Answer"})
	ours = [row for row in rows if row["reference_name"] in (first.name, second.name)]
	assert [(row["reference_name"], row["state"]) for row in ours] == [
		(first.name, "Overdue"),
		(second.name, "Running"),
	]
	assert ours[0]["left"] < 0 < ours[1]["left"]
	_columns, soon = due_next.execute({"within_hours": 1})
	assert second.name not in {row["reference_name"] for row in soon}


@pytest.mark.parametrize(
	"report,filters",
	[
		("Due Next", {}),
		*(("Service Level Compliance", {"group_by": group}) for group in compliance.GROUPS),
	],
)
def test_whoever_a_report_is_for_can_open_it(report, filters):
	"""The desk refuses a report with a link to what the user may not read, whatever roles the report names."""
	call(hours_ago=5)
	ended(1)
	sweep.sweep()
	roles = {row.role for row in frappe.get_doc("Report", report).roles} - {"System Manager"}
	assert len(roles) >= 2
	for role in sorted(roles):
		frappe.set_user("Administrator")
		frappe.set_user(make.user(f"{frappe.scrub(role)}@reader.example.com", role))
		assert query_report.run(report, filters)["columns"]


def ended(hours_ago: float, **values):
	doc = call(hours_ago=hours_ago, **values)
	doc.triage()
	return doc


@pytest.mark.parametrize(
	("group", "field"),
	[
		("Target", lambda doc: "Answer Soon"),
		("What is Measured", lambda doc: "Answer"),
		("Month", lambda doc: nowdate()[:7]),
		("Call Owner", lambda doc: doc.call_owner or ""),
		("Zone", lambda doc: doc.service_zone or ""),
		("Customer", lambda doc: doc.customer),
		("Document Type", lambda doc: "Repair Call"),
	],
)
def test_compliance_is_met_out_of_met_and_missed(group, field):
	filters = {"measure": "Answer", "group_by": group, "from_date": nowdate(), "to_date": nowdate()}
	frappe.db.delete("Service Clock")
	docs = [ended(1), ended(2), ended(3), ended(6)]
	cancelled = call()
	cancelled.cancel_call("Entered twice")
	call()
	(row,) = compliance.execute(filters)[1]
	assert (row.value, row.met, row.missed, row.cancelled) == (field(docs[0]), 3, 1, 1)
	assert row.compliance == 75.0
	assert 2 * HOUR <= row.overrun < 2 * HOUR + 120


def test_compliance_of_a_period_and_company():
	frappe.db.delete("Service Clock")
	ended(1)
	day = {"group_by": "Target", "from_date": "2020-01-01", "to_date": "2020-12-31"}
	assert compliance.execute(day)[1] == []
	assert compliance.execute({"company": "Nobody Ltd"})[1] == []
	assert compliance.execute({"company": make.COMPANY})[1][0].met == 1
	with pytest.raises(frappe.ValidationError):
		compliance.execute({"group_by": "name from tabUser"})


def test_compliance_respects_user_permissions():
	frappe.db.delete("Service Clock")
	ended(1)
	make.user("fergal.super@example.com", "Service Supervisor")
	other = make.customer("Dara Walsh")
	make.make("User Permission", user="fergal.super@example.com", allow="Customer", for_value=other)
	assert compliance.execute()[1][0].met == 1
	frappe.set_user("fergal.super@example.com")
	assert compliance.execute()[1] == []


# ---------------------------------------------------------------- preview


def test_the_preview_shows_which_open_documents_and_what_dates():
	plain, urgent, done = call(hours_ago=1), call(hours_ago=2, priority="High"), call()
	done.triage()
	clocks_before = frappe.db.count("Service Clock")
	found = preview(target("Urgent", insert=False, priority="High", time_allowed=HOUR).as_dict())
	rows = {row["name"]: row for row in found["rows"]}
	assert set(rows) & {plain.name, urgent.name, done.name} == {urgent.name}
	due = get_datetime(urgent.received_at).replace(microsecond=0)
	assert rows[urgent.name]["due"] == str(add_to_date(due, hours=1))
	assert rows[urgent.name]["outcome"] == "Overdue"
	assert found["looked_at"] >= 2
	assert frappe.db.count("Service Clock") == clocks_before
	assert not frappe.db.exists("Service Target", "Urgent")


def test_the_preview_says_which_target_wins_and_where_the_condition_fails():
	target("Urgent", priority="High", time_allowed=HOUR)
	doc = call(priority="High")
	rows = {row["name"]: row for row in preview(target("Any", insert=False).as_dict())["rows"]}
	assert rows[doc.name]["outcome"] == "Urgent is more specific"
	broken = target("Odd", insert=False, condition="doc.name is None or doc.nothing.upper() == ''")
	rows = {row["name"]: row for row in preview(broken.as_dict())["rows"]}
	assert rows[doc.name]["outcome"].startswith("Condition fails")


def test_the_preview_is_for_those_who_make_targets():
	values = target("Any", insert=False).as_dict()
	frappe.set_user(AGENT)
	with pytest.raises(frappe.PermissionError):
		preview(values)


# ---------------------------------------------------------------- ERPNext's agreements


@pytest.fixture
def agreement(levels):
	frappe.db.set_single_value("Support Settings", "track_service_level_agreement", 1)
	holidays = make.make(
		"Holiday List",
		holiday_list_name="Agreed Holidays",
		from_date="2026-01-01",
		to_date="2026-12-31",
		holidays=[{"holiday_date": "2026-12-25", "description": "Christmas"}],
	)
	return make.make(
		"Service Level Agreement",
		document_type="Issue",
		service_level="Gold",
		enabled=1,
		entity_type="Customer",
		entity=make.customer("Nora Byrne"),
		apply_sla_for_resolution=1,
		holiday_list=holidays.name,
		start_date="2026-01-01",
		end_date="2099-12-31",
		priorities=[
			{
				"priority": "Medium",
				"default_priority": 1,
				"response_time": 4 * HOUR,
				"resolution_time": 16 * HOUR,
			},
			{"priority": "High", "response_time": HOUR, "resolution_time": 8 * HOUR},
		],
		support_and_resolution=[
			{"workday": day, "start_time": "09:00:00", "end_time": "17:00:00"}
			for day in ("Monday", "Tuesday")
		],
		pause_sla_on=[{"status": "On Hold"}],
		sla_fulfilled_on=[{"status": "Resolved"}, {"status": "Closed"}],
	)


def test_an_agreement_becomes_a_calendar_and_targets(agreement):
	made = from_erpnext.import_agreement(agreement.name)
	calendar = frappe.get_doc("Service Calendar", made["calendar"])
	assert calendar.holiday_list == "Agreed Holidays"
	assert calendar.summary == "Monday: 09:00–17:00\nTuesday: 09:00–17:00"
	assert made["targets"] == [
		"Gold: Answer, Medium",
		"Gold: Repair, Medium",
		"Gold: Answer, High",
		"Gold: Repair, High",
	]
	rule = frappe.get_doc("Service Target", "Gold: Repair, High")
	assert (rule.enabled, rule.time_allowed, rule.priority) == (0, 8 * HOUR, "High")
	assert (rule.customer, rule.pause_status) == ("Nora Byrne", "On Hold")
	assert from_erpnext.import_agreement(agreement.name) == made


def test_the_targets_of_an_agreement_work_once_enabled(agreement):
	for name in from_erpnext.import_agreement(agreement.name)["targets"]:
		rule = frappe.get_doc("Service Target", name)
		rule.enabled = 1
		rule.save()
	doc = make.call("Nora Byrne", priority="High", received_at=datetime(2026, 11, 17, 16))
	due = dict(
		frappe.get_all(
			"Service Clock", filters={"reference_name": doc.name}, fields=["measure", "due_at"], as_list=True
		)
	)
	# an hour until 17:00 on Tuesday; eight hours: one on Tuesday, seven on Monday
	assert due == {"Answer": datetime(2026, 11, 17, 17), "Repair": datetime(2026, 11, 23, 16)}


def test_an_agreement_can_stay_with_its_own_documents(agreement):
	made = from_erpnext.import_agreement(agreement.name, "Issue")
	rule = frappe.get_doc("Service Target", made["targets"][1])
	assert (rule.document_type, rule.stop_status, rule.pause_status) == (
		"Issue",
		"Resolved\nClosed",
		"On Hold",
	)
	with pytest.raises(frappe.ValidationError):
		from_erpnext.import_agreement(agreement.name, "User")


def test_agreements_are_imported_by_managers(agreement):
	frappe.set_user(AGENT)
	with pytest.raises(frappe.PermissionError):
		from_erpnext.import_agreement(agreement.name)
