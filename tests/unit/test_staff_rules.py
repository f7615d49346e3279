"""The steps after justified complaints, and what exams bar from."""

from datetime import date

import pytest

from aftersales.service_staff.conduct_rules import next_step
from aftersales.service_staff.exam_rules import (
	FAILED,
	PASSED,
	Exam,
	result_of,
	retraining_until,
	still_failed,
)
from aftersales.service_staff.skill_rules import RETRAINING, Skill, is_qualified

LADDER = ("Warning", "Penalty", "Dismissal")
TODAY = date(2026, 11, 30)


@pytest.mark.parametrize(
	("taken", "step"),
	[
		([], 0),
		([("Warning", date(2026, 1, 10))], 1),
		([("Penalty", date(2026, 3, 1)), ("Warning", date(2026, 1, 10))], 2),
		([("Warning", date(2026, 1, 10)), ("Penalty", date(2026, 3, 1)), ("Dismissal", date(2026, 4, 1))], 2),
		([("Warning", date(2024, 11, 30))], 0),
		([("Warning", date(2024, 12, 1))], 1),
		([("Warning", date(2026, 1, 10)), ("Warning", date(2026, 2, 10))], 1),
	],
)
def test_the_next_step_follows_the_last_one_that_counts(taken, step):
	assert next_step(LADDER, taken, TODAY, 24) == step


def test_the_same_step_may_stand_twice_and_count_for_ever():
	twice = ("Warning", "Warning", "Dismissal")
	assert next_step(twice, [("Warning", date(2010, 1, 1))], TODAY, 0) == 1
	assert next_step(twice, [("Warning", date(2010, 1, 1)), ("Warning", date(2011, 1, 1))], TODAY, 0) == 2
	assert next_step((), [], TODAY, 24) is None


def test_the_mark_to_pass_passes():
	assert (result_of(60, 60), result_of(59.9, 60)) == (PASSED, FAILED)
	assert retraining_until(date(2026, 1, 31), 1) == date(2026, 2, 28)


def test_the_last_exam_of_a_group_and_kind_decides():
	failed = Exam("Boilers", "Use", date(2026, 3, 1), FAILED)
	passed = Exam("Boilers", "Use", date(2026, 3, 1), PASSED, sequence=1)
	assert still_failed([passed, failed], TODAY) == []
	assert still_failed([failed, Exam("Boilers", "Application", date(2026, 4, 1), PASSED)], TODAY) == [failed]
	assert still_failed([failed], date(2026, 2, 28)) == []
	in_both = Exam("Boilers", "Both", date(2026, 5, 1), PASSED)
	assert still_failed([failed, in_both], TODAY) == [], "an exam in both kinds of support counts for each"
	failed_in_both = Exam("Boilers", "Both", date(2026, 2, 1), FAILED)
	assert [exam.support_kind for exam in still_failed([failed_in_both, passed], TODAY)] == ["Application"]


def test_a_retraining_bars_the_group_and_those_below_it_only():
	skills, retraining = [Skill("All", "Both")], [Skill("Boilers", "Use")]
	verdict = is_qualified(skills, ["Gas Boilers", "Boilers", "All"], "Use", TODAY, retraining)
	assert (verdict.ok, verdict.reason) == (False, RETRAINING)
	assert is_qualified(skills, ["Gas Boilers", "Boilers", "All"], "Application", TODAY, retraining).ok
	assert is_qualified(skills, ["Pumps", "All"], "Use", TODAY, retraining).ok
