"""The key figures of the service, with these formulas only (R-KPI).

Pure: sums and counts in, figures out. Times are seconds, money is company currency, shares are percent
with one decimal. A figure of which there is nothing to divide by is None, never zero.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Counts:
	"""What happened in a period; of each pair the second number is what the first is divided by."""

	calls: int = 0
	by_phone: int = 0
	response_seconds: float = 0
	answered: int = 0
	arrival_seconds: float = 0
	arrived: int = 0
	repeats: int = 0
	resolution_seconds: float = 0
	held_seconds: float = 0
	resolved: int = 0
	restoration_seconds: float = 0
	failures: int = 0
	fixed_at_once: int = 0
	visit_calls: int = 0
	closed: int = 0
	cost: float = 0
	turnaround_seconds: float = 0
	ready: int = 0
	hands_on_hours: float = 0
	repairs: int = 0
	met: int = 0
	missed: int = 0
	content: int = 0
	rated: int = 0
	promoters: int = 0
	detractors: int = 0
	recommended: int = 0
	promises_kept: int = 0
	promises_measured: int = 0

	def __add__(self, other: "Counts") -> "Counts":
		return Counts(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


FIELDS = tuple(one.name for one in fields(Counts))


@dataclass(frozen=True)
class KeyFigures:
	"""The figures of one group of calls, named as in docs/quality.md."""

	calls: int
	closed: int
	response_time: float | None
	"""First human response less received; never "solved"."""
	time_to_arrive: float | None
	resolution_time: float | None
	"""Solved less received, gross."""
	resolution_time_net: float | None
	"""The same without the time on hold."""
	remote_resolution_rate: float | None
	first_time_fix_rate: float | None
	promise_kept_rate: float | None
	"""Arrived in the window promised first (or asked for by the customer) of all arrivals with a promise."""
	repeat_rate: float | None
	turnaround_time: float | None
	mean_repair_time: float | None
	"""Hands-on seconds of a repair."""
	mean_time_to_restore: float | None
	sla_compliance: float | None
	csat: float | None
	nps: float | None
	cost_per_call: float | None


def total(groups: Iterable[Counts]) -> Counts:
	"""Counts of several groups as of one; figures are worked out from sums, never from averages."""
	return sum(groups, Counts())


def figures(counts: Counts) -> KeyFigures:
	"""The key figures that `counts` amount to."""
	return KeyFigures(
		calls=counts.calls,
		closed=counts.closed,
		response_time=mean(counts.response_seconds, counts.answered),
		time_to_arrive=mean(counts.arrival_seconds, counts.arrived),
		resolution_time=mean(counts.resolution_seconds, counts.resolved),
		resolution_time_net=mean(counts.resolution_seconds - counts.held_seconds, counts.resolved),
		remote_resolution_rate=share(counts.by_phone, counts.calls),
		first_time_fix_rate=share(counts.fixed_at_once, counts.visit_calls),
		promise_kept_rate=share(counts.promises_kept, counts.promises_measured),
		repeat_rate=share(counts.repeats, counts.closed),
		turnaround_time=mean(counts.turnaround_seconds, counts.ready),
		mean_repair_time=mean(counts.hands_on_hours * 3600, counts.repairs),
		mean_time_to_restore=mean(counts.restoration_seconds, counts.failures),
		sla_compliance=share(counts.met, counts.met + counts.missed),
		csat=share(counts.content, counts.rated),
		nps=share(counts.promoters - counts.detractors, counts.recommended),
		cost_per_call=round(counts.cost / counts.closed, 2) if counts.closed else None,
	)


def utilisation(job_hours: float, available_hours: float) -> float | None:
	"""Hours on jobs in percent of the hours available."""
	return share(job_hours, available_hours)


def warranty_cost_rate(warranty_cost: float, product_revenue: float) -> float | None:
	"""What free repairs in warranty cost, in percent of what products brought in."""
	return round(100 * warranty_cost / product_revenue, 2) if product_revenue > 0 else None


def mean(amount: float, number: int) -> float | None:
	return round(amount / number) if number else None


def share(part: float, whole: float) -> float | None:
	return round(100 * part / whole, 1) if whole else None
