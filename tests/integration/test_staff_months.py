"""The record of the month: what technicians and agents did, read and confirmed by them and by their leader."""

import frappe
import pytest
from frappe.utils import add_days, add_months, get_first_day, getdate, now_datetime, nowdate

from aftersales.patches.v1_1 import count_from_this_month
from aftersales.service_desk.report.calls_by_agent import calls_by_agent
from aftersales.service_desk.staff_months import agent_figures, staff_months
from tests import factories as make

SEAN, FINN, AOIFE, ORLA = (f"{who}@months.example" for who in ("sean", "finn", "aoife", "orla"))
RECORD = "Staff Monthly Record"


@pytest.fixture
def month(_site, clock):
	"""Three calls of Seán (two solved by phone, one answer) and a visit of Aoife in the month before today's."""
	clock.to(f"{get_first_day(nowdate())} 10:00:00")
	shop = make.shop()
	make.fiscal_years(getdate().year + 1)
	for user, role in ((SEAN, "Service Agent"), (FINN, "Service Agent"), (AOIFE, "Service Technician")):
		make.user(user, role)
	make.user(ORLA, "Service Supervisor", "Service Agent")
	frappe.db.set_value("Service Technician", shop.technician, "user", AOIFE)
	frappe.set_user(SEAN)
	calls = [make.plain_call(shop.customer, subject=subject) for subject in ("One", "Two", "Three")]
	clock.forward(hours=2)
	for call in calls[:2]:
		call.reload()
		call.update({"status": "Resolved", "resolution": "Valve opened", "resolved_by_phone": 1})
		call.save()
	frappe.set_user("Administrator")
	answer = make.make(
		"Follow-up",
		kind="Effectiveness",
		repair_call=calls[0].name,
		customer=shop.customer,
		due_date=nowdate(),
	)
	answer.update({"status": "Done", "repair_effective": "Yes", "csat": 5})
	answer.save()
	visit = make.voucher(make.call(shop.customer), shop.technician, labour=[make.hours(2)])
	visit.submit()
	clock.to(f"{add_months(get_first_day(nowdate()), 1)} 03:00:00")
	return frappe._dict(shop=shop, first=getdate(add_months(get_first_day(nowdate()), -1)))


def records() -> dict[str, frappe._dict]:
	rows = frappe.get_all(RECORD, {"user": ("in", [SEAN, FINN, AOIFE])}, ["name", "user", "month", "leader"])
	return {row.user: row for row in rows}


def shown(name: str) -> dict[str, tuple[str, str]]:
	return {row.figure: (row.value, row.before) for row in frappe.get_doc(RECORD, name).figures}


def test_one_for_each_who_worked_once(month):
	staff_months.write_last_month()
	assert staff_months.write_last_month() == 0
	found = records()
	assert set(found) == {SEAN, AOIFE}, "Finn did nothing"
	assert {row.month for row in found.values()} == {month.first}
	figures = shown(found[SEAN].name)
	assert figures["Calls"] == ("3", "–")
	assert figures["Solved by Phone"] == ("66.7 %", "–")
	assert figures["CSAT on the Phone"] == ("100.0 %", "–")
	assert figures["Response Time (h)"][0] == "2.0"
	done = shown(found[AOIFE].name)
	assert (done["Visits"][0], done["Hours on Site"][0]) == ("1", "2.0")


def test_a_month_is_counted_in_its_first_night_and_again_only_for_who_failed(month, monkeypatch):
	summaries, write = [], staff_months._write
	execute = staff_months.technician_summary.execute
	monkeypatch.setattr(
		staff_months.technician_summary,
		"execute",
		lambda filters: summaries.append(filters) or execute(filters),
	)
	monkeypatch.setattr(
		staff_months, "_write", lambda key, user, *args: 1 / 0 if user == SEAN else write(key, user, *args)
	)
	staff_months.write_last_month()
	assert set(records()) == {AOIFE}
	monkeypatch.setattr(staff_months, "_write", write)
	assert staff_months.write_last_month() == 1
	assert set(records()) == {SEAN, AOIFE}
	counted = len(summaries)
	assert staff_months.write_last_month() == 0
	assert len(summaries) == counted


def test_an_upgrade_sends_no_record_of_a_month_that_was_over(month):
	frappe.db.set_global(staff_months.WRITTEN, None)
	count_from_this_month.execute()
	assert staff_months.write_last_month() == 0


def test_the_figures_of_an_agent_by_sql(month):
	last = add_days(add_months(month.first, 1), -1)
	row = agent_figures.by_agent(month.first, getdate(last))[SEAN]
	calls, by_phone, response = frappe.db.sql(
		"""
		select count(*), sum(resolved_by_phone), avg(timestampdiff(second, received_at, responded_at))
		from `tabRepair Call`
		where call_owner = %s and status != 'Cancelled' and received_at >= %s and received_at < %s
		""",
		(SEAN, month.first, add_months(month.first, 1)),
	)[0]
	assert (row.calls, row.by_phone) == (calls, by_phone) == (3, 2)
	assert row.response == pytest.approx(float(response))


def test_the_person_reads_confirms_and_answers_and_nobody_else_reads(month):
	staff_months.write_last_month()
	name = records()[SEAN].name
	for stranger in (FINN, AOIFE):
		frappe.set_user(stranger)
		assert name not in frappe.get_list(RECORD, pluck="name")
		with pytest.raises(frappe.PermissionError):
			frappe.get_doc(RECORD, name).check_permission("read")
		with pytest.raises(frappe.PermissionError):
			frappe.get_doc(RECORD, name).confirm()
	frappe.set_user(SEAN)
	assert frappe.get_list(RECORD, pluck="name") == [name]
	record = frappe.get_doc(RECORD, name)
	with pytest.raises(frappe.PermissionError, match="leader"):
		record.confirm_as_leader()
	record.confirm("Two calls are missing")
	confirmed = frappe.db.get_value(RECORD, name, "confirmed_at")
	frappe.get_doc(RECORD, name).confirm("Another")
	assert frappe.db.get_value(RECORD, name, ["confirmed_at", "answer"]) == (
		confirmed,
		"Two calls are missing",
	)
	frappe.set_user(ORLA)
	frappe.get_doc(RECORD, name).confirm_as_leader()
	assert frappe.db.get_value(RECORD, name, "leader_confirmed_at")


def test_nobody_edits_a_record(month):
	staff_months.write_last_month()
	record = frappe.get_doc(RECORD, records()[SEAN].name)
	record.answer = "Forged"
	with pytest.raises(frappe.PermissionError, match="written by the system"):
		record.save()


def test_person_and_leader_are_notified(month):
	staff_months.write_last_month()
	row = records()[SEAN]
	told = frappe.get_all("Notification Log", {"document_name": row.name}, pluck="for_user")
	assert set(told) == {SEAN, row.leader}
	assert now_datetime() >= frappe.db.get_value(RECORD, row.name, "published_at")


def test_calls_by_agent_shows_calls_opinion_and_courtesy(month):
	frappe.set_user(ORLA)
	last = add_days(add_months(month.first, 1), -1)
	rows = {
		row["agent"]: row for row in calls_by_agent.execute({"from_date": month.first, "to_date": last})[1]
	}
	row = rows[SEAN]
	assert (row["calls"], row["phone_share"], row["csat"], row["courtesy"]) == (3, 66.7, 100.0, None)
