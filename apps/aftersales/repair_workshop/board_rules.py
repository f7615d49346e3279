"""The workshop board: which stages it shows, which steps a card may take, what it waits for. Pure.

A step is an action of the Repair Card itself; the card's own guards decide whether it may be taken.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from aftersales.core.source_text import N_
from aftersales.repair_workshop import card_rules as rules

STAGES = (
	(rules.RECEIVED, (rules.RECEIVED,)),
	(rules.DIAGNOSING, (rules.DIAGNOSING,)),
	(rules.AWAITING_APPROVAL, (rules.AWAITING_APPROVAL,)),
	(rules.APPROVED, (rules.APPROVED,)),
	(rules.AWAITING_PARTS, (rules.AWAITING_PARTS,)),
	(rules.IN_REPAIR, (rules.IN_REPAIR,)),
	(rules.QUALITY_CHECK, (rules.QUALITY_CHECK,)),
	(rules.READY, (rules.READY,)),
	(N_("Not Repaired"), rules.GIVEN_UP),
)
"""Columns of the board, in the order of the work: title and the statuses in it."""

ON_BOARD = tuple(status for _title, statuses in STAGES for status in statuses)


SHIPPED_STATES = frozenset({*ON_BOARD, rules.RETURNED, rules.CANCELLED, "Given Up", "Declined by Customer"})
"""Workflow states that have a column, or are no column's: any other is the administrator's own."""


def stages_with(states: Sequence[tuple[str, str | None]]) -> list[tuple[str, tuple[str, ...], str | None]]:
	"""The columns where a workflow is active: an own state has one of its own, behind the one of its status.

	Args:
		states: each state of the workflow with the status it stands for.

	Returns:
		title, statuses, and the workflow state whose cards alone the column shows (None: all others of its statuses).
	"""
	found: list[tuple[str, tuple[str, ...], str | None]] = []
	for title, statuses in STAGES:
		found.append((title, statuses, None))
		own = [state for state, status in states if status in statuses and state not in SHIPPED_STATES]
		found += [(state, statuses, state) for state in dict.fromkeys(own)]
	return found


@dataclass(frozen=True)
class Step:
	"""One move of a card.

	`actions` are called in turn on the document; what the user has to say for the first of them is
	`asks`. `transition` is the workflow action to apply after them, where a workflow is active.
	"""

	key: str
	label: str
	to: str | None
	actions: tuple[str, ...] = ()
	asks: tuple[str, ...] = ()
	needs_submit: bool = False
	needs_supervisor: bool = False
	transition: str | None = None
	question: str | None = None
	"""What to ask before the step is taken, with {0} for the card; None where nothing is lost by it."""


START_DIAGNOSIS = Step("start_diagnosis", N_("Start Diagnosis"), rules.DIAGNOSING, ("start_diagnosis",))
AWAIT_APPROVAL = Step("await_approval", N_("Ask for Approval"), rules.AWAITING_APPROVAL, ("await_approval",))
APPROVE = Step(
	"approve", "Approved", rules.APPROVED, ("record_approval",), ("approved_by", "channel", "amount")
)
DECLINE = Step("decline", "Declined", rules.DECLINED, ("record_decline",), ("reason",))
AWAIT_PARTS = Step("await_parts", N_("Wait for Parts"), rules.AWAITING_PARTS, ("await_parts",))
START_REPAIR = Step("start_repair", N_("Start Repair"), rules.IN_REPAIR, ("start_repair",))
BACK_TO_REPAIR = replace(START_REPAIR, label=N_("Back to Repair"))
HAND_TO_CHECK = Step("hand_to_check", N_("To Quality Check"), rules.QUALITY_CHECK, ("hand_to_check",))
VERIFY = Step(
	"verify",
	N_("Verify and Finish"),
	rules.READY,
	("verify", "finish"),
	("notes",),
	True,
	needs_supervisor=True,
)
ASK_TO_FINISH = N_("Finish {0}? Parts leave stock and the invoice is prepared.")
ASK_TO_RETURN = N_("Has the customer received the product of {0}? The card leaves the board.")

FINISH = Step("finish", "Finish", rules.READY, ("finish",), needs_submit=True, question=ASK_TO_FINISH)
FINISH_GIVEN_UP = Step(
	"finish",
	N_("Finish without Repair"),
	"Not Repaired",
	("finish",),
	needs_submit=True,
	question=ASK_TO_FINISH,
)
GIVE_UP = Step("give_up", "Not Repairable", rules.NOT_REPAIRABLE, ("give_up",), ("reason",))
HAND_OVER = Step(
	"hand_over",
	"Hand Back to Customer",
	rules.RETURNED,
	("hand_over",),
	needs_submit=True,
	question=ASK_TO_RETURN,
)

STEPS_OF_DRAFT = {
	rules.RECEIVED: (START_DIAGNOSIS, START_REPAIR, GIVE_UP),
	rules.DIAGNOSING: (AWAIT_APPROVAL, START_REPAIR, GIVE_UP),
	rules.AWAITING_APPROVAL: (APPROVE, DECLINE, GIVE_UP),
	rules.APPROVED: (START_REPAIR, AWAIT_PARTS, GIVE_UP),
	rules.AWAITING_PARTS: (START_REPAIR, GIVE_UP),
	rules.IN_REPAIR: (HAND_TO_CHECK, AWAIT_PARTS, GIVE_UP),
	rules.QUALITY_CHECK: (VERIFY, BACK_TO_REPAIR, GIVE_UP),
	rules.NOT_REPAIRABLE: (FINISH_GIVEN_UP,),
	rules.DECLINED: (FINISH_GIVEN_UP,),
}
"""Steps offered in each status of a draft, the usual one first."""

OWN_STEP_INTO = {
	rules.APPROVED: APPROVE,
	rules.DECLINED: DECLINE,
	rules.NOT_REPAIRABLE: GIVE_UP,
	rules.READY: VERIFY,
}
"""Statuses whose guards ask for something that a workflow action takes no input for."""


def steps_of(status: str, docstatus: int, verified: bool) -> tuple[Step, ...]:
	"""The steps of a card without a workflow, the usual one first."""
	if docstatus == 1:
		return (HAND_OVER,) if status != rules.RETURNED else ()
	steps = STEPS_OF_DRAFT.get(status, ())
	if verified:
		steps = tuple(FINISH if step is VERIFY else step for step in steps)
	return steps


def is_offered(to: str | None, docstatus: int) -> bool:
	"""Whether a transition to a state of status `to` and `docstatus` may be a step of the board.

	Cancelling takes documents back: that is done on the form, where the user sees what is lost.
	"""
	return docstatus < 2 and to != rules.CANCELLED


def step_of_transition(
	action: str, next_state: str, to: str | None, submits: bool, docstatus: int, verified: bool
) -> Step:
	"""A workflow's transition as a step of the board.

	Where the status it leads to asks for something (who accepted, why given up, the verification), the
	card's own action is called for that first.

	Args:
		to: canonical status that `next_state` stands for; None when it stands for none.
		submits: True when the transition submits the card.
	"""
	step = Step(
		f"{action}>{next_state}",
		action,
		to,
		needs_submit=submits or docstatus == 1,
		transition=action,
		question=_question(to, submits),
	)
	own = OWN_STEP_INTO.get(to or "")
	if not own or docstatus == 1:
		return step
	if own is VERIFY:
		return (
			step
			if verified
			else replace(step, actions=("verify",), asks=VERIFY.asks, needs_supervisor=True, question=None)
		)
	if submits:
		return step  # given up before, with its reason
	return replace(step, actions=own.actions, asks=own.asks)


def _question(to: str | None, submits: bool) -> str | None:
	if to == rules.RETURNED:
		return ASK_TO_RETURN
	return ASK_TO_FINISH if submits else None


def with_signature(step: Step) -> Step:
	"""A verification that may be of one's own repair: it can be signed."""
	return replace(step, asks=(*step.asks, "signature")) if "verify" in step.actions else step


def may_take(step: Step, may_write: bool, may_submit: bool, supervises: bool) -> bool:
	"""Whether to offer `step`; the document checks again when it is taken."""
	return may_write and (may_submit or not step.needs_submit) and (supervises or not step.needs_supervisor)


@dataclass(frozen=True)
class Situation:
	"""What is known of a card, to say what it waits for."""

	status: str
	docstatus: int
	receipt: str | None
	on_a_call: bool
	verified: bool
	working: str | None
	technician: str | None
	parts: Sequence[str] = ()


def waiting_for(card: Situation) -> tuple[str, str]:
	"""Whom or what a card waits for: an English source text with {0}, and what stands for {0}."""
	if card.working:
		return N_("{0} is at work"), card.working
	if card.docstatus == 1:
		return N_("Customer to collect it"), ""
	simple: Mapping[str, str] = {
		rules.AWAITING_APPROVAL: N_("The customer's answer"),
		rules.NOT_REPAIRABLE: N_("To be finished without repair"),
		rules.DECLINED: N_("To be finished without repair"),
	}
	if card.status in simple:
		return simple[card.status], ""
	if card.status == rules.AWAITING_PARTS:
		return (N_("Parts: {0}"), ", ".join(card.parts)) if card.parts else (N_("Parts"), "")
	if card.status == rules.QUALITY_CHECK:
		return (N_("To be finished"), "") if card.verified else (N_("Second check"), "")
	if card.status == rules.RECEIVED and card.on_a_call and not card.receipt:
		return N_("A signed receipt"), ""
	return (N_("Next: {0}"), card.technician) if card.technician else (N_("A technician"), "")
