"""What days came to: visits, work, travel, and how they went against the plan. Pure: plain values in, plain values out."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

ON_TIME = timedelta(minutes=15)
"""An arrival so near to its planned start is as planned."""


@dataclass(frozen=True)
class Made:
	"""A visit that was made. `travel`, `metres`: the way there, after the last visit of a day the way home too.

	`worked`: seconds of work of one that lasted several days; None: from arrival to departure.
	"""

	technician: str
	zone: str | None
	arrived: datetime
	departed: datetime
	planned: datetime | None = None
	travel: int = 0
	metres: int = 0
	known: bool = True
	promise: str | None = None
	worked: float | None = None


@dataclass
class Figures:
	"""Sums of a technician, zone or week; times in seconds."""

	visits: int = 0
	days: set = field(default_factory=set)
	work: float = 0
	travel: int = 0
	metres: int = 0
	unknown: int = 0
	deviation: float = 0
	planned: int = 0
	on_time: int = 0
	promised: int = 0
	kept: int = 0
	available: float | None = None

	@property
	def visits_a_day(self) -> float:
		return self.visits / len(self.days) if self.days else 0.0

	@property
	def travel_share(self) -> float | None:
		"""Per cent of the time spent on visits and on the road."""
		whole = self.work + self.travel
		return 100 * self.travel / whole if whole else None

	@property
	def utilisation(self) -> float | None:
		"""Per cent of the hours that were there; None where nobody knows how many were."""
		return 100 * self.work / self.available if self.available else None

	@property
	def minutes_after_plan(self) -> float | None:
		return self.deviation / 60 / self.planned if self.planned else None

	@property
	def on_time_share(self) -> float | None:
		return 100 * self.on_time / self.planned if self.planned else None

	@property
	def kept_share(self) -> float | None:
		return 100 * self.kept / self.promised if self.promised else None


def summed(
	visits: Iterable[Made], key: Callable[[Made], str], available: Mapping[str, float] | None = None
) -> dict[str, Figures]:
	"""Figures by what `key` says of a visit; `available`: seconds of working time by the same key."""
	found: dict[str, Figures] = {name: Figures() for name in available or {}}
	for visit in visits:
		sums = found.setdefault(key(visit), Figures())
		sums.visits += 1
		sums.days.add((visit.technician, visit.arrived.date()))
		there = max(0.0, (visit.departed - visit.arrived).total_seconds())
		sums.work += there if visit.worked is None else visit.worked
		sums.travel += visit.travel
		sums.metres += visit.metres
		sums.unknown += not visit.known
		if visit.planned:
			late = visit.arrived - visit.planned
			sums.planned += 1
			sums.deviation += late.total_seconds()
			sums.on_time += abs(late) <= ON_TIME
		if visit.promise:
			sums.promised += 1
			sums.kept += visit.promise == "Kept"
	for name, seconds in (available or {}).items():
		found[name].available = seconds
	return found


def week_of(day: date) -> str:
	"""The ISO week, as in 2026-W49."""
	year, week, _weekday = day.isocalendar()
	return f"{year}-W{week:02}"
