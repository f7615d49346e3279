"""States of an administrator's workflow and the canonical statuses they stand for. Pure.

A workflow maps a state by its update field: `status` is set to the update value. Frappe applies that
only when a workflow action is clicked; these rules say what holds on every other way too.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class MappedState:
	"""A state and the status it stands for; None where the administrator mapped it to nothing."""

	state: str
	status: str | None = None


@dataclass(frozen=True)
class Place:
	"""Where a document stands: its workflow state and its canonical status."""

	state: str | None
	status: str | None


def status_of(states: Sequence[MappedState], state: str | None) -> str | None:
	"""The status that `state` stands for; None when it is unknown or not mapped."""
	return next((mapped.status for mapped in states if mapped.state == state), None)


def state_for(states: Sequence[MappedState], status: str | None, current: str | None) -> str | None:
	"""`current` when it fits `status` (or stands for nothing), else the first state that does, else `current`."""
	own = status_of(states, current)
	if current and (own == status or (own is None and any(mapped.state == current for mapped in states))):
		return current
	return next((mapped.state for mapped in states if mapped.status == status), current)


def reconcile(states: Sequence[MappedState], before: Place | None, now: Place) -> Place:
	"""Bring state and status in step when one of them changed; a changed state has the last word.

	`before` is None for a new document: a state it is given counts as changed.
	"""
	state_before = before.state if before else None
	if now.state and now.state != state_before:
		return Place(now.state, status_of(states, now.state) or now.status)
	if not before or now.status != before.status:
		return Place(state_for(states, now.status, now.state), now.status)
	return now
