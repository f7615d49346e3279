"""How work flows through a department: rates, Little's law, and what one more technician would change. Pure.

Little's law: what waits on the mean = rate of arrivals x mean time until it leaves, whatever the order. Where the two
differ much, work is piling up (or is being worked off). The wait for a technician is that of a queue with several
servers (Erlang's C formula): arrivals and lengths of work by chance. Real work is planned, so it is a measure of room,
not a promise.
"""

from dataclasses import dataclass, fields
from datetime import datetime
from math import factorial

DAY = 86400
GROWING, SHRINKING, STEADY = "Growing", "Shrinking", "Steady"


@dataclass(frozen=True)
class Flow:
	"""What came, left and waited in a period of `days`."""

	days: float
	arrived: int
	left: int
	waiting_before: int
	waiting: int
	mean_waiting: float
	"""How many were there on the mean of the whole period."""
	days_through: float | None
	"""Mean days of those that left."""

	@property
	def arrivals_a_day(self) -> float:
		return self.arrived / self.days

	@property
	def departures_a_day(self) -> float:
		return self.left / self.days

	@property
	def by_little(self) -> float | None:
		"""Mean days of one that arrives, by Little's law: what is there / what leaves in a day."""
		return self.mean_waiting / self.departures_a_day if self.left else None

	@property
	def direction(self) -> str:
		"""Growing or shrinking by more than a tenth of what came, and by at least two."""
		change = self.waiting - self.waiting_before
		if abs(change) < max(2, 0.1 * self.arrived):
			return STEADY
		return GROWING if change > 0 else SHRINKING


@dataclass(frozen=True)
class Counts:
	"""Sums over what overlapped a period; seconds within the period, and of all that left in it."""

	arrived: int = 0
	left: int = 0
	waiting_before: int = 0
	waiting: int = 0
	seconds_inside: float = 0
	seconds_through: float = 0

	def __add__(self, other: "Counts") -> "Counts":
		return Counts(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


def flow(counts: Counts, begin: datetime, end: datetime) -> Flow:
	"""What the sums over a period amount to."""
	span = (end - begin).total_seconds()
	return Flow(
		span / DAY,
		counts.arrived,
		counts.left,
		counts.waiting_before,
		counts.waiting,
		counts.seconds_inside / span,
		counts.seconds_through / counts.left / DAY if counts.left else None,
	)


def chance_of_waiting(load: float, servers: int) -> float:
	"""Erlang C: that somebody who arrives finds all `servers` at work; `load` = arrivals x length of work."""
	if servers <= load:
		return 1.0
	last = load**servers / factorial(servers) * servers / (servers - load)
	return last / (sum(load**number / factorial(number) for number in range(servers)) + last)


def mean_wait(arrivals: float, length: float, servers: int) -> float | None:
	"""Mean time until work begins, in the unit of `length`; None where more comes than can be done: it grows for ever.

	Args:
		arrivals: per unit of time.
		length: mean time of the work itself.
		servers: how many technicians.
	"""
	load = arrivals * length
	if servers <= load or servers < 1:
		return None
	return chance_of_waiting(load, servers) * length / (servers - load)
