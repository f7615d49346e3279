"""Visits that a supplier makes: what they cost, and which step may follow which. Pure."""

from datetime import datetime

PER_VISIT, PER_HOUR = "Per Visit", "Per Hour"
DRAFT, OFFERED, ACCEPTED, DONE = "Draft", "Offered", "Accepted", "Done"
DECLINED, NO_SHOW, CANCELLED = "Declined", "No-Show", "Cancelled"

LIVE = (DRAFT, OFFERED, ACCEPTED, DONE)
"""There is at most one of these for a visit."""
ANSWERABLE = (OFFERED,)
OPEN = (DRAFT, OFFERED, ACCEPTED)
"""The visit is still to be made."""
AGREED = (ACCEPTED, DONE)
"""Of these something is owed to the supplier."""

HOUR_DIGITS = 2


def planned_hours(start: datetime | None, end: datetime | None) -> float:
	"""How long a visit is planned, in hours."""
	if not start or not end or end <= start:
		return 0
	return round((end - start).total_seconds() / 3600, HOUR_DIGITS)


def amount(basis: str, rate: float, planned: float, worked: float | None) -> float:
	"""What is owed for a visit, in the supplier's currency: a fixed price, or the hours worked, before that those planned."""
	if basis == PER_HOUR:
		return rate * (planned if worked is None else worked)
	return rate


def may_answer(status: str) -> bool:
	"""Whether the supplier may accept or decline."""
	return status in ANSWERABLE
