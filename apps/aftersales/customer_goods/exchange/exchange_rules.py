"""When a product is replaced or its price refunded under warranty, and how much of it. Pure: plain values in and out."""

from dataclasses import dataclass
from datetime import date

REPLACEMENT, REFUND = "Replacement", "Refund"
SEVERAL, NOT_REPAIRABLE, NO_PART, TOO_LONG, OTHER = (
	"Repaired Several Times",
	"Not Repairable",
	"Part Not Available",
	"Repair Takes Too Long",
	"Other",
)


@dataclass(frozen=True)
class Records:
	"""What is on file: finished repairs of the product, jobs given up, days the call has been open, parts awaited."""

	repairs: int = 0
	given_up: bool = False
	days_open: int = 0
	awaits_parts: bool = False
	is_covered: bool = False


@dataclass(frozen=True)
class Terms:
	"""The site's rule: after how many repairs, and after how many days, a product is exchanged."""

	after_repairs: int = 2
	after_days: int = 30


def is_met(ground: str, records: Records, terms: Terms) -> bool:
	"""Whether the records show the ground; Other is never shown by records."""
	if ground == SEVERAL:
		return terms.after_repairs > 0 and records.repairs >= terms.after_repairs
	if ground == NOT_REPAIRABLE:
		return records.given_up
	if ground == NO_PART:
		return records.awaits_parts
	if ground == TOO_LONG:
		return terms.after_days > 0 and records.days_open >= terms.after_days
	return False


def needs_manager(ground: str, records: Records, terms: Terms) -> bool:
	"""A ground that the records do not show, or a product that nothing covers, is for a manager to decide."""
	return not records.is_covered or not is_met(ground, records, terms)


def months_between(begin: date, end: date) -> int:
	"""Whole months from `begin` to `end`; 0 when `end` is earlier."""
	months = (end.year - begin.year) * 12 + end.month - begin.month
	return max(months - (1 if end.day < begin.day else 0), 0)


def reduced_rate(rate: float, used_months: int, useful_life_months: int, digits: int = 2) -> float:
	"""What is left of a price after use, straight over the useful life; never below 0."""
	if useful_life_months <= 0:
		return rate
	left = max(useful_life_months - used_months, 0)
	return round(rate * left / useful_life_months, digits)
