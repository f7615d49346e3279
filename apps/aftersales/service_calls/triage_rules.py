"""How urgent a call is, and whether this change of urgency needs authority (R-IN-4).

Pure: plain values in, plain values out. A hazard makes the call an emergency whatever else is set.
Lowering it, or withdrawing the hazard (which would open the way to lower it in a second step), needs
a role and a reason; the controller asks for both when the verdict says so.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Urgency:
	"""What stands on the call: hazard reported, priority set, reason given for a lower priority."""

	hazard: str | None = None
	priority: str | None = None
	reason: str | None = None


@dataclass(frozen=True)
class Verdict:
	"""The priority to set.

	lowered: less than an emergency is asked for while a hazard is reported.
	withdrawn: a hazard reported before is taken back.
	"""

	priority: str | None
	lowered: bool = False
	withdrawn: bool = False

	@property
	def needs_authority(self) -> bool:
		return self.lowered or self.withdrawn


def decide(now: Urgency, before: Urgency | None, emergency: str, default: str | None) -> Verdict:
	"""Decide the priority of a call.

	Args:
		now: what the user wants to save.
		before: what was stored; None for a new call.
		emergency: the priority of an emergency.
		default: priority of a call nobody rated (from its request type or the settings).
	"""
	before = before or Urgency()
	if now.hazard:
		return _with_hazard(now, before, emergency)
	return Verdict(now.priority or default, withdrawn=bool(before.hazard))


def _with_hazard(now: Urgency, before: Urgency, emergency: str) -> Verdict:
	if not now.priority or now.priority == emergency:
		return Verdict(emergency)
	if now.hazard != before.hazard:
		# a hazard just reported raises the call; only a reason given in the same breath speaks against
		reason_is_new = bool(now.reason) and now.reason != before.reason
		return Verdict(now.priority, lowered=True) if reason_is_new else Verdict(emergency)
	if now.priority == before.priority:
		return Verdict(now.priority)  # lowered with authority in an earlier save
	return Verdict(now.priority, lowered=True)
