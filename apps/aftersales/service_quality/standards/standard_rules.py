"""Standards of the service: what counts as a case, as kept and as missed. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

TARGETS, KEY_FIGURE, GRADES = "Service Targets", "Key Figure", "Grades of Technicians"
MET, MISSED, OVERDUE = "Met", "Missed", "Overdue"


@dataclass(frozen=True)
class Tally:
	"""Cases of a standard that were decided in a period; `value` of one that is a key figure."""

	kept: int = 0
	missed: int = 0
	value: float | None = None

	@property
	def cases(self) -> int:
		return self.kept + self.missed

	@property
	def share(self) -> float | None:
		"""Per cent kept, with one decimal; None where nothing was decided."""
		return round(100 * self.kept / self.cases, 1) if self.cases else None

	def __add__(self, other: "Tally") -> "Tally":
		return Tally(self.kept + other.kept, self.missed + other.missed, self.value)


def decided_at(state: str, stopped_at: datetime | None, due_at: datetime) -> datetime | None:
	"""When a case was decided: kept when the clock was stopped in time, missed when its time was over.

	One that is still overdue is missed already; one that runs, or was cancelled, is no case.
	"""
	if state == MET:
		return stopped_at
	return due_at if state in (MISSED, OVERDUE) else None


def last_quarter(on: date) -> tuple[date, date]:
	"""First and last day of the quarter before the one `on` is in."""
	first = date(on.year, (on.month - 1) // 3 * 3 + 1, 1)
	last = first - timedelta(days=1)
	return date(last.year, (last.month - 1) // 3 * 3 + 1, 1), last


def color(share: float | None, least: float) -> str:
	"""Green when at least `least` per cent were kept, orange within ten points of it, else red; gray without a case."""
	if share is None:
		return "gray"
	if share >= least:
		return "green"
	return "orange" if share >= least - 10 else "red"


def total(tallies: Iterable[Tally]) -> Tally:
	return sum(tallies, Tally())
