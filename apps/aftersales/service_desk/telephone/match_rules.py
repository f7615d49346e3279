"""Which Repair Call a telephone call was about. Pure.

Never guessed: a call is matched when exactly one fits. Who has been spoken to while a call was registered or
answered speaks for that call; else the one open call of the number.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

REGISTERED_AFTER = timedelta(minutes=30)
"""A call is registered while it is on the line, or soon after."""
REGISTERED_BEFORE = timedelta(minutes=2)

ENDED = ("Completed", "No Answer", "Busy", "Failed", "Canceled", "Cancelled")
MISSED = ("No Answer", "Busy", "Failed", "Canceled", "Cancelled")


@dataclass(frozen=True)
class Talk:
	"""A telephone call: who spoke how long, in seconds."""

	incoming: bool
	status: str
	start: datetime
	end: datetime
	seconds: float = 0

	@property
	def has_ended(self) -> bool:
		return self.status in ENDED

	@property
	def was_held(self) -> bool:
		"""Two people have spoken."""
		return self.status == "Completed" and self.seconds > 0

	@property
	def was_missed(self) -> bool:
		return self.incoming and self.status in MISSED


@dataclass(frozen=True)
class Candidate:
	"""A Repair Call of the number that was on the line."""

	name: str
	registered_at: datetime
	is_open: bool
	by_phone: bool = True


def match(talk: Talk, candidates: Iterable[Candidate]) -> str | None:
	"""Name of the one call that the talk was about; None where none or several could be."""
	found = list(candidates)
	then = [call for call in found if call.by_phone and _registered_in(talk, call)]
	if talk.incoming and len(then) == 1:
		return then[0].name
	if talk.incoming and then:
		return None
	still_open = [call for call in found if call.is_open and call.registered_at <= talk.end]
	return still_open[0].name if len(still_open) == 1 else None


def _registered_in(talk: Talk, call: Candidate) -> bool:
	return talk.start - REGISTERED_BEFORE <= call.registered_at <= talk.end + REGISTERED_AFTER
