"""Life of a Loaner Issue: decisions without frappe (R-WS-3)."""

from dataclasses import dataclass
from datetime import date

ISSUED = "Issued"
RETURNED = "Returned"
LOST = "Lost"

NEXT_STATES = {ISSUED: (RETURNED, LOST), RETURNED: (), LOST: ()}
"""After submitting: the loaner comes back, or is given up."""

NEEDS_WORDS = ("Damaged", "Incomplete")
"""Conditions at return that have to be described."""


@dataclass(frozen=True)
class HandBack:
	"""What is known when a loaner comes back; empty texts count as missing."""

	condition: str | None
	notes: str | None
	handed_back_by: str | None


@dataclass(frozen=True)
class Removal:
	"""A product that is to be taken from the customer, and what he has in its place."""

	on_site: bool
	loaners_installed: int = 0
	declined: bool = False
	declined_reason: str | None = None


def move_is_allowed(before: str, after: str) -> bool:
	"""True when a submitted loaner may go from state `before` to `after`."""
	return before == after or after in NEXT_STATES.get(before, ())


def missing_for_return(back: HandBack) -> tuple[str, ...]:
	"""The fields still to be filled before the loaner counts as Returned."""
	missing = []
	if not back.condition:
		missing.append("condition_back")
	if back.condition in NEEDS_WORDS and not (back.notes or "").strip():
		missing.append("condition_notes")
	if not (back.handed_back_by or "").strip():
		missing.append("return_signed_by")
	return tuple(missing)


def loaner_is_missing(removal: Removal) -> bool:
	"""True when a product would leave the customer's place and he has nothing in its stead.

	A loaner is installed before the product is removed, or the customer declines and that is recorded
	(R-WS-3). What he brings to the counter himself he has removed himself.
	"""
	if not removal.on_site or removal.loaners_installed:
		return False
	return not (removal.declined and (removal.declined_reason or "").strip())


def days_overdue(status: str, due_back: date, today: date) -> int:
	"""Days since the loaner should have been back; 0 while it is not due, or no longer out.

	>>> days_overdue("Issued", date(2026, 3, 1), date(2026, 3, 4))
	3
	"""
	return max(0, (today - due_back).days) if status == ISSUED else 0
