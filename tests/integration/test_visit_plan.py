"""The day, planned: a proposal with its reasons, accepted whole or in part, once, and over nobody's work."""

from datetime import date

import frappe
import pytest
from frappe.utils import add_days, get_datetime, getdate, nowdate

from aftersales.core.geo_rules import Point
from aftersales.customer_portal import progress
from aftersales.field_service import board_week
from aftersales.field_service import dispatch_board as board
from aftersales.service_routes import settings
from aftersales.service_staff import availability, availability_rules
from aftersales.visit_planning import proposing
from tests import factories as make

SUPERVISOR = "plan.supervisor@example.com"
AGENT = "plan.agent@example.com"
TECHNICIAN = "plan.technician@example.com"
NEAR, FAR, HOME = Point(53.30, -6.30), Point(53.55, -6.60), Point(53.34, -6.26)


def wednesday() -> date:
	"""A working day within the next two weeks, at least two days ahead."""
	day = getdate(add_days(nowdate(), 2))
	return getdate(add_days(day, (2 - day.weekday()) % 7))


@pytest.fixture(scope="module")
def masters(shared_site):
	found = make.shop()
	windows = [
		{"weekday": day, "start_time": start, "end_time": end}
		for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
		for start, end in (("08:00:00", "12:00:00"), ("13:00:00", "17:00:00"))
	]
	calendar = make.once("Service Calendar", "Plan Hours", calendar_name="Plan Hours", windows=windows)
	make.settings(default_company=make.COMPANY, working_calendar=calendar, send_customer_messages=0)
	frappe.db.set_single_value("Service Routes Settings", "time_limit", 2)
	frappe.clear_document_cache("Service Routes Settings", "Service Routes Settings")
	for technician in frappe.get_all("Service Technician", pluck="name", order_by="name asc"):
		frappe.db.set_value("Service Technician", technician, "is_active", 0)
	for user, role in (
		(SUPERVISOR, "Service Supervisor"),
		(AGENT, "Service Agent"),
		(TECHNICIAN, "Service Technician"),
	):
		make.user(user, role)
	found.gas = make.once(
		"Item Group", "Plan Gas", item_group_name="Plan Gas", parent_item_group="All Item Groups"
	)
	home = at(HOME, "Plan Home")
	use = {"support_kind": "Use"}
	found.aoife = make.technician(
		"Plan Aoife", start_address=home, user=TECHNICIAN, skills=[{"item_group": "All Item Groups", **use}]
	)
	found.brian = make.technician("Plan Brian", start_address=home, skills=[{"item_group": found.gas, **use}])
	found.day = wednesday()
	return found


def at(point: Point, owner: str) -> str:
	return make.address(
		make.customer(owner), aftersales_latitude=point.latitude, aftersales_longitude=point.longitude
	)


def call(owner: str, point: Point, **values):
	return make.call(make.customer(owner), service_address=at(point, owner), **values)


def proposed(shop, user: str = SUPERVISOR, **values):
	"""A plan of the day, worked out as its worker would."""
	frappe.set_user(user)
	plan = make.make("Visit Plan", company=make.COMPANY, from_date=shop.day, to_date=shop.day, **values)
	plan.start()
	plan.reload()
	proposing.propose(_begun(plan), plan.attempt)
	return plan.reload()


def _begun(plan):
	plan.db_set("status", "Planning")
	return plan


def rows(plan, state: str) -> dict:
	return {row.repair_call: row for row in plan.proposals if row.state == state}


def visits(call) -> list:
	return frappe.get_all(
		"Service Voucher",
		filters={"repair_call": call.name, "status": ("!=", "Cancelled")},
		fields=["name", "technician", "planned_start", "planned_end", "status"],
		order_by="name asc",
	)


def test_a_proposal_says_who_when_in_which_order_and_why(shop):
	near, far = call("Plan Near", NEAR), call("Plan Far", FAR)
	morning = f"{shop.day} 10:00:00", f"{shop.day} 11:00:00"
	promised = call("Plan Promised", NEAR)
	promised.schedule(*morning)
	nobody = call("Plan Nobody", NEAR, support_kind="Application")
	plan = proposed(shop)
	found = rows(plan, "Proposed")
	assert set(found) >= {near.name, far.name, promised.name}
	assert get_datetime(morning[0]) <= found[promised.name].planned_start <= get_datetime(morning[1])
	assert "Keeps the promise" in found[promised.name].why
	assert found[far.name].kilometres > 20 and found[far.name].travel_minutes > 30
	assert "minutes from the stop before" in found[far.name].why
	assert {row.technician for row in found.values()} <= {shop.aoife, shop.brian}
	assert "No technician who is there on these days is qualified" in rows(plan, "Left over")[nobody.name].why
	assert (plan.status, plan.left_over) == ("Proposed", len(rows(plan, "Left over")))
	assert plan.travel_minutes > 60 and plan.kilometres > 40 and plan.travel_by == "great circle"
	assert not visits(near), "a proposal plans nothing"


def test_a_call_that_is_overdue_for_weeks_is_not_cheaper_to_leave_over(shop):
	old, new = call("Plan Old", FAR), call("Plan Near", NEAR)
	due = add_days(nowdate(), -20)
	frappe.db.set_value("Service Clock", {"reference_name": old.name}, "due_at", f"{due} 12:00:00")
	found = rows(proposed(shop), "Proposed")
	assert {old.name, new.name} <= set(found)
	assert "after it was due" in found[old.name].why


def test_a_job_of_several_days_fills_each_of_them_and_is_told_from_to(shop, monkeypatch):
	first, last = shop.day, add_days(shop.day, 2)
	job = make.planned(
		call("Plan Days", NEAR),
		shop.aoife,
		planned_start=get_datetime(f"{first} 10:00:00"),
		planned_end=get_datetime(f"{last} 12:00:00"),
	)
	# The first, the second and the last day on the board, the nights not counted
	for day, planned in ((first, 360), (add_days(first, 1), 480), (last, 240)):
		(row,) = (row for row in board.load(day=str(day))["technicians"] if row["name"] == shop.aoife)
		(shown,) = row["visits"]
		assert (row["planned"], shown["name"], bool(shown["days"])) == (planned, job.name, True), day
		assert shown["movable"] == (day == first)
	week = board_week.load(day=str(first))["technicians"]
	days = next(row["days"] for row in week if row["name"] == shop.aoife)
	assert [day["planned"] for day in days[2:5]] == [360, 480, 240]

	# The planner leaves it where it is on each day, also where planned visits may move
	waits = call("Plan Near", NEAR)
	frappe.set_user("Administrator")
	frappe.db.set_value("Service Technician", shop.brian, "is_active", 0)
	plan = make.make(
		"Visit Plan",
		company=make.COMPANY,
		from_date=add_days(first, 1),
		to_date=add_days(first, 1),
		reschedule=1,
	)
	plan.start()
	proposing.propose(_begun(plan.reload()), plan.attempt)
	assert waits.name in rows(plan.reload(), "Left over")
	assert not rows(plan, "Proposed")

	# Whoever is away on a day in between is not sent; a day off in between is not worked
	def away(code: str):
		absence = availability_rules.Absence(code, add_days(first, 1), "Annual Leave")
		monkeypatch.setattr(
			availability,
			"absence_on",
			lambda name, day, made=False: absence if getdate(day) == getdate(add_days(first, 1)) else None,
		)

	away("leave")
	with pytest.raises(frappe.ValidationError, match="on leave"):
		job.reload().dispatch()
	away("holiday")
	job.reload().dispatch()
	window = frappe.db.get_value("Repair Call", job.repair_call, ["promised_from", "promised_to"])
	assert progress.window(*window).startswith("from ")

	# Moved as a whole by the board; hours are entered for each day
	board.plan(shop.aoife, first, 9 * 60, 51 * 60, voucher=job.name)
	assert job.reload().planned_end == get_datetime(f"{last} 12:00:00")
	line = {"activity": "Repair", "from_time": f"{first} 09:00:00", "to_time": f"{last} 12:00:00"}
	job.append("labour", line)
	with pytest.raises(frappe.ValidationError, match="a row for each day"):
		job.save()


def test_who_has_the_parts_in_the_van_goes_and_what_is_in_no_van_is_said(shop, monkeypatch):
	brian = frappe.get_doc("Service Technician", shop.brian)
	brian.update({"van_warehouse": make.warehouse("Van Brian"), "skills": []})
	brian.append("skills", {"item_group": "All Item Groups", "support_kind": "Use"})
	brian.save()
	frappe.db.set_value("Service Technician", shop.aoife, "van_warehouse", shop.van)
	make.receive(shop.seal, 3, 12.5, brian.van_warehouse)
	pump = make.item("Plan Pump")
	make.price(pump, 50)
	needs_pump, needs_seals, nothing = (call(name, NEAR) for name in ("Plan Pump", "Plan Seal", "Plan Near"))
	for waits, part in ((needs_pump, make.part(pump, 2)), (needs_seals, make.part(shop.seal, 8))):
		make.make("Service Voucher", repair_call=waits.name, company=make.COMPANY, parts=[part])
	found = rows(proposed(shop), "Proposed")
	assert found[needs_seals.name].technician == shop.aoife, "ten seals in that van, three in the other"
	assert "The parts are in the van." in found[needs_seals.name].why
	assert "Not in the van: 2 × Plan Pump." in found[needs_pump.name].why
	assert "van" not in found[nothing.name].why
	# What visits planned for the day need of a van is not there for others
	frappe.set_user("Administrator")
	start = get_datetime(f"{shop.day} 15:00:00")
	make.planned(
		make.call(make.customer("Plan Other")),
		shop.aoife,
		planned_start=start,
		planned_end=get_datetime(f"{shop.day} 16:00:00"),
		parts=[make.part(shop.seal, 4)],
	)
	found = rows(proposed(shop), "Proposed")
	assert "Not in the van: 2 × Gas Valve Seal." in found[needs_seals.name].why or (
		"Not in the van: 5 × Gas Valve Seal." in found[needs_seals.name].why
	)
	frappe.set_user("Administrator")
	monkeypatch.setattr(settings, "missing_parts", lambda: 100_000.0)
	left = rows(proposed(shop), "Left over")
	assert "The parts are in no van: 2 × Plan Pump." in left[needs_pump.name].why


def test_what_is_accepted_becomes_visits_once_and_the_rest_still_waits(shop):
	near, far = call("Plan Near", NEAR), call("Plan Far", FAR)
	plan = proposed(shop)
	chosen = rows(plan, "Proposed")[near.name]
	assert plan.accept([chosen.name]) == {"accepted": 1, "refused": 0}
	(visit,) = visits(near)
	assert (visit.technician, visit.planned_start, visit.status) == (
		chosen.technician,
		chosen.planned_start,
		"Draft",
	)
	assert not visits(far)
	plan.reload()
	assert rows(plan, "Accepted")[near.name].service_voucher == visit.name
	assert plan.accept([chosen.name]) == {"accepted": 0, "refused": 0}
	assert plan.accept()["accepted"] >= 1
	assert len(visits(near)) == len(visits(far)) == 1
	assert plan.reload().status == "Accepted"
	with pytest.raises(frappe.ValidationError, match="were accepted already"):
		plan.start()


def test_a_visit_made_meanwhile_or_a_time_taken_meanwhile_is_said_and_stops_no_other(shop):
	near, far = call("Plan Near", NEAR), call("Plan Far", FAR)
	plan = proposed(shop)
	found = rows(plan, "Proposed")
	board.plan(shop.brian, shop.day, 16 * 60, 60, call=near.name, reason=None)
	other = make.planned(
		make.call(make.customer("Plan Other")),
		found[far.name].technician,
		planned_start=found[far.name].planned_start,
		planned_end=found[far.name].planned_end,
	)
	answer = plan.accept([found[near.name].name, found[far.name].name])
	assert answer == {"accepted": 0, "refused": 2}
	refused = rows(plan.reload(), "Refused")
	assert "has the visit" in refused[near.name].refused_because
	assert other.name in refused[far.name].refused_because
	assert len(visits(near)) == 1 and not visits(far)
	other.call_off("Not needed")
	assert plan.accept([found[far.name].name]) == {"accepted": 1, "refused": 0}


@pytest.mark.parametrize("changed_meanwhile", [False, True])
def test_who_takes_the_place_of_a_visit_waits_until_it_has_moved(shop, changed_meanwhile):
	near, there = call("Plan Near", NEAR), call("Plan There", NEAR)
	ten, eleven, two, three = (f"{shop.day} {hour}:00:00" for hour in (10, 11, 14, 15))
	visit = make.planned(there, shop.aoife, planned_start=ten, planned_end=eleven)
	visit.reload()
	plan = proposed(shop)
	plan.flags.writes_proposal = True
	common = {"technician": shop.aoife, "state": "Proposed"}
	moved = {
		"service_voucher": visit.name,
		"repair_call": there.name,
		"planned_start": two,
		"planned_end": three,
	}
	plan.set(
		"proposals",
		[
			{**common, "repair_call": near.name, "planned_start": ten, "planned_end": eleven},
			{**common, **moved, "seen": plan.creation if changed_meanwhile else visit.modified},
		],
	)
	plan.save()
	assert plan.accept() == (
		{"accepted": 0, "refused": 2} if changed_meanwhile else {"accepted": 2, "refused": 0}
	)
	assert [str(row.planned_start) for row in visits(there)] == [ten if changed_meanwhile else two]
	assert len(visits(near)) == (0 if changed_meanwhile else 1)


@pytest.mark.parametrize("changed_meanwhile", [False, True])
def test_visits_change_places_both_or_neither(shop, changed_meanwhile):
	here, there = call("Plan Near", NEAR), call("Plan There", NEAR)
	ten, eleven, two, three = (f"{shop.day} {hour}:00:00" for hour in (10, 11, 14, 15))
	first = make.planned(here, shop.aoife, planned_start=ten, planned_end=eleven).reload()
	second = make.planned(there, shop.aoife, planned_start=two, planned_end=three).reload()
	plan = proposed(shop)
	plan.flags.writes_proposal = True
	common = {"technician": shop.aoife, "state": "Proposed"}
	plan.set(
		"proposals",
		[
			{
				**{**common, "service_voucher": first.name, "repair_call": here.name},
				**{"planned_start": two, "planned_end": three, "seen": first.modified},
			},
			{
				**{**common, "service_voucher": second.name, "repair_call": there.name},
				**{"planned_start": ten, "planned_end": eleven},
				"seen": plan.creation if changed_meanwhile else second.modified,
			},
		],
	)
	plan.save()
	assert plan.accept() == (
		{"accepted": 0, "refused": 2} if changed_meanwhile else {"accepted": 2, "refused": 0}
	)
	assert [str(row.planned_start) for row in (*visits(here), *visits(there))] == (
		[ten, two] if changed_meanwhile else [two, ten]
	)


def test_a_time_that_is_over_is_not_planned(shop, clock):
	near = call("Plan Near", NEAR)
	plan = proposed(shop)
	clock.to(f"{shop.day} 19:00:00")
	assert plan.accept([rows(plan, "Proposed")[near.name].name]) == {"accepted": 0, "refused": 1}
	assert not visits(near)
	assert "is over" in rows(plan.reload(), "Refused")[near.name].refused_because


def test_dispatched_visits_stay_and_planned_ones_move_only_where_asked(shop):
	fixed = call("Plan Fixed", FAR)
	sent = make.planned(
		fixed, shop.aoife, planned_start=f"{shop.day} 09:00:00", planned_end=f"{shop.day} 10:00:00"
	)
	sent.dispatch()
	loose = call("Plan Loose", FAR)
	draft = make.planned(
		loose, shop.aoife, planned_start=f"{shop.day} 16:00:00", planned_end=f"{shop.day} 17:00:00"
	)
	near = call("Plan Near", NEAR)
	plan = proposed(shop)
	assert {fixed.name, loose.name}.isdisjoint(row.repair_call for row in plan.proposals)
	assert near.name in rows(plan, "Proposed")
	again = proposed(shop, reschedule=1)
	assert fixed.name not in {row.repair_call for row in again.proposals}
	moved = {**rows(again, "Proposed"), **rows(again, "Unchanged")}[loose.name]
	assert moved.service_voucher == draft.name
	draft.reload()
	draft.preliminary_plan = "Somebody was faster"
	draft.save()
	if moved.state == "Proposed":
		assert again.accept([moved.name])["refused"] == 1
		assert "was changed by another user" in rows(again.reload(), "Refused")[loose.name].refused_because


def test_accepted_visits_are_dispatched_only_where_the_site_says_so(shop):
	frappe.db.set_single_value("Service Routes Settings", "dispatch_accepted", 1)
	frappe.clear_document_cache("Service Routes Settings", "Service Routes Settings")
	near = call("Plan Near", NEAR)
	plan = proposed(shop)
	plan.accept([rows(plan, "Proposed")[near.name].name])
	assert [visit.status for visit in visits(near)] == ["Dispatched"]
	near.reload()
	assert near.status == "Scheduled"


def test_who_is_away_or_off_is_not_planned(shop):
	near = call("Plan Near", NEAR)
	frappe.db.set_value("Service Technician", shop.aoife, "is_active", 0)
	plan = proposed(shop, technicians=[{"technician": shop.brian}])
	assert {row.technician for row in plan.proposals} <= {shop.brian, None}
	sunday = getdate(add_days(shop.day, 4))
	plan.update({"from_date": sunday, "to_date": sunday}).save()
	plan.start()
	proposing.propose(_begun(plan.reload()), plan.attempt)
	assert set(rows(plan.reload(), "Proposed")) == set() and near.name in rows(plan, "Left over")


def test_roles_and_forged_values(shop):
	call("Plan Near", NEAR)
	plan = proposed(shop, AGENT)
	with pytest.raises(frappe.PermissionError, match="set by the system"):
		frappe.get_doc("Visit Plan", plan.name).update({"planned_visits": 99}).save()
	forged = frappe.get_doc("Visit Plan", plan.name)
	count = len(forged.proposals)
	forged.append("proposals", {"technician": shop.aoife, "state": "Proposed"})
	forged.save()
	assert len(forged.reload().proposals) == count
	frappe.set_user(TECHNICIAN)
	with pytest.raises(frappe.PermissionError):
		make.make("Visit Plan", company=make.COMPANY, from_date=shop.day, to_date=shop.day)


@pytest.mark.parametrize(
	("first", "last", "told"),
	[(2, 1, "must end on or after"), (1, 20, "14 days at most"), (-3, -2, "is over. Choose a day")],
)
def test_days_that_make_no_plan_are_refused(shop, first, last, told):
	frappe.set_user(SUPERVISOR)
	with pytest.raises(frappe.ValidationError, match=told):
		make.make(
			"Visit Plan",
			company=make.COMPANY,
			from_date=add_days(nowdate(), first),
			to_date=add_days(nowdate(), last),
		)


def test_a_run_of_an_older_start_and_a_run_that_fails_change_nothing(shop, monkeypatch):
	near = call("Plan Near", NEAR)
	plan = proposed(shop)
	before = [row.name for row in plan.proposals]
	proposing.run(plan.name, plan.attempt - 1)
	proposing.propose(plan, plan.attempt)  # its status is no longer Planning
	assert [row.name for row in plan.reload().proposals] == before
	assert not visits(near)


def test_a_plan_given_up_by_its_worker_begins_anew_and_in_the_end_fails(shop, clock):
	plan = proposed(shop)
	plan.db_set({"status": "Planning", "started_at": frappe.utils.now_datetime()})
	with pytest.raises(frappe.ValidationError, match="being worked out already"):
		plan.start()
	with pytest.raises(frappe.ValidationError, match="cannot be deleted"):
		frappe.get_doc("Visit Plan", plan.name).delete()
	assert proposing.resume_interrupted() == []
	clock.to(frappe.utils.add_to_date(None, minutes=30))
	assert proposing.resume_interrupted() == [plan.name]
	assert (plan.reload().status, plan.attempt) == ("Queued", 2)
	plan.db_set({"status": "Planning", "attempt": 9})
	clock.to(frappe.utils.add_to_date(None, minutes=30))
	assert proposing.resume_interrupted() == []
	assert plan.reload().status == "Failed" and "interrupted" in plan.error
