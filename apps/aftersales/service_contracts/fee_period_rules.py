"""The periods whose fee a contract owes, by the calendar: pure, plain dates in and out.

Rules
- Periods are counted from the first day: one that begins on 31 January and is invoiced by month has its second
  period from 28 (or 29) February and its third from 31 March. No period drifts because one was short.
- The last period ends with the contract. A part of a period costs its part of the fee, by the day.
- In advance a fee falls due on the first day of its period, in arrears on the last.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from aftersales.core.rounding_rules import Unit, round_to
from aftersales.service_contracts.contract_rules import add_months
from aftersales.service_contracts.fee_rules import days

MONTHS_IN = {"Month": 1, "Year": 12}
DAYS_IN = {"Day": 1, "Week": 7}
"""ERPNext's billing intervals of a plan → their length."""


@dataclass(frozen=True)
class Cycle:
	"""How often a fee is invoiced: every `count` intervals (Day, Week, Month or Year)."""

	interval: str
	count: int = 1

	def begin(self, first: date, number: int) -> date:
		"""First day of period `number` (from 0) of a contract that begins on `first`."""
		if self.interval in MONTHS_IN:
			return add_months(first, number * self.count * MONTHS_IN[self.interval])
		return first + timedelta(days=number * self.count * DAYS_IN[self.interval])

	@property
	def months(self) -> int | None:
		"""Length in months; None for days and weeks."""
		return self.count * MONTHS_IN[self.interval] if self.interval in MONTHS_IN else None


@dataclass(frozen=True)
class Period:
	"""Days that one fee is for, both included. `whole_last`: where it would end if the contract went on."""

	first: date
	last: date
	whole_last: date

	def due_on(self, in_advance: bool) -> date:
		"""The day from which the fee can be invoiced."""
		return self.first if in_advance else self.last

	def until(self, last: date) -> "Period":
		"""The same, ended on `last`."""
		return Period(self.first, min(last, self.last), self.whole_last)

	def fee(self, whole: Decimal, unit: Unit) -> Decimal:
		"""What the period costs of the fee of a `whole` one, in `unit`s of the currency."""
		if self.last == self.whole_last:
			return round_to(whole, unit)
		return round_to(whole * days(self.first, self.last) / days(self.first, self.whole_last), unit)


def periods(first: date, last: date, cycle: Cycle) -> Iterator[Period]:
	"""The periods from the day `first` to the day `last`, the last one cut there."""
	number = 0
	while (begin := cycle.begin(first, number)) <= last:
		number += 1
		whole_last = cycle.begin(first, number) - timedelta(days=1)
		yield Period(begin, min(whole_last, last), whole_last)
