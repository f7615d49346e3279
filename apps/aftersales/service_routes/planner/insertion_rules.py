"""Where a visit costs least, and a search that takes visits out and puts them in again. Pure, no solver needed.

The first plan is by regret: the visit that loses most by waiting for its second best place goes first. It is then
improved by ruin and recreate (slack induction by string removals; Christiaens and Vanden Berghe, "Slack Induction by
String Removals for Vehicle Routing Problems", Transportation Science 54(2), 2020): neighbouring stretches of routes are
taken out and every visit is put where it costs least; now and then a worse plan is taken, less and less often. The
same problem and number of rounds give the same plan, on every machine, unless the time limit ends it earlier.
"""

import math
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aftersales.service_routes.planner.route_rules import Ground, Route, drive, first_start

MOST_TAKEN_OUT = 10
LONGEST_STRETCH = 10
SKIPPED = 0.01
"""Of the places for a visit so many are passed over by chance, so that the search does not repeat itself."""
WARM, COLD = 0.4, 0.01
"""What a plan may be worse to be taken, at the beginning and at the end, in shares of the cost of a visit."""


@dataclass(frozen=True)
class Place:
	"""A place for a visit: in which route, before which stop, and what it adds to the cost."""

	cost: float
	route: int
	position: int


@dataclass
class Solution:
	"""Routes of all shifts, and the visits that are in none."""

	routes: list[Route]
	left: list[int]

	def cost(self, ground: Ground) -> float:
		return sum(route.cost for route in self.routes) + sum(
			ground.visits[visit].left_out_cost for visit in self.left
		)


def best_in_route(route: Route, visit: int, skip: Callable[[], bool] | None = None) -> Place | None:
	"""The cheapest place for a visit in a route; None where it fits nowhere."""
	ground, shift = route.ground, route.shift
	one = ground.visits[visit]
	if shift.capacity is not None and route.load + one.load > shift.capacity:
		return None
	seconds, cost, places, length = ground.seconds, ground.cost, ground.place, ground.length[visit]
	there, earliest, until = ground.place[visit], ground.earliest[visit], ground.latest[visit]
	breaks, grid, stops, starts = shift.breaks, ground.problem.grid, route.stops, route.starts
	from_here, to_end = seconds[there], shift.end + shift.overtime
	at, now, best = shift.start_place, shift.begin, None
	last, extra = len(stops), ground.extra[visit].get(route.number, 0.0)
	for position in range(last + 1):
		arrive = drive(now, seconds[at][there], breaks) if breaks else now + seconds[at][there]
		if arrive < earliest:
			arrive = earliest
		if breaks:
			start = first_start(arrive, length, breaks, grid)
		else:
			start = -(-arrive // grid) * grid
		if start > until:
			break  # and later in the route it begins later still
		following, limit = (
			(places[stops[position]], route.latest[position])
			if position < last
			else (shift.end_place, to_end)
		)
		leaves = start + length
		if breaks:
			reached = drive(leaves, from_here[following], breaks)
		else:
			reached = leaves + from_here[following]
		if reached <= limit and not (skip and skip()):
			added = cost[at][there] + cost[there][following] + extra
			if stops:
				added -= cost[at][following]
			if one.due is not None:
				added += ground.lateness(visit, start)
			if route.soft:
				added += _pushed(route, position, reached)
			if best is None or added < best.cost:
				best = Place(added, route.number, position)
		if position < last:
			at, now = following, starts[position] + ground.length[stops[position]]
	return best


def _pushed(route: Route, position: int, reached: int) -> float:
	"""What the stops from `position` on cost more when the next place is reached at `reached`."""
	ground, shift = route.ground, route.shift
	added, now = 0.0, reached
	for number in range(position, len(route.stops)):
		stop = route.stops[number]
		if ground.fixed[stop] is not None:
			return added
		start = first_start(
			max(now, ground.earliest[stop]), ground.length[stop], shift.breaks, ground.problem.grid
		)
		if start <= route.starts[number]:
			return added
		added += ground.lateness(stop, start) - ground.lateness(stop, route.starts[number])
		there = ground.place[route.stops[number + 1]] if number + 1 < len(route.stops) else shift.end_place
		now = drive(start + ground.length[stop], ground.seconds[ground.place[stop]][there], shift.breaks)
	over = max(0, now - shift.end) - route.overtime
	return added + max(0, over) / 3600 * ground.problem.prices.overtime_hour


def fixed_routes(ground: Ground) -> list[Route]:
	"""A route for each shift, with the visits that are fixed there, in the order of their start."""
	stops: dict[int, list[int]] = {number: [] for number in range(len(ground.problem.shifts))}
	for visit, one in enumerate(ground.visits):
		if one.fixed and one.fixed[0] in ground.number_of_shift:
			stops[ground.number_of_shift[one.fixed[0]]].append(visit)
	return [
		Route(ground, number, tuple(sorted(own, key=lambda visit: (ground.fixed[visit], visit))))
		for number, own in stops.items()
	]


def best_place(ground: Ground, routes: Sequence[Route], visit: int, **how) -> Place | None:
	"""The cheapest place for a visit in all routes it fits."""
	best = None
	for number in ground.fits[visit]:
		found = best_in_route(routes[number], visit, **how)
		if found and (best is None or found.cost < best.cost):
			best = found
	return best


def insert_all(ground: Ground, routes: list[Route], visits: Sequence[int]) -> Solution:
	"""Put `visits` into `routes` by regret; those that fit nowhere, or cost more than leaving them out, are left."""
	routes = list(routes)
	open_visits = list(visits)
	known = {
		visit: {number: best_in_route(routes[number], visit) for number in ground.fits[visit]}
		for visit in open_visits
	}
	while open_visits:
		chosen = min(open_visits, key=lambda visit: (*_urgency(ground, visit, known[visit]), visit))
		places = [place for place in known[chosen].values() if place]
		if not places:
			break  # it is the most pressing one, so none of the others has a place either
		place = min(places, key=lambda place: (place.cost, place.route))
		open_visits.remove(chosen)
		del known[chosen]
		if place.cost >= ground.visits[chosen].left_out_cost:
			continue
		routes[place.route] = routes[place.route].with_stop(chosen, place.position)
		for visit in open_visits:
			if place.route in known[visit]:
				known[visit][place.route] = best_in_route(routes[place.route], visit)
	return Solution(routes, _left(ground, routes))


def _urgency(ground: Ground, visit: int, places: dict[int, Place | None]) -> tuple:
	"""Sort key: those with a place first, and of them what loses most by waiting."""
	costs = sorted(place.cost for place in places.values() if place)
	if not costs:
		return (1, 0.0)
	second = costs[1] if len(costs) > 1 else ground.visits[visit].left_out_cost
	return (0, -(second - costs[0]) - ground.visits[visit].left_out_cost * 0.01)


def _left(ground: Ground, routes: Sequence[Route]) -> list[int]:
	planned = {stop for route in routes for stop in route.stops}
	return [visit for visit in range(len(ground.visits)) if visit not in planned]


def improve(
	ground: Ground,
	solution: Solution,
	rounds: int,
	seconds: float = 1e9,
	seed: int = 1,
	told: Callable[[float], object] | None = None,
) -> Solution:
	"""The best plan that so many rounds of taking out and putting in find.

	Args:
		seconds: no round begins after so long.
		told: called now and then with the share that is done; may raise to end the search.
	"""
	loose = [visit for visit in range(len(ground.visits)) if not ground.visits[visit].fixed]
	if not loose or rounds <= 0:
		return solution
	search = _Search(ground, solution, random.Random(seed), loose)
	until, began = time.monotonic() + seconds, time.monotonic()
	for number in range(rounds):
		share = number / rounds
		if number % 20 == 0:
			now = time.monotonic()
			if now >= until:
				break
			share = max(share, (now - began) / seconds)
			search.cool(share)
			if told and number % 200 == 0:
				told(share)
		search.round()
	return search.best


class _Search:
	def __init__(self, ground: Ground, solution: Solution, chance: random.Random, loose: list[int]):
		self.ground, self.chance, self.loose = ground, chance, loose
		self.now, self.best = solution, solution
		self.cost = self.best_cost = solution.cost(ground)
		self.scale = max(1e-6, sum(route.cost for route in solution.routes) / max(1, len(loose)))
		self.temperature = WARM * self.scale
		self.near = self._neighbours()

	def _neighbours(self) -> dict[int, list[int]]:
		cost, place = self.ground.cost, self.ground.place
		return {
			visit: sorted(self.loose, key=lambda other: (cost[place[visit]][place[other]], other))[:80]
			for visit in self.loose
		}

	def cool(self, share: float) -> None:
		self.temperature = self.scale * WARM * (COLD / WARM) ** min(1.0, share)

	def round(self) -> None:
		routes, out = self._take_out()
		self._put_in(routes, out)
		found = Solution(routes, _left(self.ground, routes))
		cost = found.cost(self.ground)
		if cost < self.cost - self.temperature * math.log(max(1e-12, self.chance.random())):
			self.now, self.cost = found, cost
			if cost < self.best_cost - 1e-9:
				self.best, self.best_cost = found, cost

	def _take_out(self) -> tuple[list[Route], list[int]]:
		"""Neighbouring stretches of routes, about MOST_TAKEN_OUT visits, and all that are left over."""
		chance, routes = self.chance, list(self.now.routes)
		of = {stop: route.number for route in routes for stop in route.stops}
		out = [visit for visit in self.now.left if not self.ground.visits[visit].fixed]
		average = len(of) / max(1, sum(1 for route in routes if route.stops))
		longest = min(LONGEST_STRETCH, max(1.0, average))
		stretches = max(1, int(chance.random() * (4 * MOST_TAKEN_OUT / (1 + longest) - 1) + 1))
		ruined: set[int] = set()
		for visit in self.near[chance.choice(self.loose)]:
			number = of.get(visit)
			if number is None or number in ruined:
				continue
			gone = self._stretch(routes[number].stops, visit, longest)
			out.extend(gone)
			routes[number] = routes[number].without(set(gone))
			ruined.add(number)
			if len(ruined) >= stretches:
				break
		return routes, out

	def _stretch(self, stops: tuple[int, ...], around: int, longest: float) -> list[int]:
		length = int(self.chance.uniform(1, min(len(stops), longest) + 1))
		length = min(length, len(stops))
		at = stops.index(around)
		first = self.chance.randint(max(0, at - length + 1), min(at, len(stops) - length))
		return [stop for stop in stops[first : first + length] if not self.ground.visits[stop].fixed]

	def _put_in(self, routes: list[Route], out: list[int]) -> None:
		ground, chance = self.ground, self.chance
		for visit in self._in_order(out):
			place = best_place(ground, routes, visit, skip=lambda: chance.random() < SKIPPED)
			if place and place.cost < ground.visits[visit].left_out_cost:
				routes[place.route] = routes[place.route].with_stop(visit, place.position)

	def _in_order(self, out: list[int]) -> list[int]:
		"""By chance, by the narrowest window, by the earliest end of it, or what is dearest to leave out first."""
		visits, way = self.ground.visits, self.chance.random()
		out = sorted(out)
		self.chance.shuffle(out)
		if way < 0.4:
			return out
		if way < 0.6:
			return sorted(out, key=lambda visit: visits[visit].latest - visits[visit].earliest)
		if way < 0.8:
			return sorted(
				out, key=lambda visit: min(visits[visit].latest, visits[visit].due or visits[visit].latest)
			)
		return sorted(out, key=lambda visit: -visits[visit].left_out_cost)
