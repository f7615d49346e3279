"""Exams, retraining, and the steps that follow a justified complaint: who writes them, who reads them, what they bar."""

import frappe
import pytest
from frappe.utils import add_days, add_months, add_to_date, getdate, now_datetime, nowdate

from aftersales.service_staff import exams
from aftersales.setup import defaults
from tests import factories as make

TECHNICIAN = "dara.exam@example.com"
LEADER = "fergal.exam@example.com"
MANAGER = "maeve.exam@example.com"
NAME = "Dara Exam"
GROUP = "Exam Boilers"


@pytest.fixture(scope="module", autouse=True)
def people(shared_site):
	defaults.insert_missing()
	frappe.clear_document_cache("Service Staff Settings")
	make.user(TECHNICIAN, "Service Technician")
	make.user(LEADER, "Service Supervisor", "Service Agent")
	make.user(MANAGER, "Service Manager")
	make.technician(NAME, user=TECHNICIAN)
	make.customer("Nora Byrne")
	make.once("Item Group", GROUP, item_group_name=GROUP, parent_item_group="All Item Groups", is_group=0)
	frappe.set_user(LEADER)


def exam(mark: float, **values):
	doc = frappe.get_doc(
		{
			"doctype": "Technician Exam",
			"technician": NAME,
			"item_group": GROUP,
			"support_kind": "Use",
			"mark": mark,
			"pass_mark": 60,
			**values,
		}
	).insert()
	doc.submit()
	return doc


def dispatched(**values):
	product = make.equipment("Nora Byrne", item_group=GROUP)
	return make.voucher(
		make.call("Nora Byrne", equipment=product),
		technician=NAME,
		equipment=product,
		support_kind="Use",
		status="Dispatched",
		planned_start=f"{add_days(nowdate(), 1)} 09:00:00",
		planned_end=f"{add_days(nowdate(), 1)} 11:00:00",
		**values,
	)


def skills() -> list[tuple]:
	rows = frappe.get_doc("Service Technician", NAME).skills
	return [(row.item_group, row.support_kind, row.certificate, row.valid_until) for row in rows]


def test_a_passed_exam_is_a_skill_and_a_cancelled_one_is_none():
	passed = exam(75, certificate="CERT-1", valid_until=add_months(nowdate(), 24))
	assert passed.result == "Passed"
	assert ("Exam Boilers", "Use", "CERT-1", getdate(add_months(nowdate(), 24))) in skills()
	frappe.set_user(MANAGER)
	passed.reload()
	passed.cancel()
	assert [row for row in skills() if row[0] == "Exam Boilers"] == []


def test_a_failed_exam_is_a_retraining_until_one_is_passed(clock):
	failed = exam(40)
	assert (failed.result, getdate(failed.retrain_until)) == ("Failed", getdate(add_months(nowdate(), 1)))
	record = frappe.get_doc("Staff Record", {"reference_name": failed.name})
	assert (record.kind, record.docstatus, record.valid_until) == ("Retraining", 1, failed.retrain_until)
	assert [skill.item_group for skill in exams.retraining_of([NAME], nowdate())[NAME]] == ["Exam Boilers"]

	# Not the month ends it but the next exam.
	clock.to(add_months(nowdate(), 3))
	assert exams.retraining_of([NAME], nowdate())
	exam(61)
	assert not exams.retraining_of([NAME], nowdate())
	day_before = add_days(failed.exam_date, -1)
	assert not exams.retraining_of([NAME], day_before), "before the exam nothing was failed"


def test_a_retraining_bars_from_dispatch_unless_a_manager_says_why():
	frappe.set_user("Administrator")
	assert dispatched().status == "Dispatched"
	exam(40)
	with pytest.raises(frappe.ValidationError, match="the last exam in Exam Boilers was failed"):
		dispatched()
	frappe.set_user(LEADER)
	with pytest.raises(frappe.PermissionError):
		dispatched(qualification_override_reason="There is nobody else")
	frappe.set_user(MANAGER)
	doc = dispatched(qualification_override_reason="There is nobody else")
	assert doc.qualification_overridden_by == MANAGER


def test_nobody_examines_himself_or_in_advance():
	with pytest.raises(frappe.ValidationError, match="cannot be examined by"):
		exam(90, examiner=TECHNICIAN)
	with pytest.raises(frappe.ValidationError, match="Date of the Exam is in the future"):
		exam(90, exam_date=add_days(nowdate(), 1))
	with pytest.raises(frappe.ValidationError, match="cannot be more than 100"):
		exam(101)


# ------------------------------------------------------------------ who reads what


def record(**values):
	doc = frappe.get_doc(
		{
			"doctype": "Staff Record",
			"technician": NAME,
			"kind": "Commendation",
			"subject": "Stayed until the heating ran",
			**values,
		}
	).insert()
	return doc


def test_a_person_reads_what_is_submitted_about_himself_and_nobody_elses():
	draft, own = record(), record()
	own.submit()
	make.user("other.exam@example.com", "Service Technician")
	make.technician("Other Exam", user="other.exam@example.com")
	of_other = record(technician="Other Exam")
	of_other.submit()

	frappe.set_user(TECHNICIAN)
	assert frappe.get_list("Staff Record", pluck="name") == [own.name]
	assert frappe.has_permission("Staff Record", "read", own.name)
	for hidden in (draft, of_other):
		assert not frappe.has_permission("Staff Record", "read", hidden.name)
	with pytest.raises(frappe.PermissionError):
		frappe.get_doc("Staff Record", of_other.name).confirm_read()


def test_the_person_confirms_and_answers_once():
	doc = record(kind="Warning", subject="Van left unlocked")
	doc.submit()
	with pytest.raises(frappe.PermissionError):
		doc.answer_record("I was not there")

	frappe.set_user(TECHNICIAN)
	own = frappe.get_doc("Staff Record", doc.name)
	own.confirm_read()
	own.answer_record("The lock was broken, reported on Monday")
	own.reload()
	assert own.read_at and own.answered_at
	assert own.answer == "The lock was broken, reported on Monday"
	with pytest.raises(frappe.ValidationError, match="has been answered already"):
		own.answer_record("And another thing")


def test_nobody_writes_about_himself_and_a_dismissal_is_a_managers():
	make.user("both.exam@example.com", "Service Technician", "Service Supervisor")
	make.technician("Both Exam", user="both.exam@example.com")
	frappe.set_user("both.exam@example.com")
	with pytest.raises(frappe.PermissionError, match="written by somebody else"):
		record(technician="Both Exam")
	frappe.set_user(LEADER)
	dismissal = record(kind="Dismissal", subject="Third complaint in a year")
	with pytest.raises(frappe.PermissionError):
		dismissal.submit()
	frappe.set_user(MANAGER)
	frappe.get_doc("Staff Record", dismissal.name).submit()


# ------------------------------------------------------------------ justified complaints


def complain(justified="Yes"):
	doc = make.make(
		"Service Complaint",
		subject="Rude on the phone",
		customer="Nora Byrne",
		about="Person",
		person_concerned=NAME,
	)
	doc.acknowledge()
	doc.assess(severity="Medium")
	doc.respond(justified=justified, answer="We are sorry.")
	return doc


def steps():
	return frappe.get_all(
		"Staff Record",
		filters={"technician": NAME, "kind": ("in", ["Warning", "Penalty", "Dismissal"])},
		fields=["kind", "docstatus", "consequence", "reference_name"],
		order_by="creation",
	)


def test_a_justified_complaint_drafts_the_next_step_once():
	first = complain()
	assert [(step.kind, step.docstatus, step.reference_name) for step in steps()] == [
		("Warning", 0, first.name)
	]
	first.reload()
	first.close(customer_accepts="Yes")
	assert len(steps()) == 1
	assert complain("No") and len(steps()) == 1


def test_steps_follow_each_other_while_they_count():
	frappe.db.set_single_value("Service Staff Settings", "on_justified_complaint", "Submits the Next Step")
	frappe.clear_document_cache("Service Staff Settings")
	for _each in range(3):
		complain()
	assert [(step.kind, step.docstatus) for step in steps()] == [
		("Warning", 1),
		("Penalty", 1),
		("Dismissal", 0),
	]


def test_a_step_is_taken_back_with_its_reason():
	frappe.db.set_single_value("Service Staff Settings", "on_justified_complaint", "Submits the Next Step")
	frappe.clear_document_cache("Service Staff Settings")
	doc = complain()
	assert [step.docstatus for step in steps()] == [1]
	doc.reload()
	doc.reopen("The video shows another van")
	assert [step.docstatus for step in steps()] == [2]
	doc.reload()
	doc.respond(justified="Partly", answer="Both were there.")
	assert [(step.kind, step.docstatus) for step in steps()] == [("Warning", 2), ("Warning", 1)]


def opinion(csat: int) -> None:
	frappe.set_user("Administrator")
	call = make.call("Nora Byrne")
	answer = make.make(
		"Follow-up",
		kind="Effectiveness",
		repair_call=call.name,
		customer="Nora Byrne",
		due_date=nowdate(),
		technician=NAME,
	)
	answer.update({"status": "Done", "repair_effective": "Yes", "csat": csat})
	answer.save()


def commendations() -> list:
	return frappe.get_all(
		"Staff Record", {"technician": NAME, "kind": "Commendation"}, ["docstatus", "subject"]
	)


def test_best_opinions_of_a_month_draft_one_commendation():
	frappe.set_user("Administrator")
	frappe.db.set_single_value("Service Staff Settings", "commendation_opinions", 2)
	frappe.clear_document_cache("Service Staff Settings")
	opinion(5)
	opinion(4)
	assert commendations() == []
	opinion(5)
	opinion(5)
	(drafted,) = commendations()
	assert (drafted.docstatus, drafted.subject[:17]) == (0, "2 customers gave ")


def test_who_took_part_in_an_exchange_keeps_it_on_record():
	other = make.technician("Eoin Exam")
	meeting = frappe.get_doc(
		{
			"doctype": "Technical Exchange",
			"subject": "New burner of the 600",
			"held_on": nowdate(),
			"participants": [{"technician": NAME}, {"technician": other}],
		}
	).insert()
	meeting.submit()
	records = {"reference_name": meeting.name, "kind": "Technical Exchange"}
	found = frappe.get_all("Staff Record", records, ["technician", "docstatus"], order_by="technician asc")
	assert found == [{"technician": NAME, "docstatus": 1}, {"technician": other, "docstatus": 1}]
	frappe.set_user(TECHNICIAN)
	assert frappe.get_list("Staff Record", records, pluck="technician") == [NAME]
	frappe.set_user(MANAGER)
	meeting = frappe.get_doc("Technical Exchange", meeting.name)
	meeting.cancel()
	assert set(frappe.get_all("Staff Record", records, pluck="docstatus")) == {2}


def test_an_exchange_has_participants_each_once():
	values = {"doctype": "Technical Exchange", "subject": "Burner", "held_on": nowdate()}
	with pytest.raises(frappe.MandatoryError, match="Participants"):
		frappe.get_doc(values).insert().submit()
	with pytest.raises(frappe.ValidationError, match="listed twice"):
		frappe.get_doc({**values, "participants": [{"technician": NAME}, {"technician": NAME}]}).insert()


# ---------------------------------------------------------------- HRMS


@pytest.mark.needs_app("hrms")
def test_a_training_of_the_company_is_on_the_technicians_record_and_goes_with_its_result():
	frappe.set_user("Administrator")
	shop = make.shop()
	employee = make.make(
		"Employee",
		first_name="Aoife",
		company=make.COMPANY,
		gender="Female",
		date_of_birth="1990-01-01",
		date_of_joining="2020-01-01",
	).name
	frappe.db.set_value("Service Technician", shop.technician, "employee", employee)
	clerk = frappe.copy_doc(frappe.get_doc("Employee", employee)).insert().name
	event = make.make(
		"Training Event",
		event_name="Heat Pumps",
		company=make.COMPANY,
		event_status="Completed",
		type="Workshop",
		location="Dublin",
		introduction="Refrigerants",
		start_time=add_to_date(now_datetime(), days=-2),
		end_time=add_to_date(now_datetime(), days=-1),
		employees=[{"employee": employee}, {"employee": clerk}],
	)
	event.submit()
	result = make.make(
		"Training Result",
		training_event=event.name,
		employees=[{"employee": employee, "hours": 8, "grade": "A"}, {"employee": clerk, "hours": 8}],
	)
	result.submit()
	(record,) = frappe.get_all(
		"Staff Record",
		{"reference_name": result.name},
		["technician", "kind", "subject", "record_date", "docstatus"],
	)
	assert record == {
		"technician": shop.technician,
		"kind": "Training",
		"subject": "Heat Pumps, 8 hours, grade A",
		"record_date": getdate(event.end_time),
		"docstatus": 1,
	}
	result.reload().cancel()
	assert frappe.get_all("Staff Record", {"reference_name": result.name}, pluck="docstatus") == [2]
