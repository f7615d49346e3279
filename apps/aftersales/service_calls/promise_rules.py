"""The arrival window that was promised, and whether it was kept. Pure: plain values in, plain values out.

What the customer was promised first is what counts. A window that the customer asked to have changed is replaced
by the new one; one that we have changed is not: the visit is measured by what was promised.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

KEPT, EARLY, LATE = "Kept", "Early", "Late"
SERVICE, CUSTOMER = "Service", "Customer"


@dataclass(frozen=True)
class Promise:
	"""One window as it was promised: when, and at whose wish it took the place of the one before."""

	start: datetime
	end: datetime
	made_at: datetime
	changed_for: str = SERVICE


def measured(promises: Sequence[Promise]) -> Promise | None:
	"""The window by which the arrival is measured, of all that were promised in their order; None without any.

	The latest that the customer has asked for, else the first. One that was noted only when it was over is none.
	"""
	made = [promise for promise in promises if promise.made_at < promise.end]
	for promise in reversed(made[1:]):
		if promise.changed_for == CUSTOMER:
			return promise
	return made[0] if made else None


def result(promise: Promise, arrived_at: datetime) -> tuple[str, int]:
	"""Kept, Early or Late, and by how many minutes: negative before the window, 0 within it.

	Whole minutes: who comes in the last minute of the window has come in time.
	"""
	arrived = arrived_at.replace(second=0, microsecond=0)
	if arrived < promise.start:
		return EARLY, -minutes(arrived, promise.start)
	if arrived > promise.end:
		return LATE, minutes(promise.end, arrived)
	return KEPT, 0


def notice(former: Promise, changed_at: datetime) -> int:
	"""Minutes from a change to the beginning of the window that was changed; negative when that had begun."""
	return minutes(changed_at, former.start)


def is_within(start: datetime, promised_from: datetime, promised_to: datetime) -> bool:
	"""Whether a visit that begins at `start` keeps the promise."""
	return promised_from <= start <= promised_to


def minutes(begin: datetime, end: datetime) -> int:
	return round((end - begin).total_seconds() / 60)
