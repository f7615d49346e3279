"""The stages of a complaint (ISO 10002, R-FU-3): what each one asks for, and what it leaves behind.

Pure: plain values in, plain values out.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

STAGES = ("Received", "Acknowledged", "Assessed", "Investigating", "Answered", "Closed")
CANCELLED = "Cancelled"
OVER = ("Closed", CANCELLED)

SPOKEN = ("Acknowledged", "Assessed", "Investigating", "Answered")
"""Stages in which somebody has spoken to the customer."""

DECIDING = ("Assessed", "Investigating", "Answered", "Closed", CANCELLED)
"""Stages that weigh the complaint: the person it is about has no part in them."""

STAMPS = {
	"Acknowledged": "acknowledged_at",
	"Assessed": "assessed_at",
	"Investigating": "investigating_at",
	"Answered": "answered_at",
	"Closed": "closed_at",
}
PASSED_OVER = ("Investigating",)
"""A stage that may be left out; one that was left out has no time."""


@dataclass(frozen=True)
class Measure:
	"""One thing promised or decided: `done_on` is empty while it is still to be done."""

	text: str
	done_on: date | None = None


def stamps(status: str, stamped: Collection[str]) -> tuple[list[str], list[str]]:
	"""Time fields to set now and to clear, for a complaint in `status` with the fields `stamped` filled.

	A stage reached counts every earlier one as reached, but for an investigation that was left out. A
	complaint that goes back loses the times of the stages ahead of it: it is answered or closed anew.
	"""
	if status == CANCELLED:
		return [], []
	reached = STAGES.index(status)
	to_set, to_clear = [], []
	for place, stage in enumerate(STAGES):
		field = STAMPS.get(stage)
		if not field:
			continue
		if place > reached and field in stamped:
			to_clear.append(field)
		elif place <= reached and field not in stamped and (place == reached or stage not in PASSED_OVER):
			to_set.append(field)
	# The customer was told once that the complaint has come in; that stays true.
	return to_set, [field for field in to_clear if field != "acknowledged_at"]


def missing_for(status: str, filled: Collection[str]) -> str | None:
	"""The first field that `status` asks for and that is not among the fields `filled`, or None."""
	return next((field for field in demands(status) if field not in filled), None)


def demands(status: str) -> tuple[str, ...]:
	"""Fields a complaint must have before it may enter `status`."""
	if status in ("Assessed", "Investigating"):
		return ("severity",)
	if status == "Answered":
		return ("severity", "justified", "answer")
	if status == "Closed":
		return ("severity", "justified", "answer", "customer_accepts")
	return ("cancel_reason",) if status == CANCELLED else ()


def open_measures(measures: Iterable[Measure]) -> list[str]:
	"""What was promised and is not done: it keeps a complaint from being closed."""
	return [measure.text for measure in measures if not measure.done_on]


def needs_closing_note(customer_accepts: str | None) -> bool:
	"""True when a complaint ends without the customer's consent: what was offered must be on record."""
	return customer_accepts in ("No", "No Reply")
