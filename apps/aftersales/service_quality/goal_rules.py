"""Goals for key figures: reached or not, and whether it gets better. Pure.

A figure is better the higher it is (solved by phone, promise kept) or the lower (times, repeats, cost).
"""

from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

LOWER_IS_BETTER = (
	*("response_time", "time_to_arrive", "resolution_time", "resolution_time_net", "repeat_rate"),
	*("turnaround_time", "mean_repair_time", "mean_time_to_restore", "cost_per_call"),
	*("days_outstanding", "warranty_cost_rate", "repair_share"),
)
REACHED, NEAR, MISSED, UNKNOWN = "Reached", "Close", "Missed", "No Data"
COLORS = {REACHED: "green", NEAR: "orange", MISSED: "red", UNKNOWN: "gray"}
BETTER, WORSE, SAME = "Better", "Worse", "Same"
MONTHS = {"Month": 1, "Quarter": 3, "Year": 12}


@dataclass(frozen=True)
class Period:
	first: date
	last: date


def state(figure: str, value: float | None, goal: float, margin_percent: float = 0) -> str:
	"""How a value stands to its goal; Close within `margin_percent` of the goal on the wrong side."""
	if value is None:
		return UNKNOWN
	miss = value - goal if figure in LOWER_IS_BETTER else goal - value
	if miss <= 0:
		return REACHED
	return NEAR if miss <= abs(goal) * margin_percent / 100 else MISSED


def trend(figure: str, value: float | None, before: float | None) -> str | None:
	"""Better, worse or the same as in the period before; None where one is not known."""
	if value is None or before is None:
		return None
	if value == before:
		return SAME
	return BETTER if (value < before) == (figure in LOWER_IS_BETTER) else WORSE


def period_of(kind: str, day: date) -> Period:
	"""The month, quarter or year in which `day` is."""
	length = MONTHS[kind]
	month = (day.month - 1) // length * length + 1
	first = date(day.year, month, 1)
	year, following = (day.year, month + length) if month + length <= 12 else (day.year + 1, 1)
	return Period(first, date(year, following, 1) - timedelta(days=1))


def period_before(kind: str, period: Period) -> Period:
	return period_of(kind, period.first - timedelta(days=1))


def as_long_before(first: date, last: date) -> Period:
	"""The period before one of any length: of whole months as many months, else as many days."""
	until = first - timedelta(days=1)
	if first.day == 1 and (last + timedelta(days=1)).day == 1:
		months = (last.year - first.year) * 12 + last.month - first.month + 1
		return Period(first - relativedelta(months=months), until)
	return Period(until - (last - first), until)
