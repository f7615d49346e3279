"""Which service prices apply, to which hours, and what they include. Pure: plain values in, plain values out.

Of the prices of a kind that match, the most specific applies. Weights are powers of two, so that one more
specific condition beats any number of less specific ones.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise

FLAT_RATE, CALL_OUT, MINIMUM, SURCHARGE = "Flat Rate", "Call-out", "Minimum Charge", "Surcharge"
ON_VISITS_ONLY = (CALL_OUT, SURCHARGE)

WORKING_DAY, SATURDAY, SUNDAY, HOLIDAY = "Working Day", "Saturday", "Sunday", "Public Holiday"

WEIGHTS = {
	"customer_group": 512,
	"day": 256,
	"hours": 64,
	"service_zone": 32,
	"model": 16,
	"brand": 8,
	"item_group": 4,
	"request_type": 2,
	"company": 1,
}
HOLIDAY_WEIGHT = 128
"""A holiday on a Sunday is a holiday first."""

TREES = ("item_group", "customer_group")
"""Conditions on a tree: the fact is the record and those above it, the nearest first."""


@dataclass(frozen=True)
class Holidays:
	"""Public holidays and weekly days off of a holiday list; without a list Saturday and Sunday are off."""

	public: frozenset[date] = frozenset()
	weekly_off: frozenset[date] | None = None

	def is_off(self, day: date) -> bool:
		if day in self.public:
			return True
		return day.weekday() >= 5 if self.weekly_off is None else day in self.weekly_off


@dataclass(frozen=True)
class Price:
	"""A service price. `conditions` names those set, `day` and hours apart; `included_hours` None: all work."""

	name: str
	kind: str
	item_code: str
	conditions: Mapping[str, str] = field(default_factory=dict)
	valid_from: date | None = None
	valid_upto: date | None = None
	day: str = ""
	from_time: time | None = None
	to_time: time | None = None
	holidays: Holidays = Holidays()
	included_hours: float | None = 0
	includes_travel: bool = False
	included_parts: tuple[tuple[str, float], ...] = ()
	percent: float = 0
	each_visit: bool = False

	@property
	def has_hours(self) -> bool:
		return self.from_time is not None and self.to_time is not None and self.from_time != self.to_time


def is_day(price: Price, day: date) -> bool:
	"""Whether `day` is of the kind the price asks for."""
	if price.day == WORKING_DAY:
		return not price.holidays.is_off(day)
	if price.day == SATURDAY:
		return day.weekday() == 5
	if price.day == SUNDAY:
		return day.weekday() == 6
	if price.day == HOLIDAY:
		return day in price.holidays.public
	return True


def is_at(price: Price, moment: datetime) -> bool:
	"""Whether the price applies at `moment`; hours may pass midnight, and end before `to_time`."""
	if not is_day(price, moment.date()):
		return False
	if not price.has_hours:
		return True
	at = moment.time()
	if price.from_time < price.to_time:
		return price.from_time <= at < price.to_time
	return at >= price.from_time or at < price.to_time


def fits(price: Price, facts: Mapping[str, str | Sequence[str] | None], on: date) -> bool:
	"""Whether the conditions of the price hold, apart from day and hours, and it is valid on `on`."""
	if (price.valid_from and on < price.valid_from) or (price.valid_upto and on > price.valid_upto):
		return False
	return all(_holds(facts.get(name), wanted) for name, wanted in price.conditions.items())


def _holds(fact: str | Sequence[str] | None, wanted: str) -> bool:
	if fact is None:
		return False
	if isinstance(fact, str):
		return fact.strip().casefold() == wanted.strip().casefold()
	return wanted in fact


def rank(price: Price, facts: Mapping[str, str | Sequence[str] | None]) -> tuple:
	"""Sorts the most specific price first; in a tree the nearer record, at last the name decides."""
	weight = sum(WEIGHTS[name] for name in price.conditions)
	weight += WEIGHTS["day"] if price.day else 0
	weight += HOLIDAY_WEIGHT if price.day == HOLIDAY else 0
	weight += WEIGHTS["hours"] if price.has_hours else 0
	depth = sum(
		list(facts.get(name) or ()).index(price.conditions[name])
		for name in TREES
		if name in price.conditions and price.conditions[name] in (facts.get(name) or ())
	)
	return -weight, depth, price.name


def chosen(
	prices: Iterable[Price],
	facts: Mapping[str, str | Sequence[str] | None],
	at: datetime,
	kinds: Iterable[str],
) -> dict[str, Price]:
	"""The price of each kind that applies at `at`, the most specific one."""
	kinds = set(kinds)
	matching = [
		price
		for price in prices
		if price.kind in kinds and fits(price, facts, at.date()) and is_at(price, at)
	]
	found: dict[str, Price] = {}
	for price in sorted(matching, key=lambda price: rank(price, facts)):
		found.setdefault(price.kind, price)
	return found


def surcharged_hours(
	prices: Iterable[Price],
	facts: Mapping[str, str | Sequence[str] | None],
	begin: datetime,
	end: datetime,
) -> dict[str, float]:
	"""Hours between `begin` and `end` on which each surcharge falls; each moment has one, the most specific."""
	found: dict[str, float] = {}
	for price, start, stop in surcharges_between(prices, facts, begin, end):
		found[price.name] = found.get(price.name, 0) + (stop - start).total_seconds() / 3600
	return found


def surcharges_between(
	prices: Iterable[Price],
	facts: Mapping[str, str | Sequence[str] | None],
	begin: datetime,
	end: datetime,
) -> list[tuple[Price, datetime, datetime]]:
	"""The surcharge of each moment between `begin` and `end` that has one, in pieces of time."""
	surcharges = sorted(
		(price for price in prices if price.kind == SURCHARGE and fits(price, facts, begin.date())),
		key=lambda price: rank(price, facts),
	)
	if not surcharges:
		return []
	found = []
	for start, stop in pairwise(sorted(_borders(surcharges, begin, end))):
		price = next((price for price in surcharges if is_at(price, start)), None)
		if price:
			found.append((price, start, stop))
	return found


def _borders(prices: Iterable[Price], begin: datetime, end: datetime) -> set[datetime]:
	"""The moments at which another price may begin to apply: midnights and the hours of the prices."""
	times = {time.min} | {
		at for price in prices if price.has_hours for at in (price.from_time, price.to_time)
	}
	found, day = {begin, end}, begin.date()
	while day <= end.date():
		found |= {moment for at in times if begin < (moment := datetime.combine(day, at)) < end}
		day += timedelta(days=1)
	return found


@dataclass(frozen=True)
class Line:
	"""A line that the customer would pay. `work` and `travel` in hours; a part has its item."""

	key: str
	qty: float
	item_code: str | None = None
	is_travel: bool = False


def included(prices: Iterable[Price], lines: Sequence[Line]) -> dict[str, tuple[float, str]]:
	"""Line → quantity that is paid by a price already, and the price's name. What comes first is included first."""
	found: dict[str, tuple[float, str]] = {}
	for price in prices:
		_take_travel(price, lines, found)
		_take_work(price, lines, found)
		_take_parts(price, lines, found)
	return found


def _take_travel(price: Price, lines: Sequence[Line], found: dict[str, tuple[float, str]]) -> None:
	if not price.includes_travel:
		return
	for line in lines:
		if line.is_travel and line.key not in found:
			found[line.key] = (line.qty, price.name)


def _take_work(price: Price, lines: Sequence[Line], found: dict[str, tuple[float, str]]) -> None:
	left = price.included_hours
	for line in lines:
		if line.item_code or line.is_travel or line.key in found or left == 0:
			continue
		hours = line.qty if left is None else min(line.qty, left)
		left = None if left is None else left - hours
		found[line.key] = (hours, price.name)


def _take_parts(price: Price, lines: Sequence[Line], found: dict[str, tuple[float, str]]) -> None:
	for item_code, qty in price.included_parts:
		left = qty
		for line in lines:
			if line.item_code != item_code or line.key in found or not left:
				continue
			taken = min(line.qty, left)
			left -= taken
			found[line.key] = (taken, price.name)
