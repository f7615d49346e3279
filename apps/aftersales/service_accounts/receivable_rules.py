"""How fast service invoices are paid: turnover and days outstanding (indicators of delay). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Month:
	"""What moved in a month, or in the part of it that is looked at; company currency."""

	first: date
	last: date
	opening: float
	billed: float
	settled: float
	"""Paid, credited and written off; a positive amount lowers what is outstanding."""

	@property
	def closing(self) -> float:
		return self.opening + self.billed - self.settled

	@property
	def days(self) -> int:
		return (self.last - self.first).days + 1


def turnover(opening: float, closing: float, billed: float) -> float | None:
	"""Billed / mean of what was outstanding at both ends; None where nothing was outstanding."""
	mean = (opening + closing) / 2
	return round(billed / mean, 2) if mean > 0 else None


def days_outstanding(opening: float, closing: float, billed: float, days: int) -> float | None:
	"""Mean outstanding / billed * days of the period: after how many days an invoice is paid; None without invoices."""
	return round((opening + closing) / 2 / billed * days, 1) if billed > 0 else None


def months(first: date, last: date) -> list[tuple[date, date]]:
	"""The calendar months of a period, the first and the last cut to it."""
	found = []
	start = first
	while start <= last:
		following = (start.replace(day=28) + timedelta(days=4)).replace(day=1)
		found.append((start, min(last, following - timedelta(days=1))))
		start = following
	return found


def by_month(
	first: date, last: date, opening: float, moved: Iterable[tuple[date, float, float]]
) -> list[Month]:
	"""`moved`: (day, billed, settled) within the period, in any order."""
	moved = list(moved)
	found = []
	for start, end in months(first, last):
		billed = sum(row[1] for row in moved if start <= row[0] <= end)
		settled = sum(row[2] for row in moved if start <= row[0] <= end)
		found.append(Month(start, end, opening, billed, settled))
		opening = found[-1].closing
	return found
