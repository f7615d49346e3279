"""Targets and goals say what is so: over a change of target, when switched off, before a calendar runs dry."""

import frappe
import pytest
from frappe.utils import add_days, add_to_date, get_datetime, getdate, nowdate

from aftersales.service_quality import goals
from aftersales.service_quality.report.service_goals import service_goals
from aftersales.service_quality.report.service_key_figures import service_key_figures
from aftersales.setup import level_checks as checks
from tests import factories as make

HOUR = 3600


def clock(call, measure: str) -> frappe._dict:
	fields = ["name", "target", "state", "due_at", "paused_seconds", "paused_at", "pauses"]
	filters = {"reference_name": call.name, "measure": measure}
	return frappe.get_all("Service Clock", filters, fields, order_by="creation desc", limit=1)[0]


def test_a_pause_under_way_survives_a_change_of_target(shop, clock_moved):
	"""glpi#6902: 19 of 20 hours on hold, then a hazard while it is on hold."""
	call = make.plain_call(shop.customer, request_type="Repair")
	received = get_datetime(call.received_at)
	clock_moved.forward(hours=1)
	call.triage()
	call.put_on_hold("A photo")
	assert clock(call, "Arrive").target == "Visit"
	clock_moved.forward(hours=19)
	call.hazard = "Gas"
	call.save()
	taken_over = clock(call, "Arrive")
	assert taken_over.target.startswith("Emergency on Site") and taken_over.paused_at
	call.resume()
	running = clock(call, "Arrive")
	assert (running.state, round(running.paused_seconds / HOUR)) == ("Running", 19)
	assert abs((running.due_at - add_to_date(received, hours=2 + 19)).total_seconds()) < 120


@pytest.fixture
def clock_moved(request):
	moved = request.getfixturevalue("clock")
	moved.to(f"{nowdate()} 09:00:00")
	return moved


def test_clocks_of_a_target_that_is_switched_off_are_ended_by_a_button(shop):
	call = make.plain_call(shop.customer, request_type="Repair")
	target = frappe.get_doc("Service Target", "Visit")
	with pytest.raises(frappe.ValidationError, match="is enabled"):
		target.end_clocks()
	target.reload()
	target.enabled = 0
	target.save()
	assert any("run on" in str(message) for message in frappe.get_message_log())
	assert clock(call, "Arrive").state == "Running"
	assert target.count_running_clocks() == 1
	assert (target.end_clocks(), target.end_clocks()) == (1, 0)
	assert clock(call, "Arrive").state == "Cancelled"
	assert clock(call, "Answer").state == "Running"


def test_only_who_may_write_targets_ends_clocks(shop):
	frappe.db.set_value("Service Target", "Visit", "enabled", 0)
	frappe.set_user(make.user("agent@targets.example", "Service Agent"))
	with pytest.raises(frappe.PermissionError):
		frappe.get_doc("Service Target", "Visit").end_clocks()


# ---------------------------------------------------------------------------- ahead of time


def holidays(until: str) -> str:
	return make.make(
		"Holiday List",
		holiday_list_name=f"Until {until}",
		from_date=add_days(until, -300),
		to_date=until,
		holidays=[{"holiday_date": add_days(until, -30), "description": "Feast"}],
	).name


@pytest.mark.parametrize("days, state", [(90, "Good"), (30, "Warning"), (-1, "Wrong")])
def test_a_holiday_list_that_ends_is_told_of_ahead(shop, days, state):
	for company in frappe.get_all("Company", pluck="name"):
		frappe.db.set_value("Company", company, "default_holiday_list", None)
	frappe.db.set_value(
		"Service Calendar", "Service Hours", "holiday_list", holidays(add_days(nowdate(), days))
	)
	found = checks.holiday_lists_ending()
	assert found.state == state, found


def test_a_calendar_without_coming_working_time_is_wrong(shop):
	assert checks.calendars_without_time().state == "Good"
	everyday = [{"holiday_date": add_days(nowdate(), day), "description": "Shut"} for day in range(-1, 40)]
	shut = make.make(
		"Holiday List",
		holiday_list_name="Shut",
		from_date=add_days(nowdate(), -1),
		to_date=add_days(nowdate(), 40),
		holidays=everyday,
	).name
	calendar = frappe.get_doc("Service Calendar", "Service Hours")
	calendar.holiday_list = shut
	calendar.save()
	found = checks.calendars_without_time()
	assert found.state == "Wrong" and "Service Hours" in found.what_to_do


def test_a_user_without_an_address_is_named(shop):
	user = make.user("mute@targets.example", "Service Agent")
	before = checks.people_without_email()
	frappe.db.set_value("User", user, "email", "")
	found = checks.people_without_email()
	assert user not in before.what_to_do
	assert found.state == "Warning" and user in found.what_to_do


def test_the_hotline_runs_around_the_clock_where_the_site_says_so(shop, clock_moved):
	hotline = frappe.get_doc("Service Target", "24-hour Hotline")
	assert not hotline.enabled
	hotline.enabled = 1
	hotline.save()
	friday = add_days(nowdate(), (4 - getdate().weekday()) % 7 + 7)
	clock_moved.to(f"{friday} 17:30:00")
	call = make.plain_call(shop.customer, channel="Phone", request_type="Repair")
	answer = clock(call, "Answer")
	assert (answer.target, str(answer.due_at)) == ("24-hour Hotline", f"{friday} 21:30:00")


# ---------------------------------------------------------------------------- goals


def test_goals_stand_beside_the_figures_with_colour_and_trend(shop):
	month = getdate().replace(day=1)
	before = getdate(add_days(month, -3))

	def called(day, by_phone: int, count: int) -> None:
		for number in range(count):
			call = make.plain_call(shop.customer)
			values = {"received_at": f"{day} 00:00:01", "resolved_by_phone": int(number < by_phone)}
			frappe.db.set_value("Repair Call", call.name, values)

	called(before, 1, 2)
	called(month, 3, 4)
	standing = {goal["name"]: goal for goal in goals.standing()}
	phone = standing["Solved by Phone 80 %"]
	assert (phone["value"], phone["before"], phone["state"], phone["color"], phone["trend"]) == (
		75.0,
		50.0,
		"Close",
		"orange",
		"Better",
	)
	assert standing["Promise Kept 95 %"]["state"] == "No Data"
	row = next(row for row in service_goals.execute({})[1] if row["name"] == phone["name"])
	assert (row["value_text"], row["goal_text"]) == ("75 %", "80 %")
	*_rest, summary = service_key_figures.execute({"from_date": str(month), "to_date": nowdate()})
	shown = next(card for card in summary if card["label"] == "Solved by Phone")
	assert shown["indicator"] == "Orange"


def test_a_goal_of_a_period_that_is_over_is_not_shown(shop):
	frappe.db.set_value("Service Goal", "Solved by Phone 80 %", "valid_until", add_days(nowdate(), -1))
	assert "Solved by Phone 80 %" not in {goal["name"] for goal in goals.standing()}


@pytest.mark.parametrize(
	"figure, goal, said", [("Solved by Phone", 101, "at most 100"), ("Response Time", 0, "more than zero")]
)
def test_a_goal_makes_sense(figure, goal, said):
	with pytest.raises(frappe.ValidationError, match=said):
		make.make("Service Goal", title="Odd", figure=figure, goal=goal)
