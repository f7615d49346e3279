"""What a plan of visits is made of, and what one technician's day costs. Pure: whole seconds and metres, no dates.

A shift is one technician on one day: leaves a place, makes visits in an order, comes to a place. Driving waits for
a break and goes on after it; a visit is not interrupted by one. Every time is in seconds from a moment that the
caller chooses, the same for the whole problem.

Costs are plain figures of one unit: what driving, a kilometre, an hour of lateness and of overtime are worth, and
what it costs to leave a visit out. A window (`earliest`, `latest`) is never missed; `due` can be, at a price.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

FOREVER = 10**10
HOUR = 3600


@dataclass(frozen=True)
class Visit:
	"""One visit to be planned.

	`place` is a row of the travel table, `length` the work in seconds. `fits` names the shifts that may make it
	(None: all). `fixed`: the shift and the start that must not change; such a visit stays where it is, even where the
	way to it is too long. `load` counts against the capacity of a shift. `extra`: what it costs more in a shift, such as
	parts that have to be fetched first.
	"""

	key: str
	place: int
	length: int
	earliest: int = 0
	latest: int = FOREVER
	due: int | None = None
	late_cost: float = 0.0
	left_out_cost: float = 1_000.0
	fits: frozenset[str] | None = None
	fixed: tuple[str, int] | None = None
	load: int = 0
	extra: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Shift:
	"""A technician's day: from `begin` at `start_place` to `end` at `end_place`, at most `overtime` later."""

	key: str
	start_place: int
	end_place: int
	begin: int
	end: int
	overtime: int = 0
	breaks: tuple[tuple[int, int], ...] = ()
	capacity: int | None = None


@dataclass(frozen=True)
class Prices:
	"""What is weighed against each other: an hour of driving, a kilometre, an hour of overtime."""

	driving_hour: float = 60.0
	kilometre: float = 0.5
	overtime_hour: float = 30.0


@dataclass(frozen=True)
class Problem:
	"""Visits, shifts and the travel between places, in seconds and metres. Starts are on a grid of `grid` seconds."""

	visits: Sequence[Visit]
	shifts: Sequence[Shift]
	seconds: Sequence[Sequence[int]]
	metres: Sequence[Sequence[int]]
	prices: Prices = field(default_factory=Prices)
	grid: int = 300

	def travel_cost(self) -> list[list[float]]:
		"""What each way costs."""
		hour, kilometre = self.prices.driving_hour / HOUR, self.prices.kilometre / 1000
		return [
			[time * hour + way * kilometre for time, way in zip(times, ways, strict=True)]
			for times, ways in zip(self.seconds, self.metres, strict=True)
		]


class Ground:
	"""A problem as the search walks over it: plain lists by the number of a visit."""

	def __init__(self, problem: Problem):
		self.problem = problem
		self.visits = problem.visits
		self.seconds = problem.seconds
		self.cost = problem.travel_cost()
		self.place = [visit.place for visit in problem.visits]
		self.length = [visit.length for visit in problem.visits]
		self.earliest = [visit.earliest for visit in problem.visits]
		self.latest = [visit.latest for visit in problem.visits]
		self.fixed = [visit.fixed[1] if visit.fixed else None for visit in problem.visits]
		numbers: Mapping[str, int] = {shift.key: number for number, shift in enumerate(problem.shifts)}
		everywhere = tuple(range(len(problem.shifts)))
		self.fits = [
			everywhere
			if visit.fits is None
			else tuple(sorted(numbers[key] for key in visit.fits if key in numbers))
			for visit in problem.visits
		]
		self.number_of_shift = numbers
		self.extra = [
			{numbers[key]: cost for key, cost in visit.extra.items() if key in numbers}
			for visit in problem.visits
		]

	def lateness(self, visit: int, start: int) -> float:
		"""What it costs to begin a visit at `start`."""
		one = self.visits[visit]
		if one.due is None or start <= one.due or not one.late_cost:
			return 0.0
		return (start - one.due) / HOUR * one.late_cost


def drive(leave: int, seconds: int, breaks: Sequence[tuple[int, int]]) -> int:
	"""When a way of `seconds` that begins at `leave` ends: it waits for each break it meets."""
	arrive = leave + seconds
	for begin, end in breaks:
		if arrive > begin and leave < end:
			arrive += end - max(leave, begin)
	return arrive


def leave_by(arrive: int, seconds: int, breaks: Sequence[tuple[int, int]]) -> int:
	"""The latest moment to leave for a way of `seconds` that must end at `arrive`."""
	leave = arrive - seconds
	for begin, end in reversed(breaks):
		if leave < end and arrive > begin:
			leave -= min(arrive, end) - begin
	return leave


def first_start(arrive: int, length: int, breaks: Sequence[tuple[int, int]], grid: int) -> int:
	"""When a visit begins for who is there at `arrive`: on the grid, and not into a break."""
	start = -(-arrive // grid) * grid
	for begin, end in breaks:
		if start < end and start + length > begin:
			start = -(-end // grid) * grid
	return start


def last_start(latest: int, length: int, breaks: Sequence[tuple[int, int]], grid: int) -> int:
	"""The latest start of the grid not after `latest` from which a visit meets no break."""
	latest = latest // grid * grid
	for begin, end in reversed(breaks):
		if latest < end and latest + length > begin:
			latest = (begin - length) // grid * grid
	return latest


class Route:
	"""The visits of one shift in their order. Never changed: a route with other visits is a new one.

	`starts` and `latest`: when each begins, and when it could begin at the latest without harm to those after it.
	`broken`: a window or the end of the day is missed, which only fixed visits may bring about.
	"""

	__slots__ = (
		*("broken", "cost", "end", "ground", "latest", "load", "number", "overtime", "place", "shift"),
		*("soft", "starts", "stops"),
	)

	def __init__(self, ground: Ground, number: int, stops: tuple[int, ...]):
		self.ground = ground
		self.number = number
		self.shift = ground.problem.shifts[number]
		self.stops = stops
		self.load = sum(ground.visits[stop].load for stop in stops)
		self._walk()
		self._look_back()

	def _walk(self) -> None:
		ground, shift = self.ground, self.shift
		seconds, cost, place, grid = ground.seconds, ground.cost, ground.place, ground.problem.grid
		at, now, total = shift.start_place, shift.begin, 0.0
		self.broken = False
		self.soft = shift.overtime > 0
		starts = []
		for stop in self.stops:
			there = place[stop]
			start = begins_at(ground, stop, drive(now, seconds[at][there], shift.breaks), shift.breaks, grid)
			if start > ground.latest[stop] and ground.fixed[stop] is None:
				self.broken = True
			total += cost[at][there] + ground.lateness(stop, start) + ground.extra[stop].get(self.number, 0.0)
			self.soft = self.soft or (ground.visits[stop].due is not None and ground.fixed[stop] is None)
			starts.append(start)
			at, now = there, start + ground.length[stop]
		self.starts = starts
		self.end = drive(now, seconds[at][shift.end_place], shift.breaks) if self.stops else shift.begin
		if self.stops:
			total += cost[at][shift.end_place]
		over = max(0, self.end - shift.end)
		self.overtime = over
		if over > shift.overtime and any(ground.fixed[stop] is None for stop in self.stops[-1:]):
			self.broken = True
		self.cost = total + over / HOUR * ground.problem.prices.overtime_hour
		if shift.capacity is not None and self.load > shift.capacity:
			self.broken = True

	def _look_back(self) -> None:
		ground, shift = self.ground, self.shift
		latest = [0] * len(self.stops)
		there, by = shift.end_place, shift.end + shift.overtime
		for number in range(len(self.stops) - 1, -1, -1):
			stop = self.stops[number]
			if ground.fixed[stop] is not None:
				by = ground.fixed[stop]
			else:
				left = leave_by(by, ground.seconds[ground.place[stop]][there], shift.breaks)
				by = last_start(
					min(ground.latest[stop], left - ground.length[stop]),
					ground.length[stop],
					shift.breaks,
					ground.problem.grid,
				)
			latest[number] = by
			there = ground.place[stop]
		self.latest = latest

	def with_stop(self, visit: int, position: int) -> "Route":
		return Route(self.ground, self.number, (*self.stops[:position], visit, *self.stops[position:]))

	def without(self, gone: set[int]) -> "Route":
		return Route(self.ground, self.number, tuple(stop for stop in self.stops if stop not in gone))

	def travel(self) -> tuple[int, int]:
		"""Seconds and metres on the road."""
		if not self.stops:
			return 0, 0
		places = [
			self.shift.start_place,
			*(self.ground.place[stop] for stop in self.stops),
			self.shift.end_place,
		]
		ways = list(pairwise(places))
		metres = self.ground.problem.metres
		return sum(self.ground.seconds[a][b] for a, b in ways), sum(metres[a][b] for a, b in ways)


def begins_at(ground: Ground, visit: int, arrive: int, breaks: Sequence[tuple[int, int]], grid: int) -> int:
	"""When a visit begins for who is there at `arrive`; a fixed one begins when it was fixed for."""
	fixed = ground.fixed[visit]
	if fixed is not None:
		return fixed
	return first_start(max(arrive, ground.earliest[visit]), ground.length[visit], breaks, grid)
