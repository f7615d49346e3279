"""Working time, exactly: how much of it lies between two instants, and when so much of it is over.

An instant is working time when the wall clock of the calendar's time zone stands inside one of the
weekday's windows and the date is no holiday. That rule alone decides: an hour the clock skips in
spring is not worked, an hour it repeats in autumn is worked twice.

Both questions are answered in closed form. Between two changes of the zone's offset local time runs
evenly, so the work up to an instant is whole weeks x work per week + a rest, less the work that fell
on holidays (a prefix sum), counted from the last offset change (a prefix sum again). No loop runs
over days; the cost does not grow with the span.

Datetimes go in and out naive, as wall-clock time of the calendar's zone (Frappe stores naive system
time; the shell converts), or aware, then the answer is aware. Durations are seconds.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from itertools import accumulate, pairwise
from zoneinfo import ZoneInfo

_MICRO = 1_000_000
_DAY = 86_400 * _MICRO
_EPOCH = datetime(1970, 1, 1)
_EPOCH_WEEKDAY = _EPOCH.weekday()
_YEARS = range(1970, 2101)

Window = tuple[int, int]
"""Start and end of working time within a day, in seconds after midnight; the end may be 86400."""


class CalendarError(ValueError):
	"""A calendar that cannot be used; the message says which window or day and why."""


@dataclass(frozen=True)
class Calendar:
	"""Working hours: windows per weekday (0 Monday … 6 Sunday), holidays and an IANA time zone."""

	windows: tuple[tuple[Window, ...], ...]
	holidays: frozenset[date] = frozenset()
	time_zone: str = "UTC"

	@classmethod
	def of(
		cls,
		windows: Mapping[int, Sequence[Window]],
		holidays: Iterable[date] = (),
		time_zone: str = "UTC",
	) -> "Calendar":
		"""A checked calendar from windows per weekday in any order.

		Raises:
			CalendarError: an end before its start, overlapping windows, no window at all.
		"""
		checked = tuple(_checked(windows.get(weekday, ()), weekday) for weekday in range(7))
		if not any(checked):
			raise CalendarError("no working time on any weekday")
		return cls(checked, frozenset(holidays), time_zone)

	@classmethod
	def around_the_clock(cls, time_zone: str = "UTC") -> "Calendar":
		"""24 hours, seven days, no holidays."""
		return cls(((((0, 86_400)),),) * 7, frozenset(), time_zone)


def add(calendar: Calendar, start: datetime, seconds: float) -> datetime:
	"""The earliest instant at which `seconds` of working time have passed since `start`.

	Zero seconds give `start` itself. Work that ends exactly when a window closes is due at that
	closing time, not when the next window opens.

	Raises:
		ValueError: negative seconds; CalendarError: the calendar has no working time left.
	"""
	if seconds < 0:
		raise ValueError("seconds must not be negative")
	if not seconds:
		return start
	line = _time_line(calendar)
	begin = _to_utc(start, line.zone)
	return _from_utc(line.instant_of(line.work_until(begin) + round(seconds * _MICRO)), start, line)


def elapsed(calendar: Calendar, begin: datetime, end: datetime) -> float:
	"""Seconds of working time from `begin` to `end`; negative when `end` lies before `begin`."""
	line = _time_line(calendar)
	work = line.work_until(_to_utc(end, line.zone)) - line.work_until(_to_utc(begin, line.zone))
	return work / _MICRO


def is_working(calendar: Calendar, at: datetime) -> bool:
	"""True when `at` lies inside a window; the start of a window counts, its end does not."""
	line = _time_line(calendar)
	instant = _to_utc(at, line.zone)
	return line.work_until(instant + 1) > line.work_until(instant)


def until_close(calendar: Calendar, start: datetime, days: int = 0) -> float:
	"""Seconds of working time from `start` to the close of a business day.

	A business day is a date with windows that is no holiday. Day 0 is the date on which the first work
	after `start` is done: today while there is working time left, else the next business day; `days`
	counts on from there. Adding the result to `start` gives the end of that day's last window.

	Raises:
		ValueError: negative days.
	"""
	if days < 0:
		raise ValueError("days must not be negative")
	line = _time_line(calendar)
	begin = line.work_until(_to_utc(start, line.zone))
	first_work = line.local_at(line.instant_of(begin + 1))
	close = _business_days(calendar).day_after(first_work.date(), days) + timedelta(days=1)
	midnight = datetime.combine(close, time())
	# At a change of the offset midnight comes twice or not at all; the later reading ends the day.
	instant = max(_to_utc(midnight.replace(fold=fold), line.zone) for fold in (0, 1))
	return (line.work_until(instant) - begin) / _MICRO


@dataclass(frozen=True)
class _Week:
	"""The weekly pattern less holidays, over local time that runs evenly (microseconds)."""

	windows: tuple[tuple[Window, ...], ...]
	day_work: tuple[int, ...]
	work_before_day: tuple[int, ...]
	week_work: int
	holidays: tuple[int, ...]
	work_lost_before: tuple[int, ...]
	work_at_holiday: tuple[int, ...] = field(default=())

	@classmethod
	def of(cls, calendar: Calendar) -> "_Week":
		windows = tuple(
			tuple((start * _MICRO, end * _MICRO) for start, end in day) for day in calendar.windows
		)
		day_work = tuple(sum(end - start for start, end in day) for day in windows)
		# Weeks are counted from 1 January 1970, a Thursday.
		turned = tuple(day_work[(_EPOCH_WEEKDAY + i) % 7] for i in range(7))
		before = (0, *accumulate(turned))
		holidays = tuple(
			sorted(
				day
				for day in {(holiday - _EPOCH.date()).days for holiday in calendar.holidays}
				if turned[day % 7]
			)
		)
		lost = (0, *accumulate(turned[day % 7] for day in holidays))
		week = cls(windows, day_work, before[:7], before[7], holidays, lost)
		return cls(
			windows,
			day_work,
			before[:7],
			before[7],
			holidays,
			lost,
			tuple(week._before_day(day) for day in holidays),
		)

	def until(self, local: int) -> int:
		"""Work from 1970 to the local time `local`."""
		day, within = divmod(local, _DAY)
		return self._before_day(day) + (0 if self._is_holiday(day) else self._within_day(day, within))

	def reaches(self, work: int) -> int:
		"""The earliest local time by which `work` has been done."""
		# Holidays that had already lost their day before `work` was reached only shift the week.
		passed = bisect_left(self.work_at_holiday, work)
		nominal = work + self.work_lost_before[passed]
		weeks, rest = divmod(nominal, self.week_work)
		if not rest:
			weeks, rest = weeks - 1, self.week_work
		place = bisect_left(self.work_before_day, rest) - 1
		rest -= self.work_before_day[place]
		day = weeks * 7 + place
		for start, end in self.windows[(_EPOCH_WEEKDAY + day) % 7]:
			if rest <= end - start:
				return day * _DAY + start + rest
			rest -= end - start
		raise AssertionError("a day holds the work its windows add up to")

	def day_after(self, day: date, count: int) -> date:
		"""The `count`-th day with work after `day` (itself one), where each holds one second of work."""
		number = (day - _EPOCH.date()).days
		work = self._before_day(number) + (count + 1) * _MICRO
		return (_EPOCH + timedelta(microseconds=self.reaches(work))).date()

	def _before_day(self, day: int) -> int:
		weeks, place = divmod(day, 7)
		lost = self.work_lost_before[bisect_left(self.holidays, day)]
		return weeks * self.week_work + self.work_before_day[place] - lost

	def _is_holiday(self, day: int) -> bool:
		place = bisect_left(self.holidays, day)
		return place < len(self.holidays) and self.holidays[place] == day

	def _within_day(self, day: int, within: int) -> int:
		windows = self.windows[(_EPOCH_WEEKDAY + day) % 7]
		return sum(min(within, end) - start for start, end in windows if start < within)


@dataclass(frozen=True)
class _TimeLine:
	"""Work along universal time: the week, shifted by the zone's offset between its changes."""

	week: _Week
	zone: ZoneInfo
	changes: tuple[int, ...]
	offsets: tuple[int, ...]
	work_at_change: tuple[int, ...]
	beyond_week: tuple[int, ...]
	"""From each change on: work in universal time less work of the weekly pattern in local time."""

	@classmethod
	def of(cls, calendar: Calendar) -> "_TimeLine":
		week = _Week.of(calendar)
		changes, offsets = _offset_changes(calendar.time_zone)
		done = [week.until(changes[0] + offsets[0])]
		for i in range(1, len(changes)):
			last = offsets[i - 1]
			done.append(done[-1] + week.until(changes[i] + last) - week.until(changes[i - 1] + last))
		beyond = (
			work - week.until(at + offset) for work, at, offset in zip(done, changes, offsets, strict=False)
		)
		return cls(week, ZoneInfo(calendar.time_zone), changes, offsets, tuple(done), tuple(beyond))

	def work_until(self, instant: int) -> int:
		i = max(bisect_right(self.changes, instant) - 1, 0)
		return self.beyond_week[i] + self.week.until(instant + self.offsets[i])

	def instant_of(self, work: int) -> int:
		i = max(bisect_left(self.work_at_change, work) - 1, 0)
		return self.week.reaches(work - self.beyond_week[i]) - self.offsets[i]

	def local_at(self, instant: int) -> datetime:
		"""What the wall clock shows, naive."""
		i = max(bisect_right(self.changes, instant) - 1, 0)
		return _EPOCH + timedelta(microseconds=instant + self.offsets[i])


@lru_cache(maxsize=256)
def _time_line(calendar: Calendar) -> _TimeLine:
	return _TimeLine.of(calendar)


@lru_cache(maxsize=256)
def _business_days(calendar: Calendar) -> _Week:
	"""The calendar with one second of work on each business day: its work counts days."""
	days = tuple(((0, 1),) if day else () for day in calendar.windows)
	return _Week.of(Calendar(days, calendar.holidays, calendar.time_zone))


@lru_cache(maxsize=64)
def _offset_changes(time_zone: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
	"""Instants at which the zone's offset changes, 1970 to 2100, and the offset from each on."""
	zone = ZoneInfo(time_zone)

	def offset(instant: int) -> int:
		moment = datetime.fromtimestamp(instant, timezone.utc).astimezone(zone)
		return round(moment.utcoffset().total_seconds())

	probes = [
		int(datetime(year, month, 1, tzinfo=timezone.utc).timestamp())
		for year in _YEARS
		for month in range(1, 13)
	]
	changes, offsets = [probes[0]], [offset(probes[0])]
	for low, high in pairwise(probes):
		while offset(low) != offset(high):
			left, right = low, high
			while right - left > 1:
				middle = (left + right) // 2
				if offset(middle) == offset(low):
					left = middle
				else:
					right = middle
			changes.append(right)
			offsets.append(offset(right))
			low = right
	return tuple(c * _MICRO for c in changes), tuple(o * _MICRO for o in offsets)


def _checked(windows: Sequence[Window], weekday: int) -> tuple[Window, ...]:
	ordered = tuple(sorted(windows))
	for start, end in ordered:
		if not 0 <= start < end <= 86_400:
			raise CalendarError(
				f"weekday {weekday}: window {_clock(start)} to {_clock(end)} ends before it starts"
			)
	for (start, end), (following, _) in pairwise(ordered):
		if following < end:
			raise CalendarError(
				f"weekday {weekday}: window from {_clock(following)} overlaps {_clock(start)} to {_clock(end)}"
			)
	return ordered


def _clock(seconds: int) -> str:
	return "24:00" if seconds == 86_400 else str(time(seconds // 3600 % 24, seconds // 60 % 60))[:5]


def _to_utc(moment: datetime, zone: ZoneInfo) -> int:
	aware = moment if moment.tzinfo else moment.replace(tzinfo=zone)
	delta = aware.astimezone(timezone.utc).replace(tzinfo=None) - _EPOCH
	return (delta.days * 86_400 + delta.seconds) * _MICRO + delta.microseconds


def _from_utc(instant: int, like: datetime, line: "_TimeLine") -> datetime:
	if not like.tzinfo:
		return line.local_at(instant)
	return (_EPOCH + timedelta(microseconds=instant)).replace(tzinfo=timezone.utc).astimezone(like.tzinfo)
