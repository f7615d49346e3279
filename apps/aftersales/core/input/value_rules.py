"""Which values a field, an argument or a filter takes, by its kind. Pure: no frappe import.

Each parser takes whatever a form, the API or a file may send, and returns the value as Python holds it.
What it does not take raises :class:`InvalidValue`. Empty values are not asked about here: whether a value may
be missing is for the caller.

Dates are those that MariaDB keeps and that calendar arithmetic (warranty months, contract periods) can still
add to: FIRST_YEAR to LAST_YEAR. Numbers are those of a decimal(21,9) or int(11) column.
"""

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from email.utils import getaddresses
from math import isfinite
from typing import Any

FIRST_YEAR, LAST_YEAR = 1000, 2999
LARGEST_NUMBER = 10**12 - 1
"""Of a decimal(21,9) column: twelve digits before the point."""
LARGEST_WHOLE_NUMBER = 2**31 - 1
SHORT_TEXT = 140
"""Characters of a Data, Link or Select field without a length of its own."""
TEXT_BYTES = 65_535
"""Bytes of a Text or Small Text field (MariaDB's text)."""
LONG_TEXT_BYTES = 4 * 1024 * 1024
"""Bytes of longer texts and drawn signatures: far below what one statement to the database may carry."""

_DAY = r"(\d{4})-(\d{1,2})-(\d{1,2})"
_CLOCK = r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?"
_DATE = re.compile(rf"{_DAY}(?:[ T]{_CLOCK})?", re.ASCII)
_TIME = re.compile(_CLOCK, re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:\d[\d,]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_WORD, _LABEL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+", r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_PLACE = rf"{_WORD}(?:\.{_WORD})*@(?:{_LABEL}\.)+{_LABEL}"
"""An address as Frappe's own check of e-mail fields takes it."""
_WEB_ADDRESS = re.compile(r"https?://[^\s\"'<>]+", re.IGNORECASE)
_ADDRESS = re.compile(_PLACE)


class InvalidValue(ValueError):
	"""The value is none of its kind; the shell says which field, which value and what is expected."""


class TooLong(InvalidValue):
	"""A text that its column cannot hold."""


def parse_date(value: Any) -> date:
	"""A day, from a date or from text such as `2026-01-31` (a time of day behind it is left out)."""
	if isinstance(value, datetime):
		value = value.date()
	if isinstance(value, date):
		return _within_calendar(value)
	return parse_datetime(value).date()


def parse_datetime(value: Any) -> datetime:
	"""A moment, from a datetime, a date (its midnight) or text such as `2026-01-31 13:45:00`.

	Text with a time zone is not taken: moments are stored in the site's own.
	"""
	if isinstance(value, datetime):
		if value.tzinfo:
			raise InvalidValue
		return _within_calendar(value)
	if isinstance(value, date):
		return _within_calendar(datetime.combine(value, time()))
	found = _DATE.fullmatch(value.strip()) if isinstance(value, str) else None
	if not found:
		raise InvalidValue
	*parts, fraction = found.groups(default="0")
	try:
		moment = datetime(*(int(part) for part in parts), microsecond=int(fraction.ljust(6, "0")))
	except ValueError as error:
		raise InvalidValue from error
	return _within_calendar(moment)


def parse_time(value: Any) -> timedelta:
	"""A time of day as the time since midnight, up to 24:00:00."""
	if isinstance(value, datetime):
		value = value.time()
	if isinstance(value, time):
		value = timedelta(
			hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond
		)
	if isinstance(value, str) and (found := _TIME.fullmatch(value.strip())):
		hours, minutes, seconds, fraction = found.groups(default="0")
		if int(minutes) > 59 or int(seconds) > 59:
			raise InvalidValue
		value = timedelta(
			hours=int(hours),
			minutes=int(minutes),
			seconds=int(seconds),
			microseconds=int(fraction.ljust(6, "0")),
		)
	if not isinstance(value, timedelta) or not timedelta() <= value <= timedelta(days=1):
		raise InvalidValue
	return value


def parse_number(value: Any, largest: int = LARGEST_NUMBER) -> float:
	"""A finite number of at most `largest` either way, also from text such as `1,234.50`."""
	if isinstance(value, str):
		text = value.strip()
		if not _NUMBER.fullmatch(text):
			raise InvalidValue
		value = text.replace(",", "")
	elif not isinstance(value, int | float | Decimal):
		raise InvalidValue
	try:
		number = float(value)
	except (OverflowError, ValueError) as error:
		raise InvalidValue from error
	if not isfinite(number) or abs(number) > largest:
		raise InvalidValue
	return number


def parse_whole_number(value: Any, largest: int = LARGEST_WHOLE_NUMBER) -> int:
	"""A number without its fraction, as Frappe stores it in an Int field."""
	return int(parse_number(value, largest))


def parse_text(value: Any, characters: int | None = None, size: int = TEXT_BYTES) -> str:
	"""A text of at most `characters` and `size` bytes; numbers, days and moments become text.

	Raises:
		TooLong: it does not fit.
	"""
	if isinstance(value, int | float | Decimal | date | time | timedelta):
		value = str(value)
	if not isinstance(value, str):
		raise InvalidValue
	if characters is not None and len(value) > characters:
		raise TooLong
	try:
		too_long = len(value.encode()) > size
	except UnicodeEncodeError as error:  # half of a character that takes two (JSON's \ud83d)
		raise InvalidValue from error
	if too_long:
		raise TooLong
	return value


def parse_email(value: Any) -> str:
	"""Exactly one address. Of `Nora Byrne <nora@example.com>` the address alone is kept."""
	text = parse_text(value, SHORT_TEXT).strip()
	if _ADDRESS.fullmatch(text):
		return text
	found = getaddresses([text])
	if len(found) != 1 or not text.endswith(">") or not _ADDRESS.fullmatch(found[0][1]):
		raise InvalidValue
	return found[0][1]


def parse_web_address(value: Any) -> str:
	"""An address that a browser opens as a page: no script, no data, no file of the reader's machine."""
	text = parse_text(value, SHORT_TEXT).strip()
	if not _WEB_ADDRESS.fullmatch(text):
		raise InvalidValue
	return text


def parse_file(value: Any) -> str:
	"""The path of a file on this site, or a web address."""
	text = parse_text(value, size=TEXT_BYTES).strip()
	if not (text.startswith("/") or _WEB_ADDRESS.fullmatch(text)):
		raise InvalidValue
	return text


def parse_option(value: Any, options: tuple[str, ...]) -> str:
	"""One of `options`."""
	text = parse_text(value, SHORT_TEXT).strip()
	if text not in options:
		raise InvalidValue
	return text


def shorten(value: Any, most: int = 60) -> str:
	"""`value` for a message: its beginning when it is long."""
	text = str(value) if isinstance(value, str) else repr(value)
	text = text.encode(errors="replace").decode()
	return text if len(text) <= most else f"{text[:most]}…"


def _within_calendar(day):
	if not FIRST_YEAR <= day.year <= LAST_YEAR:
		raise InvalidValue
	return day
