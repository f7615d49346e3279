"""What a late return is worth, by rule: decided here, without frappe (R-AC-8)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from aftersales.core.rounding_rules import CENT, Unit, round_to


@dataclass(frozen=True)
class Rule:
	"""So much a day (company currency) after so many days without compensation, up to a share of the bill.

	Where the customer pays nothing, there is nothing to take a share of: up to `max_days` (0: no limit).
	"""

	per_day: Decimal
	grace_days: int = 0
	max_percent: Decimal = Decimal(100)
	max_days: int = 0


def days_late(promised: date | None, ready: date | None) -> int:
	"""Days from the promised to the real day; 0 when in time, or when nothing was promised."""
	if not promised or not ready:
		return 0
	return max((ready - promised).days, 0)


def complete_on(ordered: Mapping[str, Decimal], left: Iterable[tuple[date, str, Decimal]]) -> date | None:
	"""The first day on which all of what was ordered had left; the last day of all where some row never did in full.

	Args:
		ordered: row of the order -> quantity.
		left: day, row and quantity of each delivery.
	"""
	open_rows = dict(ordered)
	deliveries = sorted(left, key=lambda one: one[0])  # a row may be missing
	for day, row, quantity in deliveries:
		if row in open_rows:
			open_rows[row] -= quantity
			if open_rows[row] <= 0:
				del open_rows[row]
		if not open_rows:
			return day
	return deliveries[-1][0] if deliveries else None


def compensation(rule: Rule, days: int, net_bill: Decimal, unit: Unit = CENT) -> Decimal:
	"""What the rule gives for a net bill, in whole `unit`s."""
	counted = max(days - rule.grace_days, 0)
	if net_bill > 0:
		return round_to(min(rule.per_day * counted, net_bill * rule.max_percent / 100), unit)
	return round_to(rule.per_day * (min(counted, rule.max_days) if rule.max_days else counted), unit)
