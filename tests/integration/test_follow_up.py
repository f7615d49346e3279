"""Follow-up: planned at closing, answered once, a bad answer opens a new call (R-FU-1)."""

import frappe
import pytest
from frappe.utils import add_days, add_to_date, get_datetime, getdate, now_datetime, nowdate

from aftersales.customer_care import care_portal_api, follow_ups
from tests import factories as make
from tests.refusals import assert_refused

AGENT = "orla.desk@example.com"
SUPERVISOR = "fergal.super@example.com"


@pytest.fixture(scope="module", autouse=True)
def desk(shared_site):
	make.category("A")
	make.request_type("Repair", default_support_kind="Use")
	if not frappe.db.exists("Issue Priority", "Emergency"):
		make.make("Issue Priority", name="Emergency")
	make.settings(
		default_company=make.COMPANY,
		default_request_type="Repair",
		default_priority="Medium",
		emergency_priority="Emergency",
		follow_up_days=7,
	)
	make.user(AGENT, "Service Agent")
	make.user(SUPERVISOR, "Service Supervisor", "Service Agent")
	make.customer("Nora Byrne")
	make.customer("Sean Doyle")
	make.contact("Nora Byrne", "Nora", "+353 86 123 4567")
	frappe.set_user(AGENT)


def closed_call(**values):
	call = make.plain_call("Nora Byrne", **values)
	call.resolve(resolution="Seal replaced")
	call.close()
	return call


def follow_up_of(call):
	return frappe.get_doc("Follow-up", {"repair_call": call.name})


def new_calls(call) -> list[str]:
	return frappe.get_all("Repair Call", filters={"repeat_of": call.name}, pluck="name")


def test_closing_plans_one_follow_up():
	call = closed_call()
	planned = follow_up_of(call)
	assert (planned.status, planned.kind) == ("Planned", "Effectiveness")
	assert planned.due_date == getdate(add_days(nowdate(), 7))
	assert (planned.customer, planned.company) == ("Nora Byrne", make.COMPANY)
	assert (planned.contact_name, planned.contact_phone) == ("Nora", "+353 86 123 4567")
	assert planned.call_owner == AGENT
	assert follow_ups.plan_after_closing(call) == planned.name
	call.resolution = "Seal and gasket replaced"
	call.save()
	assert frappe.db.count("Follow-up", {"repair_call": call.name}) == 1


def test_closing_again_moves_the_follow_up_that_is_still_to_be_made():
	call = closed_call()
	planned = follow_up_of(call)
	frappe.db.set_value("Follow-up", planned.name, "due_date", add_days(nowdate(), 3))
	frappe.set_user(SUPERVISOR)
	call.reopen(reason="Leaks again")
	call.resolve(resolution="Gasket replaced")
	call.close()
	assert follow_up_of(call).due_date == getdate(add_days(nowdate(), 7))
	assert frappe.db.count("Follow-up", {"repair_call": call.name}) == 1


@pytest.mark.parametrize("attempts", [0, 1])
def test_nobody_is_asked_about_a_call_that_is_open_again(attempts):
	call = closed_call()
	planned = follow_up_of(call)
	for _number in range(attempts):
		planned.record_attempt()
	frappe.db.set_value("Follow-up", planned.name, {"due_date": nowdate(), "next_attempt_at": None})
	frappe.set_user(SUPERVISOR)
	call.reopen(reason="Leaks again")
	assert follow_up_of(call).status == "Cancelled"
	frappe.set_user(AGENT)
	sheet = follow_ups.next_to_call()
	assert not sheet or sheet["name"] != planned.name
	assert planned.name not in [row.name for row in care_portal_api.follow_ups_to_ask()]
	call.resolve(resolution="Gasket replaced")
	call.close()
	again = follow_up_of(call)
	assert (again.name, again.status, again.attempts) == (planned.name, "Planned", 0)
	assert again.due_date == getdate(add_days(nowdate(), 7))


def test_what_was_answered_stays_answered_when_the_call_is_opened_again():
	call = closed_call()
	follow_up_of(call).complete("Yes", "No", 5)
	frappe.set_user(SUPERVISOR)
	call.reopen(reason="Leaks again")
	assert follow_up_of(call).status == "Done"
	call.resolve(resolution="Gasket replaced")
	call.close()
	assert follow_up_of(call).status == "Done"


def test_none_is_planned_when_switched_off_or_cancelled():
	cancelled = make.plain_call("Nora Byrne")
	cancelled.cancel_call(reason="Entered twice")
	assert not frappe.db.exists("Follow-up", {"repair_call": cancelled.name})
	frappe.set_user("Administrator")
	make.settings(follow_up_days=0)
	frappe.set_user(AGENT)
	assert not frappe.db.exists("Follow-up", {"repair_call": closed_call().name})


def test_attempts_are_counted():
	doc = follow_up_of(closed_call())
	doc.record_attempt()
	doc.record_attempt()
	assert (doc.status, doc.attempts) == ("Attempted", 2)
	assert doc.last_attempt_at
	assert_refused(doc, "set by the system", attempts=9)


def test_a_good_answer_finishes():
	call = closed_call()
	doc = follow_up_of(call)
	doc.complete(repair_effective="Yes", hidden_hazard="No", csat=5, nps="0", comments="Friendly")
	assert (doc.status, doc.csat, doc.nps, doc.comments) == ("Done", 5, "0", "Friendly")
	assert doc.done_at
	assert doc.new_repair_call is None
	assert new_calls(call) == []


def test_done_needs_an_answer():
	doc = follow_up_of(closed_call())
	assert_refused(doc, "Repair Effective", status="Done")
	assert_refused(doc, "Nothing to escalate", status="Escalated")


@pytest.mark.parametrize("csat", [-1, 6, 99])
def test_satisfaction_is_one_to_five(csat):
	doc = follow_up_of(closed_call())
	with pytest.raises(frappe.ValidationError):
		doc.complete(repair_effective="Yes", csat=csat)


@pytest.mark.parametrize(
	("answers", "hazard", "subject"),
	[
		({"repair_effective": "No"}, None, "Repair not effective: No hot water"),
		({"repair_effective": "Yes", "csat": 2}, None, "Customer not satisfied: No hot water"),
		(
			{"repair_effective": "Yes", "hidden_hazard": "Yes"},
			"Other",
			"Hidden hazard: No hot water",
		),
	],
)
@pytest.mark.parametrize("way", ["action", "done", "escalated"])
def test_a_bad_answer_opens_one_new_call(answers, hazard, subject, way):
	call = closed_call(brand="Baxi", serial_text="PL-1")
	doc = follow_up_of(call)
	if way == "action":
		doc.complete(**answers, comments="It <b>drips</b>")
	else:
		doc.update({**answers, "comments": "It <b>drips</b>", "status": way.title()})
		doc.save()
	assert doc.status == "Escalated"
	assert new_calls(call) == [doc.new_repair_call]
	new = frappe.get_doc("Repair Call", doc.new_repair_call)
	assert (new.repeat_of, new.is_repeat, new.subject) == (call.name, 1, subject)
	assert (new.hazard or None) == hazard
	assert new.priority == ("Emergency" if hazard else "Medium")
	assert (new.customer, new.brand, new.serial_text) == ("Nora Byrne", "Baxi", "PL-1")
	assert (new.contact_phone, new.call_owner) == ("+353 86 123 4567", AGENT)
	assert "drips" in new.description and "<b>" not in new.description


def test_it_is_never_opened_twice():
	call = closed_call()
	doc = follow_up_of(call)
	doc.complete(repair_effective="No")
	doc.reload()
	doc.save()
	assert_refused(doc, "set by the system", new_repair_call=call.name)
	frappe.set_user(SUPERVISOR)
	doc.reload()
	doc.status = "Planned"
	doc.save()
	doc.complete(repair_effective="No")
	assert doc.status == "Escalated"
	assert len(new_calls(call)) == 1


def test_a_bad_answer_that_was_noted_wrong_opens_its_call_when_it_is_corrected():
	call = closed_call()
	doc = follow_up_of(call)
	doc.complete("Yes", "No", 5)
	frappe.set_user(SUPERVISOR)
	doc.repair_effective = "No"
	doc.save()
	assert (doc.status, new_calls(call)) == ("Escalated", [doc.new_repair_call])
	doc.update({"repair_effective": "Yes", "csat": 4})
	doc.save()
	doc.repair_effective = "No"
	doc.save()
	assert new_calls(call) == [doc.new_repair_call]


@pytest.mark.parametrize("status", ["Done", "Cancelled"])
def test_what_is_over_is_changed_only_by_a_supervisor(status):
	doc = follow_up_of(closed_call())
	if status == "Done":
		doc.complete(repair_effective="Yes", csat=4)
	else:
		doc.cancel_follow_up()
	assert doc.status == status
	assert_refused(doc, "needs one of the roles", status="Planned")
	assert_refused(doc, "needs one of the roles", csat=5)
	frappe.set_user(SUPERVISOR)
	doc.reload()
	doc.status = "Planned"
	doc.save()
	assert (doc.status, doc.done_at) == ("Planned", None)


def test_a_follow_up_fits_its_call():
	call = closed_call()
	with pytest.raises(frappe.ValidationError, match="is of customer"):
		make.make("Follow-up", repair_call=call.name, customer="Sean Doyle", due_date=nowdate())
	with pytest.raises(frappe.ValidationError, match="before its call"):
		make.make("Follow-up", repair_call=call.name, due_date=add_days(nowdate(), -1))
	made = make.make("Follow-up", repair_call=call.name, due_date=nowdate(), kind="Complaint Reply")
	assert (made.customer, made.company) == ("Nora Byrne", make.COMPANY)


def test_a_reader_cannot_act():
	doc = follow_up_of(closed_call())
	frappe.set_user("Administrator")
	frappe.set_user(make.user("maeve.books@example.com", "Service Accountant"))
	theirs = frappe.get_doc("Follow-up", doc.name)
	for action in (theirs.record_attempt, theirs.complete, theirs.cancel_follow_up):
		with pytest.raises(frappe.PermissionError):
			action()


def test_the_customer_answers_by_himself_once():
	doc = follow_up_of(closed_call())
	follow_ups.record_answers(
		doc.name,
		{"repair_effective": "Yes", "csat": "4", "nps": 9, "comments": "", "hidden_hazard": None},
		"Web",
	)
	doc.reload()
	assert (doc.status, doc.csat, doc.nps, doc.answer_channel) == ("Done", 4, "9", "Web")
	with pytest.raises(frappe.ValidationError, match="we have your answer"):
		follow_ups.record_answers(doc.name, {"repair_effective": "No"}, "Web")
	doc.reload()
	assert (doc.status, doc.repair_effective) == ("Done", "Yes")


@pytest.mark.parametrize(
	"answers",
	[{"csat": 6, "repair_effective": "Yes"}, {"nps": 11, "repair_effective": "Yes"}, {"status": "Done"}, {}],
)
def test_what_is_no_answer_is_refused(answers):
	doc = follow_up_of(closed_call())
	with pytest.raises(frappe.ValidationError):
		follow_ups.record_answers(doc.name, answers, "Web")


def test_a_survey_that_was_called_off_takes_no_answer():
	doc = follow_up_of(closed_call())
	doc.cancel_follow_up()
	with pytest.raises(frappe.ValidationError, match="survey is over"):
		follow_ups.record_answers(doc.name, {"repair_effective": "Yes"}, "Web")


def test_a_bad_answer_tells_the_supervisors():
	doc = follow_up_of(closed_call())
	doc.complete(repair_effective="No")
	told = frappe.get_all(
		"Notification Log",
		filters={"document_type": "Repair Call", "document_name": doc.new_repair_call},
		fields=["for_user", "subject"],
	)
	assert (SUPERVISOR, "Message from Nora Byrne: Repair not effective") in {
		(row.for_user, row.subject) for row in told
	}


def test_an_attempt_is_tried_again_later_and_given_up_at_the_limit():
	frappe.set_user("Administrator")
	make.settings(follow_up_attempts=2, follow_up_retry_hours=3)
	frappe.set_user(AGENT)
	doc = follow_up_of(closed_call())
	doc.record_attempt()
	in_three_hours = add_to_date(now_datetime(), hours=3)
	assert abs((doc.next_attempt_at - in_three_hours).total_seconds()) < 60
	assert (doc.status, doc.not_reached) == ("Attempted", 0)
	doc.record_attempt()
	assert (doc.status, doc.attempts, doc.not_reached, doc.next_attempt_at) == ("Cancelled", 2, 1, None)
	# the customer calls back, or finds the letter
	doc.complete(repair_effective="Yes", csat=5)
	assert (doc.status, doc.not_reached) == ("Done", 0)


def test_the_agent_says_when_to_try_again():
	doc = follow_up_of(closed_call())
	tomorrow = add_to_date(now_datetime(), days=1).replace(microsecond=0)
	doc.record_attempt(next_attempt_at=str(tomorrow))
	assert get_datetime(doc.next_attempt_at) == tomorrow
	assert_refused(doc, "set by the system", not_reached=1)


def rule(name: str, **values) -> None:
	make.make("Follow-up Rule", rule_name=name, **values)


def test_rules_say_whether_and_when():
	frappe.set_user("Administrator")
	make.request_type("Training")
	rule("Training", request_type="Training", days_after=14, attempts=1)
	rule("No calls please", customer="Sean Doyle", no_follow_up=1)
	rule("Individuals", for_customer_group="All Customer Groups", days_after=3)
	frappe.set_user(AGENT)
	assert follow_up_of(closed_call()).due_date == getdate(add_days(nowdate(), 3))
	training = make.plain_call("Sean Doyle", request_type="Training")
	training.resolve(resolution="Held")
	training.close()
	assert not frappe.db.exists("Follow-up", {"repair_call": training.name})


def test_a_rule_limits_the_attempts():
	frappe.set_user("Administrator")
	make.request_type("Training")
	rule("Training", request_type="Training", days_after=14, attempts=1)
	frappe.set_user(AGENT)
	doc = follow_up_of(closed_call(request_type="Training"))
	assert doc.due_date == getdate(add_days(nowdate(), 14))
	doc.record_attempt()
	assert (doc.status, doc.not_reached) == ("Cancelled", 1)


def test_a_rule_says_for_which_calls_it_is():
	frappe.set_user("Administrator")
	with pytest.raises(frappe.ValidationError, match="at least one condition"):
		rule("Everything", days_after=5)
	with pytest.raises(frappe.ValidationError, match="1 or more"):
		rule("Never", request_type="Repair", days_after=0)
	rule("Repairs", request_type="Repair", days_after=5)
	with pytest.raises(frappe.DuplicateEntryError, match="Repairs"):
		rule("Repairs again", request_type="Repair", days_after=6)


def test_who_did_the_work_is_known():
	frappe.set_user("Administrator")
	make.technician("Aoife Doyle")
	call = make.call("Nora Byrne")
	make.voucher(call, "Aoife Doyle", labour=[]).submit()
	call.reload()
	call.close()
	assert follow_up_of(call).technician == "Aoife Doyle"


# ---------------------------------------------------------------- calling one after the other


def due_follow_up(call_owner=AGENT, days_ago=0, **values):
	name = follow_up_of(closed_call()).name
	due = add_days(nowdate(), -days_ago)
	frappe.db.set_value("Follow-up", name, {"due_date": due, "call_owner": call_owner, **values})
	return name


def no_others():
	"""Follow-ups of the site that are due anyway would be called first."""
	frappe.db.set_value("Follow-up", {"status": ("in", follow_ups.UNFINISHED)}, "due_date", "2099-01-01")


def test_one_s_own_are_called_first_then_nobody_s():
	no_others()
	theirs = due_follow_up(SUPERVISOR, days_ago=9)
	free = due_follow_up(None, days_ago=5)
	younger, older = due_follow_up(), due_follow_up(days_ago=3)
	due_follow_up(next_attempt_at=add_to_date(now_datetime(), hours=2))
	called = []
	while sheet := follow_ups.next_to_call(called):
		called.append(sheet["name"])
	assert called == [older, younger, free]
	assert frappe.db.get_value("Follow-up", free, "call_owner") == AGENT, "no colleague calls her too"
	assert follow_ups.next_to_call(called, everybody=1)["name"] == theirs
	assert frappe.db.get_value("Follow-up", theirs, "call_owner") == AGENT


def test_one_that_a_colleague_has_just_taken_is_left_to_him(monkeypatch):
	no_others()
	taken, free = due_follow_up(SUPERVISOR, days_ago=4), due_follow_up(None, days_ago=2)
	monkeypatch.setattr(
		follow_ups,
		"_due_for_call",
		lambda filters, skip: [] if filters["call_owner"] == AGENT else [taken, free],
	)
	assert follow_ups.next_to_call()["name"] == free
	assert frappe.db.get_value("Follow-up", taken, "call_owner") == SUPERVISOR


def test_the_sheet_says_whom_to_call_and_what_to_say():
	frappe.set_user("Administrator")
	make.settings(follow_up_script="Does it work?")
	make.request_type("Training")
	rule("Training", request_type="Training", days_after=14, script="Do they know how?")
	frappe.set_user(AGENT)
	sheet = follow_ups.call_sheet(follow_up_of(closed_call()).name)
	assert (sheet["contact_phone"], sheet["script"]) == ("+353 86 123 4567", "Does it work?")
	assert (sheet["call"].resolution, sheet["questions"][0]) == ("Seal replaced", "repair_effective")
	assert (
		follow_ups.call_sheet(follow_up_of(closed_call(request_type="Training")).name)["script"]
		== "Do they know how?"
	)
