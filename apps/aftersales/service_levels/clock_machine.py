"""One service clock as a pure state machine: start, pause, resume, stop, and the events on its way.

A clock runs in its calendar's working time. Everything that can happen to it has a position on that
time: so many working seconds after the start (warnings, the breach at the time allowed, escalation
steps after it). Pausing stops working time, not calendar time: what is lost is exactly the working
time of the pause (R-SL-4). Events are done in order, each once: the state counts them.

Every function takes a state and returns a new one; nothing here reads a clock or a database.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from aftersales.service_levels import working_time
from aftersales.service_levels.working_time import Calendar


class State(str, Enum):
	"""What the clock's record shows; the values are stored."""

	RUNNING = "Running"
	PAUSED = "Paused"
	OVERDUE = "Overdue"
	MET = "Met"
	MISSED = "Missed"
	CANCELLED = "Cancelled"


OPEN_STATES = (State.RUNNING, State.PAUSED, State.OVERDUE)


class EventKind(str, Enum):
	"""Warning before, breach at, escalation after the time allowed."""

	WARNING = "warning"
	BREACH = "breach"
	ESCALATION = "escalation"


@dataclass(frozen=True, order=True)
class Event:
	"""Something due `position` working seconds after the start; `step` names what the target does then.

	The breach itself is the event without a step; steps of the same moment follow it.
	"""

	position: int
	kind: EventKind
	step: str = ""
	repetition: int = 1


@dataclass(frozen=True)
class Step:
	"""A step of a target: a share of the time allowed (percent) or minutes from the due time.

	`minutes` is negative before and positive after the due time, in working time. A step after the
	due time may be repeated every `repeat_minutes` up to `times` in all.
	"""

	name: str
	percent: float | None = None
	minutes: int = 0
	repeat_minutes: int = 0
	times: int = 1


@dataclass(frozen=True)
class Terms:
	"""The target as it was when the clock started; later edits of the target do not reach it."""

	calendar: Calendar
	allowed_seconds: int
	events: tuple[Event, ...]

	@classmethod
	def of(cls, calendar: Calendar, allowed_seconds: int, steps: Iterable[Step] = ()) -> "Terms":
		"""Terms with the events of all steps in order, the breach among them.

		Raises:
			ValueError: no time is allowed, or a step repeats without an interval.
		"""
		if allowed_seconds <= 0:
			raise ValueError("the time allowed must be more than zero")
		events = {Event(allowed_seconds, EventKind.BREACH)}
		for step in steps:
			events.update(_events_of(step, allowed_seconds))
		return cls(calendar, allowed_seconds, tuple(sorted(events, key=_order)))


@dataclass(frozen=True)
class Clock:
	"""One run of a target on one document. `paused_seconds` is working time lost in finished pauses."""

	terms: Terms
	started_at: datetime
	state: State = State.RUNNING
	paused_seconds: float = 0
	paused_at: datetime | None = None
	stopped_at: datetime | None = None
	events_done: int = 0

	@property
	def is_open(self) -> bool:
		return self.state in OPEN_STATES


def start(terms: Terms, at: datetime) -> Clock:
	"""A running clock that started at `at`."""
	return Clock(terms, at)


def due_at(clock: Clock) -> datetime:
	"""When the time allowed is over, as far as is known: a running pause moves it on when it ends."""
	return _instant(clock, clock.terms.allowed_seconds)


def next_event_at(clock: Clock) -> datetime | None:
	"""When the next event falls; None while the clock stands still or when nothing is left."""
	if not clock.is_open or clock.paused_at or clock.events_done >= len(clock.terms.events):
		return None
	return _instant(clock, clock.terms.events[clock.events_done].position)


def spent_seconds(clock: Clock, at: datetime) -> float:
	"""Working seconds used up at `at` (at the stop, when it was before), pauses left out."""
	end = min(part for part in (at, clock.stopped_at, clock.paused_at) if part)
	return working_time.elapsed(clock.terms.calendar, clock.started_at, end) - clock.paused_seconds


def overrun_seconds(clock: Clock, at: datetime) -> float:
	"""Working seconds beyond the time allowed at `at`; 0 while within it."""
	return max(0, spent_seconds(clock, at) - clock.terms.allowed_seconds)


def pause(clock: Clock, at: datetime) -> Clock:
	"""Stand still from `at` on. A clock that is overdue stays overdue, but counts no further."""
	if not clock.is_open or clock.paused_at:
		return clock
	state = State.PAUSED if clock.state is State.RUNNING else clock.state
	return replace(clock, state=state, paused_at=max(at, clock.started_at))


def resume(clock: Clock, at: datetime) -> Clock:
	"""Run again from `at` on; the working time of the pause is added to the time allowed."""
	if not clock.is_open or not clock.paused_at:
		return clock
	lost = working_time.elapsed(clock.terms.calendar, clock.paused_at, max(at, clock.paused_at))
	state = State.RUNNING if clock.state is State.PAUSED else clock.state
	return replace(clock, state=state, paused_seconds=clock.paused_seconds + lost, paused_at=None)


def stop(clock: Clock, at: datetime) -> Clock:
	"""What the target waits for has happened at `at`: met up to the due time, missed after it."""
	if not clock.is_open:
		return clock
	clock = resume(clock, at)
	met = spent_seconds(clock, at) <= clock.terms.allowed_seconds
	return replace(clock, state=State.MET if met else State.MISSED, stopped_at=at)


def cancel(clock: Clock, at: datetime) -> Clock:
	"""The document no longer needs the target: neither met nor missed."""
	if not clock.is_open:
		return clock
	return replace(clock, state=State.CANCELLED, stopped_at=at)


def take_due_events(clock: Clock, now: datetime) -> tuple[Clock, tuple[Event, ...]]:
	"""Every event due by `now`, in order, and the clock that has done them.

	The events are returned once: the clock returned counts them as done.
	"""
	done: list[Event] = []
	while (at := next_event_at(clock)) is not None and at <= now:
		event = clock.terms.events[clock.events_done]
		state = State.OVERDUE if event.kind is EventKind.BREACH else clock.state
		clock = replace(clock, events_done=clock.events_done + 1, state=state)
		done.append(event)
	return clock, tuple(done)


def _instant(clock: Clock, position: float) -> datetime:
	return working_time.add(clock.terms.calendar, clock.started_at, position + clock.paused_seconds)


def _events_of(step: Step, allowed: int) -> Iterable[Event]:
	if step.percent is not None:
		position = round(allowed * step.percent / 100)
	else:
		position = max(0, allowed + step.minutes * 60)
	if position < allowed:
		yield Event(position, EventKind.WARNING, step.name)
		return
	if step.times > 1 and step.repeat_minutes <= 0:
		raise ValueError(f"step {step.name}: set after how many minutes it is repeated")
	for repetition in range(step.times):
		at = position + repetition * step.repeat_minutes * 60
		kind = EventKind.BREACH if at == allowed else EventKind.ESCALATION
		yield Event(at, kind, step.name, repetition + 1)


def _order(event: Event) -> tuple:
	"""At the same position the breach comes before the steps that answer it."""
	rank = {EventKind.WARNING: 0, EventKind.BREACH: 1, EventKind.ESCALATION: 2}
	return event.position, rank[event.kind], event.step, event.repetition
