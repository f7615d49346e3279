"""PyVRP as an optional solver of the same problem (`pip install aftersales[planner]`). No frappe here.

PyVRP knows windows, skills (by a travel table for each kind of shift), overtime and visits that may be left out. What it does
not know, breaks within a day, lateness at a price and fixed visits that contradict each other, is looked after by the
caller: the order that PyVRP found is walked again by our own rules, and what no longer fits is put in anew. So a plan of the
solver is held to the same rules as a plan without it.
"""

from aftersales.service_routes.planner.route_rules import FOREVER, HOUR, Problem

BARRED = 10**8
"""Cost and seconds of a way to a visit that a shift may not make."""
SCALE = 100
"""PyVRP counts in whole numbers: costs are taken in hundredths."""


def is_there() -> bool:
	"""Whether PyVRP can be imported, in a version this module was written for."""
	try:
		from pyvrp import Location
	except ImportError:
		return False
	return True


def orders(problem: Problem, seconds: float, seed: int = 1) -> dict[int, tuple[int, ...]]:
	"""Number of a shift → numbers of the visits in the order in which PyVRP makes them, after `seconds` of search."""
	from pyvrp import solve
	from pyvrp.stop import MaxRuntime

	if not problem.visits or not problem.shifts:
		return {}
	result = solve(_data(problem), MaxRuntime(seconds), seed=seed, collect_stats=False, display=False)
	return {
		route.vehicle_type(): tuple(activity.idx for activity in route if activity.is_client())
		for route in result.best.routes()
	}


def _data(problem: Problem):
	from pyvrp import Client, Depot, Location, ProblemData, VehicleType

	profiles = _profiles(problem)
	ends = sorted({place for shift in problem.shifts for place in (shift.start_place, shift.end_place)})
	depot = {place: number for number, place in enumerate(ends)}
	count = len(problem.visits)
	clients = [
		Client(
			location=number,
			delivery=[visit.load],
			service_duration=visit.length,
			tw_early=visit.fixed[1] if visit.fixed else visit.earliest,
			tw_late=_latest(visit),
			prize=round(visit.left_out_cost * SCALE * (1000 if visit.fixed else 1)),
			required=False,
		)
		for number, visit in enumerate(problem.visits)
	]
	vehicles = [
		VehicleType(
			capacity=[10**9 if shift.capacity is None else shift.capacity],
			start_depot=depot[shift.start_place],
			end_depot=depot[shift.end_place],
			tw_early=shift.begin,
			tw_late=shift.end + shift.overtime,
			start_late=shift.begin,
			shift_duration=shift.end - shift.begin,
			max_overtime=shift.overtime,
			unit_overtime_cost=round(problem.prices.overtime_hour * SCALE / HOUR),
			profile=profiles[_who_may(problem, shift.key)],
		)
		for shift in problem.shifts
	]
	places = [visit.place for visit in problem.visits] + ends
	cost = [[round(value * SCALE) for value in row] for row in problem.travel_cost()]
	return ProblemData(
		[Location(0, 0) for _place in places],
		clients,
		[Depot(location=count + number) for number in range(len(ends))],
		vehicles,
		[_table(cost, places, allowed, count) for allowed in profiles],
		[_table(problem.seconds, places, allowed, count) for allowed in profiles],
	)


def _latest(visit) -> int:
	"""PyVRP knows no lateness at a price: what would be late is left out by it, and put in by our own rules."""
	if visit.fixed:
		return visit.fixed[1]
	latest = visit.latest
	if visit.due is not None and visit.due > visit.earliest:
		latest = min(latest, visit.due)
	return min(latest, FOREVER)


def _who_may(problem: Problem, shift: str) -> frozenset[int]:
	"""Numbers of the visits that a shift may make."""
	return frozenset(
		number
		for number, visit in enumerate(problem.visits)
		if (visit.fits is None or shift in visit.fits) and (not visit.fixed or visit.fixed[0] == shift)
	)


def _profiles(problem: Problem) -> dict[frozenset[int], int]:
	"""Shifts that may make the same visits share a travel table."""
	found: dict[frozenset[int], int] = {}
	for shift in problem.shifts:
		found.setdefault(_who_may(problem, shift.key), len(found))
	return found


def _table(values, places: list[int], allowed: frozenset[int], count: int):
	import numpy as np

	table = np.array([[values[a][b] for b in places] for a in places], dtype=np.int64)
	barred = [number for number in range(count) if number not in allowed]
	table[:, barred] = BARRED
	np.fill_diagonal(table, 0)
	return table
