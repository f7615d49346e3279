"""When the services of a plan are due, what each of them consists of, and which are called together.

Pure: plain values in, plain values out. `planning.py` and `calling.py` load and write.
"""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

MONTHS = (
	*("January", "February", "March", "April", "May", "June", "July"),
	*("August", "September", "October", "November", "December"),
)
PERIOD_MONTHS = {"Month": 1, "Quarter": 3, "Half-year": 6, "Year": 12}


@dataclass(frozen=True)
class Rhythm:
	"""How often a plan serves a product.

	Args:
		every_months: 0 where only a meter counts.
		first_after: months to the first service; 0 means as many as between services.
		season: first and last month (1 to 12) in which services are made; None all the year.
	"""

	every_months: int = 0
	first_after: int = 0
	season: tuple[int, int] | None = None
	days_ahead: int = 30


@dataclass(frozen=True)
class Occurrence:
	"""The `number`-th service of a product: due on a day, after `passed_over` services that nobody made.

	`unmoved` is the day it would be due without a season; the next one is counted from it.
	"""

	number: int
	due_on: date
	unmoved: date
	passed_over: int = 0


def first(rhythm: Rhythm, base: date, not_before: date) -> Occurrence | None:
	"""The first service of a product that a plan takes up; None without months.

	Args:
		base: day of installation, delivery or purchase.
		not_before: the plan's own beginning; services due earlier are not made up for, nor counted.
	"""
	if not rhythm.every_months:
		return None
	start = rhythm.first_after or rhythm.every_months
	skipped = 0
	if (raw := add_months(base, start)) < not_before:
		months = (not_before.year - raw.year) * 12 + not_before.month - raw.month
		skipped = max(months // rhythm.every_months, 0)
		while add_months(base, start + skipped * rhythm.every_months) < not_before:
			skipped += 1
	return _due(rhythm, 1, add_months(base, start + skipped * rhythm.every_months))


def following(
	rhythm: Rhythm, number: int, unmoved: date, today: date, day_of_month: int = 0
) -> Occurrence | None:
	"""The service after one by fixed dates. What fell due long ago while nothing was planned is passed over.

	Args:
		number: of the service before.
		unmoved: when that was due before it was moved into the season.
		day_of_month: of the day all services are counted from, which a shorter month must not take away.
	"""
	if not rhythm.every_months:
		return None
	step = 1
	begin, wanted = unmoved.replace(day=1), day_of_month or unmoved.day
	while (day := on_day(add_months(begin, step * rhythm.every_months), wanted)) < today:
		step += 1
	return _due(rhythm, number + step, day, step - 1)


def after_service(rhythm: Rhythm, number: int, done_on: date) -> Occurrence | None:
	"""The service after the one of that number, done on a day, where plans count from the last service."""
	if not rhythm.every_months:
		return None
	return _due(rhythm, number + 1, add_months(done_on, rhythm.every_months))


def ahead(rhythm: Rhythm, planned: Occurrence, until: date) -> list[Occurrence]:
	"""The services of a product from a planned one on, up to a day: for forecasts."""
	found = []
	occurrence = planned
	while occurrence.due_on <= until:
		found.append(occurrence)
		if not rhythm.every_months:
			break
		day = add_months(planned.unmoved, len(found) * rhythm.every_months)
		occurrence = _due(rhythm, planned.number + len(found), day)
	return found


def _due(rhythm: Rhythm, number: int, day: date, passed_over: int = 0) -> Occurrence:
	return Occurrence(number, into_season(day, rhythm.season), day, passed_over)


def into_season(day: date, season: tuple[int, int] | None) -> date:
	"""A day of the season as it is; another one becomes the first day of the next season."""
	if not season or is_in_season(day.month, season):
		return day
	year = day.year if day.month < season[0] else day.year + 1
	return date(year, season[0], 1)


def is_in_season(month: int, season: tuple[int, int]) -> bool:
	"""True when a month is in a season, which may go over the turn of the year."""
	begin, end = season
	return begin <= month <= end if begin <= end else month >= begin or month <= end


def call_on(due_on: date, days_ahead: int) -> date:
	"""The day the call for a service is made."""
	return due_on - timedelta(days=days_ahead)


def is_part_of(number: int, every_nth: int) -> bool:
	"""True when a task or part belongs to the service of a number."""
	return number % max(every_nth, 1) == 0


def months_between_visits(included: int, period: str, term_months: int) -> int:
	"""Months between the visits a contract includes, spread evenly; 0 when it includes none."""
	months = PERIOD_MONTHS.get(period, max(term_months, 1))
	return max(months // included, 1) if included else 0


@dataclass(frozen=True)
class Waiting:
	"""A service that may be called with others of its place: `place` customer and address."""

	name: str
	place: tuple[str, str]
	due_on: date


def called_with(due: Sequence[Waiting], waiting: Iterable[Waiting], within_days: int) -> dict[str, list[str]]:
	"""Service that is called → those at the same place that are called with it, each once.

	Args:
		due: services whose call is due, the first leads its place.
		waiting: further ones of the same places, due later.
	"""
	groups: dict[str, list[str]] = {}
	leads: dict[tuple[str, str], Waiting] = {}
	for service in (*due, *sorted(waiting, key=lambda one: (one.due_on, one.name))):
		lead = leads.get(service.place)
		if lead and (service.due_on - lead.due_on).days <= within_days:
			groups[lead.name].append(service.name)
		elif service in due:
			leads[service.place] = service
			groups[service.name] = []
	return groups


def add_months(day: date, months: int) -> date:
	"""The same day so many months later, or the last one of a shorter month."""
	years, month = divmod(day.month - 1 + months, 12)
	year = day.year + years
	return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def on_day(month: date, day: int) -> date:
	"""That day of a month, or the last one of a shorter month."""
	return month.replace(day=min(day, monthrange(month.year, month.month)[1]))
