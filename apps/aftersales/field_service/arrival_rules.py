"""Which arrival windows can be promised: target, working hours and workload decide (R-IN-5, R-SL-3).

Pure: plain values in, plain values out; all times are of one time zone.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

GRID = timedelta(minutes=30)
"""Windows begin on the half hour: nobody promises 9:17."""

SHORTEST = timedelta(minutes=30)
"""A window narrower than this is no promise anybody can keep."""

Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Technician:
	"""One who is qualified: hours worked and visits planned (both ordered), and the zone they live in."""

	name: str
	working: tuple[Span, ...]
	busy: tuple[Span, ...] = ()
	zone: str | None = None


@dataclass(frozen=True)
class Wish:
	"""What is asked: nobody before `earliest`, there by `due` (None: no target), in `zone`.

	`visit` is how long a visit takes with the way there, `window` how wide a promise is.
	"""

	earliest: datetime
	visit: timedelta
	window: timedelta
	due: datetime | None = None
	zone: str | None = None


@dataclass(frozen=True)
class Suggestion:
	"""A window somebody can keep: arriving at any moment in it leaves the time for the visit."""

	start: datetime
	end: datetime
	technician: str
	visits_that_day: int
	in_time: bool
	outside_hours: bool = False
	detour: int | None = None
	"""Minutes of driving that the visit adds to the technician's day; None where a place is not known."""
	cheap: bool = False


def suggest(technicians: Iterable[Technician], wish: Wish, count: int = 3) -> list[Suggestion]:
	"""At most `count` windows with different beginnings, the best first.

	First those in which the target is met, by a technician of the zone before one of another, early
	before late, the one with fewer visits that day before a busier one. Windows that miss the target
	come after them, the earliest first.
	"""
	found = [window for technician in technicians for window in _windows(technician, wish, count)]
	zones = {technician.name: technician.zone for technician in technicians}
	chosen: dict[datetime, Suggestion] = {}
	for window in sorted(found, key=lambda window: _rank(window, zones, wish)):
		chosen.setdefault(window.start, window)
	return list(chosen.values())[:count]


CHEAPER_BY = 10
"""Minutes of driving by which a window must be cheaper than the dearest one to be marked."""


def choose_with_cheap(found: Sequence[Suggestion], more: Sequence[Suggestion]) -> list[Suggestion]:
	"""`found`, the last of them replaced by the one of `more` that adds least driving, if that is clearly less.

	A cheap window that misses the target replaces none that meets it.
	"""
	chosen = list(found)
	starts = {window.start for window in chosen}
	rest = [window for window in more if window.detour is not None and window.start not in starts]
	known = [window.detour for window in chosen if window.detour is not None]
	if len(chosen) < 2 or not rest or not known:
		return chosen
	cheapest = min(rest, key=lambda window: (not window.in_time, window.detour, window.start))
	if cheapest.detour <= min(known) - CHEAPER_BY and cheapest.in_time >= chosen[-1].in_time:
		chosen[-1] = cheapest
	return chosen


def mark_cheap(found: Sequence[Suggestion]) -> list[Suggestion]:
	"""`found` with those marked that add least driving, where that is clearly less than another adds."""
	known = [window.detour for window in found if window.detour is not None]
	least = min(known, default=0)
	worth = bool(known) and max(known) - least >= CHEAPER_BY
	return [replace(window, cheap=worth and window.detour == least) for window in found]


def with_promises(
	technicians: Sequence[Technician], promises: Iterable[Span], visit: timedelta
) -> list[Technician]:
	"""The technicians with the visits that are promised but not dispatched yet among their busy times.

	Each promise goes to the one who is free and has least to do that day; where nobody is free, to the
	one with least to do: the work has to be done all the same.
	"""
	by_name = {technician.name: technician for technician in technicians}
	for start, _end in sorted(promises):
		if not by_name:
			break
		span = (start, start + visit)
		taker = min(
			by_name.values(),
			key=lambda technician: (
				not _is_free(technician, span),
				_load(technician, start),
				technician.name,
			),
		)
		by_name[taker.name] = replace(taker, busy=tuple(sorted((*taker.busy, span))))
	return [by_name[technician.name] for technician in technicians]


def is_window(window: Span, wish: Wish, until: datetime) -> bool:
	"""Whether somebody may ask for this window: on the grid, neither too wide nor too narrow, and to come."""
	start, end = window
	return (
		wish.earliest <= start <= until and on_grid(start) == start and SHORTEST <= end - start <= wish.window
	)


def keeper(technicians: Iterable[Technician], wish: Wish, window: Span) -> str | None:
	"""Who can keep a window: free at every moment of it for a whole visit; None without one.

	A technician of the zone before one of another, one with less to do that day before a busier one. Nobody keeps a
	window narrower than it would be offered: it ends early only where no later arrival leaves time for the visit.
	"""
	start, end = window
	able = [
		(technician, closing)
		for technician in technicians
		for opening, closing in gaps(technician, wish.earliest)
		if opening <= start and end + wish.visit <= closing
	]
	is_whole = end - start == wish.window or any(end + wish.visit == closing for _one, closing in able)
	if not is_whole:
		return None
	chosen = min(
		(technician for technician, _closing in able),
		key=lambda one: (bool(wish.zone) and one.zone != wish.zone, _load(one, window[0]), one.name),
		default=None,
	)
	return chosen.name if chosen else None


def on_call(technicians: Iterable[Technician], wish: Wish, until: datetime) -> list[Suggestion]:
	"""For an emergency that working hours cannot meet: who is free soonest, day or night, as one window."""
	always = [replace(technician, working=((wish.earliest, until),)) for technician in technicians]
	return [replace(window, outside_hours=True) for window in suggest(always, wish, count=1)]


def on_days(spans: Iterable[Span], works: Callable[[date], bool]) -> tuple[Span, ...]:
	"""The parts of `spans` (ordered) that lie on days on which somebody works; what touches becomes one."""
	found: list[Span] = []
	for start, end in spans:
		while start < end:
			stop = min(end, datetime.combine(start.date() + timedelta(days=1), time()))
			if works(start.date()):
				begin = found.pop()[0] if found and found[-1][1] == start else start
				found.append((begin, stop))
			start = stop
	return tuple(found)


def _windows(technician: Technician, wish: Wish, count: int) -> Iterable[Suggestion]:
	made = 0
	for opening, closing in gaps(technician, wish.earliest):
		start = on_grid(opening)
		last_arrival = closing - wish.visit
		while start + SHORTEST <= last_arrival and made < count:
			end = min(start + wish.window, last_arrival)
			if wish.due and start + SHORTEST <= wish.due < end:
				end = wish.due
			yield Suggestion(
				start,
				end,
				technician.name,
				_load(technician, start),
				in_time=not wish.due or end <= wish.due,
			)
			made += 1
			start = on_grid(end)
		if made == count:
			return


def gaps(technician: Technician, earliest: datetime) -> Iterable[Span]:
	"""Working time that is not taken, from `earliest` on."""
	for begin, end in technician.working:
		free_from = max(begin, earliest)
		for busy_from, busy_to in technician.busy:
			if busy_to <= free_from or busy_from >= end:
				continue
			if busy_from > free_from:
				yield free_from, busy_from
			free_from = max(free_from, busy_to)
		if free_from < end:
			yield free_from, end


def _rank(window: Suggestion, zones: dict[str, str | None], wish: Wish) -> tuple:
	elsewhere = bool(wish.zone) and zones[window.technician] != wish.zone
	when = (elsewhere, window.start) if window.in_time else (window.start, elsewhere)
	return (not window.in_time, *when, window.visits_that_day, window.technician)


def _load(technician: Technician, day: datetime) -> int:
	return sum(1 for start, _end in technician.busy if start.date() == day.date())


def _is_free(technician: Technician, span: Span) -> bool:
	return not any(start < span[1] and span[0] < end for start, end in technician.busy)


def on_grid(moment: datetime, grid: timedelta = GRID) -> datetime:
	"""The first moment of the grid that is not before `moment`."""
	midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
	return midnight + -((midnight - moment) // grid) * grid
