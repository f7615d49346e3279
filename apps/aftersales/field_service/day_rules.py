"""The dispatch board: how full a technician's day is, where it has room, what is drawn beside what. Pure.

All times are of one time zone; a day is a technician with the hours they work on it and the visits they have.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from aftersales.field_service.arrival_rules import Span, Technician, gaps, on_grid

GRID = timedelta(minutes=15)
"""Visits are put on the board by the quarter of an hour."""

LONGEST_NIGHT = timedelta(hours=12)
"""A visit over midnight that is not longer is one piece of work; a longer one lasts days."""

USUAL_HOURS = (8, 18)
"""Shown where nobody works and nothing is planned outside them."""


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
	"""The time covered by `spans`, in order; what overlaps or touches becomes one."""
	found: list[Span] = []
	for start, end in sorted(spans):
		if found and start <= found[-1][1]:
			found[-1] = (found[-1][0], max(end, found[-1][1]))
		else:
			found.append((start, end))
	return tuple(found)


def lasts_days(span: Span) -> bool:
	"""Whether a visit lasts several days: it touches two and is longer than a night's work."""
	return span[0].date() != span[1].date() and span[1] - span[0] > LONGEST_NIGHT


def days_touched(span: Span) -> list[date]:
	"""The days on which a visit takes place, the first first."""
	last = (span[1] - timedelta(microseconds=1)).date()
	days = max(0, (last - span[0].date()).days)
	return [span[0].date() + timedelta(days=number) for number in range(days + 1)]


def time_of_day(span: Span, midnight: datetime, working: Sequence[Span]) -> list[Span]:
	"""What a visit takes of a day: one that lasts several days takes what is worked on it, no night."""
	begin, end = max(span[0], midnight), min(span[1], midnight + timedelta(days=1))
	if begin >= end:
		return []
	if not lasts_days(span):
		return [(begin, end)]
	return [(max(a, begin), min(b, end)) for a, b in working if a < end and b > begin]


def taken_of_day(visits: Iterable[Span], midnight: datetime, working: Sequence[Span]) -> list[Span]:
	"""What visits take of a day, one after the other."""
	return [part for span in visits for part in time_of_day(span, midnight, working)]


def minutes(spans: Iterable[Span]) -> int:
	"""How long `spans` are together, in minutes; time covered twice counts once."""
	return round(sum((end - start).total_seconds() for start, end in merged(spans)) / 60)


def first_fit(day: Technician, earliest: datetime, length: timedelta) -> datetime | None:
	"""The first quarter of an hour from `earliest` at which `day` has `length` of working time left."""
	for begin, end in gaps(day, earliest):
		start = on_grid(begin, GRID)
		if start + length <= end:
			return start
	return None


def lanes(spans: Sequence[Span]) -> list[int]:
	"""For each of `spans` the lane it is drawn in, from 0: in one lane nothing overlaps."""
	lane_of = [0] * len(spans)
	ends: list[datetime] = []
	for number in sorted(range(len(spans)), key=lambda number: spans[number]):
		start, end = spans[number]
		lane = next((i for i, taken_until in enumerate(ends) if taken_until <= start), len(ends))
		ends[lane : lane + 1] = [end]
		lane_of[number] = lane
	return lane_of


def hours_shown(spans: Iterable[Span], midnight: datetime) -> tuple[int, int]:
	"""First and last full hour of the day to show, so that every one of `spans` is seen."""
	first, last = USUAL_HOURS
	next_midnight = midnight + timedelta(days=1)
	for start, end in spans:
		begin, finish = max(start, midnight), min(end, next_midnight)
		if begin < finish:
			first = min(first, int((begin - midnight).total_seconds() // 3600))
			last = max(last, -int(-(finish - midnight).total_seconds() // 3600))
	return first, last


def pressing(
	emergency: bool, left: int | None, received: datetime | None, promise_left: int | None = None
) -> tuple:
	"""Sort key of what waits: emergencies, then what is due first, then the oldest.

	Args:
		left: seconds to the due time of the most pressing target.
		promise_left: seconds to the end of the window that was promised.
	"""
	due = min((seconds for seconds in (left, promise_left) if seconds is not None), default=None)
	return (not emergency, due is None, due or 0, received or datetime.max)


def place_promises(
	days: Iterable[Technician], promises: Iterable[tuple[str, Span, Sequence[str]]], visit: timedelta
) -> dict[str, list[tuple[str, Span]]]:
	"""Technician → windows promised that are nobody's visit yet, each in the row of one who could make it.

	Args:
		promises: call, its window, and the technicians qualified for it.

	The one who is free at its beginning and has least to do gets it, the first by name of several; a window
	nobody can make is in no row.
	"""
	by_name = {day.name: day for day in days}
	placed: dict[str, list[tuple[str, Span]]] = {}
	for call, window, fit in sorted(promises, key=lambda promise: (promise[1], promise[0])):
		taken = (window[0], window[0] + visit)
		able = [by_name[name] for name in fit if name in by_name and by_name[name].working]
		if not able:
			continue
		taker = min(able, key=lambda day: (_is_taken(day, taken), minutes(day.busy), day.name))
		by_name[taker.name] = replace(taker, busy=tuple(sorted((*taker.busy, taken))))
		placed.setdefault(taker.name, []).append((call, window))
	return placed


def _is_taken(day: Technician, span: Span) -> bool:
	return any(start < span[1] and span[0] < end for start, end in day.busy)
