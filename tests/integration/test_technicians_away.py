"""Technicians who have left, are on leave or have a day off, and owners who are locked out (R-HR, R-SV-1)."""

import frappe
import pytest
from frappe.utils import add_days, getdate, nowdate

from aftersales.field_service import arrival, dispatch_board, leavers
from aftersales.service_staff import availability
from aftersales.service_staff.availability_rules import Leave
from tests import factories as make
from tests.refusals import assert_refused

TECHNICIAN = "aoife.away@example.com"
SUPERVISOR = "fergal.away@example.com"
AGENT = "orla.away@example.com"
TOMORROW = 1


@pytest.fixture(scope="module")
def masters(shared_site):
	names = make.shop()
	make.user(TECHNICIAN, "Service Technician")
	make.user(SUPERVISOR, "Service Supervisor", "Service Agent")
	make.user(AGENT, "Service Agent")
	names.employee = make.make(
		"Employee",
		first_name="Aoife",
		gender="Female",
		date_of_birth="1990-05-01",
		date_of_joining="2020-01-06",
		company=make.COMPANY,
		status="Active",
	).name
	doc = frappe.get_doc("Service Technician", names.technician)
	doc.update({"employee": names.employee, "user": TECHNICIAN})
	doc.save()
	names.call = make.call(names.customer)
	return names


def tomorrow():
	return getdate(add_days(nowdate(), TOMORROW))


def employee(shop, **values):
	doc = frappe.get_doc("Employee", shop.employee)
	doc.update(values)
	doc.save()


def holiday(day, description="Founder's Day") -> str:
	return make.make(
		"Holiday List",
		holiday_list_name=description,
		from_date=add_days(nowdate(), -200),
		to_date=add_days(nowdate(), 200),
		holidays=[{"holiday_date": day, "description": description}],
	).name


def refused(shop, what: str, **values):
	"""Dispatching tomorrow's visit is refused and says why."""
	voucher = make.planned(shop.call, shop.technician, **values)
	assert_refused(voucher, what, status="Dispatched")
	return voucher


def day_on_board(shop) -> dict:
	(day,) = [
		row
		for row in dispatch_board.load(day=str(tomorrow()), company=make.COMPANY)["technicians"]
		if row["name"] == shop.technician
	]
	return day


# ---------------------------------------------------------------- at dispatch


def test_who_left_is_not_sent(shop):
	employee(shop, status="Left", relieving_date=nowdate())
	voucher = refused(shop, "left the company on")
	voucher.status = "Dispatched"
	frappe.set_user(SUPERVISOR)
	voucher.absence_override_reason = "Comes once more by agreement"
	voucher.save()
	assert (voucher.status, voucher.absence_overridden_by) == ("Dispatched", SUPERVISOR)
	notes = frappe.get_all("Comment", {"reference_name": voucher.name}, pluck="content")
	assert any("Comes once more by agreement" in note for note in notes)


def test_the_last_day_is_worked(shop):
	employee(shop, status="Left", relieving_date=add_days(nowdate(), TOMORROW))
	voucher = make.planned(shop.call, shop.technician)
	voucher.dispatch()
	assert voucher.status == "Dispatched"


def test_an_agent_cannot_send_somebody_away(shop):
	employee(shop, status="Suspended")
	voucher = make.planned(shop.call, shop.technician, absence_override_reason="No one else")
	frappe.set_user(AGENT)
	assert_refused(voucher, "needs one of the roles", status="Dispatched")


def test_a_disabled_user_is_not_sent(shop):
	frappe.db.set_value("User", TECHNICIAN, "enabled", 0)
	refused(shop, "is disabled")


def test_an_override_is_for_one_day(shop):
	employee(shop, holiday_list=holiday(tomorrow()))
	voucher = make.planned(shop.call, shop.technician, absence_override_reason="Emergency")
	voucher.dispatch()
	assert voucher.absence_overridden_by == "Administrator"
	voucher.update(
		{"planned_start": add_days(voucher.planned_start, 1), "planned_end": add_days(voucher.planned_end, 1)}
	)
	voucher.save()
	assert voucher.absence_overridden_by is None


@pytest.mark.parametrize("whose", ["technician", "employee", "company"])
def test_a_day_off_is_told_everywhere(shop, whose):
	name = holiday(tomorrow())
	if whose == "technician":
		frappe.db.set_value("Service Technician", shop.technician, "holiday_list", name)
	elif whose == "employee":
		employee(shop, holiday_list=name)
	else:
		frappe.db.set_value("Company", make.COMPANY, "default_holiday_list", name)
	frappe.clear_cache()
	refused(shop, "has a day off")
	day = day_on_board(shop)
	assert (day["away"], day["working"]) == (f"{shop.technician} has a day off (Founder's Day).", [])


def test_leave_is_asked_for_where_an_app_knows_it(shop, monkeypatch):
	"""Without HRMS its table is stood in for by what the shell reads from it; with it see the tests below."""
	leave = Leave(tomorrow(), tomorrow(), "Annual Leave")
	monkeypatch.setattr(availability, "_leaves", lambda employees, begin, until: {shop.employee: [leave]})
	voucher = refused(shop, "is on leave until")
	frappe.set_user(SUPERVISOR)
	with pytest.raises(frappe.ValidationError, match="is on leave"):
		dispatch_board.dispatch(voucher.name)
	voucher.reload()
	dispatch_board.dispatch(voucher.name, reason="Agreed to come back for this one")
	voucher.reload()
	assert voucher.status == "Dispatched"
	assert voucher.absence_override_reason == "Agreed to come back for this one"
	assert voucher.qualification_override_reason is None


@pytest.mark.needs_app("hrms")
def test_approved_leave_of_hrms_keeps_a_visit_from_being_dispatched(shop):
	employee(shop, holiday_list=holiday(add_days(nowdate(), 9)))  # HRMS counts days of leave by it
	kind = make.make("Leave Type", leave_type_name="Leave of a Technician", is_lwp=1).name
	application = make.make(
		"Leave Application",
		employee=shop.employee,
		leave_type=kind,
		from_date=tomorrow(),
		to_date=tomorrow(),
		leave_approver="Administrator",
		status="Approved",
		company=make.COMPANY,
	)
	make.planned(shop.call, shop.technician).dispatch()  # applied for is not approved yet
	application.submit()

	refused(shop, "is on leave until")
	assert day_on_board(shop)["working"] == []


@pytest.mark.needs_app("hrms")
def test_shifts_of_hrms_say_on_which_days_somebody_comes(shop):
	shift = make.make(
		"Shift Type", __newname="Early", name="Early", start_time="06:00:00", end_time="14:00:00"
	).name
	days = {"start_date": add_days(nowdate(), 3), "end_date": add_days(nowdate(), 9)}
	assignment = make.make(
		"Shift Assignment",
		employee=shop.employee,
		shift_type=shift,
		company=make.COMPANY,
		status="Active",
		**days,
	)
	make.planned(shop.call, shop.technician).dispatch()  # nobody plans this employee by shifts yet
	assignment.submit()

	refused(shop, "has no shift on this day")
	assert day_on_board(shop)["working"] == []
	assert tomorrow() not in {window.start.date() for window in arrival.suggest(make.COMPANY, count=40)}


def test_no_window_is_promised_on_a_day_off_or_by_who_left(shop):
	def days() -> set:
		return {window.start.date() for window in arrival.suggest(make.COMPANY, count=40)}

	assert tomorrow() in days()
	employee(shop, holiday_list=holiday(tomorrow()))
	assert days() and tomorrow() not in days()
	employee(shop, status="Left", relieving_date=add_days(nowdate(), -1))
	assert days() == set()


def test_a_visit_that_was_made_is_entered_whatever_the_leave_plan_said(shop):
	employee(shop, holiday_list=holiday(nowdate()))
	voucher = make.voucher(shop.call, shop.technician, labour=[make.hours(1)])
	voucher.complete()
	assert voucher.status == "Completed"


# ---------------------------------------------------------------- what is left behind


def said() -> str:
	told = " ".join(str(message.get("message")) for message in frappe.message_log)
	frappe.clear_messages()
	return told


def test_switching_off_a_technician_says_which_visits_wait(shop):
	voucher = make.planned(shop.call, shop.technician)
	voucher.dispatch()
	frappe.clear_messages()
	doc = frappe.get_doc("Service Technician", shop.technician)
	doc.is_active = 0
	doc.save()
	told = said()
	assert "Reassign this work of Aoife Doyle" in told and voucher.name in told


def test_hr_is_told_of_the_visits_of_who_leaves(shop):
	voucher = make.planned(shop.call, shop.technician)
	frappe.clear_messages()
	employee(shop, status="Left", relieving_date=nowdate())
	assert voucher.name in said()


def test_open_calls_of_a_disabled_user_are_told_to_supervisors_once(shop):
	frappe.db.set_value("Repair Call", shop.call.name, "call_owner", TECHNICIAN)
	frappe.clear_messages()
	user = frappe.get_doc("User", TECHNICIAN)
	user.enabled = 0
	user.save()
	assert shop.call.name in said()
	assert [row.name for row in leavers.owners_locked_out()] == [TECHNICIAN]
	leavers.remind_of_locked_out_owners()
	notes = frappe.get_all(
		"Notification Log", {"for_user": SUPERVISOR, "document_name": shop.call.name}, pluck="subject"
	)
	assert len(notes) == 1 and "still owns: Repair Call 1" in notes[0]
	frappe.db.set_value("Repair Call", shop.call.name, "call_owner", SUPERVISOR)
	assert leavers.owners_locked_out() == []


def test_an_answer_to_a_locked_out_owner_reaches_a_supervisor(shop):
	frappe.db.set_value("Repair Call", shop.call.name, "call_owner", TECHNICIAN)
	frappe.db.set_value("User", TECHNICIAN, "enabled", 0)
	make.make(
		"Communication",
		communication_type="Communication",
		sent_or_received="Received",
		reference_doctype="Repair Call",
		reference_name=shop.call.name,
		sender="nora@example.com",
		subject="Re: boiler",
		content="It still leaks",
	)
	told = frappe.get_all("Notification Log", {"document_name": shop.call.name}, pluck="for_user")
	assert SUPERVISOR in told and TECHNICIAN not in told
