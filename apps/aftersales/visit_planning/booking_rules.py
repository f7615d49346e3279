"""When customers may choose, move and cancel their appointment, and which windows they are offered. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from aftersales.field_service.arrival_rules import Suggestion

OFF, AFTER_TRIAGE, ALL_CALLS = "Off", "After Triage", "All Calls"
A_DAY, DAYS = 3, 5
"""So many windows a day, and on so many days, are offered."""

Why = Literal["off", "over", "not_looked_at", "emergency", "begun", "several", "too_late"]


@dataclass(frozen=True)
class Facts:
	"""What is known of a call. `visit_status` of its open visit; `several`: technicians, or visits that have a time.

	`by_guest`: whoever scanned a product's code registered it, and nobody has confirmed the contact.
	"""

	status: str
	emergency: bool = False
	in_workshop: bool = False
	arrived: bool = False
	promised_from: datetime | None = None
	visit_status: str | None = None
	several: bool = False
	by_guest: bool = False


def why_not(policy: str, facts: Facts, now: datetime, cutoff: timedelta) -> Why | None:
	"""Why a customer may not choose another time for a visit; None when they may.

	Args:
		cutoff: so long before an appointment begins it is no longer changed by its customer.
	"""
	if policy not in (AFTER_TRIAGE, ALL_CALLS):
		return "off"
	if facts.status not in ("Open", "Triaged", "Scheduled") or facts.in_workshop or facts.arrived:
		return "over"
	if facts.status == "Open" and (policy == AFTER_TRIAGE or facts.by_guest):
		return "not_looked_at"
	if facts.emergency:
		return "emergency"
	if facts.visit_status == "On Site":
		return "begun"
	if facts.several:
		return "several"
	if facts.promised_from and facts.promised_from - cutoff <= now:
		return "too_late"
	return None


def choose(windows: Iterable[Suggestion], a_day: int = A_DAY, days: int = DAYS) -> list[Suggestion]:
	"""Of all `windows` some on each of the next days, in the order of time; of a day the cheap ones, then the first."""
	by_day: dict = {}
	for window in sorted(windows, key=lambda window: window.start):
		by_day.setdefault(window.start.date(), []).append(window)
	chosen: list[Suggestion] = []
	for day in sorted(by_day)[:days]:
		best = sorted(by_day[day], key=lambda window: (not window.cheap, window.start))[:a_day]
		chosen += sorted(best, key=lambda window: window.start)
	return chosen


@dataclass(frozen=True)
class Stop:
	"""A stop of a technician's day, in its order: when it is planned, when it began and ended.

	`way`: seconds from the stop before, None where it is not known.
	"""

	key: str
	planned_start: datetime
	planned_end: datetime
	arrived: datetime | None = None
	departed: datetime | None = None
	way: int | None = None


def estimate(stops: Sequence[Stop], key: str, now: datetime) -> tuple[datetime, int] | None:
	"""When somebody is likely to be at stop `key`, and how many stops come before; None when somebody was there already.

	A stop takes as long as it was planned, begins no earlier than planned, and nobody sets out before now. Rounded up to
	five minutes.
	"""
	free: datetime | None = None
	before = 0
	for stop in stops:
		if stop.departed:
			free = stop.departed
			if stop.key == key:
				return None
			continue
		if stop.arrived:
			if stop.key == key:
				return None
			free = max(now, stop.arrived + (stop.planned_end - stop.planned_start))
			before += 1
			continue
		# The stop before has ended: the way has begun then, and takes until now at least
		way = timedelta(seconds=stop.way or 0)
		start = max(stop.planned_start, now, free + way if free else stop.planned_start)
		if stop.key == key:
			return _up_to_five(start), before
		free = start + (stop.planned_end - stop.planned_start)
		before += 1
	return None


def _up_to_five(moment: datetime) -> datetime:
	whole = moment.replace(second=0, microsecond=0)
	whole += timedelta(minutes=whole < moment)
	return whole + timedelta(minutes=-whole.minute % 5)
