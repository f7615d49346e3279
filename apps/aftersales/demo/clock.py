"""The clock of the demo: every step is made at the moment it happened, so that nothing is older than its cause.

The builder moves the clock of its process (time-machine) and of its database session. Documents, ledgers, comments,
messages and service clocks get their times as on the day; none is dated afterwards.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta, timezone
from datetime import time as clock_time
from zoneinfo import ZoneInfo

import frappe
from frappe import _
from frappe.utils import get_system_timezone, now_datetime

Event = tuple[datetime, Callable[[], object]]
"""A moment, and what happens then."""

OPENS, CLOSES = clock_time(8, 15), clock_time(17, 0)
"""Of the workshop."""

_PRESENT: ContextVar[datetime | None] = ContextVar("aftersales_demo_present", default=None)


def present() -> datetime:
	"""The moment at which the demo is built, wherever the clock stands."""
	return _PRESENT.get() or now_datetime()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
	"""Do what follows at `moment` (site time), which is not to come; then the clock is as it was before.

	Raises:
		frappe.ValidationError: time-machine is not installed, or the moment is to come.
	"""
	now = present()
	if moment > now:
		frappe.throw(_("{0} is to come: the demo tells of the past.").format(moment))
	token = _PRESENT.set(now)
	zone = ZoneInfo(get_system_timezone())
	try:
		with _time_machine().travel(moment.replace(tzinfo=zone).astimezone(timezone.utc)):
			_tell_session()
			yield
	finally:
		_PRESENT.reset(token)
		_tell_session()


def run(events: list[Event]) -> None:
	"""Let the events happen, one after the other as they came."""
	for moment, happen in sorted(events, key=lambda event: event[0]):
		with at(moment):
			happen()


def past(working_days: int, at: str) -> datetime:
	"""A moment so many working days (Monday to Friday) before today, at the clock time `at` (HH:MM)."""
	return _at(_working_day(-working_days), at)


def coming(working_days: int, at: str) -> datetime:
	"""A moment so many working days after today, at the clock time `at` (HH:MM)."""
	return _at(_working_day(working_days), at)


def day(days: int, at: str) -> datetime:
	"""A moment so many calendar days after today, at the clock time `at` (HH:MM)."""
	return _at(present() + timedelta(days=days), at)


def ago(hours: float) -> datetime:
	"""So many hours before the present, to the minute."""
	return (present() - timedelta(hours=hours)).replace(second=0, microsecond=0)


def later(moment: datetime, minutes: float) -> datetime:
	"""So many minutes after `moment`."""
	return moment + timedelta(minutes=minutes)


def spread(first: datetime, count: int, until: datetime | None = None) -> list[datetime]:
	"""So many moments after `first`, evenly over the working time up to `until` (the present)."""
	until, slots, moment = until or ago(0.2), [], later(first, 15)
	while moment < until:
		if moment.weekday() < 5 and OPENS <= moment.time() <= CLOSES:
			slots.append(moment)
		moment = later(moment, 5)
	return [slots[len(slots) * number // (count + 1)] for number in range(1, count + 1)]


def _working_day(distance: int) -> datetime:
	found = present()
	step = timedelta(days=1 if distance > 0 else -1)
	left = abs(distance)
	while left:
		found += step
		if found.weekday() < 5:
			left -= 1
	return found


def _at(found: datetime, at: str) -> datetime:
	hours, minutes = (int(part) for part in at.split(":"))
	return datetime.combine(found.date(), clock_time(hours, minutes))


def _time_machine():
	try:
		import time_machine
	except ImportError:
		frappe.throw(_("The demo needs time-machine. Install it in the environment of the bench."))
	return time_machine


def _tell_session() -> None:
	"""NOW() of the database session is that of this process, and nothing of a moment before is remembered."""
	if _PRESENT.get():
		frappe.db.sql("set timestamp = %s", (time.time(),))  # nosemgrep
	else:
		frappe.db.sql("set timestamp = default")  # nosemgrep
	for kept in ("new_doc_templates", "request_cache"):
		if hasattr(frappe.local, kept):
			getattr(frappe.local, kept).clear()
