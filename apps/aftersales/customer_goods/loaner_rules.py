"""Life of a loaner: decisions without frappe (R-WS-3)."""

from dataclasses import dataclass
from datetime import date, timedelta

ISSUED = "Issued"
RETURNED = "Returned"
LOST = "Lost"

DUE_SOON = "Due Soon"
OVERDUE = "Overdue"

NEXT_STATES = {ISSUED: (RETURNED, LOST), RETURNED: (), LOST: ()}


@dataclass(frozen=True)
class Handback:
	"""What is known when a loaner comes back; empty texts count as missing."""

	condition: str | None
	notes: str | None
	signature: str | None
	signed_by: str | None


def missing_for_return(handback: Handback) -> tuple[str, ...]:
	"""The fields to be filled before a loaner counts as Returned.

	The customer signs for what they give back; without their signature the notes say how it came. Whatever
	came back in another state than it was lent in is described.
	"""
	missing = []
	if not handback.condition:
		missing.append("return_condition")
	signed = bool(handback.signature and handback.signed_by)
	if not handback.notes and (not signed or handback.condition in ("Damaged", "Incomplete")):
		missing.append("return_notes")
	return tuple(missing)


def days_overdue(due_back: date | None, today: date) -> int:
	"""Days since a loaner should have been back; 0 when it is not due yet."""
	return max(0, (today - due_back).days) if due_back else 0


def reminder(due_back: date | None, today: date, days_before: int, reminded: str | None) -> str | None:
	"""What the customer is to be told today of a loaner that is out: Due Soon, Overdue, or nothing.

	Each is told once for a due date: `reminded` is what they were told last for this one.
	"""
	if not due_back or reminded == OVERDUE:
		return None
	if due_back < today:
		return OVERDUE
	if due_back <= today + timedelta(days=days_before) and reminded != DUE_SOON:
		return DUE_SOON
	return None
