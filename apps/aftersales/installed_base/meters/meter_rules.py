"""What a meter's readings say: the total over replaced meters, the average use, when a total will be reached.

Pure: plain values in, plain values out. `readings.py` loads and writes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil

FURTHEST_DAYS = 3650
"""A total that is reached in more than ten years is not foreseen."""


@dataclass(frozen=True)
class Reading:
	"""One reading. `total`: what the product has counted by then, over all its meters."""

	at: datetime
	value: float
	total: float


def total_of(value: float, is_new_meter: bool, before: Reading | None) -> float:
	"""The total at a reading; `before` is the last one of earlier readings.

	A new meter begins at what it reads: the total goes on from where the old meter was read last.
	"""
	if not before:
		return value
	if is_new_meter:
		return before.total
	return before.total + (value - before.value)


def goes_back(value: float, before: Reading | None, after: Reading | None) -> Reading | None:
	"""The neighbouring reading that a counter's reading contradicts; None when it fits between them."""
	if before and value < before.value:
		return before
	if after and value > after.value:
		return after
	return None


def per_day(readings: Sequence[Reading]) -> float:
	"""Average use in a day over the readings (in order); 0 with fewer than two on different days."""
	if len(readings) < 2:
		return 0.0
	days = (readings[-1].at - readings[0].at).total_seconds() / 86400
	return (readings[-1].total - readings[0].total) / days if days >= 1 else 0.0


def reached_on(wanted: float, total: float, read_on: date, use_per_day: float) -> date | None:
	"""The day a total is expected to be reached; `read_on` when it is already, None when nobody can say."""
	if total >= wanted:
		return read_on
	if use_per_day <= 0:
		return None
	days = ceil(round((wanted - total) / use_per_day, 2))
	return read_on + timedelta(days=days) if days <= FURTHEST_DAYS else None
