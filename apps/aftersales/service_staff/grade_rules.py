"""What a technician lacks for a grade (five years of experience, a degree). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

EDUCATION = ("", "Vocational Training", "College", "Degree")
"""From the least to the most."""
EXPERIENCE, SCHOOL, CERTIFICATES = "experience", "education", "certificates"


@dataclass(frozen=True)
class Requirements:
	years: float = 0
	education: str = ""
	certificates: int = 0


@dataclass(frozen=True)
class Person:
	"""`certificates`: the last day of each skill's certificate; None for one that does not expire."""

	since: date | None = None
	education: str = ""
	certificates: tuple[date | None, ...] = ()


def missing(asked: Requirements, person: Person, on: date) -> list[tuple[str, float | str, float | str]]:
	"""(what, asked, there is) of each requirement that is not met on a day."""
	found: list[tuple[str, float | str, float | str]] = []
	years = years_between(person.since, on)
	if years < asked.years:
		found.append((EXPERIENCE, asked.years, years))
	if EDUCATION.index(person.education or "") < EDUCATION.index(asked.education or ""):
		found.append((SCHOOL, asked.education, person.education))
	valid = sum(last is None or last >= on for last in person.certificates)
	if valid < asked.certificates:
		found.append((CERTIFICATES, asked.certificates, valid))
	return found


def years_between(since: date | None, on: date) -> float:
	"""Whole and part years, rounded down to a tenth: on the fifth anniversary it is 5.0, a day before 4.9."""
	if not since or since > on:
		return 0
	whole = on.year - since.year - ((on.month, on.day) < (since.month, since.day))
	months = (on.year - since.year) * 12 + on.month - since.month - (on.day < since.day)
	return whole + int(10 * (months - 12 * whole) / 12) / 10


def tally(people: Iterable[bool]) -> tuple[int, int]:
	"""How many meet the requirements of their grade, and how many do not."""
	answers = list(people)
	return sum(answers), len(answers) - sum(answers)
