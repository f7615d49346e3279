"""An emergency in a day that is running: who gets there, and for whom it changes what. Pure.

Nobody is turned round: what has begun, and the stop somebody is on the way to, stays. The visits after the emergency
may begin later than planned. Promised windows are kept where that is possible: a window that is missed weighs more
than any detour, and each customer who must be told weighs something too.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from aftersales.service_routes.planner.route_rules import HOUR, Ground, Route, drive, first_start

MISSED_WINDOW = 500.0
"""What a promise that is no longer kept weighs, in the unit of the prices."""
CUSTOMER_TOLD = 5.0
"""What each visit that begins at another time weighs."""
NO_CHANGE = 5 * 60
"""A visit that begins so much later is as planned: nobody is told of five minutes."""


@dataclass(frozen=True)
class Change:
	"""A visit that begins at another time: `missed` when its customer's window is no longer kept."""

	key: str
	old_start: int
	new_start: int
	missed: bool


@dataclass(frozen=True)
class Answer:
	"""Who goes, when, and what changes for others; `late`: seconds after the emergency was due."""

	shift: str
	position: int
	start: int
	travel: int
	late: int
	overtime: int
	changes: tuple[Change, ...]
	cost: float


def answers(
	ground: Ground, routes: Sequence[Route], visit: int, now: int, begun: Sequence[int] = (), count: int = 3
) -> list[Answer]:
	"""At most `count` ways to get to an emergency, the one that disturbs least first, one for each shift.

	Args:
		routes: the day as it is planned.
		now: nobody sets out earlier.
		begun: numbers of visits that have begun or are being driven to; the emergency comes after them.
	"""
	found = []
	for number in ground.fits[visit]:
		own = [
			answer
			for position in range(
				_first_position(routes[number], set(begun), now), len(routes[number].stops) + 1
			)
			if (answer := _try(ground, routes[number], visit, position, now))
		]
		if own:
			found.append(min(own, key=lambda answer: (answer.cost, answer.start)))
	return sorted(found, key=lambda answer: (answer.cost, answer.start, answer.shift))[:count]


def _first_position(route: Route, begun: set[int], now: int) -> int:
	first = 0
	for number, stop in enumerate(route.stops):
		if stop in begun or route.starts[number] <= now:
			first = number + 1
	return first


def _try(ground: Ground, route: Route, visit: int, position: int, now: int) -> Answer | None:
	shift, one, grid = route.shift, ground.visits[visit], 60
	at, leave = shift.start_place, max(shift.begin, now)
	if position:
		before = route.stops[position - 1]
		at, leave = ground.place[before], max(now, route.starts[position - 1] + ground.length[before])
	there = ground.place[visit]
	travel = ground.seconds[at][there]
	start = first_start(max(drive(leave, travel, shift.breaks), one.earliest), one.length, shift.breaks, grid)
	if start > one.latest or start > shift.end + shift.overtime:
		return None
	late = max(0, start - one.due) if one.due is not None else 0
	changes, end = _pushed(ground, route, position, there, start + one.length)
	overtime = max(0, end - shift.end)
	before_end = max(0, route.end - shift.end)
	cost = (
		ground.cost[at][there]
		+ late / HOUR * one.late_cost
		+ (start - now) / HOUR * max(1.0, one.late_cost / 10)
		+ max(0, overtime - before_end) / HOUR * ground.problem.prices.overtime_hour
		+ sum(CUSTOMER_TOLD + (MISSED_WINDOW if change.missed else 0) for change in changes)
	)
	return Answer(shift.key, position, start, travel, late, overtime, tuple(changes), cost)


def _pushed(ground: Ground, route: Route, position: int, at: int, leave: int) -> tuple[list[Change], int]:
	"""Visits after the emergency that begin later, and when the day ends."""
	changes, breaks = [], route.shift.breaks
	for number in range(position, len(route.stops)):
		stop = route.stops[number]
		old = route.starts[number]
		arrive = drive(leave, ground.seconds[at][ground.place[stop]], breaks)
		start = max(old, _new_start(ground, stop, max(arrive, ground.earliest[stop]), breaks))
		if start - old > NO_CHANGE:
			changes.append(Change(ground.visits[stop].key, old, start, start > ground.latest[stop]))
		else:
			start = max(old, start)
		at, leave = ground.place[stop], start + ground.length[stop]
	return changes, drive(leave, ground.seconds[at][route.shift.end_place], breaks)


def _new_start(ground: Ground, stop: int, arrive: int, breaks: Sequence[tuple[int, int]]) -> int:
	"""On the grid, as people tell each other the time; to the minute where the window would be missed by that."""
	start = first_start(arrive, ground.length[stop], breaks, ground.problem.grid)
	return start if start <= ground.latest[stop] else first_start(arrive, ground.length[stop], breaks, 60)
