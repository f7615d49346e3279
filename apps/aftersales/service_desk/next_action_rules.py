"""What is done next with a call in a given status, and by when (R-IN-1).

Pure: plain values in, plain values out. A proposal only: whoever works on the call may write another
next action. Texts are English source strings; the controller translates them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

CALL_BACK = "Call back and triage"

NEXT_ACTIONS = {
	"Open": CALL_BACK,
	"Triaged": "Solve by phone, or agree an arrival window",
	"Scheduled": "Visit the customer",
	"In Progress": "Finish the repair",
	"On Hold": "Ask whether work can go on",
	"Resolved": "Confirm with the customer and close",
}


@dataclass(frozen=True)
class NextAction:
	text: str
	by: datetime


def propose(
	status: str, now: datetime, within_minutes: int, promised_to: datetime | None = None
) -> NextAction | None:
	"""Next action of a call in `status`; None when the call is finished.

	A scheduled call is due at the end of the window promised to the customer, every other one
	`within_minutes` from now.
	"""
	text = NEXT_ACTIONS.get(status)
	if not text:
		return None
	if status == "Scheduled" and promised_to and promised_to > now:
		return NextAction(text, promised_to)
	return NextAction(text, now + timedelta(minutes=within_minutes))
