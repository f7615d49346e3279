"""Standards and grades: what is a case, what is kept, what somebody lacks."""

from datetime import date, datetime

import pytest

from aftersales.service_quality.standards.standard_rules import Tally, color, decided_at, last_quarter, total
from aftersales.service_staff.grade_rules import Person, Requirements, missing, tally, years_between

STOPPED, DUE = datetime(2026, 3, 5, 9), datetime(2026, 3, 4, 18)


@pytest.mark.parametrize(
	("state", "moment"),
	[
		("Met", STOPPED),
		("Missed", DUE),
		("Overdue", DUE),
		("Running", None),
		("Paused", None),
		("Cancelled", None),
	],
)
def test_when_a_case_is_decided(state, moment):
	assert decided_at(state, STOPPED, DUE) == moment


def test_a_share_has_one_decimal_and_none_without_a_case():
	assert (Tally(2, 1).share, Tally().share) == (66.7, None)
	assert total([Tally(2, 1), Tally(0, 3)]) == Tally(2, 4)


@pytest.mark.parametrize(
	("on", "first", "last"),
	[
		(date(2026, 11, 30), date(2026, 7, 1), date(2026, 9, 30)),
		(date(2027, 1, 1), date(2026, 10, 1), date(2026, 12, 31)),
		(date(2028, 4, 1), date(2028, 1, 1), date(2028, 3, 31)),
	],
)
def test_the_quarter_before(on, first, last):
	assert last_quarter(on) == (first, last)


@pytest.mark.parametrize(
	("share", "found"), [(None, "gray"), (95, "green"), (94.9, "orange"), (85, "orange"), (84.9, "red")]
)
def test_colours(share, found):
	assert color(share, 95) == found


@pytest.mark.parametrize(
	("since", "on", "years"),
	[
		(date(2021, 3, 2), date(2026, 3, 2), 5.0),
		(date(2021, 3, 2), date(2026, 3, 1), 4.9),
		(date(2024, 2, 29), date(2025, 2, 28), 0.9),
		(None, date(2026, 1, 1), 0),
		(date(2027, 1, 1), date(2026, 1, 1), 0),
	],
)
def test_years_of_experience(since, on, years):
	assert years_between(since, on) == years


def test_what_is_missing_for_a_grade():
	asked = Requirements(5, "Degree", 2)
	on = date(2026, 3, 2)
	ready = Person(date(2020, 1, 1), "Degree", (None, date(2026, 3, 2)))
	assert missing(asked, ready, on) == []
	assert missing(asked, ready, date(2026, 3, 3)) == [("certificates", 2, 1)]
	assert missing(asked, Person(education="College"), on) == [
		("experience", 5, 0),
		("education", "Degree", "College"),
		("certificates", 2, 0),
	]
	assert tally([True, False, True]) == (2, 1)
