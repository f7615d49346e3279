"""Whether a technician is there on a day: gone, not allowed in, on leave, or off. Pure.

Rules
- Who has left works through the relieving date; without one nobody who has left comes any more. An inactive or
  suspended employee does not come.
- A disabled user cannot read or report a visit, so nobody of that name is sent from now on.
- Leave counts as approved leave only. Half a day off is told, and is no absence: which half is not known.
- Where shifts are assigned to somebody around a day, and none is for it, nobody of that name comes. Who has none at all
  is not planned by shifts.
- The technician's own holiday list goes before the employee's, that before the company's.
- A visit that has been made was made, whatever the leave plan says; only who had left cannot have made it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Code = Literal["left", "not_employed", "disabled", "leave", "holiday", "no_shift", "half_day"]
AWAY = ("Inactive", "Suspended")


@dataclass(frozen=True)
class Leave:
	"""An approved leave from its first to its last day; `half_day` the day of which only half is off."""

	start: date
	end: date
	kind: str | None = None
	half_day: date | None = None


@dataclass(frozen=True)
class Shift:
	"""A shift from its first day to its last; without a last one until further notice."""

	start: date
	end: date | None = None

	def covers(self, day: date) -> bool:
		return self.start <= day and (self.end is None or day <= self.end)


@dataclass(frozen=True)
class Person:
	"""What the registers say of a technician. `holidays`: day → its name; `shifts`: those around the days asked about."""

	employee_status: str | None = None
	relieving_date: date | None = None
	user_disabled: bool = False
	leaves: tuple[Leave, ...] = ()
	holidays: Mapping[date, str] = field(default_factory=dict)
	shifts: tuple[Shift, ...] = ()


@dataclass(frozen=True)
class Absence:
	"""Why a technician is not there: through `until` where that is known; `what` names leave or holiday."""

	code: Code
	until: date | None = None
	what: str | None = None


def absence(person: Person, day: date, made: bool = False) -> Absence | None:
	"""Why a technician does not come on a day; None when nothing speaks against it.

	Args:
		made: the visit has been made, so only who had left by then is asked about.
	"""
	if _has_left(person, day):
		return Absence("left", person.relieving_date)
	if made:
		return None
	if person.employee_status in AWAY:
		return Absence("not_employed", what=person.employee_status)
	if person.user_disabled:
		return Absence("disabled")
	for leave in person.leaves:
		if leave.start <= day <= leave.end and leave.half_day != day:
			return Absence("leave", leave.end, leave.kind)
	if day in person.holidays:
		return Absence("holiday", what=person.holidays[day])
	if person.shifts and not any(shift.covers(day) for shift in person.shifts):
		return Absence("no_shift")
	return None


def half_day(person: Person, day: date) -> Absence | None:
	"""Half of the day is off by an approved leave: to be told, no reason not to send anybody."""
	found = next((leave for leave in person.leaves if leave.half_day == day), None)
	return Absence("half_day", day, found.kind) if found else None


def days_there(person: Person, days: Iterable[date]) -> list[date]:
	"""Those of `days` on which the technician is there."""
	return [day for day in days if not absence(person, day)]


def _has_left(person: Person, day: date) -> bool:
	if person.relieving_date:
		return day > person.relieving_date
	return person.employee_status == "Left"
