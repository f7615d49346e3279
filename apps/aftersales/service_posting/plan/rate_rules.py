"""Whether a rate or the hours on a line of a job depart so far that somebody has to authorise them. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise


@dataclass(frozen=True)
class WorkRow:
	"""A row of labour: `hours` are billed; from and to where the times are known. `idx` is the row's number."""

	idx: int
	technician: str | None
	hours: float
	from_time: datetime | None = None
	to_time: datetime | None = None
	is_travel: bool = False


def departs(rate: float, usual: float | None, limit: float, smallest: float = 0.01) -> bool:
	"""True when `rate` differs from the `usual` one by more than `limit` percent of it.

	Half of the `smallest` coin is rounding. Without a usual rate every rate departs.
	"""
	if usual is None:
		return True
	return abs(rate - usual) > abs(usual) * limit / 100 + smallest / 2


def overlapping(rows: Iterable[WorkRow]) -> tuple[WorkRow, WorkRow] | None:
	"""The first two rows in which one technician works twice at the same time; touching is no overlap."""
	by_technician = defaultdict(list)
	for row in rows:
		if row.technician and row.from_time and row.to_time:
			by_technician[row.technician].append(row)
	for own in by_technician.values():
		own.sort(key=lambda row: (row.from_time, row.to_time))
		for first, second in pairwise(own):
			if second.from_time < first.to_time:
				return first, second
	return None


def beyond_stay(rows: Iterable[WorkRow], stay: float, tolerance: float) -> tuple[str | None, float] | None:
	"""Technician and hours of whoever is said to have worked longer on site than `stay` + `tolerance` (hours).

	Travel is not work on site. None when all is plausible.
	"""
	hours = defaultdict(float)
	for row in rows:
		if not row.is_travel:
			hours[row.technician] += row.hours
	return next(
		((technician, sum_) for technician, sum_ in hours.items() if sum_ > stay + tolerance + 0.005), None
	)
