"""Complaints through their documents: stages of ISO 10002, their clocks, who may decide, what they tell others."""

import frappe
import pytest
from frappe.utils import add_days, getdate, now_datetime, nowdate

from aftersales.customer_care import complaints, follow_ups
from aftersales.setup import defaults
from tests import factories as make
from tests.refusals import assert_refused

AGENT = "orla.desk@example.com"
SUPERVISOR = "fergal.super@example.com"
ACCUSED = "dara.van@example.com"
HOUR = 3600


@pytest.fixture(scope="module", autouse=True)
def desk(shared_site):
	"""A site as installed: shipped targets, request types and workflows, and the people of the desk."""
	defaults.insert_missing()
	for values in defaults.shipped():
		if values["doctype"] in ("Service Target", "Service Calendar", "Service Request Type"):
			defaults.restore(values["doctype"], values["name"])
	frappe.cache.delete_value("aftersales_service_targets")
	make.settings(
		default_company=make.COMPANY,
		default_request_type="Repair",
		default_priority="Medium",
		emergency_priority="Emergency",
		follow_up_days=7,
		complaint_reply_days=7,
		complaint_owner=None,
	)
	make.user(AGENT, "Service Agent")
	make.user(SUPERVISOR, "Service Supervisor", "Service Agent")
	make.user(ACCUSED, "Service Technician", "Service Supervisor")
	make.technician("Dara Flynn", user=ACCUSED)
	make.customer("Nora Byrne")
	make.customer("Sean Doyle")
	make.contact("Nora Byrne", "Nora", "+353 86 123 4567", "nora@example.com")
	frappe.set_user(AGENT)


def complaint(**values):
	return make.make(
		"Service Complaint", **{"subject": "Came two hours late", "customer": "Nora Byrne", **values}
	)


def clocks(doc) -> dict[str, frappe._dict]:
	rows = frappe.get_all(
		"Service Clock",
		filters={"reference_doctype": doc.doctype, "reference_name": doc.name},
		fields=["measure", "target", "allowed_seconds", "state", "paused_at"],
		order_by="creation",
	)
	return {row.measure: row for row in rows}


def states(doc) -> dict[str, str]:
	return {measure: "Paused" if row.paused_at else row.state for measure, row in clocks(doc).items()}


def answered(**values):
	doc = complaint(**values)
	doc.assess("Medium")
	doc.respond("Yes", "<p>We are sorry.</p>")
	return doc


def follow_up_of(doc):
	return frappe.get_doc("Follow-up", {"service_complaint": doc.name, "status": "Planned"})


def test_stages_and_clocks():
	doc = complaint()
	assert (doc.status, doc.call_owner, doc.company) == ("Received", AGENT, make.COMPANY)
	assert (doc.contact_name, doc.contact_phone) == ("Nora", "+353 86 123 4567")
	running = clocks(doc)
	assert {m: (c.target, c.allowed_seconds) for m, c in running.items()} == {
		"Acknowledge": ("Acknowledge a Service Complaint", 24 * HOUR),
		"Settle": ("Settle a Service Complaint", 30 * 24 * HOUR),
	}
	doc.acknowledge()
	assert doc.acknowledged_at
	assert states(doc) == {"Acknowledge": "Met", "Settle": "Running"}
	doc.assess("High", "Crew was not told the address", safety=1)
	assert (doc.status, doc.severity, doc.safety) == ("Assessed", "High", 1)
	doc.investigate()
	assert doc.investigating_at
	frappe.set_user(SUPERVISOR)
	doc.respond("Partly", "<p>We refund the call-out.</p>")
	assert (doc.status, doc.answered_by) == ("Answered", SUPERVISOR)
	assert states(doc)["Settle"] == "Paused", "it is the customer's turn"
	doc.close("Yes")
	assert doc.closed_at
	assert states(doc) == {"Acknowledge": "Met", "Settle": "Met"}


def test_a_late_acknowledgement_is_missed():
	doc = complaint(received_at=frappe.utils.add_to_date(now_datetime(), hours=-25))
	doc.acknowledge()
	assert states(doc) == {"Acknowledge": "Missed", "Settle": "Running"}


@pytest.mark.parametrize(
	("status", "because"),
	[
		("Assessed", "Severity"),
		("Investigating", "Severity"),
		("Answered", "Severity"),
		("Closed", "Severity"),
		("Cancelled", "Reason for Cancelling"),
	],
)
def test_no_stage_without_what_it_asks_for(status, because):
	assert_refused(complaint(), because, status=status)


def test_an_answer_says_whether_the_customer_is_right():
	doc = complaint(severity="Low")
	assert_refused(doc, "Justified", status="Answered")
	assert_refused(doc, "Answer", status="Answered", justified="No")


def test_it_is_not_closed_over_the_customer_s_head():
	doc = answered()
	assert_refused(doc, "Customer Accepts", status="Closed")
	assert_refused(doc, "Closing Note", status="Closed", customer_accepts="No")
	doc.close("No Reply", "Wrote twice, called once; told of the ombudsman")
	assert doc.status == "Closed"


def test_it_is_not_closed_while_a_measure_is_open():
	doc = complaint(
		measures=[{"measure": "Refund the call-out"}, {"measure": "Brief the crews", "done_on": nowdate()}]
	)
	doc.assess("Low")
	doc.respond("Yes", "<p>Refund follows.</p>")
	with pytest.raises(frappe.ValidationError, match="Refund the call-out"):
		doc.close("Yes")
	doc.reload()
	doc.measures[0].done_on = nowdate()
	doc.close("Yes")
	assert doc.status == "Closed"
	with pytest.raises(frappe.ValidationError, match="is in the future"):
		complaint(measures=[{"measure": "Refund", "done_on": add_days(nowdate(), 1)}])


def test_times_of_stages_are_fields_of_record():
	doc = complaint()
	for fieldname in ("acknowledged_at", "answered_at", "closed_at"):
		assert_refused(doc, "set by the system", **{fieldname: now_datetime()})


def test_who_is_complained_about_does_not_decide():
	doc = complaint(person_concerned="Dara Flynn", about="Person")
	frappe.set_user(ACCUSED)
	theirs = frappe.get_doc("Service Complaint", doc.name)
	for act in (
		lambda: theirs.assess("Low"),
		lambda: theirs.cancel_complaint("Nothing happened"),
	):
		with pytest.raises(frappe.PermissionError, match="Another user"):
			act()
		theirs.reload()
	assert_refused(doc, "Another user", status="Answered", severity="Low", justified="No", answer="No")
	# nor by striking himself out in the same save
	assert_refused(doc, "Another user", person_concerned=None, severity="Low")
	# nor in a save before that
	assert_refused(doc, "Another user", person_concerned=None)
	frappe.set_user(AGENT)
	assert_refused(doc, "Choose another user", call_owner=ACCUSED)


def test_what_is_over_is_opened_again_by_a_supervisor():
	doc = answered()
	doc.close("Yes")
	assert_refused(doc, "needs one of the roles", status="Investigating")
	assert_refused(doc, "needs one of the roles", answer="<p>Other</p>")
	frappe.set_user(SUPERVISOR)
	doc.reload()
	doc.reopen("The refund never came")
	assert (doc.status, doc.closed_at, doc.answered_at, doc.customer_accepts) == (
		"Investigating",
		None,
		None,
		None,
	)
	assert doc.acknowledged_at


def test_job_product_and_person_are_the_customer_s():
	call = make.plain_call("Nora Byrne")
	other = make.plain_call("Sean Doyle")
	assert complaint(repair_call=call.name).contact_phone == "+353 86 123 4567"
	with pytest.raises(frappe.ValidationError, match="is of customer"):
		complaint(repair_call=other.name)
	frappe.set_user("Administrator")
	equipment = make.equipment("Sean Doyle")
	with pytest.raises(frappe.ValidationError, match="is of customer"):
		complaint(equipment=equipment)


def test_a_complaint_about_a_visit_knows_who_was_there():
	frappe.set_user("Administrator")
	visit = make.planned(make.call("Nora Byrne"), "Dara Flynn")
	doc = complaint(service_voucher=visit.name)
	assert (doc.person_concerned, doc.repair_call) == ("Dara Flynn", visit.repair_call)


def test_registered_for_a_customer_who_is_no_desk_user():
	call = make.plain_call("Nora Byrne")
	frappe.set_user("Administrator")
	make.user("portal@example.com")
	frappe.set_user("portal@example.com")
	name = complaints.register(
		"Nora Byrne", "", "Nobody came.\nI waited <b>all day</b>.", repair_call=call.name
	)
	frappe.set_user("Administrator")
	doc = frappe.get_doc("Service Complaint", name)
	assert (doc.subject, doc.channel, doc.repair_call) == ("Nobody came.", "Web", call.name)
	assert doc.status == "Received"
	assert "Service Supervisor" in frappe.get_roles(doc.call_owner) or "Service Manager" in frappe.get_roles(
		doc.call_owner
	)
	with pytest.raises(frappe.MandatoryError):
		complaints.register("Nora Byrne", " ", "")
	with pytest.raises(frappe.ValidationError, match="is of customer"):
		complaints.register("Sean Doyle", "Late", "Late", repair_call=call.name)


def test_the_settings_name_who_sees_to_complaints():
	frappe.set_user("Administrator")
	make.settings(complaint_owner=SUPERVISOR)
	frappe.set_user(AGENT)
	assert complaint().call_owner == SUPERVISOR


def test_a_call_of_type_complaint_is_handed_over_once():
	call = make.plain_call("Nora Byrne", request_type="Complaint", subject="Rude on the phone")
	doc = frappe.get_doc("Service Complaint", {"intake_call": call.name})
	assert (doc.subject, doc.customer, doc.call_owner) == ("Rude on the phone", "Nora Byrne", AGENT)
	assert clocks(call) == {}, "no complaint runs under two clocks"
	assert set(clocks(doc)) == {"Acknowledge", "Settle"}
	call.reload()
	call.save()
	assert frappe.db.count("Service Complaint", {"intake_call": call.name}) == 1
	doc.acknowledge()
	call.reload()
	assert (call.status, bool(call.responded_at)) == ("Triaged", True)
	doc.assess("Low")
	doc.respond("No", "<p>We looked into it.</p>")
	doc.close("Yes")
	call.reload()
	assert (call.status, call.resolution) == ("Closed", f"Settled as complaint {doc.name}")
	assert not frappe.db.exists("Follow-up", {"repair_call": call.name, "kind": "Effectiveness"})


def test_a_call_that_turns_out_to_be_a_complaint():
	call = make.plain_call("Nora Byrne")
	assert not complaints.of_call(call.name)
	call.request_type = "Complaint"
	call.save()
	assert complaints.of_call(call.name)
	assert {row.state for row in clocks(call).values()} == {"Cancelled"}


def test_the_customer_is_asked_whether_the_answer_is_accepted():
	doc = answered()
	asked = follow_up_of(doc)
	assert (asked.kind, asked.due_date) == ("Complaint Reply", getdate(add_days(nowdate(), 7)))
	assert asked.contact_phone == "+353 86 123 4567"
	assert_refused(asked, "Answer Accepted", status="Done")
	follow_ups.record_answers(asked.name, {"answer_accepted": "Yes", "csat": 2}, "Web")
	asked.reload()
	doc.reload()
	assert (asked.status, asked.new_repair_call) == ("Done", None)
	assert (doc.status, doc.customer_accepts) == ("Answered", "Yes")
	doc.close(doc.customer_accepts)
	assert doc.status == "Closed"


def test_an_answer_not_accepted_brings_the_complaint_back():
	doc = answered()
	asked = follow_up_of(doc)
	asked.complete(answer_accepted="No", comments="A refund is not enough")
	doc.reload()
	assert (asked.status, asked.new_repair_call) == ("Escalated", None)
	assert (doc.status, doc.answered_at) == ("Investigating", None)
	assert states(doc)["Settle"] == "Running"
	told = frappe.get_all("Notification Log", filters={"document_name": doc.name}, pluck="for_user")
	assert SUPERVISOR in told
	doc.respond("Yes", "<p>Refund and a free service.</p>")
	assert follow_up_of(doc).name != asked.name, "asked about the new answer"


def test_a_complaint_that_is_over_is_not_moved_by_a_late_reply():
	doc = answered()
	asked = follow_up_of(doc)
	doc.close("Yes")
	asked.reload()
	frappe.set_user(SUPERVISOR)
	asked.complete(answer_accepted="No")
	doc.reload()
	assert doc.status == "Closed"


def test_who_turns_out_to_be_concerned_hands_the_complaint_over():
	frappe.set_user(ACCUSED)
	doc = complaint(call_owner=ACCUSED)
	frappe.set_user(AGENT)
	assert_refused(doc, "Choose another user", person_concerned="Dara Flynn")
	doc.reload()
	doc.update({"person_concerned": "Dara Flynn", "call_owner": SUPERVISOR})
	doc.save()
	assert doc.call_owner == SUPERVISOR


@pytest.mark.parametrize("way", ["close", "reopen", "cancel_complaint"])
def test_nobody_asks_about_an_answer_that_stands_no_more(way):
	doc = answered()
	planned = follow_up_of(doc)
	frappe.set_user(SUPERVISOR)
	{
		"close": lambda: doc.close("Yes"),
		"reopen": lambda: doc.reopen("The driver remembers it otherwise"),
		"cancel_complaint": lambda: doc.cancel_complaint("Meant another firm"),
	}[way]()
	planned.reload()
	assert (planned.status, planned.not_reached) == ("Cancelled", 0)
	if way == "reopen":
		doc.respond("No", "<p>The log says ten o'clock.</p>")
		assert follow_up_of(doc).name != planned.name


def test_who_is_complained_about_does_not_make_the_complaint_disappear():
	doc = complaint(person_concerned="Dara Flynn", about="Person")
	frappe.set_user("Administrator")
	frappe.get_doc("User", ACCUSED).add_roles("Service Manager")
	frappe.set_user(ACCUSED)
	with pytest.raises(frappe.PermissionError, match="Another user"):
		frappe.delete_doc("Service Complaint", doc.name)
	assert frappe.db.exists("Service Complaint", doc.name)
	# a word about himself is nothing he decides
	own = complaint(call_owner=AGENT)
	own.person_concerned = "Dara Flynn"
	own.save()
	assert own.person_concerned == "Dara Flynn"


def test_a_call_is_answered_with_its_complaint_whichever_stage_comes_first():
	call = make.plain_call("Nora Byrne", request_type="Complaint", subject="Rude on the phone")
	assert (call.status, call.responded_at) == ("Open", None)
	doc = frappe.get_doc("Service Complaint", {"intake_call": call.name})
	doc.severity = "Low"
	doc.respond("Yes", "<p>We are sorry.</p>")
	call.reload()
	assert (call.status, bool(call.responded_at)) == ("Triaged", True)


def test_a_complaint_about_who_would_own_it_finds_somebody_else():
	frappe.set_user("Administrator")
	make.settings(complaint_owner=ACCUSED)
	frappe.set_user(AGENT)
	assert complaint().call_owner == ACCUSED
	assert complaint(person_concerned="Dara Flynn").call_owner == AGENT
	frappe.set_user(ACCUSED)
	assert complaint(person_concerned="Dara Flynn").call_owner not in (ACCUSED, None)


def test_a_reply_that_was_noted_wrong_reaches_the_complaint_when_it_is_corrected():
	doc = answered()
	asked = follow_up_of(doc)
	asked.complete(answer_accepted="Yes")
	doc.reload()
	assert (doc.status, doc.customer_accepts) == ("Answered", "Yes")
	frappe.set_user(SUPERVISOR)
	asked.reload()
	asked.answer_accepted = "No"
	asked.save()
	doc.reload()
	assert (doc.status, asked.status) == ("Investigating", "Escalated")
