"""What a late return is worth, by rule: decided here, without frappe (R-AC-8)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from aftersales.core.rounding_rules import CENT, Unit, round_to


@dataclass(frozen=True)
class Rule:
	"""So much a day (company currency) after so many days without compensation, up to a share of the bill."""

	per_day: Decimal
	grace_days: int = 0
	max_percent: Decimal = Decimal(100)


def days_late(promised: date | None, ready: date | None) -> int:
	"""Days from the promised to the real day; 0 when in time, or when nothing was promised."""
	if not promised or not ready:
		return 0
	return max((ready - promised).days, 0)


def compensation(rule: Rule, days: int, net_bill: Decimal, unit: Unit = CENT) -> Decimal:
	"""What the rule gives, in whole `unit`s.

	The limit is a share of what the customer pays, net; where they pay nothing there is nothing to take a
	share of, and no limit.
	"""
	amount = rule.per_day * max(days - rule.grace_days, 0)
	if net_bill > 0:
		amount = min(amount, net_bill * rule.max_percent / 100)
	return round_to(amount, unit)
