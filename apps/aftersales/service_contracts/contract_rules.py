"""What a service contract entitles to: visits of a period and what is left of earlier ones.

Pure: plain values in, plain values out. Periods are counted from the first day of the contract, so
that a contract begun on 15 March has its second month from 15 April.

Rules
- A visit counts in the period in which the technician arrived.
- Included visits not used are forfeited with the period, or can be used in the next one, or until the
  contract ends, as the contract says. Visits carried over are used up before those of the period.
- A contract without a number of visits includes as many as are needed.
"""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

FORFEIT = "Forfeited"
NEXT_PERIOD = "Carried into the Next Period"
UNTIL_END = "Carried until the Contract Ends"
CARRY_OVER = (FORFEIT, NEXT_PERIOD, UNTIL_END)

MONTHS = {"Month": 1, "Quarter": 3, "Half-year": 6, "Year": 12, "Contract Term": None}
"""Period of the included visits → its length in months; None is the whole term."""


@dataclass(frozen=True)
class Visits:
	"""What a contract says about visits; `included` None means without limit. Dates are inclusive."""

	start: date
	end: date
	included: int | None = None
	period: str = "Year"
	carry_over: str = FORFEIT


@dataclass(frozen=True)
class Entitlement:
	"""Visits of the period that a day lies in; `left` None means without limit."""

	period_start: date
	period_end: date
	included: int | None
	carried: int
	used: int

	@property
	def left(self) -> int | None:
		return None if self.included is None else max(0, self.included + self.carried - self.used)

	@property
	def covers_another(self) -> bool:
		return self.left is None or self.left > 0


def entitlement(visits: Visits, used_on: Iterable[date], on: date) -> Entitlement:
	"""The entitlement on the day `on`, after visits on the days `used_on`."""
	used_on = sorted(used_on)
	carried = 0
	number = 0
	while True:
		start, end = _period(visits, number)
		used = sum(start <= day <= end for day in used_on)
		if on <= end or end >= visits.end:
			return Entitlement(start, end, visits.included, carried, used)
		carried = _carried_on(visits, carried, used)
		number += 1


def _carried_on(visits: Visits, carried: int, used: int) -> int:
	if visits.included is None or visits.carry_over == FORFEIT:
		return 0
	if visits.carry_over == NEXT_PERIOD:
		return max(0, visits.included - max(0, used - carried))
	return max(0, carried + visits.included - used)


def _period(visits: Visits, number: int) -> tuple[date, date]:
	months = MONTHS[visits.period]
	if months is None:
		return visits.start, visits.end
	start = add_months(visits.start, number * months)
	following = add_months(visits.start, (number + 1) * months)
	return start, min(date.fromordinal(following.toordinal() - 1), visits.end)


def add_months(day: date, months: int) -> date:
	"""The same day so many months later, or the last day of a shorter month."""
	month = day.month - 1 + months
	year, month = day.year + month // 12, month % 12 + 1
	return date(year, month, min(day.day, monthrange(year, month)[1]))


def renewed_term(start: date, end: date) -> tuple[date, date]:
	"""First and last day of the term that follows `start` to `end`, as long as that by the calendar.

	Whole months follow whole months: 1 January to 31 December by the same of the next year, a leap year or not.
	Anything else is followed by as many days.
	"""
	first = date.fromordinal(end.toordinal() + 1)
	months = (first.year - start.year) * 12 + first.month - start.month
	if months > 0 and add_months(start, months) == first:
		return first, date.fromordinal(add_months(first, months).toordinal() - 1)
	return first, date.fromordinal(end.toordinal() + (end - start).days + 1)


@dataclass(frozen=True)
class Terms:
	"""What a contract pays of one job: percent of each kind of line, and what the customer bears first.

	`excess` is an amount of the invoice's currency per job, invoiced as `excess_item`.
	"""

	contract: str
	labour: Decimal = Decimal(100)
	parts: Decimal = Decimal(100)
	travel: Decimal = Decimal(100)
	excess: Decimal = Decimal(0)
	excess_item: str | None = None

	def without_cover(self) -> "Terms":
		"""The terms of a visit beyond those included: the customer pays all of it."""
		return Terms(self.contract, Decimal(0), Decimal(0), Decimal(0))
