"""Life of a Repair Card: decisions without frappe (R-WS-4, 5, 8)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from aftersales.core.rounding_rules import CENT, Unit, round_to

RECEIVED = "Received"
DIAGNOSING = "Diagnosing"
AWAITING_APPROVAL = "Awaiting Approval"
APPROVED = "Approved"
AWAITING_PARTS = "Awaiting Parts"
IN_REPAIR = "In Repair"
QUALITY_CHECK = "Quality Check"
READY = "Ready"
RETURNED = "Returned"
NOT_REPAIRABLE = "Not Repairable"
DECLINED = "Declined"
CANCELLED = "Cancelled"

GIVEN_UP = (NOT_REPAIRABLE, DECLINED)
GONE = (RETURNED, CANCELLED)
"""The workshop has nothing more to do with the product."""
"""The product goes back unrepaired; entered in draft, kept when the card is submitted."""

WORKING = (DIAGNOSING, IN_REPAIR)
"""States in which somebody has their hands on the product; in the others no clock runs."""

NEEDS_APPROVAL = (IN_REPAIR, QUALITY_CHECK, READY)
"""States in which work the customer pays must have been accepted by them."""

AFTER_APPROVAL = (APPROVED, AWAITING_PARTS, IN_REPAIR, QUALITY_CHECK)
"""States in which the customer may have accepted an amount that turns out too small."""

FEE = "Diagnosis"

FEES_WITHOUT_REPAIR = (FEE, "Travel")
"""What a customer may be charged when nothing was repaired."""


@dataclass(frozen=True)
class Line:
	"""A labour or part line. `activity` is None for a part; `amount` is net, invoice currency."""

	charge_to: str
	activity: str | None = None
	amount: float = 0


@dataclass(frozen=True)
class TimeLog:
	"""A stretch of hands-on work; `to_time` None while it runs."""

	technician: str
	from_time: datetime
	to_time: datetime | None = None


@dataclass(frozen=True)
class StateEntry:
	"""One row of the state log."""

	status: str
	entered_at: datetime


# ---------------------------------------------------------------------------------- states


def state_is_allowed(status: str, docstatus: int) -> bool:
	"""Which states go with a draft (0), a submitted (1) and a cancelled (2) card.

	A draft may be called off, which leaves it a draft in state Cancelled.
	"""
	if docstatus == 0:
		return status not in (READY, RETURNED)
	if docstatus == 1:
		return status in (READY, RETURNED, *GIVEN_UP)
	return status == CANCELLED


def submitted_move_is_allowed(before: str, after: str) -> bool:
	"""True when a submitted card may go from `before` to `after`: only back to the customer."""
	return before == after or (before != RETURNED and after == RETURNED)


def state_on_submit(status: str) -> str:
	"""The state a card takes when it is submitted: given up stays given up, the rest is Ready."""
	return status if status in GIVEN_UP else READY


def state_after_parts(entries: Iterable[StateEntry], cleared: bool) -> str:
	"""Where a card goes when its parts are here: to the repairs that may start, else where it came from.

	`cleared`: the customer has accepted, or pays nothing.
	"""
	if cleared:
		return APPROVED
	earlier = [entry.status for entry in entries if entry.status != AWAITING_PARTS]
	return earlier[-1] if earlier else RECEIVED


# ---------------------------------------------------------------------------------- approval

OWN_CHANNELS = ("Portal", "Signed Link")
"""Ways in which customers decide themselves; nobody else stores them."""


def approval_missing(lines: Iterable[Line], approval_status: str | None) -> bool:
	"""True when the customer pays for something they have not accepted.

	Repair only on acceptance (R-WS-5): whatever is charged to the customer needs their approval, given
	on an estimate or beforehand up to an amount. What they do not pay needs none.
	"""
	return approval_status != APPROVED and any(line.charge_to == "Customer" for line in lines)


def approval_limit(approved_amount: float, tolerance_percent: float, unit: Unit = CENT) -> Decimal:
	"""The most that may be charged without a new quote: approved amount plus tolerance, in whole `unit`s.

	>>> approval_limit(200, 10)
	Decimal('220.00')
	"""
	factor = 1 + _exact(tolerance_percent) / 100
	return round_to(_exact(approved_amount) * factor, unit)


def needs_new_quote(
	net_amount: float, approved_amount: float, tolerance_percent: float, unit: Unit = CENT
) -> bool:
	"""True when `net_amount` charged to the customer exceeds the approved amount beyond tolerance.

	Amounts are net, in the currency of the invoice.
	"""
	net = round_to(_exact(net_amount), unit)
	return net > approval_limit(approved_amount, tolerance_percent, unit)


def charged_without_repair(lines: Iterable[Line]) -> tuple[Line, ...]:
	"""Lines that charge the customer of an unrepaired product for more than diagnosis and travel."""
	return tuple(
		line for line in lines if line.charge_to == "Customer" and line.activity not in FEES_WITHOUT_REPAIR
	)


# ---------------------------------------------------------------------------------- people


def repairer(
	own: Collection[str], logs: Sequence[TimeLog], labour_technicians: Sequence[str], assigned: str | None
) -> str | None:
	"""Who repaired: the user's own technician if they worked on it, else who worked last.

	Args:
		own: technician records of the user who hands the product over to the quality check.
		logs: time logs of the card.
		labour_technicians: technicians named on labour lines.
		assigned: technician the card is assigned to.
	"""
	worked = [log.technician for log in sorted(logs, key=lambda log: log.from_time)]
	known = [*worked, *labour_technicians, *([assigned] if assigned else [])]
	for technician in own:
		if technician in known or not known:
			return technician
	if worked:
		return worked[-1]
	return assigned or next(iter(labour_technicians), None)


def may_verify(user: str, users_who_worked: Collection[str | None]) -> bool:
	"""Four eyes (R-WS-8): whoever had their hands on the product does not verify it."""
	return user not in users_who_worked


# ---------------------------------------------------------------------------------- time


def hours(log: TimeLog) -> float:
	"""Hours of a finished log, to the second: minutes are not rounded; 0 while it runs."""
	if log.to_time is None:
		return 0.0
	return round(round((log.to_time - log.from_time).total_seconds()) / 3600, 6)


def total_hours(logs: Iterable[TimeLog]) -> float:
	"""Hands-on hours of all finished logs."""
	return round(sum(hours(log) for log in logs), 3)


def disordered(logs: Sequence[TimeLog]) -> TimeLog | None:
	"""The first log that ends before it starts."""
	return next((log for log in logs if log.to_time is not None and log.to_time < log.from_time), None)


def overlapping(logs: Sequence[TimeLog]) -> tuple[TimeLog, TimeLog] | None:
	"""Two logs of one technician that share time: nobody works twice at once."""
	by_technician: dict[str, TimeLog] = {}
	for log in sorted(logs, key=lambda log: (log.technician, log.from_time, log.to_time or datetime.max)):
		earlier = by_technician.get(log.technician)
		if earlier and (earlier.to_time is None or earlier.to_time > log.from_time):
			return earlier, log
		by_technician[log.technician] = log
	return None


def uncharged(
	logs: Iterable[TimeLog], charged: Collection[tuple[str, datetime, datetime]]
) -> tuple[TimeLog, ...]:
	"""Finished logs of some length for which no labour line with the same technician and times exists."""
	return tuple(
		log
		for log in logs
		if log.to_time is not None
		and hours(log) > 0
		and (log.technician, log.from_time, log.to_time) not in charged
	)


def activity_at(entries: Sequence[StateEntry], moment: datetime) -> str:
	"""What work begun at `moment` was: Diagnosis while the card was being diagnosed, else Repair."""
	status = RECEIVED
	for entry in sorted(entries, key=lambda entry: entry.entered_at):
		if entry.entered_at <= moment:
			status = entry.status
	return "Diagnosis" if status in (RECEIVED, DIAGNOSING) else "Repair"


def _exact(value: float) -> Decimal:
	return Decimal(str(value or 0))
