"""How much of a prepaid fee a contract that ends early leaves unused: by the day, without frappe."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from aftersales.core.rounding_rules import CENT, Unit, round_to


@dataclass(frozen=True)
class Fee:
	"""What was invoiced for the days `first` to `last`, both included; `credited` has been given back of it."""

	first: date
	last: date
	net: Decimal
	credited: Decimal = Decimal(0)


def days(first: date, last: date) -> int:
	"""Days from `first` to `last`, both included; 0 when there are none."""
	return max((last - first).days + 1, 0)


def unused_days(fee: Fee, end: date) -> int:
	"""Days of the fee after the last day `end` of the contract."""
	return min(days(end, fee.last) - 1, days(fee.first, fee.last)) if end < fee.last else 0


def unused(fee: Fee, end: date, unit: Unit = CENT) -> Decimal:
	"""The share of the unused days, less what was credited already; in whole `unit`s, never below zero."""
	whole = days(fee.first, fee.last)
	if not whole:
		return Decimal(0)
	share = fee.net * unused_days(fee, end) / whole
	return max(round_to(share, unit) - fee.credited, Decimal(0))
