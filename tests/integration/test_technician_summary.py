"""The report Technician Summary against a week with known figures (R-HR)."""

from datetime import datetime

import frappe
import pytest
from frappe.utils import add_days, nowdate

from aftersales.field_service import metrics
from aftersales.service_quality.report.technician_summary.technician_summary import execute
from tests import factories as make

WEEK = {"from_date": "2026-02-02", "to_date": "2026-02-08"}


@pytest.fixture(scope="module")
def names(shared_site):
	make.settings(default_company=make.COMPANY, working_calendar=_calendar())
	names = make.shop()
	names.other = make.technician(
		"Brian Casey",
		skills=[
			{
				"item_group": "All Item Groups",
				"support_kind": "Both",
				"certificate": "Gas",
				"valid_until": add_days(nowdate(), 45),
			}
		],
		holiday_list=_day_off(),
	)
	return names


def _calendar():
	"""Eight hours from Monday to Friday."""
	days = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
	return make.once(
		"Service Calendar",
		"Eight Hours",
		calendar_name="Eight Hours",
		windows=[{"weekday": day, "start_time": "08:00:00", "end_time": "16:00:00"} for day in days],
	)


def _day_off():
	return make.once(
		"Holiday List",
		"Brian's Days Off",
		holiday_list_name="Brian's Days Off",
		from_date="2026-01-01",
		to_date="2026-12-31",
		holidays=[{"holiday_date": "2026-02-04", "description": "Off"}],
	)


def visit(call, technician, departed, **values):
	doc = make.voucher(call, technician, **values)
	doc.submit()
	frappe.db.set_value("Service Voucher", doc.name, "departed_at", at(departed))
	call.reload()


def at(text):
	return datetime.strptime(f"2026-02-{text}", "%Y-%m-%d %H:%M")


def resolved(call, text):
	frappe.db.set_value("Repair Call", call.name, {"received_at": at("02 08:00"), "resolved_at": at(text)})


def report(**filters):
	rows = execute({**WEEK, "company": make.COMPANY, **filters})[1]
	return {row.technician: row for row in rows}


def test_what_each_did(names):
	at_once = make.call(names.customer)
	travel = {"activity": "Travel", "hours": 1}
	visit(at_once, names.technician, "03 12:00", labour=[make.hours(3), travel])
	resolved(at_once, "03 12:00")
	in_two = make.call(names.customer)
	visit(in_two, names.technician, "03 15:00", outcome="Revisit Needed", labour=[make.hours(1)])
	visit(in_two, names.other, "05 15:00", labour=[make.hours(2), make.hours(1, technician=names.technician)])
	resolved(in_two, "05 15:00")
	card = make.card(make.call(names.customer), warehouse=names.van, assigned_technician=names.other)
	card.submit()
	frappe.db.set_value("Repair Card", card.name, {"ready_at": at("06 10:00"), "repaired_by": names.other})
	log = frappe.new_doc(
		"Service Time Log", parent=card.name, parenttype="Repair Card", parentfield="time_logs"
	)
	log.update({"technician": names.other, "to_time": at("06 09:00"), "hours": 6.5})
	log.db_insert()

	found = report()
	aoife, brian = found[names.technician], found[names.other]
	# she went twice; the second time somebody else had to finish
	assert (aoife.visits, aoife.completed, aoife.first_time_fix_rate, aoife.repairs) == (2, 1, 100.0, 0)
	assert (aoife.hours, aoife.travel_hours, aoife.bench_hours) == (5, 1, 0)
	assert (aoife.available, aoife.utilisation) == (40, 15.0)
	assert (brian.visits, brian.completed, brian.first_time_fix_rate, brian.repairs) == (1, 1, 0.0, 1)
	assert (brian.hours, brian.travel_hours, brian.bench_hours) == (2, 0, 6.5)
	# a day off
	assert (brian.available, brian.utilisation) == (32, 26.6)
	assert (str(brian.expires), brian.expires_soon) == (add_days(nowdate(), 45), 1)

	summary = {row["label"]: row["value"] for row in execute({**WEEK, "company": make.COMPANY})[4]}
	assert (summary["Visits"], summary["Workshop Repairs"], summary["First-time Fix Rate"]) == (3, 1, "50.0%")


def test_hours_at_the_bench_that_nobody_stamped(names):
	card = make.card(
		make.call(names.customer),
		warehouse=names.van,
		assigned_technician=names.technician,
		labour=[make.hours(2), make.hours(1, technician=names.other), {"activity": "Travel", "hours": 1}],
	)
	card.submit()
	frappe.db.set_value("Repair Card", card.name, "ready_at", at("06 10:00"))
	found = report()
	assert (found[names.technician].bench_hours, found[names.other].bench_hours) == (2, 1)
	log = frappe.new_doc(
		"Service Time Log", parent=card.name, parenttype="Repair Card", parentfield="time_logs"
	)
	log.update({"technician": names.technician, "to_time": at("06 09:00"), "hours": 4})
	log.db_insert()
	frappe.db.set_value("Repair Card", card.name, "total_hours", 4)
	found = report()
	assert (found[names.technician].bench_hours, found[names.other].bench_hours) == (4, 0)


def test_a_call_that_came_back(names):
	call = make.call(names.customer)
	visit(call, names.technician, "03 12:00", labour=[make.hours(3)])
	resolved(call, "03 12:00")
	again = make.call(names.customer, repeat_of=call.name)
	frappe.db.set_value("Repair Call", again.name, {"received_at": at("20 08:00"), "repeat_of": call.name})
	row = report()[names.technician]
	assert (row.came_back, row.first_time_fix_rate) == (1, 0.0)


def test_who_left_shows_only_with_what_he_did(names):
	frappe.db.set_value("Service Technician", names.other, "is_active", 0)
	assert names.other not in report()
	call = make.call(names.customer)
	visit(call, names.technician, "03 12:00", labour=[make.hours(2, technician=names.other)])
	assert report()[names.other].hours == 2
	assert report()[names.technician].hours == 0


def test_work_done_for_another_company_is_shown_there(names):
	"""A technician may have changed the company since."""
	call = make.call(names.customer)
	visit(call, names.technician, "03 12:00", labour=[make.hours(3)])
	abroad = frappe.new_doc("Company", company_name="Tamar Service Ltd", default_currency="EUR", abbr="TSL")
	abroad.name = abroad.company_name
	abroad.db_insert()
	frappe.db.set_value("Service Technician", names.technician, "company", abroad.name)
	assert report()[names.technician].visits == 1
	there = report(company=abroad.name)
	assert (there[names.technician].visits, there[names.technician].hours) == (0, 0)
	assert names.other not in there


def test_a_supervisor_of_one_customer_sees_the_work_done_for_him_only(names):
	for owner in (names.customer, make.customer("Sean Doyle")):
		call = make.call(owner)
		visit(call, names.technician, "03 12:00", labour=[make.hours(3)])
		resolved(call, "03 12:00")
	user = make.user("one.customer@summary.example", "Service Supervisor")
	make.make("User Permission", user=user, allow="Customer", for_value="Sean Doyle")
	assert (report()[names.technician].visits, report()[names.technician].hours) == (2, 6)
	frappe.set_user(user)
	row = report()[names.technician]
	assert (row.visits, row.hours, row.first_time_fix_rate) == (1, 3, 100.0)


def test_days_to_come_are_not_available_yet(names, monkeypatch):
	monkeypatch.setattr(metrics, "now_datetime", lambda: at("04 12:00"))
	assert report()[names.technician].available == 8 + 8 + 4


def test_other_companies_and_other_weeks_are_left_out(names):
	call = make.call(names.customer)
	visit(call, names.technician, "09 12:00", labour=[make.hours(2)])
	assert report()[names.technician].visits == 0
	assert report(from_date="2026-02-09", to_date="2026-02-09")[names.technician].visits == 1


@pytest.mark.parametrize(
	"filters, told",
	[
		({"from_date": None}, "From"),
		({"to_date": None}, "To"),
		({"to_date": "2026-02-01"}, "must be after"),
	],
)
def test_what_it_refuses(filters, told):
	with pytest.raises(frappe.ValidationError, match=told):
		execute({**WEEK, **filters})
