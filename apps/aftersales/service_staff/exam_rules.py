"""What an exam's mark means and how long it bars from work. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from dateutil.relativedelta import relativedelta

PASSED, FAILED = "Passed", "Failed"
BOTH = "Both"
KINDS = ("Use", "Application")


@dataclass(frozen=True)
class Exam:
	"""One exam taken; `sequence` orders those of the same day."""

	item_group: str
	support_kind: str
	day: date
	result: str
	sequence: int = 0


def result_of(mark: float, pass_mark: float) -> str:
	"""Passed from the mark to pass on."""
	return PASSED if mark >= pass_mark else FAILED


def retraining_until(day: date, months: int) -> date:
	"""Last day of the retraining that follows a failed exam."""
	return day + relativedelta(months=months)


def still_failed(exams: Iterable[Exam], on: date) -> list[Exam]:
	"""Exams that were failed by `on` and not passed since: for each group and kind of support the last one decides.

	An exam in both kinds of support counts for each of them.
	"""
	last: dict[tuple[str, str], Exam] = {}
	for exam in sorted(exams, key=lambda exam: (exam.day, exam.sequence)):
		if exam.day <= on:
			for kind in KINDS if exam.support_kind == BOTH else (exam.support_kind,):
				last[exam.item_group, kind] = replace(exam, support_kind=kind)
	return [exam for exam in last.values() if exam.result == FAILED]
