"""The clock of a test: one date and time for this process, its database session and the processes it starts.

	def test_something(clock):
		clock.to("2027-02-28")            # noon of that day, site time
		clock.forward(months=1)           # the same time of day a month later
		for day in clock.days("2027-04-01"):
			roll_over()                   # what the scheduler does every day
		with clock.at("2026-12-31 23:59:30"):
			...

Time goes on from where it is set; `time.monotonic` is not moved. The database session of this process, and each
that it opens while the clock is moved, is told by `SET timestamp`; there the moment is that of the last move.
Web server and worker learn the clock when they are started: `tests/processes.py` gives them `environment()`, and
`tests/in_child/sitecustomize.py` moves theirs. A server that runs already keeps its time.

The real clock is back at the end of the test that asked for the fixture `clock` (tests/conftest.py).
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timezone
from pathlib import Path

import frappe
import time_machine
from frappe.utils import add_days, add_to_date, get_datetime, getdate, now_datetime

OFFSET = "AFTERSALES_CLOCK_OFFSET"
"""Environment of child processes: seconds that their clock is ahead of the real one."""
NOON = " 12:00:00"


class Clock:
	"""A clock that is the real one until it is moved."""

	def __init__(self):
		self._travel: time_machine.travel | None = None
		self._offset = 0.0
		self._connect = None

	def to(self, moment: str | date | datetime, *, ticking: bool = True) -> datetime:
		"""Set the clock to `moment`, site time; a day alone means noon. Returns the moment.

		`ticking=False`: it stands still there, for what counts seconds up to now.
		"""
		moment = _moment(moment)
		self._move(_site_time_to_utc(moment), ticking)
		return moment

	def forward(self, **delta: int) -> datetime:
		"""Move on by `delta` (days=, months=, years=, hours= ...), by the calendar of the site. Returns the moment."""
		return self.to(add_to_date(now_datetime(), **delta))

	def days(self, until: str | date) -> Iterator[date]:
		"""Go through the days after today up to `until`, each at noon; an empty way when that is today or past."""
		day = getdate()
		while day < getdate(until):
			day = getdate(add_days(day, 1))
			self.to(day)
			yield day

	@contextmanager
	def at(self, moment: str | date | datetime) -> Iterator[datetime]:
		"""The clock at `moment` for a while, then as it was before."""
		before = self.moment()
		try:
			yield self.to(moment)
		finally:
			self.set_back_to(before)

	def back(self) -> None:
		"""The real clock again."""
		if self._travel:
			self._travel.stop()
			self._travel = None
			self._offset = 0.0
			self._leave_sessions()
			_begin_request()

	def moment(self) -> datetime | None:
		"""The site time to which it was moved, and has gone on since; None where it is the real clock."""
		return now_datetime() if self._travel else None

	def set_back_to(self, moment: datetime | None) -> None:
		"""What :meth:`moment` said, again."""
		self.to(moment) if moment else self.back()

	def environment(self) -> dict[str, str]:
		"""What a child process has to be started with, so that its clock is this one."""
		if not self._travel:
			return {}
		path = [str(Path(__file__).parent / "in_child"), *filter(None, [os.environ.get("PYTHONPATH")])]
		return {OFFSET: repr(self._offset), "PYTHONPATH": os.pathsep.join(path)}

	def _move(self, moment: datetime, ticking: bool) -> None:
		if self._travel:
			self._travel.stop()
		# A zone of its own would change the time zone of the process too; UTC does not
		self._offset = moment.timestamp() - time.time()
		self._travel = time_machine.travel(moment, tick=ticking)
		self._travel.start()
		self._tell_sessions()
		_begin_request()

	def _tell_sessions(self) -> None:
		"""The session that is open, and those that will be, say the same of NOW() and CURRENT_DATE."""
		if not self._connect:
			from frappe.database.database import Database

			self._connect = Database.connect

			def connect(database, connect=Database.connect) -> None:
				connect(database)
				tell_session(database)

			Database.connect = connect
		if _connected():
			tell_session(frappe.local.db)

	def _leave_sessions(self) -> None:
		from frappe.database.database import Database

		if self._connect:
			Database.connect = self._connect
			self._connect = None
		if _connected():
			frappe.local.db.sql("set timestamp = default")


def common_year() -> int:
	"""The first calendar year to come that is no leap year."""
	year = date.today().year + 1
	return year if year % 4 else year + 1


def before_leap_year() -> int:
	"""The first year whose December is to come, and whose year after next is a leap year."""
	year = date.today().year
	while (year + 2) % 4 or date(year, 12, 1) <= date.today():
		year += 1
	return year


def tell_session(database) -> None:
	"""The clock of a database session is that of this process from now on."""
	database.sql("set timestamp = %s", (time.time(),))


current = Clock()
"""The clock of this process. There is one only, as there is one time."""


def _begin_request() -> None:
	"""Forget what Frappe keeps for a request, which is over before the day is: defaults of new documents (Today)."""
	for kept in ("new_doc_templates", "request_cache"):
		if hasattr(frappe.local, kept):
			getattr(frappe.local, kept).clear()


def _connected() -> bool:
	database = getattr(frappe.local, "db", None)
	return bool(database and getattr(database, "_conn", None))


def _moment(moment: str | date | datetime) -> datetime:
	if isinstance(moment, datetime):
		return moment.replace(tzinfo=None)
	if isinstance(moment, date) or len(str(moment)) == len("2027-02-28"):
		return get_datetime(f"{moment}{NOON}")
	return get_datetime(moment)


def _site_time_to_utc(moment: datetime) -> datetime:
	from zoneinfo import ZoneInfo

	from frappe.utils import get_system_timezone

	return moment.replace(tzinfo=ZoneInfo(get_system_timezone())).astimezone(timezone.utc)
