"""Where a call stands, in the few words a customer needs.

Pure: plain values in, plain values out. The words themselves are in `progress`.
"""

from dataclasses import dataclass
from datetime import datetime

from aftersales.service_calls.call_status_rules import NO_WORK_LEFT

WORKSHOP_HEADLINES = {
	"Received": "inspecting",
	"Diagnosing": "inspecting",
	"Awaiting Approval": "your_decision",
	"Approved": "repair_next",
	"Awaiting Parts": "waiting_for_parts",
	"In Repair": "repairing",
	"Quality Check": "checking",
	"Ready": "ready",
	"Not Repairable": "not_repairable",
	"Declined": "declined",
}
"""What the state of a product in the workshop means to its owner; Returned is told by the call."""


@dataclass(frozen=True)
class Facts:
	"""What is known of a call (times in site time). Empty where it has not happened or does not apply."""

	status: str
	received_at: datetime
	responded_at: datetime | None = None
	promised_from: datetime | None = None
	promised_to: datetime | None = None
	arrived_at: datetime | None = None
	taken_in_at: datetime | None = None
	handed_back_at: datetime | None = None
	card_status: str | None = None
	estimate: str | None = None
	"""Not Needed, Pending, Approved or Declined"""
	approved_at: datetime | None = None
	ready_at: datetime | None = None
	resolved_at: datetime | None = None
	closed_at: datetime | None = None


@dataclass(frozen=True)
class Step:
	"""One step of the way. `state` is done, current or ahead."""

	key: str
	at: datetime | None
	state: str


def headline(facts: Facts) -> str:
	"""The one thing to say: a key of `progress.HEADLINES`."""
	if facts.status in ("Cancelled", "Closed"):
		return facts.status.lower()
	if facts.card_status in WORKSHOP_HEADLINES:
		return WORKSHOP_HEADLINES[facts.card_status]
	if facts.status == "Resolved":
		return "solved"
	if facts.taken_in_at and not facts.handed_back_at:
		return "inspecting"
	if facts.status == "On Hold":
		return "on_hold"
	if facts.status == "In Progress":
		return "working"
	if facts.promised_to:
		return "appointment"
	return "planning" if facts.responded_at else "received"


def steps(facts: Facts) -> list[Step]:
	"""The steps of a call in the order they are walked; the first one not done is the current one."""
	over = facts.status in NO_WORK_LEFT
	way = [("received", facts.received_at), ("answered", facts.responded_at)]
	if facts.promised_to or facts.arrived_at:
		way.append(("visit", facts.arrived_at))
	if facts.taken_in_at or facts.card_status:
		way.append(("taken_in", facts.taken_in_at))
	if facts.card_status:
		if facts.estimate in ("Pending", "Approved"):
			way.append(("approved", facts.approved_at))
		if facts.card_status not in ("Not Repairable", "Declined"):
			way.append(("repaired", facts.ready_at))
		way.append(("handed_back", facts.handed_back_at))
	if facts.status == "Cancelled":
		return [Step(key, at, "done") for key, at in way if at]
	way.append(("solved", facts.resolved_at))
	return _with_states(way, over)


def _with_states(way: list[tuple[str, datetime | None]], over: bool) -> list[Step]:
	"""A step without a time before one that has a time was skipped, not missed: it is left out."""
	last_done = max(index for index, (_key, at) in enumerate(way) if at)
	found, current = [], over
	for index, (key, at) in enumerate(way):
		if at:
			found.append(Step(key, at, "done"))
		elif index > last_done and not over:
			found.append(Step(key, None, "ahead" if current else "current"))
			current = True
	return found
