"""Periods of a visit plan, and when in a period a customer is due (R-FU-2).

Pure: plain values in, plain values out.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from zlib import crc32


@dataclass(frozen=True)
class Period:
	"""One round of visits: from `start` to the day before `end`."""

	start: date
	end: date


def period_at(starts_on: date, every_months: int, day: date) -> Period | None:
	"""The period `day` lies in; None before the first one.

	Periods begin on the day of the month the plan began on, or on the month's last day where it is shorter.
	"""
	if day < starts_on or every_months < 1:
		return None
	months = (day.year - starts_on.year) * 12 + day.month - starts_on.month
	number = months // every_months
	if _later(starts_on, number * every_months) > day:
		number -= 1
	return Period(_later(starts_on, number * every_months), _later(starts_on, (number + 1) * every_months))


def due_in(period: Period, customer: str, spread: bool, not_before: date) -> date:
	"""The day a customer's visit is due: always the same for one customer and length of period.

	Spread, the customers of a plan fall evenly on its days, so that no month begins with a hundred
	visits. A customer who comes to the plan later is due at once, within the period.
	"""
	days = (period.end - period.start).days
	place = crc32(customer.encode()) % days if spread else 0
	due = max(period.start + timedelta(days=place), not_before)
	return min(due, period.end - timedelta(days=1))


def _later(start: date, months: int) -> date:
	years, month = divmod(start.month - 1 + months, 12)
	year = start.year + years
	return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))
