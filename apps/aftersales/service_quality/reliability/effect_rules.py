"""Whether a change of the design helped: failures of one fault before and after it, at equal age. Pure.

Products made before are older and had more time to fail, and a fault may have its age. So what failed after the change is
held against what would have failed at the rates that the products before had at the same ages (indirect
standardisation, as with mortality).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from math import exp, log, sqrt

BETTER, WORSE, OPEN, TOO_EARLY = "Better", "Worse", "Not Proven", "Too Early"
Z_90 = 1.645
SPAN = 30
"""Days of one span of age."""
LEAST_DAYS = 30
"""Of age of the oldest product after the change; before that nothing is said."""


@dataclass(frozen=True)
class Group:
	"""Products, days in the field up to the age compared, and failures in them."""

	products: int
	days: float
	failures: int

	@property
	def rate(self) -> float | None:
		"""Failures per 1,000 product-months."""
		return round(self.failures / self.days * 30.4375 * 1000, 2) if self.days else None


@dataclass(frozen=True)
class Effect:
	before: Group
	after: Group
	age_days: int
	expected: float | None
	"""Failures after the change, had nothing been changed."""
	ratio: float | None
	"""Failures after / failures expected at the rates before; None where none are expected."""
	low: float | None
	high: float | None
	"""Between which the ratio is in 90 of 100 cases."""
	verdict: str


def effect(units: Iterable[tuple[date, tuple[date, ...]]], changed_on: date, as_of: date) -> Effect:
	"""`units`: (since when in the field, days of failures with the fault). Products since `changed_on` are after it."""
	units = [unit for unit in units if unit[0] <= as_of]
	old, new = ([unit for unit in units if (unit[0] >= changed_on) is late] for late in (False, True))
	age = max(((as_of - since).days for since, _days in new), default=0)
	before, after = _group(old, age, as_of), _group(new, age, as_of)
	if age < LEAST_DAYS or not before.days or not after.days:
		return Effect(before, after, age, None, None, None, None, TOO_EARLY)
	expected = _expected(old, new, age, as_of)
	# half a failure added to each, so that none at all has an interval too
	a, b = after.failures + 0.5, before.failures + 0.5
	at_least = (expected or 0) * b / before.failures if before.failures else b * after.days / before.days
	middle, width = log(a / at_least), Z_90 * sqrt(1 / a + 1 / b)
	low, high = exp(middle - width), exp(middle + width)
	verdict = BETTER if high < 1 else WORSE if low > 1 else OPEN
	ratio = round(after.failures / expected, 2) if expected else None
	return Effect(before, after, age, round(expected, 1), ratio, round(low, 2), round(high, 2), verdict)


def _expected(old: list, new: list, age: int, as_of: date) -> float:
	"""Failures of `new` at the rates of `old`, by spans of age."""
	spans = range(0, age + 1, SPAN)
	total = 0.0
	for start in spans:
		end = min(start + SPAN, age + 1)
		days = sum(_days_between(since, start, end, as_of) for since, _failed in old)
		failed = sum(
			start <= (day - since).days < end and day <= as_of for since, all_of in old for day in all_of
		)
		if days:
			total += failed / days * sum(_days_between(since, start, end, as_of) for since, _failed in new)
	return total


def _days_between(since: date, start: int, end: int, as_of: date) -> int:
	"""Days that a product has spent at an age of `start` to `end` days."""
	return max(0, min((as_of - since).days + 1, end) - start)


def _group(units: list[tuple[date, tuple[date, ...]]], age: int, as_of: date) -> Group:
	days = failures = 0
	for since, failed in units:
		days += min((as_of - since).days, age)
		failures += sum(since <= day <= as_of and (day - since).days <= age for day in failed)
	return Group(len(units), days, failures)
