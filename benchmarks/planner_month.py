"""A month of 2,000 calls: the planner beside first-come and nearest-technician, on the same calls, without a site.

	python3 benchmarks/planner_month.py [--calls 2000] [--technicians 14] [--rounds 1500] [--seed 1]

Every morning what has come in by then is planned for the day by each way; what is not made waits for the next morning.

* first-come: in the order received, promised ones first, each to who can begin soonest, at any place in the day where it
  fits;
* nearest: the same, each to who has the shortest way to it from the stop before;
* planner: `make_plan`, insertion of our own (no solver), by the prices that the app ships.

Calls: places around three towns in 60 by 60 km, one of three skills (each technician has two), 30 to 120 minutes of work, 35 of
100 with a window of two hours promised for one of the next two days, all with a target of 24 working hours, 4 of 100 emergencies (as soon
as possible). Roads by the great circle rule of the app: 40 km/h, detour 1.3. All ways keep windows, skills, a break and eight hours.
Prints a table and, as its last line, the figures as JSON.
"""

import argparse
import json
import random
import sys
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "apps"))

from aftersales.service_routes.planner.insertion_rules import fixed_routes
from aftersales.service_routes.planner.planning_rules import make_plan
from aftersales.service_routes.planner.route_rules import HOUR, Ground, Prices, Problem, Route, Shift, Visit

DAYS = 22
SKILLS = ("gas", "power", "water")
TOWNS = ((15, 15), (45, 20), (30, 48))
BEGIN, END, LUNCH = 8 * HOUR, 17 * HOUR, ((12 * HOUR, 13 * HOUR),)
KMH, DETOUR = 40.0, 1.3
LEFT = {"promised": 20_000.0, "emergency": 10_000.0, "due": 3_000.0}


@dataclass(frozen=True)
class Call:
	"""Received in the night before `day`; `window`: day and hour promised."""

	key: str
	day: int
	x: float
	y: float
	minutes: int
	skill: str
	window: tuple[int, int] | None
	emergency: bool


def main() -> int:
	parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
	parser.add_argument("--calls", type=int, default=2000)
	parser.add_argument("--technicians", type=int, default=14)
	parser.add_argument("--rounds", type=int, default=1500)
	parser.add_argument("--seed", type=int, default=1)
	options = parser.parse_args()
	chance = random.Random(options.seed)
	calls = [a_call(chance, number, options.calls) for number in range(options.calls)]
	homes = [near(chance, TOWNS[number % 3]) for number in range(options.technicians)]
	skills = [set(SKILLS) - {SKILLS[number % 3]} for number in range(options.technicians)]
	ways = {
		"first-come": lambda problem: one_by_one(problem, lambda route, at: route.starts[at]),
		"nearest": lambda problem: one_by_one(problem, way_to),
		"planner": lambda problem: by_planner(problem, options.rounds),
	}
	figures = {name: month(calls, homes, skills, way) for name, way in ways.items()}
	labels = list(next(iter(figures.values())))
	print(f"{'':34}" + "".join(f"{name:>14}" for name in figures))
	for label in labels:
		print(f"{label:34}" + "".join(f"{figures[name][label]:>14}" for name in figures))
	print(json.dumps(figures))
	return 0


def near(chance: random.Random, town: tuple[float, float]) -> tuple[float, float]:
	return tuple(min(60.0, max(0.0, chance.gauss(middle, 7))) for middle in town)


def a_call(chance: random.Random, number: int, count: int) -> Call:
	day = number * DAYS // count
	promised = chance.random() < 0.35
	window = (min(DAYS - 1, day + chance.randint(0, 2)), chance.choice((8, 9, 10, 13, 14, 15)))
	x, y = near(chance, chance.choice(TOWNS))
	minutes = chance.choice((30, 45, 60, 60, 90, 120))
	emergency = not promised and chance.random() < 0.06
	return Call(
		f"C{number}", day, x, y, minutes, chance.choice(SKILLS), window if promised else None, emergency
	)


def month(calls: list[Call], homes: list, skills: list, plan) -> dict[str, float]:
	waiting: list[Call] = []
	sums = dict.fromkeys(("made", "promised", "kept", "late", "travel", "metres", "overtime", "days"), 0.0)
	began = time.monotonic()
	for day in range(DAYS):
		waiting += [call for call in calls if call.day == day]
		today = [call for call in waiting if not call.window or call.window[0] <= day]
		problem = problem_of(today, homes, skills, day)
		routes = plan(problem)
		made = {problem.visits[stop].key for route in routes for stop in route.stops}
		for call in today:
			if call.window and call.window[0] == day:
				sums["promised"] += 1
				sums["kept"] += call.key in made
			if call.key in made:
				sums["made"] += 1
				sums["late"] += day > call.day + 1 and not call.window
		for route in routes:
			seconds, metres = route.travel()
			sums["travel"] += seconds
			sums["metres"] += metres
			sums["overtime"] += route.overtime
			sums["days"] += bool(route.stops)
		waiting = [call for call in waiting if call.key not in made]
	return {
		"calls made": round(sums["made"]),
		"calls a technician a day": round(sums["made"] / (DAYS * len(homes)), 2),
		"still waiting at the end": len(waiting),
		"promises kept %": round(100 * sums["kept"] / sums["promised"], 1),
		"made after the target": round(sums["late"]),
		"travel, minutes a call": round(sums["travel"] / 60 / sums["made"], 1),
		"kilometres a call": round(sums["metres"] / 1000 / sums["made"], 1),
		"overtime, hours": round(sums["overtime"] / HOUR, 1),
		"seconds to plan a day": round((time.monotonic() - began) / DAYS, 1),
	}


def problem_of(calls: list[Call], homes: list, skills: list, day: int) -> Problem:
	points = [*homes, *((call.x, call.y) for call in calls)]
	metres = [
		[round(1000 * DETOUR * ((a - c) ** 2 + (b - d) ** 2) ** 0.5) for c, d in points] for a, b in points
	]
	seconds = [[round(way / 1000 / KMH * HOUR) for way in row] for row in metres]
	shifts = [Shift(f"T{n}", n, n, BEGIN, END, breaks=LUNCH) for n in range(len(homes))]
	visits = [visit_of(call, len(homes) + number, skills, day) for number, call in enumerate(calls)]
	return Problem(visits, shifts, seconds, metres, Prices(60, 0.5, 60))


def visit_of(call: Call, place: int, skills: list, day: int) -> Visit:
	promised = call.window is not None and call.window[0] == day
	hour = call.window[1] * HOUR if promised else 0
	kind = "promised" if promised else "emergency" if call.emergency else "due"
	due = BEGIN if call.emergency else END - (day - call.day) * 9 * HOUR
	return Visit(
		call.key,
		place,
		call.minutes * 60,
		hour,
		hour + 2 * HOUR if promised else END,
		due=None if promised else max(0, due),
		late_cost=300.0 if call.emergency else 30.0,
		left_out_cost=LEFT[kind] + 10 * (day - call.day),
		fits=frozenset(f"T{n}" for n, own in enumerate(skills) if call.skill in own),
	)


def by_planner(problem: Problem, rounds: int) -> list[Route]:
	plan = make_plan(problem, rounds=rounds, seconds=600)
	ground = Ground(problem)
	numbers = {visit.key: number for number, visit in enumerate(problem.visits)}
	orders: dict[str, list] = {shift.key: [] for shift in problem.shifts}
	for each in sorted(plan.planned, key=lambda each: each.order):
		orders[each.shift].append(numbers[each.key])
	return [Route(ground, number, tuple(orders[shift.key])) for number, shift in enumerate(problem.shifts)]


def one_by_one(problem: Problem, rank) -> list[Route]:
	"""Each call in its turn, where it fits: promised ones by their window, emergencies, then by age."""
	ground = Ground(problem)
	routes = fixed_routes(ground)
	turns = sorted(
		range(len(problem.visits)),
		key=lambda number: (
			-problem.visits[number].left_out_cost // 1000,
			problem.visits[number].latest,
			number,
		),
	)
	for visit in turns:
		tried = [
			(rank(new, position), new.starts[position], number, new)
			for number in ground.fits[visit]
			for position in range(len(routes[number].stops) + 1)
			if keeps(new := routes[number].with_stop(visit, position), routes[number])
		]
		if tried:
			_rank, _start, number, new = min(tried, key=lambda each: each[:3])
			routes[number] = new
	return routes


def keeps(new: Route, old: Route) -> bool:
	return not new.broken and new.overtime <= old.overtime


def way_to(route: Route, position: int) -> int:
	before = route.ground.place[route.stops[position - 1]] if position else route.shift.start_place
	return route.ground.seconds[before][route.ground.place[route.stops[position]]]


if __name__ == "__main__":
	sys.exit(main())
