"""The dispatch board: who sees which day, who is fit and free, and that visits move only by their own guards."""

from datetime import datetime

import frappe
import pytest

from aftersales.field_service import dispatch_board as board
from tests import factories as make

DAY = "2027-03-03"  # a Wednesday
SUPERVISOR = "dispatch.supervisor@example.com"
AGENT = "dispatch.agent@example.com"
TECHNICIAN = "dispatch.aoife@example.com"
ACCOUNTANT = "dispatch.accountant@example.com"


@pytest.fixture(scope="module")
def masters(shared_site):
	make.settings(default_company=make.COMPANY, working_calendar=eight_hours(), visit_minutes=90)
	found = make.shop()
	for user, role in (
		(SUPERVISOR, "Service Supervisor"),
		(AGENT, "Service Agent"),
		(TECHNICIAN, "Service Technician"),
		(ACCOUNTANT, "Service Accountant"),
	):
		make.user(user, role)
	boilers = make.once(
		"Item Group",
		"Dispatch Boilers",
		item_group_name="Dispatch Boilers",
		parent_item_group="All Item Groups",
	)
	found.aoife = make.technician("Dispatch Aoife", user=TECHNICIAN)
	found.brian = make.technician(
		"Dispatch Brian", skills=[{"item_group": boilers, "support_kind": "Application"}]
	)
	found.boiler = make.equipment(found.customer, serial_text="DISPATCH-1", item_group=boilers)
	return found


@pytest.fixture
def call(shop):
	return make.call(shop.customer, equipment=shop.boiler, support_kind="Use", subject="Boiler is cold")


def eight_hours() -> str:
	days = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
	return make.once(
		"Service Calendar",
		"Dispatch Hours",
		calendar_name="Dispatch Hours",
		windows=[{"weekday": day, "start_time": "08:00:00", "end_time": "16:00:00"} for day in days],
	)


def planned(call, technician, start="2027-03-03 09:00", end="2027-03-03 10:30", **values):
	return make.planned(call, technician, planned_start=start, planned_end=end, **values)


def row(technician: str, day: str = DAY) -> dict:
	(found,) = (one for one in board.load(day)["technicians"] if one["name"] == technician)
	return found


def waiting(call, day: str = DAY) -> dict | None:
	shown = board.load(day)
	found = next((one for one in shown["waiting"] if one["call"] == call.name), None)
	return found and {**found, "fits": shown["fits"][found["need"]]}


def stored(voucher: str) -> tuple:
	return frappe.db.get_value(
		"Service Voucher", voucher, ["status", "technician", "planned_start", "planned_end"]
	)


def seen(voucher: str) -> str:
	return str(frappe.db.get_value("Service Voucher", voucher, "modified"))


# ---------------------------------------------------------------- what it shows


def test_a_day_with_its_hours_its_visits_and_its_first_room(shop, call):
	visit = planned(call, shop.aoife)
	planned(make.call(shop.customer), shop.aoife, "2027-03-03 10:00", "2027-03-03 12:00")
	shown = row(shop.aoife)
	assert (shown["working"], shown["worked"]) == ([(480, 960)], 480)
	assert shown["planned"] == 180  # half an hour of it at two places
	assert [(one["start"], one["end"], one["lane"]) for one in shown["visits"]] == [
		(540, 630, 0),
		(600, 720, 1),
	]
	assert shown["visits"][0]["name"] == visit.name
	assert (shown["visits"][0]["what"], shown["visits"][0]["movable"]) == ("Boiler is cold", True)
	assert shown["free_from"] == 720
	assert board.load(DAY)["hours"] == (8, 18)
	assert board.load(DAY)["now"] is None


def test_a_visit_that_was_made_stands_where_it_took_place(shop, call):
	visit = planned(call, shop.aoife)
	frappe.db.set_value(
		"Service Voucher",
		visit.name,
		{"status": "On Site", "arrived_at": "2027-03-03 11:15", "departed_at": "2027-03-03 12:00"},
	)
	(shown,) = row(shop.aoife)["visits"]
	assert (shown["start"], shown["end"], shown["movable"]) == (675, 720, False)
	frappe.db.set_value(
		"Service Voucher", visit.name, {"planned_start": None, "planned_end": None, "departed_at": None}
	)
	(shown,) = row(shop.aoife)["visits"]
	assert (shown["start"], shown["end"]) == (675, 690)  # came unplanned and is still there


def test_a_day_off_has_no_hours_and_one_who_left_no_row(shop, call):
	sunday = row(shop.aoife, "2027-03-07")
	assert (sunday["working"], sunday["worked"], sunday["free_from"]) == ([], 0, None)
	visit = planned(call, shop.aoife)
	frappe.db.set_value("Service Technician", shop.aoife, "is_active", 0)
	frappe.clear_document_cache("Service Technician", shop.aoife)
	assert [one["name"] for one in row(shop.aoife)["visits"]] == [visit.name]  # somebody has to take it over
	assert shop.aoife not in [one["name"] for one in board.load("2027-03-04")["technicians"]]


def test_who_waits_and_who_is_fit(shop, call):
	shown = waiting(call)
	assert (shown["subject"], shown["voucher"], shown["emergency"]) == ("Boiler is cold", None, False)
	assert shop.aoife in shown["fits"]
	assert shop.brian not in shown["fits"]  # skilled in boilers, but for application only

	draft = make.make("Service Voucher", repair_call=call.name, company=make.COMPANY)
	assert waiting(call)["voucher"] == draft.name  # nobody and no time yet
	planned_now = planned(call, shop.aoife)
	assert waiting(call) is None
	planned_now.call_off("The customer is away")
	assert waiting(call)["voucher"] == draft.name


def test_a_call_in_the_workshop_on_hold_or_solved_waits_for_nobody(shop, call):
	held, solved = make.call(shop.customer), make.call(shop.customer)
	assert waiting(held) and waiting(solved)
	make.make("Repair Card", repair_call=call.name, company=make.COMPANY)
	held.update({"status": "On Hold", "hold_reason": "Waiting for the landlord"}).save()
	solved.update({"status": "Resolved", "resolution": "Reset by phone", "resolved_by_phone": 1}).save()
	assert (waiting(call), waiting(held), waiting(solved)) == (None, None, None)


def test_an_emergency_comes_first(shop, call):
	gas = make.call(shop.customer, hazard="Gas", subject="Smell of gas")
	order = [one["call"] for one in board.load(DAY)["waiting"]]
	assert order.index(gas.name) < order.index(call.name)


def test_of_two_companies_each_has_its_own(shop, call):
	shown = board.load(DAY, make.COMPANY)
	assert {one["company"] for one in shown["technicians"]} == {make.COMPANY}
	assert board.load(DAY, "No Such Company")["technicians"] == []
	other = frappe.new_doc("Company", company_name="Tamar Service Ltd", default_currency="GBP", abbr="TSL")
	other.name = "Tamar Service Ltd"
	other.db_insert()
	elsewhere = make.technician("Dispatch Elsewhere", company=other.name)
	assert elsewhere not in waiting(call)["fits"]


def test_a_technician_sees_his_own_day_only(shop, call):
	planned(call, shop.brian)
	mine = planned(make.call(shop.customer), shop.aoife)
	frappe.set_user(TECHNICIAN)
	(shown,) = board.load(DAY)["technicians"]
	assert (shown["name"], [one["name"] for one in shown["visits"]]) == (shop.aoife, [mine.name])


# ---------------------------------------------------------------- planning


def test_a_call_is_planned_moved_dispatched_and_put_back(shop, call):
	frappe.set_user(SUPERVISOR)
	name = board.plan(shop.aoife, DAY, 540, 90, call=call.name)
	assert stored(name) == ("Draft", shop.aoife, datetime(2027, 3, 3, 9), datetime(2027, 3, 3, 10, 30))

	board.plan(shop.brian, "2027-03-04", "615", "60", voucher=name, seen=seen(name))
	assert stored(name) == ("Draft", shop.brian, datetime(2027, 3, 4, 10, 15), datetime(2027, 3, 4, 11, 15))

	board.put_back(name, seen(name))
	assert stored(name) == ("Draft", None, None, None)
	assert waiting(call)["voucher"] == name

	board.plan(shop.aoife, DAY, 540, 90, voucher=name)
	board.dispatch(name, seen(name))
	assert stored(name)[0] == "Dispatched"
	call.reload()
	assert (call.status, call.promised_from) == ("Scheduled", datetime(2027, 3, 3, 9))

	board.plan(shop.aoife, DAY, 720, 90, voucher=name, seen=seen(name))
	assert stored(name)[:3] == ("Dispatched", shop.aoife, datetime(2027, 3, 3, 12))
	with pytest.raises(frappe.ValidationError, match="the customer expects the visit"):
		board.put_back(name)


def test_who_is_not_qualified_is_sent_only_with_a_reason(shop, call):
	frappe.set_user(SUPERVISOR)
	name = board.plan(shop.brian, DAY, 540, 90, call=call.name)
	with pytest.raises(frappe.ValidationError, match="is not qualified"):
		board.dispatch(name)
	board.dispatch(name, reason="He is round the corner")
	doc = frappe.get_doc("Service Voucher", name)
	assert (doc.status, doc.qualification_overridden_by) == ("Dispatched", SUPERVISOR)

	other = make.call(shop.customer, equipment=shop.boiler, support_kind="Use")
	frappe.set_user(AGENT)
	name = board.plan(shop.brian, DAY, 660, 90, call=other.name, reason="I say so")
	with pytest.raises(frappe.PermissionError):
		board.dispatch(name)


def test_what_was_changed_meanwhile_is_not_overwritten(shop, call):
	visit = planned(call, shop.aoife)
	before = seen(visit.name)
	visit.preliminary_plan = "Take the long ladder"
	visit.save()
	for attempt in (
		lambda: board.plan(shop.brian, DAY, 600, 60, voucher=visit.name, seen=before),
		lambda: board.put_back(visit.name, before),
		lambda: board.dispatch(visit.name, before),
	):
		with pytest.raises(frappe.ValidationError, match="changed by another user"):
			attempt()
	assert stored(visit.name)[:2] == ("Draft", shop.aoife)


def test_what_has_begun_is_not_planned_anew(shop, call):
	visit = planned(call, shop.aoife)
	visit.dispatch()
	visit.arrive()
	for attempt in (
		lambda: board.plan(shop.brian, DAY, 600, 60, voucher=visit.name),
		lambda: board.put_back(visit.name),
		lambda: board.dispatch(visit.name),
	):
		with pytest.raises(frappe.ValidationError, match="is already <strong>On Site</strong>"):
			attempt()


@pytest.mark.parametrize(
	("minute", "minutes", "said"),
	[
		(1440, 60, "Start: <strong>1440"),
		(-1, 60, "Start: <strong>-1"),
		("noon", 60, "Minute</strong> cannot be <strong>noon"),
		(540, 5, "Duration: <strong>5<"),
		(540, 1441, "Duration: <strong>1441"),
	],
)
def test_a_time_that_makes_no_sense_is_named(shop, call, minute, minutes, said):
	with pytest.raises(frappe.ValidationError, match=said):
		board.plan(shop.aoife, DAY, minute, minutes, call=call.name)
	assert not frappe.db.exists("Service Voucher", {"repair_call": call.name})


def test_neither_call_nor_visit_nor_one_that_exists(shop):
	with pytest.raises(frappe.MandatoryError):
		board.plan(shop.aoife, DAY, 540, 60)
	with pytest.raises(frappe.DoesNotExistError, match="does not exist"):
		board.plan(shop.aoife, DAY, 540, 60, call="<b>RC-0</b>")


def test_a_call_that_has_a_visit_gets_no_second_one(shop, call):
	visit = planned(call, shop.aoife)
	with pytest.raises(frappe.ValidationError, match=f"has the visit <strong>{visit.name}"):
		board.plan(shop.aoife, DAY, 660, 60, call=call.name)


# ---------------------------------------------------------------- who may


def test_one_who_may_only_read_moves_nothing(shop, call):
	visit = planned(call, shop.aoife)
	frappe.set_user(ACCOUNTANT)
	assert board.load(DAY)["may_plan"] is False
	for attempt in (
		lambda: board.plan(shop.aoife, DAY, 600, 60, call=call.name),
		lambda: board.plan(shop.aoife, DAY, 600, 60, voucher=visit.name),
		lambda: board.put_back(visit.name),
		lambda: board.dispatch(visit.name),
	):
		with pytest.raises(frappe.PermissionError):
			attempt()


def test_a_technician_moves_his_own_visits_and_hands_none_over(shop, call):
	others = planned(call, shop.brian)
	mine = planned(make.call(shop.customer, call_owner=TECHNICIAN), shop.aoife)
	frappe.set_user(TECHNICIAN)
	with pytest.raises(frappe.PermissionError):
		board.plan(shop.aoife, DAY, 600, 60, voucher=others.name)
	with pytest.raises(frappe.PermissionError):
		board.plan(shop.brian, DAY, 600, 60, voucher=mine.name)
	board.plan(shop.aoife, DAY, 600, 60, voucher=mine.name)
	assert stored(mine.name)[2] == datetime(2027, 3, 3, 10)


def test_the_board_asks_as_much_of_the_database_for_many_visits_as_for_few(shop, call):
	def queries() -> int:
		asked, sql = [], frappe.db.sql
		frappe.db.sql = lambda *args, **kwargs: asked.append(args) or sql(*args, **kwargs)
		try:
			board.load(DAY)
		finally:
			frappe.db.sql = sql
		return len(asked)

	planned(call, shop.aoife)
	board.load(DAY)
	few = queries()
	for hour in range(8, 16):
		planned(make.call(shop.customer), shop.aoife, f"2027-03-03 {hour:02}:00", f"2027-03-03 {hour:02}:45")
		make.call(shop.customer)
	assert queries() == few
