"""When each technician of a crew is there. Pure."""

from datetime import datetime

Span = tuple[datetime, datetime]


def hours(before: Span | None, visit: Span | None, own: Span | None) -> Span | None:
	"""When somebody of the crew is there; None while the visit has no time.

	Args:
		before: the time of the visit as it is stored.
		visit: the time of the visit now.
		own: the hours entered; without them, or with those of the whole visit, somebody is there all the time. Others
			move with the visit.
	"""
	if not visit:
		return None
	if not own or own == before:
		return visit
	if not before or before == visit:
		return own
	moved = visit[0] - before[0]
	return own[0] + moved, own[1] + moved


def is_part_of(own: Span, visit: Span) -> bool:
	"""Somebody who is there at no moment of the visit is not in its crew."""
	return own[0] < own[1] and own[0] < visit[1] and visit[0] < own[1]
