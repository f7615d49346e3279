"""Dates and times as people write them in registers, in any language of the world's calendars that Babel knows.

The order of day, month and year is a property of a column, not of a cell: 05/03/2024 alone can be either. So
:func:`orders_of` says which orders a text allows, :class:`DateOrders` collects that over a whole column, and
:func:`parse_date` reads one text under the order found or chosen. Nothing here knows a site.
"""

import datetime
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

YMD, DMY, MDY = ORDERS = ("YMD", "DMY", "MDY")
LOCALES = ("en", "de", "es", "fr", "it", "pt", "nl", "sv", "da", "nb", "pl", "cs", "ru", "uk", "tr", "el")
"""Languages whose names of months are read; Chinese, Japanese and Korean number theirs."""
FIRST_EXCEL_DAY, LAST_EXCEL_DAY = 20_000, 80_000
"""Excel's day numbers of 1954 and 2119; a number outside is no date."""
REPUBLIC_OF_CHINA = 1911
"""Year before the first of the calendar that Taiwan counts by."""

_SEP = r"\s*[-/.]\s*"
_NUMBERS = re.compile(rf"(?P<a>\d{{1,4}}){_SEP}(?P<b>\d{{1,2}}){_SEP}(?P<c>\d{{1,4}})\.?(?!\d)")
_COMPACT = re.compile(r"(?P<y>(?:19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)(?!\d)")
_CJK = re.compile(
	r"(?P<era>民國|民国)?\s*(?P<y>\d{2,4})\s*[年년]\s*(?P<m>\d{1,2})\s*[月월]\s*(?P<d>\d{1,2})\s*[日號号일]?"
)
_WORD = r"[^\W\d_]+"
_DAY_NAME = re.compile(
	rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th|er|º|ª)?[\s.\-/,]*(?:de\s+)?(?P<m>{_WORD})[\s.\-/,]*(?:de\s+)?(?P<y>\d{{4}}|\d{{2}})(?!\d)"
)
_NAME_DAY = re.compile(rf"(?P<m>{_WORD})[\s.\-]*(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[\s,]+(?P<y>\d{{4}})(?!\d)")
_YEAR_NAME = re.compile(rf"(?P<y>\d{{4}})[\s.\-/]*(?P<m>{_WORD})[\s.\-/]*(?P<d>\d{{1,2}})(?!\d)")
_FIRST_WORD = re.compile(rf"(?P<word>{_WORD})[.,]*\s*")
_EXCEL_DAY = re.compile(r"(?P<day>\d{5})(?:[.,](?P<fraction>\d+))?")
_MORNING, _EVENING = r"a\.?\s?m\.?|上午|早上|오전|午前", r"p\.?\s?m\.?|下午|晚上|오후|午後"
_TIME = re.compile(
	rf"(?:t|[\s,]|um|at|a las|à)*(?P<before>{_MORNING}|{_EVENING})?\s*"
	r"(?P<H>\d{1,2})(?:\s*[:.h時时點点시]\s*(?P<M>\d{2})?)(?:\s*[:.分분]\s*(?P<S>\d{2})?(?:[.,]\d+)?)?\s*[秒초]?\s*"
	rf"(?P<after>{_MORNING}|{_EVENING})?\s*(?:uhr|hrs?\.?|h)?\s*(?P<zone>z|utc|gmt|[+-]\d\d:?\d\d)?",
)
_HOUR_ALONE = re.compile(rf"[\s,]*(?P<H>\d{{1,2}})\s*(?P<after>{_MORNING}|{_EVENING}|uhr|h)")


def parse_date(text: str, order: str = YMD) -> datetime.datetime | None:
	"""The moment that `text` names; None when it names none.

	Args:
		text: a cell, such as 5.3.24, 05/03/2024 2:35 p. m., 5 de marzo de 2024, 2024年3月5日 or 2024-03-05T14:35Z.
		order: YMD, DMY or MDY, for dates of three numbers that do not begin with a year of four digits.

	Returns:
		A naive time, or an aware one where the text tells its offset from UTC.
	"""
	text = unicodedata.normalize("NFKC", text).strip().casefold()
	number = _EXCEL_DAY.fullmatch(text)
	if number:
		return _from_excel(number)
	for pattern, reading in _FORMS:
		for start in _starts(text):
			found = pattern.match(text, start)
			day = found and reading(found, order)
			if day:
				return _with_time(day, text[found.end() :])
	return None


def orders_of(text: str) -> frozenset[str]:
	"""Orders under which `text` is a date; every order when it says its own, none when it is no date.

	>>> sorted(orders_of("25/03/2024"))
	['DMY']
	>>> sorted(orders_of("05.03.2024"))  # nobody puts the month first and dots between
	['DMY']
	"""
	plain = unicodedata.normalize("NFKC", text).strip().casefold()
	found = next((found for start in _starts(plain) if (found := _NUMBERS.match(plain, start))), None)
	if not found or len(found["a"]) >= 3:
		return frozenset(ORDERS if parse_date(text) else ())
	dots = "." in plain[found.end("a") : found.start("b")]
	candidates = [DMY, MDY] if len(found["c"]) == 4 else [DMY, MDY, YMD]
	return frozenset(order for order in candidates if not (dots and order == MDY) and parse_date(text, order))


@dataclass
class DateOrders:
	"""Which order the dates of a column are written in, from all of its cells."""

	today: datetime.date
	fits: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ORDERS, 0))
	count: int = 0
	unclear: str = ""
	"""The first text that several orders fit, to be shown to who must decide."""

	def add(self, text: str, may_be_future: bool = False) -> None:
		"""Take one cell into account; `may_be_future`: a day after today speaks for no order."""
		possible = orders_of(text)
		if not possible or len(possible) == len(ORDERS):
			return
		if not may_be_future:
			past = {order for order in possible if parse_date(text, order).date() <= self.today}
			possible = frozenset(past) or possible
		self.count += 1
		for order in possible:
			self.fits[order] += 1
		if len(possible) > 1 and not self.unclear:
			self.unclear = text

	def found(self) -> str:
		"""The order that more cells fit than any other; empty when two fit as many. YMD when none was asked."""
		if not self.count:
			return YMD
		best = max(self.fits.values())
		winners = [order for order, count in self.fits.items() if count == best]
		return winners[0] if len(winners) == 1 else ""


def detect_date_order(samples: Iterable[str], today: datetime.date | None = None) -> str:
	"""The order that fits most of `samples`; empty when there is no date or several orders fit as many."""
	orders = DateOrders(today or datetime.date.max)
	dates = 0
	for text in samples:
		dates += bool(text and orders_of(text))
		orders.add(text)
	return orders.found() if dates else ""


# Forms of a day


def _from_numbers(found: re.Match, order: str) -> datetime.date | None:
	a, b, c = found["a"], found["b"], found["c"]
	if len(a) == 4:
		return _day(a, b, c) if len(c) <= 2 else None
	if len(a) == 3:
		return _day(str(int(a) + REPUBLIC_OF_CHINA), b, c) if len(c) <= 2 else None
	if len(c) == 3:
		return None
	if order == YMD:
		return _day(a, b, c) if len(a) == 2 and len(c) <= 2 else None
	if len(c) == 1:
		return None
	return _day(c, b, a) if order == DMY else _day(c, a, b)


def _from_parts(found: re.Match, order: str) -> datetime.date | None:
	return _day(found["y"], found["m"], found["d"])


def _from_cjk(found: re.Match, order: str) -> datetime.date | None:
	year = found["y"]
	if found["era"] or len(year) == 3:
		year = str(int(year) + REPUBLIC_OF_CHINA)
	return _day(year, found["m"], found["d"])


def _from_name(found: re.Match, order: str) -> datetime.date | None:
	month = _months().get(found["m"])
	return _day(found["y"], str(month), found["d"]) if month else None


_FORMS = (
	(_COMPACT, _from_parts),
	(_CJK, _from_cjk),
	(_NUMBERS, _from_numbers),
	(_DAY_NAME, _from_name),
	(_NAME_DAY, _from_name),
	(_YEAR_NAME, _from_name),
)


def _starts(text: str) -> list[int]:
	"""Where a date may begin: at once, or after the name of a weekday."""
	first = _FIRST_WORD.match(text)
	return [0, first.end()] if first and first["word"] in _weekdays() else [0]


def _day(year: str, month: str, day: str) -> datetime.date | None:
	number = int(year)
	if len(year) <= 2:
		# The window of POSIX and Excel alike: 00 to 68 are of this century.
		number += 2000 if number < 69 else 1900
	try:
		return datetime.date(number, int(month), int(day))
	except ValueError:
		return None


def _with_time(day: datetime.date, rest: str) -> datetime.datetime | None:
	if not rest.strip(" ,."):
		return datetime.datetime.combine(day, datetime.time())
	found = _TIME.fullmatch(rest.rstrip()) or _HOUR_ALONE.fullmatch(rest.rstrip())
	if not found:
		return None
	parts = found.groupdict()
	hour = int(parts["H"])
	half = parts.get("before") or parts.get("after") or ""
	if re.fullmatch(_EVENING, half):
		hour = hour if hour >= 12 else hour + 12
	elif re.fullmatch(_MORNING, half):
		hour = 0 if hour == 12 else hour
	try:
		time = datetime.time(hour, int(parts.get("M") or 0), int(parts.get("S") or 0))
	except ValueError:
		return None
	return datetime.datetime.combine(day, time, tzinfo=_zone(parts.get("zone")))


def _zone(text: str | None) -> datetime.tzinfo | None:
	if not text:
		return None
	if text in ("z", "utc", "gmt"):
		return datetime.timezone.utc
	hours, minutes = int(text[1:3]), int(text[-2:])
	offset = datetime.timedelta(hours=hours, minutes=minutes)
	if offset >= datetime.timedelta(days=1):
		return None
	return datetime.timezone(offset if text[0] == "+" else -offset)


def _from_excel(found: re.Match) -> datetime.datetime | None:
	day = int(found["day"])
	if not FIRST_EXCEL_DAY <= day <= LAST_EXCEL_DAY:
		return None
	# Day 1 is 1 January 1900, and Excel believes in a 29 February 1900.
	at = datetime.datetime(1899, 12, 30) + datetime.timedelta(days=day + float(f"0.{found['fraction'] or 0}"))
	return (at + datetime.timedelta(milliseconds=500)).replace(microsecond=0)


@cache
def _months() -> dict[str, int]:
	"""Name of a month, long or short, without dots -> its number; names that mean two months are left out."""
	from babel.dates import get_month_names

	months: dict[str, int] = {}
	twice = set()
	for locale in LOCALES:
		for width in ("wide", "abbreviated"):
			for context in ("format", "stand-alone"):
				for number, name in get_month_names(width, context, locale).items():
					for word in _spellings(name):
						if months.setdefault(word, number) != number:
							twice.add(word)
	return {word: number for word, number in months.items() if word not in twice}


@cache
def _weekdays() -> frozenset[str]:
	from babel.dates import get_day_names

	return frozenset(
		word
		for locale in (*LOCALES, "zh", "ja", "ko")
		for width in ("wide", "abbreviated", "short")
		for name in get_day_names(width, "format", locale).values()
		for word in _spellings(name)
	)


def _spellings(name: str) -> set[str]:
	word = unicodedata.normalize("NFKC", name).casefold().rstrip(".")
	spellings = {word, unicodedata.normalize("NFKC", _without_accents(word))}
	if len(word) >= 5:
		# People cut a name after three letters, whatever their language's own abbreviation is.
		spellings.add(word[:3])
	return {spelling for spelling in spellings if re.fullmatch(_WORD, spelling)}


def _without_accents(word: str) -> str:
	return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
