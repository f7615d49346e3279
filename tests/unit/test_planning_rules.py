"""The planner: windows, skills, breaks and fixed visits are kept, each answer has its reason, the same twice."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aftersales.service_routes.planner import solver
from aftersales.service_routes.planner.emergency_rules import answers
from aftersales.service_routes.planner.insertion_rules import fixed_routes, improve, insert_all
from aftersales.service_routes.planner.planning_rules import make_plan
from aftersales.service_routes.planner.route_rules import (
	Ground,
	Prices,
	Problem,
	Route,
	Shift,
	Visit,
	drive,
	first_start,
	last_start,
	leave_by,
)

HOUR, MINUTE = 3600, 60
LUNCH = ((12 * HOUR, 13 * HOUR),)


def on_a_line(*kilometres: float, minutes_a_kilometre: float = 1) -> tuple[list, list]:
	"""Seconds and metres between places on a straight road."""
	metres = [[round(abs(a - b) * 1000) for b in kilometres] for a in kilometres]
	return [[round(m / 1000 * minutes_a_kilometre * MINUTE) for m in row] for row in metres], metres


def problem(visits, shifts, *kilometres, **values) -> Problem:
	return Problem(visits, shifts, *on_a_line(*kilometres), **values)


def shift(key="Aoife", begin=8, end=17, **values) -> Shift:
	return Shift(key, 0, 0, int(begin * HOUR), int(end * HOUR), **values)


def visit(key: str, place: int, hours: float = 1, **values) -> Visit:
	return Visit(key, place, int(hours * HOUR), **values)


def starts(plan) -> dict[str, tuple[str, float]]:
	return {each.key: (each.shift, each.start / HOUR) for each in plan.planned}


# ---------------------------------------------------------------- time


def test_driving_waits_for_a_break_and_a_visit_begins_after_it():
	assert drive(11 * HOUR + 50 * MINUTE, 30 * MINUTE, LUNCH) == 13 * HOUR + 20 * MINUTE
	assert drive(12 * HOUR + 30 * MINUTE, 30 * MINUTE, LUNCH) == 13 * HOUR + 30 * MINUTE
	assert drive(11 * HOUR, HOUR, LUNCH) == 12 * HOUR
	assert first_start(11 * HOUR + 20 * MINUTE, HOUR, LUNCH, 300) == 13 * HOUR
	assert first_start(10 * HOUR + 61, HOUR, LUNCH, 300) == 10 * HOUR + 300
	assert last_start(12 * HOUR + 30 * MINUTE, HOUR, LUNCH, 300) == 11 * HOUR
	assert last_start(10 * HOUR + 299, HOUR, LUNCH, 300) == 10 * HOUR


@given(st.integers(0, 80_000), st.integers(0, 20_000))
def test_who_leaves_at_the_latest_moment_is_there_in_time_and_not_a_second_later(arrive, way):
	leave = leave_by(arrive, way, LUNCH)
	assert drive(leave, way, LUNCH) <= arrive
	in_a_break = 12 * HOUR < arrive <= 13 * HOUR or 12 * HOUR <= leave <= 13 * HOUR
	assert in_a_break or way == 0 or drive(leave + 1, way, LUNCH) > arrive


# ---------------------------------------------------------------- who, when, in which order


def test_a_day_is_put_in_order_along_the_road_with_its_break():
	stops = [visit("far", 3), visit("near", 1), visit("middle", 2), visit("last", 2, 2)]
	plan = make_plan(problem(stops, [shift(breaks=LUNCH)], 0, 10, 20, 30), rounds=200)
	assert not plan.left
	(figures,) = plan.shifts
	assert (figures.travel, figures.metres, figures.visits) == (60 * MINUTE, 60_000, 4)
	for each in plan.planned:
		length = 2 * HOUR if each.key == "last" else HOUR
		assert each.start + length <= 12 * HOUR or each.start >= 13 * HOUR


def test_skills_decide_who_and_windows_decide_when():
	stops = [
		visit("gas", 1, fits=frozenset({"Brian"}), earliest=9 * HOUR, latest=10 * HOUR),
		visit("any", 1, earliest=14 * HOUR, latest=14 * HOUR),
	]
	plan = make_plan(problem(stops, [shift("Aoife"), shift("Brian")], 0, 5), rounds=50)
	found = starts(plan)
	assert found["gas"][0] == "Brian" and 9 <= found["gas"][1] <= 10
	assert found["any"][1] == 14
	assert {each.key: each.choices for each in plan.planned} == {"gas": 0, "any": 1}


def test_what_is_left_over_says_what_stands_against_it():
	stops = [
		visit("nobody", 1, fits=frozenset()),
		visit("night", 1, earliest=20 * HOUR, latest=21 * HOUR),
		visit("fixed", 1, 8, fixed=("Aoife", 8 * HOUR + 300)),
		visit("no room", 1, 4),
	]
	plan = make_plan(problem(stops, [shift()], 0, 1), rounds=20)
	assert {each.key: (each.why, each.candidates) for each in plan.left} == {
		"nobody": ("nobody_fits", 0),
		"night": ("outside_hours", 1),
		"no room": ("taken", 1),
	}
	assert starts(plan) == {"fixed": ("Aoife", 8 + 300 / HOUR)}


def test_what_costs_more_to_visit_than_to_leave_is_left_and_said_so():
	plan = make_plan(problem([visit("far", 1, left_out_cost=10)], [shift()], 0, 100), rounds=20)
	assert [(each.key, each.why) for each in plan.left] == [("far", "dearer")]


def test_what_is_dearer_in_a_shift_goes_to_another_and_is_left_where_it_is_dearer_everywhere():
	shifts = [shift("Aoife"), shift("Brian")]
	needs = [visit("pump", 1, extra={"Aoife": 30}), visit("boiler", 1, extra={"Aoife": 5, "Brian": 2000})]
	plan = make_plan(problem(needs, shifts, 0, 1), rounds=20)
	assert {key: who for key, (who, _start) in starts(plan).items()} == {"pump": "Brian", "boiler": "Aoife"}
	everywhere = [visit("valve", 1, extra={"Aoife": 2000, "Brian": 2000})]
	plan = make_plan(problem(everywhere, shifts, 0, 1), rounds=20)
	assert [(each.key, each.why) for each in plan.left] == [("valve", "dearer")]


def test_the_pressing_call_goes_first_and_lateness_is_told():
	stops = [
		visit("soon", 1, 3, due=9 * HOUR, late_cost=100),
		visit("later", 1, 3, due=16 * HOUR, late_cost=100),
		visit("late", 1, 2, due=8 * HOUR, late_cost=10),
	]
	plan = make_plan(problem(stops, [shift()], 0, 15), rounds=200)
	found = starts(plan)
	assert found["soon"][1] == 8.25 and found["soon"][1] < found["late"][1]
	assert {each.key: each.late for each in plan.planned if each.key != "late"} == {"soon": 0, "later": 0}
	assert next(each.late for each in plan.planned if each.key == "late") > 0


def test_fixed_visits_that_contradict_each_other_stay_as_people_planned_them():
	stops = [
		visit("one", 1, 2, fixed=("Aoife", 9 * HOUR)),
		visit("two", 2, 2, fixed=("Aoife", 10 * HOUR)),
		visit("new", 1, 1),
	]
	found = starts(make_plan(problem(stops, [shift()], 0, 10, 60), rounds=100))
	assert (found["one"], found["two"]) == (("Aoife", 9), ("Aoife", 10))
	assert found["new"][1] >= 12


def test_overtime_is_taken_where_it_is_allowed_and_paid():
	stops = [visit(name, 1, 4) for name in "ab"]
	tight = problem(stops, [shift(end=16)], 0, 15)
	assert len(make_plan(tight, rounds=20).left) == 1
	longer = problem(stops, [shift(end=16, overtime=HOUR)], 0, 15, prices=Prices(0, 0, 60))
	plan = make_plan(longer, rounds=20)
	assert not plan.left and plan.shifts[0].overtime == 30 * MINUTE
	assert plan.cost == pytest.approx(30)


def test_starts_on_the_grid_bring_nobody_home_too_late():
	"""Who is there at 9:01 begins at 9:05: a visit that would only fit at 9:03 does not fit."""
	metres = [[0, 1000, 1000], [1000, 0, 1000], [1000, 1000, 0]]
	seconds = [[0, 61, 61], [61, 0, 61], [61, 61, 0]]
	stops = [visit("a", 1, 55 / 60), visit("b", 2, 55 / 60)]
	day = Shift("Aoife", 0, 0, 8 * HOUR, 9 * HOUR + 59 * MINUTE + 1)
	plan = make_plan(Problem(stops, [day], seconds, metres), rounds=20)
	assert len(plan.planned) == len(plan.left) == 1 and plan.shifts[0].overtime == 0


def test_the_same_problem_gives_the_same_plan():
	case = random_problem(7, 30, 4)
	assert make_plan(case, rounds=150) == make_plan(case, rounds=150)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 24), st.integers(1, 3))
def test_no_plan_breaks_a_rule(seed, visits, technicians):
	case = random_problem(seed, visits, technicians)
	plan = make_plan(case, rounds=60)
	keep_rules(case, plan)
	ground = Ground(case)
	first = insert_all(ground, fixed_routes(ground), [n for n, v in enumerate(case.visits) if not v.fixed])
	assert improve(ground, first, 60).cost(ground) <= first.cost(ground) + 1e-6


@pytest.mark.skipif(not solver.is_there(), reason="PyVRP is not installed")
def test_a_plan_of_the_solver_breaks_no_rule_and_is_no_worse():
	case = random_problem(3, 25, 4)
	plan = make_plan(case, solver.orders, seconds=3, rounds=200)
	keep_rules(case, plan)
	assert plan.cost <= make_plan(case, rounds=0).cost


def random_problem(seed: int, count: int, technicians: int) -> Problem:
	chance = random.Random(seed)
	places = [(chance.uniform(0, 40), chance.uniform(0, 40)) for _ in range(count + 1)]
	metres = [[round(1000 * ((a - c) ** 2 + (b - d) ** 2) ** 0.5) for c, d in places] for a, b in places]
	seconds = [[round(m / 1000 * 90) for m in row] for row in metres]
	shifts = [
		shift(f"T{n}", breaks=LUNCH if n % 2 else (), overtime=chance.choice((0, 1800)))
		for n in range(technicians)
	]
	stops = []
	for number in range(1, count + 1):
		opens = chance.choice((0, 8, 9, 13))
		fixed = (f"T{number % technicians}", chance.randint(8, 15) * HOUR) if chance.random() < 0.1 else None
		stops.append(
			Visit(
				f"V{number}",
				number,
				chance.choice((30, 60, 90)) * MINUTE,
				opens * HOUR,
				(opens + chance.choice((1, 2, 12))) * HOUR,
				due=chance.choice((None, 10 * HOUR, 14 * HOUR)),
				late_cost=20,
				fits=chance.choice((None, frozenset({f"T{number % technicians}"}))),
				fixed=fixed,
			)
		)
	return Problem(stops, shifts, seconds, metres)


def keep_rules(case: Problem, plan) -> None:
	"""Walk the plan by hand, without the code that made it."""
	visits = {each.key: each for each in case.visits}
	assert sorted(each.key for each in (*plan.planned, *plan.left)) == sorted(visits)
	for day in case.shifts:
		own = sorted((each for each in plan.planned if each.shift == day.key), key=lambda each: each.order)
		at, now, was_fixed = day.start_place, day.begin, False
		for each in own:
			one = visits[each.key]
			if one.fixed:
				assert (each.shift, each.start) == one.fixed
			else:
				assert one.fits is None or day.key in one.fits
				assert one.earliest <= each.start <= one.latest
				assert each.start >= drive(now, case.seconds[at][one.place], day.breaks)
				assert each.start % case.grid == 0
				assert all(each.start >= end or each.start + one.length <= begin for begin, end in day.breaks)
			if one.fixed and own.index(each) and not was_fixed:
				assert each.start >= drive(now, case.seconds[at][one.place], day.breaks)
			at, now, was_fixed = one.place, each.start + one.length, bool(one.fixed)
		if own and not visits[own[-1].key].fixed:
			assert drive(now, case.seconds[at][day.end_place], day.breaks) <= day.end + day.overtime


# ---------------------------------------------------------------- an emergency


def test_an_emergency_goes_to_who_disturbs_least_and_names_whom_to_tell():
	stops = [
		visit("tight", 1, 1, earliest=10 * HOUR, latest=10 * HOUR, fits=frozenset({"Aoife"})),
		visit("loose", 2, 1, earliest=9 * HOUR, latest=16 * HOUR, fits=frozenset({"Brian"})),
		visit("leak", 3, 2, due=9 * HOUR, late_cost=300),
	]
	case = problem(stops, [shift("Aoife"), shift("Brian")], 0, 10, 10, 5)
	ground = Ground(case)
	routes = [Route(ground, 0, (0,)), Route(ground, 1, (1,))]
	first, second = answers(ground, routes, 2, now=8 * HOUR)
	assert (first.shift, first.start, first.late) == ("Brian", 8 * HOUR + 5 * MINUTE, 0)
	assert [(change.key, change.missed) for change in first.changes] == [("loose", False)]
	assert first.changes[0].new_start == 10 * HOUR + 10 * MINUTE
	assert second.shift == "Aoife" and (second.changes == () or second.changes[0].missed)


def test_who_has_begun_is_not_turned_round():
	stops = [visit("begun", 1, 2), visit("leak", 2, 1)]
	case = problem(stops, [shift()], 0, 10, 5)
	ground = Ground(case)
	(answer,) = answers(ground, [Route(ground, 0, (0,))], 1, now=8 * HOUR + 30 * MINUTE)
	assert answer.position == 1 and answer.start == 10 * HOUR + 15 * MINUTE
