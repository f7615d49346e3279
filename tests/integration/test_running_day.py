"""The running day: travel on the board, the map, and an emergency that disturbs as little as possible."""

from datetime import timedelta

import frappe
import pytest
from frappe.utils import get_datetime, getdate, now_datetime

from aftersales.core.geo_rules import Point
from aftersales.field_service import arrival, board_week, finishing
from aftersales.field_service import dispatch_board as board
from aftersales.visit_planning import emergencies, loading, service_map
from tests import factories as make

SUPERVISOR = "running.supervisor@example.com"
TECHNICIAN = "running.technician@example.com"
HOME, EAST, WEST = Point(53.34, -6.26), Point(53.34, -6.11), Point(53.34, -6.41)
"""East and west are about ten kilometres from home, twenty from each other."""


@pytest.fixture
def day(clock):
	"""A working day at nine o'clock: Aoife goes east at ten and west at eleven, Brian west at two."""
	found = make.shop()
	windows = [
		{"weekday": name, "start_time": "08:00:00", "end_time": "17:00:00"}
		for name in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
	]
	calendar = make.once("Service Calendar", "Running Hours", calendar_name="Running Hours", windows=windows)
	make.settings(default_company=make.COMPANY, working_calendar=calendar, send_customer_messages=0)
	for name in frappe.get_all("Service Technician", pluck="name", order_by="name asc"):
		frappe.db.set_value("Service Technician", name, "is_active", 0)
	make.user(SUPERVISOR, "Service Supervisor")
	make.user(TECHNICIAN, "Service Technician")
	home = place(HOME, "Running Home")
	found.date = getdate()
	clock.to(f"{found.date} 09:00:00")
	found.aoife = make.technician("Running Aoife", start_address=home, user=TECHNICIAN)
	found.brian = make.technician("Running Brian", start_address=home)
	found.east = visit(found, found.aoife, EAST, "10:00", "11:00")
	found.west = visit(found, found.aoife, WEST, "11:10", "12:00")
	found.later = visit(found, found.brian, WEST, "14:00", "15:00")
	frappe.set_user(SUPERVISOR)
	return found


def place(point: Point, owner: str) -> str:
	return make.address(
		make.customer(owner), aftersales_latitude=point.latitude, aftersales_longitude=point.longitude
	)


def call(owner: str, point: Point | None, **values):
	address = place(point, owner) if point else None
	return make.call(make.customer(owner), service_address=address, **values)


def visit(found, technician: str, point: Point, start: str, end: str):
	doc = make.planned(
		call(f"Running {technician} {start}", point),
		technician,
		planned_start=f"{found.date} {start}:00",
		planned_end=f"{found.date} {end}:00",
	)
	doc.dispatch()
	return doc


def shown(day, technician: str) -> dict:
	(row,) = (row for row in board.load(day.date)["technicians"] if row["name"] == technician)
	return row


def test_the_board_shows_the_way_between_visits_and_where_time_is_short_for_it(day):
	east, west = shown(day, day.aoife)["visits"]
	# 10 km of air, 1.3 times as much road, 40 km/h
	assert east["travel"] == pytest.approx(19, abs=2) and not east["tight"]
	assert west["travel"] == pytest.approx(39, abs=3) and west["tight"]
	row = shown(day, day.aoife)
	assert row["travel"] == pytest.approx(east["travel"] + west["travel"] + 19, abs=3)
	assert row["kilometres"] == pytest.approx(52, abs=3)


def test_a_day_without_places_is_a_board_without_travel(day):
	frappe.db.set_value("Address", {"name": ("like", "Running%")}, "aftersales_latitude", 0)
	frappe.db.set_value("Address", {"name": ("like", "Running%")}, "aftersales_longitude", 0)
	row = shown(day, day.aoife)
	assert [visit["travel"] for visit in row["visits"]] == [None, None]
	assert (row["travel"], row["kilometres"]) == (0, 0)


def test_the_map_shows_routes_in_their_order_calls_that_wait_and_says_what_it_cannot_show(day):
	call("Running Waits", EAST)
	call("Running Nowhere", None)
	found = service_map.load(day.date, make.COMPANY)
	(route,) = (route for route in found["routes"] if route["technician"] == day.aoife)
	assert [stop["visit"] for stop in route["stops"]] == [day.east.name, day.west.name]
	assert route["stops"][0]["place"] == (EAST.latitude, EAST.longitude)
	assert route["start"] == (HOME.latitude, HOME.longitude)
	waiting = {one["customer_name"]: one["place"] for one in found["waiting"]}
	assert waiting["Running Waits"] == (EAST.latitude, EAST.longitude)
	assert waiting["Running Nowhere"] is None and found["unknown"] >= 1
	assert found["tiles"] is None
	frappe.set_user("Administrator")
	north = make.once("Service Zone", "Running North", zone="Running North")
	heater = make.equipment(
		make.customer("Running Heater"), serial_text="RUNNING-1", address=place(EAST, "Running Heater")
	)
	frappe.set_user(SUPERVISOR)
	assert service_map.load(day.date, make.COMPANY, north)["routes"] == []
	around = (EAST.latitude - 0.01, EAST.longitude - 0.01, EAST.latitude + 0.01, EAST.longitude + 0.01)
	(product,) = service_map.products(*around)["products"]
	assert (product["name"], product["place"]) == (heater, (EAST.latitude, EAST.longitude))
	assert service_map.products(0, 0, 1, 1) == {"products": [], "more": False}
	frappe.set_user(TECHNICIAN)
	own = service_map.load(day.date)
	assert [route["technician"] for route in own["routes"]] == [day.aoife]


def test_which_priority_is_an_emergency_is_said_in_the_settings(day):
	frappe.set_user("Administrator")
	make.settings(emergency_priority=make.once("Issue Priority", "Code Red", __newname="Code Red"))
	urgent, other = call("Running Red", EAST), call("Running Other", EAST)
	for name, priority in ((urgent.name, "Code Red"), (other.name, "Emergency")):
		frappe.db.set_value("Repair Call", name, "priority", priority)
	frappe.set_user(SUPERVISOR)
	told = {one["call"]: one["emergency"] for one in board.load(day.date)["waiting"]}
	assert (told[urgent.name], told[other.name]) == (True, False)


def test_an_emergency_goes_to_who_changes_nothing_for_others_first(day):
	leak = call("Running Leak", WEST, hazard="Water Leak")
	first, second = emergencies.options(leak.name)
	assert (first["technician"], first["changes"]) == (day.brian, [])
	assert first["start"] == get_datetime(f"{day.date} 09:20:00") or first["start"].hour == 9
	# Aoife's day is full until twelve: before that two customers would have to be told
	assert (second["technician"], second["changes"], second["start"].hour) == (day.aoife, [], 12)
	done = emergencies.take(leak.name, day.brian, first["start"])
	made = frappe.get_doc("Service Voucher", done["voucher"])
	assert (made.technician, made.status, made.planned_start) == (day.brian, "Dispatched", first["start"])
	assert done["moved"] == []
	with pytest.raises(frappe.ValidationError, match="has the visit"):
		emergencies.options(leak.name)


def test_visits_after_the_emergency_are_moved_within_their_promises(day):
	frappe.db.set_value("Service Technician", day.brian, "is_active", 0)
	leak = call("Running Leak", EAST, hazard="Gas")
	(only,) = emergencies.options(leak.name)
	assert [change["visit"] for change in only["changes"]] == [day.east.name, day.west.name]
	assert not any(change["missed"] for change in only["changes"])
	done = emergencies.take(leak.name, day.aoife, only["start"])
	assert done["moved"] == [day.east.name, day.west.name]
	for change in only["changes"]:
		moved = frappe.get_doc("Service Voucher", change["visit"])
		assert moved.planned_start == change["new_start"] > change["old_start"]
		assert moved.status == "Dispatched"
		assert moved.planned_end - moved.planned_start in (timedelta(hours=1), timedelta(minutes=50))
	promise = frappe.get_doc("Repair Call", day.west.repair_call)
	assert promise.promised_to >= frappe.get_doc("Service Voucher", day.west.name).planned_start


def test_a_day_that_changed_since_the_options_were_shown_moves_nothing(day):
	frappe.db.set_value("Service Technician", day.brian, "is_active", 0)
	leak = call("Running Leak", EAST, hazard="Gas")
	(only,) = emergencies.options(leak.name)
	day.east.reload()
	day.east.call_off("Customer is away")
	with pytest.raises(frappe.ValidationError, match="has changed since"):
		emergencies.take(leak.name, day.aoife, only["start"] + timedelta(hours=1))
	assert frappe.db.count("Service Voucher", {"repair_call": leak.name}) == 0


def test_who_may_not_plan_sees_no_options(day):
	leak = call("Running Leak", EAST, hazard="Gas")
	accountant = make.user("running.accountant@example.com", "Service Accountant")
	for user in (accountant, TECHNICIAN):  # whose own day it is, but not the days of others
		frappe.set_user(user)
		for what in (
			lambda: emergencies.options(leak.name),
			lambda: emergencies.take(leak.name, day.aoife, f"{day.date} 10:00:00"),
		):
			with pytest.raises(frappe.PermissionError):
				what()


def test_a_closed_call_is_no_emergency(day):
	done = call("Running Done", EAST, hazard="Gas")
	done.resolve_by_phone("Valve closed by the customer")
	with pytest.raises(frappe.ValidationError, match="does not wait for a visit"):
		emergencies.options(done.name)


# ---------------------------------------------------------------- crews


def crew_of(voucher: str) -> list[tuple]:
	return [
		(row.technician, f"{row.planned_start:%H:%M}", f"{row.planned_end:%H:%M}")
		for row in frappe.get_doc("Service Voucher", voucher).crew
	]


def test_a_crew_sees_the_visit_and_is_busy_with_it(day):
	doc = frappe.get_doc("Service Voucher", day.later.name)
	hours = {"planned_start": f"{day.date} 14:30:00", "planned_end": f"{day.date} 15:00:00"}
	doc.append("crew", {"technician": day.aoife, **hours})
	doc.save()

	frappe.set_user(TECHNICIAN)  # Aoife
	assert day.later.name in frappe.get_list("Service Voucher", pluck="name")
	assert frappe.get_list("Repair Call", {"name": doc.repair_call})
	assert frappe.has_permission("Service Voucher", "write", day.later.name)
	assert not frappe.has_permission("Service Voucher", "submit", day.later.name)
	(row,) = board.load(str(day.date))["technicians"]
	shown = {one["name"]: one for one in row["visits"]}[day.later.name]
	assert (shown["start"], shown["end"], shown["crew"], shown["movable"]) == (870, 900, [day.brian], False)
	own = frappe.get_doc("Service Voucher", day.later.name)
	own.technician = day.aoife
	with pytest.raises(frappe.PermissionError):
		own.save()
	own.reload().set("crew", [])
	with pytest.raises(frappe.PermissionError, match="Only users who plan visits"):
		own.save()
	with pytest.raises(frappe.PermissionError):
		own.reload().call_off("Too far")
	with pytest.raises(frappe.PermissionError, match="Only users who plan visits"):
		board.plan(day.brian, str(day.date), 16 * 60, 60, voucher=day.later.name)

	frappe.set_user(SUPERVISOR)
	board.plan(day.brian, str(day.date), 15 * 60, 60, voucher=day.later.name)
	assert crew_of(day.later.name) == [(day.aoife, "15:30", "16:00")]  # moved with the visit
	windows = arrival.suggest(make.COMPANY, due=get_datetime(f"{day.date} 18:00:00"), count=40)
	taken = [
		window
		for window in windows
		if window.technician == day.aoife
		and window.start < get_datetime(f"{day.date} 16:00:00")
		and window.end > get_datetime(f"{day.date} 15:30:00")
	]
	assert not taken
	case = loading.load(loading.Wanted(make.COMPANY, day.date, day.date), now_datetime())
	(fixed,) = (visit for visit in case.problem.visits if visit.key == f"{day.later.name} {day.aoife}")
	assert fixed.fixed == (f"{day.date:%Y-%m-%d} {day.aoife}", 15 * 3600 + 1800)


def test_a_crew_is_of_the_company_there_and_each_once(day):
	doc = frappe.get_doc("Service Voucher", day.later.name)
	for rows, said in (
		([day.brian], "is on this visit already"),
		([day.aoife, day.aoife], "is on this visit already"),
		([make.technician("Running Gone", is_active=0)], "no longer active"),
	):
		doc.reload().set("crew", [{"technician": name} for name in rows])
		with pytest.raises(frappe.ValidationError, match=said):
			doc.save()
	late = {"planned_start": f"{day.date} 18:00:00", "planned_end": f"{day.date} 19:00:00"}
	doc.reload().set("crew", [{"technician": day.aoife, **late}])
	with pytest.raises(frappe.ValidationError, match="within the visit"):
		doc.save()


def test_the_hours_of_a_crew_are_each_its_own_and_cost_their_own_rate(day):
	frappe.db.set_value("Service Technician", day.aoife, "cost_rate", 40)
	frappe.clear_document_cache("Service Technician", day.aoife)
	doc = frappe.get_doc("Service Voucher", day.later.name)
	doc.append("crew", {"technician": day.aoife})
	doc.save()
	labour = finishing.begin(day.later.name)["labour"]
	assert [(row["activity"], row["technician"]) for row in labour] == [
		("Repair", day.brian),
		("Repair", day.aoife),
		("Travel", None),
	]
	report = {"outcome": "Completed", "findings": "Replaced", "test_result": "Passed"}
	report |= {"arrived_at": now_datetime(), "unsigned_reason": "Nobody there", "technician": day.brian}
	finishing.finish(day.later.name, report, [{**row, "hours": 1} for row in labour[:2]])
	doc.reload()
	assert doc.docstatus == 1
	assert [(row.technician, row.hours) for row in doc.labour] == [(day.brian, 1), (day.aoife, 1)]
	assert doc.labour_cost == 70  # 30 and 40


def test_the_week_says_what_room_is_left_and_what_is_promised(day):
	waits = call("Running Promised", EAST)
	tomorrow = day.date + timedelta(days=1)
	waits.schedule(f"{tomorrow} 10:00:00", f"{tomorrow} 12:00:00")
	doc = frappe.get_doc("Service Voucher", day.later.name)
	doc.append("crew", {"technician": day.aoife})
	doc.save()
	found = board_week.load(str(day.date))
	(row,) = (row for row in found["technicians"] if row["name"] == day.aoife)
	(today,) = (one for one in row["days"] if one["day"] == day.date)
	assert [visit["name"] for visit in today["visits"]] == [day.east.name, day.west.name, day.later.name]
	# It is nine o'clock: eight of nine hours are left, 60, 50 and 60 minutes of them planned
	assert (today["worked"], today["planned"], today["free"]) == (540, 170, 480 - 170)
	if tomorrow.weekday():  # Monday is of the week after
		assert {one["day"]: one["promised"] for one in found["days"]}[tomorrow] == 1
	# Who comes along with the visit of somebody from another zone is not free in the view of a zone
	frappe.set_user("Administrator")
	zone = make.once("Service Zone", "Running North", zone="Running North")
	frappe.db.set_value("Service Technician", day.aoife, "service_zone", zone)
	(row,) = board.load(str(day.date), zone=zone)["technicians"]
	assert [visit["name"] for visit in row["visits"]] == [day.east.name, day.west.name, day.later.name]
	frappe.set_user(TECHNICIAN)
	assert [row["name"] for row in board_week.load(str(day.date))["technicians"]] == [day.aoife]
