"""A plan for a problem, with the reason for each visit and for each one left over. Pure, except that it may ask a solver.

The first plan is put together by insertion; with a solver its orders are taken too, walked again by our own rules, and
the better of the two is improved. So a solver can only make a plan better, and without it there is one all the same.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from aftersales.service_routes.planner.insertion_rules import (
	Solution,
	best_in_route,
	best_place,
	fixed_routes,
	improve,
	insert_all,
)
from aftersales.service_routes.planner.route_rules import Ground, Problem, Route

ROUNDS, ROUNDS_A_VISIT = 4000, 100
"""Rounds of improvement: some seconds for a hundred visits, and fewer for fewer."""
SECONDS, SECONDS_A_VISIT = 0.5, 0.3
"""So long a solver searches at most: a small day needs no half minute."""

Why = Literal["nobody_fits", "outside_hours", "taken", "dearer"]
Orders = Callable[[Problem, float], dict[int, tuple[int, ...]]]


@dataclass(frozen=True)
class Planned:
	"""A visit in the plan.

	`travel` and `metres`: the way there from the stop before. `detour`: seconds of driving that the day would be shorter
	without the visit. `waits`: idle seconds before it. `spare`: seconds by which it could begin later without harm.
	`late`: seconds after it was due. `choices`: shifts that could have made it instead, in the plan as it is.
	"""

	key: str
	shift: str
	order: int
	start: int
	travel: int
	metres: int
	detour: int
	waits: int
	spare: int
	late: int
	choices: int


@dataclass(frozen=True)
class Left:
	"""A visit that is in no shift, and why.

	nobody_fits: no shift may make it. outside_hours: not even an empty day of those who may has room for it within its
	window. taken: the visits that are fixed, or others that are more pressing, take the room. dearer: there is room, and
	leaving it out costs less. `candidates`: how many shifts may make it.
	"""

	key: str
	why: Why
	candidates: int


@dataclass(frozen=True)
class ShiftFigures:
	"""What a shift looks like in the plan: seconds of work and of driving, metres, seconds of overtime."""

	key: str
	visits: int
	work: int
	travel: int
	metres: int
	overtime: int
	end: int


@dataclass(frozen=True)
class Plan:
	"""Visits with their shift, those left over, the days; `solver`: a solver's orders are what was taken."""

	planned: tuple[Planned, ...]
	left: tuple[Left, ...]
	shifts: tuple[ShiftFigures, ...]
	cost: float
	solver: bool = False


def make_plan(
	problem: Problem,
	orders: Orders | None = None,
	seconds: float = 30.0,
	rounds: int | None = None,
	seed: int = 1,
	told: Callable[[float], object] | None = None,
) -> Plan:
	"""Who makes which visit when.

	Args:
		orders: a solver, see `solver.orders`; gets most of the time.
		seconds: time limit for all of it.
		rounds: of improvement by our own search; by the number of visits where it is not said.
		told: called now and then with the share that is done.
	"""
	ground = Ground(problem)
	loose = [number for number, visit in enumerate(problem.visits) if not visit.fixed]
	solution = insert_all(ground, fixed_routes(ground), loose)
	solved = False
	if rounds is None:
		rounds = min(ROUNDS, ROUNDS_A_VISIT * len(loose))
	if orders and loose and problem.shifts:
		search = min(seconds * 0.8, SECONDS + SECONDS_A_VISIT * len(loose))
		other = _walked(ground, orders(problem, search))
		if other.cost(ground) < solution.cost(ground):
			solution, solved = other, True
		seconds *= 0.2
	solution = improve(ground, solution, rounds, seconds, seed, told)
	return _described(ground, solution, solved)


def _walked(ground: Ground, orders: dict[int, tuple[int, ...]]) -> Solution:
	"""The orders of a solver by our own rules: what no longer fits where it was is put in anew."""
	routes = fixed_routes(ground)
	loose = [number for number, visit in enumerate(ground.visits) if not visit.fixed]
	out = set(loose)
	for number, order in orders.items():
		route = routes[number]
		for stop in order:
			if ground.fixed[stop] is not None or number not in ground.fits[stop]:
				continue
			tried = _after(route, stop, order)
			if tried:
				route = tried
				out.discard(stop)
		routes[number] = route
	return insert_all(ground, routes, sorted(out))


def _after(route: Route, stop: int, order: tuple[int, ...]) -> Route | None:
	"""The route with `stop` where the order has it, among those that are in already; None where that breaks something."""
	before = set(order[: order.index(stop)])
	position = sum(1 for other in route.stops if other in before)
	tried = route.with_stop(stop, position)
	if tried.broken and not route.broken:
		return None
	moved = [
		number
		for number, other in enumerate(tried.stops[position + 1 :], position + 1)
		if route.ground.fixed[other] is not None
	]
	if moved and tried.starts[position] > tried.latest[position]:
		return None
	return tried


def _described(ground: Ground, solution: Solution, solved: bool) -> Plan:
	planned = [found for route in solution.routes for found in _of_route(ground, solution, route)]
	figures = []
	for route in solution.routes:
		travel, metres = route.travel()
		work = sum(ground.length[stop] for stop in route.stops)
		figures.append(
			ShiftFigures(route.shift.key, len(route.stops), work, travel, metres, route.overtime, route.end)
		)
	left = tuple(why_left(ground, solution.routes, visit) for visit in sorted(solution.left))
	return Plan(tuple(planned), left, tuple(figures), round(solution.cost(ground), 4), solved)


def _of_route(ground: Ground, solution: Solution, route: Route) -> list[Planned]:
	found, at, now = [], route.shift.start_place, route.shift.begin
	metres = ground.problem.metres
	for position, stop in enumerate(route.stops):
		visit, there, start = ground.visits[stop], ground.place[stop], route.starts[position]
		last = position + 1 == len(route.stops)
		following = route.shift.end_place if last else ground.place[route.stops[position + 1]]
		travel = ground.seconds[at][there]
		without = 0 if len(route.stops) == 1 else ground.seconds[at][following]
		found.append(
			Planned(
				key=visit.key,
				shift=route.shift.key,
				order=position + 1,
				start=start,
				travel=travel,
				metres=metres[at][there],
				detour=travel + ground.seconds[there][following] - without,
				waits=max(0, start - now - travel),
				spare=max(0, route.latest[position] - start),
				late=max(0, start - visit.due) if visit.due is not None else 0,
				choices=0 if visit.fixed else _choices(ground, solution, stop, route.number),
			)
		)
		at, now = there, start + ground.length[stop]
	return found


def _choices(ground: Ground, solution: Solution, visit: int, own: int) -> int:
	return sum(
		1
		for number in ground.fits[visit]
		if number != own and best_in_route(solution.routes[number], visit) is not None
	)


def why_left(ground: Ground, routes: list[Route], visit: int) -> Left:
	"""Why a visit is in no route."""
	key, candidates = ground.visits[visit].key, len(ground.fits[visit])
	if not candidates:
		return Left(key, "nobody_fits", 0)
	if best_place(ground, routes, visit):
		return Left(key, "dearer", candidates)
	empty = [Route(ground, number, ()) for number in range(len(routes))]
	if best_place(ground, empty, visit):
		return Left(key, "taken", candidates)
	return Left(key, "outside_hours", candidates)
