"""The dispatch board: who sees which day, who is fit and free, and that visits move only by their own guards."""

from datetime import date, datetime

import frappe
import pytest

from aftersales.field_service import dispatch_board as board
from aftersales.field_service.board import month
from aftersales.field_service.board.undo import undo
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
		(540, 20161, "Duration: <strong>20161"),
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


# ---------------------------------------------------------------- taking back


def test_what_was_planned_moved_or_put_back_is_undone_by_who_did_it(shop, call, clock):
	frappe.set_user(SUPERVISOR)
	name = board.plan(shop.aoife, DAY, 540, 90, call=call.name)
	undo(name, seen(name))
	assert stored(name) == ("Draft", None, None, None)
	assert waiting(call)["voucher"] == name

	board.plan(shop.aoife, DAY, 540, 90, voucher=name)
	before = {"technician": shop.aoife, "day": DAY, "minute": 540, "minutes": 90}
	nine = ("Draft", shop.aoife, datetime(2027, 3, 3, 9), datetime(2027, 3, 3, 10, 30))
	board.plan(shop.brian, "2027-03-04", 615, 60, voucher=name, seen=seen(name))
	undo(name, seen(name), **before)
	assert stored(name) == nine
	board.put_back(name, seen(name))
	undo(name, seen(name), **before)
	assert stored(name) == nine

	board.plan(shop.aoife, DAY, 660, 90, voucher=name, seen=seen(name))
	mine = seen(name)
	frappe.set_user(AGENT)
	with pytest.raises(frappe.ValidationError, match="changed by another user"):
		undo(name, mine, **before)  # what somebody else has done
	frappe.get_doc("Service Voucher", name).update({"preliminary_plan": "Take the long ladder"}).save()
	frappe.set_user(SUPERVISOR)
	with pytest.raises(frappe.ValidationError, match="changed by another user"):
		undo(name, mine, **before)
	assert stored(name)[2] == datetime(2027, 3, 3, 11)
	board.plan(shop.aoife, DAY, 720, 90, voucher=name)
	for minute, minutes in ((10**9, 90), (540, -5), (540, 10**9)):
		with pytest.raises(frappe.ValidationError, match="is not between"):
			undo(name, seen(name), **{**before, "minute": minute, "minutes": minutes})
	clock.forward(minutes=16)
	with pytest.raises(frappe.ValidationError, match="more than 15 minutes ago"):
		undo(name, seen(name), **before)


def test_a_dispatch_of_which_nobody_was_told_is_undone_as_if_it_had_not_been(shop, call):
	frappe.set_user(SUPERVISOR)
	name = board.plan(shop.aoife, DAY, 540, 90, call=call.name)
	board.dispatch(name)
	before = {"technician": shop.aoife, "day": DAY, "minute": 540, "minutes": 90}
	assert undo(name, seen(name), **before) is None
	call.reload()
	assert (stored(name)[0], call.status, call.promised_from, call.promises) == ("Draft", "Triaged", None, [])

	board.dispatch(name)
	board.plan(shop.aoife, DAY, 780, 90, voucher=name, seen=seen(name), promise_changed_for="Service")
	call.reload()
	assert (len(call.promises), call.next_action[:9]) == (2, "Tell the ")
	undo(name, seen(name), dispatched=1, promised=1, **before)
	call.reload()
	assert stored(name) == ("Dispatched", shop.aoife, datetime(2027, 3, 3, 9), datetime(2027, 3, 3, 10, 30))
	assert (call.promised_from, len(call.promises)) == (datetime(2027, 3, 3, 9), 1)
	assert call.next_action == "Visit the customer"


def test_what_the_customer_was_told_is_undone_only_by_who_knows_it(shop, call):
	make.settings(send_customer_messages=1)
	call.db_set("contact_email", "nora@byrne.example")
	frappe.set_user(SUPERVISOR)
	name = board.plan(shop.aoife, DAY, 540, 90, call=call.name)
	board.dispatch(name)
	before = {"technician": shop.aoife, "day": DAY, "minute": 540, "minutes": 90}
	assert "The customer has been told" in undo(name, seen(name), **before)
	assert stored(name)[0] == "Dispatched"
	assert undo(name, seen(name), although_told=1, **before) is None
	call.reload()
	assert (stored(name)[0], call.status, call.promised_from) == ("Draft", "Triaged", None)
	assert len(call.promises) == 1  # the customer knows it
	assert call.next_action == "Agree another appointment with the customer"

	board.dispatch(name)
	frappe.get_doc("Service Voucher", name).arrive()
	with pytest.raises(frappe.ValidationError, match="is already <strong>On Site</strong>"):
		undo(name, seen(name), **before)


# ---------------------------------------------------------------- the month


def test_a_month_shows_how_full_each_day_is_and_who_is_away(shop, call):
	planned(call, shop.aoife)
	planned(make.call(shop.customer), shop.aoife, "2027-03-03 10:00", "2027-03-03 12:00")
	planned(make.call(shop.customer), shop.aoife, "2027-03-31 23:00", "2027-04-01 01:00")
	holidays = make.once(
		"Holiday List",
		"Dispatch Leave",
		holiday_list_name="Dispatch Leave",
		from_date="2027-01-01",
		to_date="2027-12-31",
		holidays=[{"holiday_date": "2027-03-04", "description": "Wedding"}],
	)
	frappe.db.set_value("Service Technician", shop.brian, "holiday_list", holidays)
	waits = make.call(shop.customer)
	waits.schedule("2027-03-05 10:00:00", "2027-03-05 12:00:00")
	found = month.load(DAY, make.COMPANY)
	assert (len(found["days"]), found["days"][0], found["more"]) == (31, date(2027, 3, 1), False)
	assert found["promised"][4] == 1
	days = {one["name"]: one["days"] for one in found["technicians"]}
	assert days[shop.aoife][2] == {"visits": 2, "planned": 180, "worked": 480, "late": 0, "away": None}
	assert days[shop.aoife][30]["planned"] == 60  # and an hour in April
	assert (days[shop.aoife][6]["worked"], days[shop.aoife][6]["away"]) == (0, None)  # a Sunday
	assert (days[shop.brian][3]["worked"], "Wedding" in days[shop.brian][3]["away"]) == (0, True)
	(first,) = (
		one["days"][0] for one in month.load("2027-04-15")["technicians"] if one["name"] == shop.aoife
	)
	assert (first["visits"], first["planned"]) == (1, 60)
	frappe.set_user(TECHNICIAN)
	assert [one["name"] for one in month.load(DAY)["technicians"]] == [shop.aoife]


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
		lambda: undo(visit.name, seen(visit.name)),
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
			month.load(DAY)
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
