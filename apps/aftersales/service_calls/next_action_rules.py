"""What is done next with a call in a given status, and by when (R-IN-1).

Pure: plain values in, plain values out. A proposal only: whoever works on the call may write another
next action. Texts are English source strings; the controller translates them.
"""

from dataclasses import dataclass
from datetime import datetime

from aftersales.core.source_text import N_

CALL_BACK = N_("Call back and triage")

NEXT_ACTIONS = {
	"Open": CALL_BACK,
	"Triaged": N_("Solve by phone, or agree an arrival window"),
	"Scheduled": N_("Visit the customer"),
	"In Progress": N_("Finish the repair"),
	"On Hold": N_("Ask whether work can continue"),
	"Resolved": N_("Confirm with the customer and close"),
}


@dataclass(frozen=True)
class NextAction:
	text: str
	by: datetime


def propose(
	status: str, now: datetime, due: datetime, promised_to: datetime | None = None
) -> NextAction | None:
	"""Next action of a call in `status`; None when the call is finished.

	A scheduled call is due at the end of the window promised to the customer, every other one at `due`: when the
	time for an action that begins now is over (`progress.due_at`).
	"""
	text = NEXT_ACTIONS.get(status)
	if not text:
		return None
	if status == "Scheduled" and promised_to and promised_to > now:
		return NextAction(text, promised_to)
	return NextAction(text, due)
