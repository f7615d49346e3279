"""When a new call repeats a finished job (R-IN-7).

Pure: plain values in, plain values out. The caller gives only jobs of the same product.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class PastJob:
	"""A finished call of the same product."""

	name: str
	finished_at: datetime
	symptom: str | None = None


def find_repeated(
	received_at: datetime, symptom: str | None, past: Iterable[PastJob], within_days: int
) -> str | None:
	"""Name of the job this call repeats: the latest one finished at most `within_days` days before.

	The symptom must be the same when both are known. 0 days switches the check off.
	"""
	window = timedelta(days=max(within_days, 0))
	matches = [
		job
		for job in past
		if within_days > 0
		and job.finished_at <= received_at <= job.finished_at + window
		and same_symptom(symptom, job.symptom)
	]
	latest = max(matches, key=lambda job: job.finished_at, default=None)
	return latest.name if latest else None


def same_symptom(one: str | None, other: str | None) -> bool:
	"""True unless both symptoms are known and differ."""
	return not one or not other or one == other
