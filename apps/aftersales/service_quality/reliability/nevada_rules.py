"""Failures by age of the product: the Nevada table, and what a constant rate would expect. Pure.

A Nevada table has a row for each month of sale and a column for each month of age; its cells are first failures and
what they cost. The name and the layout are those of field-failure analysis.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

DAYS_OF_MONTH = 30.4375


@dataclass(frozen=True)
class Unit:
	"""A product in the field: since when, when it failed (each time), what warranty paid for it on which day."""

	since: date
	failures: tuple[date, ...] = ()
	costs: tuple[tuple[date, float], ...] = ()


@dataclass
class Row:
	"""Products sold in a month; failures and cost by completed months of age."""

	month: date
	sold: int = 0
	failures: dict[int, int] = field(default_factory=dict)
	costs: dict[int, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Age:
	"""What happened at an age: units that reached it under observation, failures and cost in that month of age."""

	month: int
	at_risk: int
	failures: int
	cost: float

	@property
	def rate(self) -> float | None:
		"""Failures per unit that reached this age."""
		return round(self.failures / self.at_risk, 5) if self.at_risk else None

	@property
	def cost_per_unit(self) -> float | None:
		return round(self.cost / self.at_risk, 2) if self.at_risk else None


def age_in_months(since: date, on: date) -> int:
	"""Completed months from one day to another; a failure within the first month is of age 0."""
	return max(0, (on.year - since.year) * 12 + on.month - since.month - (on.day < since.day))


def table(units: Iterable[Unit], as_of: date) -> list[Row]:
	"""Rows by month of sale, the first sale first. What is later than `as_of` is not known yet."""
	rows: dict[date, Row] = {}
	for unit in units:
		if unit.since > as_of:
			continue
		row = rows.setdefault(unit.since.replace(day=1), Row(unit.since.replace(day=1)))
		row.sold += 1
		for day in unit.failures:
			if unit.since <= day <= as_of:
				age = age_in_months(unit.since, day)
				row.failures[age] = row.failures.get(age, 0) + 1
		for day, cost in unit.costs:
			if unit.since <= day <= as_of:
				age = age_in_months(unit.since, day)
				row.costs[age] = round(row.costs.get(age, 0) + cost, 9)
	return [rows[month] for month in sorted(rows)]


def by_age(units: Iterable[Unit], as_of: date) -> list[Age]:
	"""The sums of the columns, with how many units each is out of."""
	units = [unit for unit in units if unit.since <= as_of]
	rows = table(units, as_of)
	oldest = max((age_in_months(unit.since, as_of) for unit in units), default=-1)
	ages = [age_in_months(unit.since, as_of) for unit in units]
	return [
		Age(
			month,
			sum(age >= month for age in ages),
			sum(row.failures.get(month, 0) for row in rows),
			round(sum(row.costs.get(month, 0) for row in rows), 9),
		)
		for month in range(oldest + 1)
	]


def lives(units: Iterable[Unit], as_of: date) -> list[tuple[float, bool]]:
	"""(days, failed) of each unit: up to its first failure, or up to now while it has not failed.

	A failure on the day of the sale counts as half a day: a life of no length has no likelihood.
	"""
	found = []
	for unit in units:
		if unit.since > as_of:
			continue
		first = min((day for day in unit.failures if unit.since <= day <= as_of), default=None)
		days = ((first or as_of) - unit.since).days
		found.append((max(days, 0.5), first is not None))
	return found


def constant_rate(observed: Sequence[tuple[float, bool]]) -> float:
	"""Failures per day in the field: the mean that knows nothing of age."""
	exposure = sum(days for days, _failed in observed)
	return sum(failed for _days, failed in observed) / exposure if exposure else 0.0


def expected_by_constant_rate(observed: Sequence[tuple[float, bool]], horizon: float) -> float:
	"""First failures within `horizon` days of those that have not failed, by the constant rate."""
	return constant_rate(observed) * horizon * sum(not failed for _days, failed in observed)
