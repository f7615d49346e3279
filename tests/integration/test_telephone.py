"""The telephone: ERPNext's Call Logs beside the Repair Calls they were about, matched, counted, listed, assessed."""

import random

import frappe
import pytest
from frappe import client
from frappe.utils import add_days, add_to_date, get_datetime, now_datetime, nowdate

from aftersales.service_desk import phone_desk
from aftersales.service_desk.report.calls_by_agent import calls_by_agent
from aftersales.service_desk.report.telephone_matching import telephone_matching
from aftersales.service_desk.telephone import call_logs
from tests import factories as make

AGENT, SUPERVISOR, NORA = "agent@phone.example", "super@phone.example", "+353 1 555 0101"
PBX = "pbx@phone.example"


@pytest.fixture(scope="module")
def masters(shared_clock):
	shared_clock.to(f"{nowdate()} 09:00:00")
	shop = make.shop()
	make.contact(shop.customer, "Nora", NORA)
	make.user(PBX, "System Manager")  # the role that ERPNext lets write Call Logs
	make.user(AGENT, "Service Agent")
	make.user(SUPERVISOR, "Service Supervisor", "Service Agent")
	return shop


@pytest.fixture
def desk(shop):
	return shop


def pbx(number: str, status: str = "Completed", seconds: int = 120, incoming: bool = True, **values) -> str:
	"""What a telephone system writes by ERPNext's REST, as its own user: the call rings, then it has ended."""
	ours = "+353 1 555 9000"
	start = now_datetime()
	desk = frappe.session.user
	frappe.set_user(PBX)
	log = client.insert(
		{
			"doctype": "Call Log",
			"id": frappe.generate_hash(length=12),
			"from": number if incoming else ours,
			"to": ours if incoming else number,
			"type": "Incoming" if incoming else "Outgoing",
			"status": "Ringing",
			"medium": ours,
			"start_time": str(start),
			**values,
		}
	)
	ended = {"status": status, "end_time": str(add_to_date(start, seconds=seconds))}
	if status == "Completed":
		ended |= {"duration": seconds, "recording_url": f"/files/{log['name']}.mp3"}
	client.set_value("Call Log", log["name"], ended)
	frappe.set_user(desk)
	return log["name"]


def call_of(log: str) -> str | None:
	return call_logs.call_of(frappe.get_doc("Call Log", log))


def listed(show: str) -> list[dict]:
	period = {"from_date": add_days(nowdate(), -14), "to_date": nowdate(), "show": show}
	return telephone_matching.execute(period)[1]


def clock_state(call: str, measure: str) -> str:
	filters = {"reference_name": call, "measure": measure}
	return frappe.get_all("Service Clock", filters, pluck="state", order_by="creation desc", limit=1)[0]


def test_a_call_taken_on_the_phone_desk_names_the_telephone_call(desk, clock):
	rang = now_datetime().replace(microsecond=0)
	log = client.insert(
		{
			"doctype": "Call Log",
			"id": "x1",
			"from": NORA,
			"to": "9000",
			"type": "Incoming",
			"status": "Ringing",
			"start_time": str(rang),
		}
	)["name"]
	clock.forward(minutes=6)
	frappe.set_user(AGENT)
	assert phone_desk.on_the_line(log) == {"call_log": log, "phone": NORA, "call": None}
	taken = phone_desk.take_call(
		{"customer": desk.customer, "subject": "No hot water", "contact_phone": NORA}, "key-1", call_log=log
	)
	assert call_of(log) == taken["name"]
	assert get_datetime(frappe.db.get_value("Repair Call", taken["name"], "received_at")) == rang
	assert phone_desk.on_the_line(log)["call"] == taken["name"]
	assert listed(telephone_matching.CALLS) == []


def test_a_call_registered_while_it_was_on_the_line_is_matched_without_a_click(desk, clock):
	frappe.set_user(AGENT)
	call = make.plain_call(desk.customer, contact_phone="01 5550101", channel="Phone")
	frappe.set_user("Administrator")
	assert call_of(pbx(NORA)) == call.name


def test_calling_back_is_the_first_response(desk):
	call = make.plain_call(desk.customer, contact_phone=NORA, channel="Web")
	pbx(NORA, status="No Answer", incoming=False)
	call.reload()
	assert call.responded_at is None and clock_state(call.name, "Answer") == "Running"
	log = pbx(NORA, incoming=False)
	call.reload()
	assert call_of(log) == call.name
	assert call.responded_at and clock_state(call.name, "Answer") == "Met"


def test_a_missed_call_of_a_customer_who_waits_is_told_and_is_the_next_thing_to_do(desk):
	call = make.plain_call(desk.customer, contact_phone=NORA, call_owner=AGENT)
	call.triage()
	pbx(NORA, status="No Answer")
	call.reload()
	assert (call.next_action, bool(call.unanswered_since)) == ("Call the customer back", True)
	told = frappe.get_all("Notification Log", {"for_user": AGENT, "type": "Alert"}, pluck="subject")
	assert told == [f"Missed call from {NORA} about {call.name}"]
	pbx(NORA, incoming=False)
	call.reload()
	assert call.unanswered_since is None and call.next_action != "Call the customer back"


def test_a_call_on_hold_for_the_customer_goes_on_when_they_are_on_the_phone(desk):
	call = make.plain_call(desk.customer, contact_phone=NORA)
	call.triage()
	call.put_on_hold("The serial number")
	pbx(NORA)
	call.reload()
	assert (call.status, call.unanswered_since) == ("Triaged", None)


def test_of_two_open_calls_none_is_guessed(desk):
	one, other = (make.plain_call(desk.customer, contact_phone=NORA, channel="Web") for _each in range(2))
	log = pbx(NORA)
	assert call_of(log) is None
	frappe.set_user(AGENT)
	(row,) = listed(telephone_matching.LOGS)
	assert (row["log"], set(row["possible"])) == (log, {one.name, other.name})
	call_logs.put_on_call(log, other.name)
	assert call_of(log) == other.name and listed(telephone_matching.LOGS) == []
	assert frappe.db.get_value("Repair Call", other.name, "responded_at")


def test_a_call_log_counts_once_however_often_it_is_saved(desk):
	call = make.plain_call(desk.customer, contact_phone=NORA)
	log = pbx(NORA, status="No Answer")
	call.reload()
	waiting = call.unanswered_since
	from aftersales.service_calls import answers

	answers.record_answer(call.name)
	frappe.get_doc("Call Log", log).save()
	call.reload()
	assert waiting and call.unanswered_since is None


def test_only_the_desk_matches_and_what_was_about_nothing_leaves_the_list(desk):
	log = pbx("+44 20 1234567")
	frappe.set_user(make.user("tech@phone.example", "Service Technician"))
	for act in (
		lambda: call_logs.put_on_call(log, "x"),
		lambda: call_logs.set_aside(log),
		lambda: listed(telephone_matching.LOGS),
	):
		with pytest.raises(frappe.PermissionError):
			act()
	frappe.set_user(AGENT)
	call_logs.set_aside(log)
	assert listed(telephone_matching.LOGS) == []


def test_a_week_of_the_desk_with_a_telephone_system(desk, clock):
	"""Every Call Log is matched with a call or listed, and every call by phone has a log or is listed."""
	chance = random.Random(15)
	numbers = {}
	for number in range(12):
		customer = make.customer(f"Household {number}")
		numbers[customer] = f"+353 1 600 {1000 + number}"
		make.contact(customer, f"Person {number}", numbers[customer])
	logs = []
	for day in range(5):
		clock.to(f"{add_days(nowdate(), 1 if day else 0)} 08:30:00")
		for _each in range(12):
			clock.forward(minutes=chance.randint(10, 35))
			customer = chance.choice(sorted(numbers))
			what = chance.random()
			if what < 0.45:  # answered and registered on the phone desk
				call = make.plain_call(customer, contact_phone=numbers[customer], channel="Phone")
				call.triage()
				logs.append(pbx(numbers[customer], seconds=chance.randint(30, 900)))
			elif what < 0.6:  # missed
				logs.append(pbx(numbers[customer], status="No Answer"))
			elif what < 0.8:  # called back
				logs.append(pbx(numbers[customer], incoming=False, seconds=chance.randint(20, 400)))
			elif what < 0.9:  # somebody else
				logs.append(pbx(f"+44 20 {chance.randint(1000000, 9999999)}"))
			else:  # registered without the telephone system: a private phone
				make.plain_call(customer, contact_phone="", channel="Phone")
	matched = {log for log in logs if call_of(log)}
	unmatched = {row["log"] for row in listed(telephone_matching.LOGS)}
	assert matched | unmatched == set(logs) and not matched & unmatched
	assert len(matched) > len(unmatched) > 0
	with_log = {call_of(log) for log in matched}
	without = {row["call"] for row in listed(telephone_matching.CALLS)}
	every = set(frappe.get_all("Repair Call", {"channel": "Phone"}, pluck="name"))
	assert every == (with_log & every) | without and not with_log & without


# ---------------------------------------------------------------------------- how it was


def assessment(log: str, **values):
	return make.make(
		"Call Assessment",
		**{"call_log": log, "agent": AGENT, "courtesy": 5, "knowledge": 4, "completeness": 3, **values},
	)


def test_a_recording_is_assessed_once_by_somebody_else(desk):
	call = make.plain_call(desk.customer, contact_phone=NORA, channel="Phone")
	log = pbx(NORA)
	frappe.db.set_value("Call Log", log, "employee_user_id", AGENT)
	frappe.set_user(SUPERVISOR)
	done = assessment(log, agent=None)
	assert (done.agent, done.repair_call, done.score, done.assessed_by) == (AGENT, call.name, 4.0, SUPERVISOR)
	with pytest.raises(frappe.exceptions.UniqueValidationError):
		assessment(log)
	rows = calls_by_agent.execute({"from_date": nowdate(), "to_date": nowdate()})[1]
	(row,) = [row for row in rows if row["agent"] == AGENT]
	assert (row["talks"], row["missed"], row["mean_seconds"], row["matched_share"]) == (1, 0, 120, 100.0)
	assert (row["assessed"], row["score"]) == (1, 4.0)


@pytest.mark.parametrize(
	"values, said",
	[
		({"courtesy": 6}, "from 1 to 5"),
		({"knowledge": 0}, "from 1 to 5"),
		({"agent": SUPERVISOR}, "Nobody assesses"),
	],
)
def test_what_an_assessment_refuses(desk, values, said):
	log = pbx(NORA)
	frappe.set_user(SUPERVISOR)
	with pytest.raises(frappe.ValidationError, match=said):
		assessment(log, **values)


def test_agents_do_not_see_assessments(desk):
	log = pbx(NORA)
	frappe.set_user(SUPERVISOR)
	done = assessment(log)
	frappe.set_user(AGENT)
	assert not frappe.has_permission("Call Assessment", doc=done.name)
	with pytest.raises(frappe.PermissionError):
		calls_by_agent.execute({"from_date": nowdate(), "to_date": nowdate()})
