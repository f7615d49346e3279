"""When a typed rate, or hours on a job, depart so far that somebody has to authorise them."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftersales.service_posting.plan.rate_rules import WorkRow, beyond_stay, departs, overlapping

NINE = datetime(2026, 11, 30, 9)


@pytest.mark.parametrize(
	"rate, usual, limit, expected",
	[
		(60, 60, 0, False),
		(60.004, 60, 0, False),
		(59.99, 60, 0, True),
		(0.01, 60, 0, True),
		(66, 60, 10, False),
		(66.01, 60, 10, True),
		(54, 60, 10, False),
		(53.99, 60, 10, True),
		(99_999, 60, 10, True),
		(5, None, 100, True),
		(1, 0, 100, True),
	],
)
def test_what_departs(rate, usual, limit, expected):
	assert departs(rate, usual, limit) is expected


@given(st.floats(0.01, 10_000), st.floats(0, 100))
def test_the_usual_rate_never_departs(usual, limit):
	assert not departs(usual, usual, limit)


def row(idx: int, technician: str, start: float, end: float, **values) -> WorkRow:
	at = [NINE + timedelta(hours=hours) for hours in (start, end)]
	return WorkRow(idx, technician, end - start, *at, **values)


def test_one_technician_is_in_one_place_at_a_time():
	assert overlapping([row(1, "Aoife", 0, 1), row(2, "Aoife", 1, 2), row(3, "Bob", 0, 2)]) is None
	pair = overlapping([row(1, "Aoife", 1, 2), row(2, "Bob", 0, 3), row(3, "Aoife", 0, 1.5)])
	assert {one.idx for one in pair} == {1, 3}
	assert overlapping([WorkRow(1, "Aoife", 8), WorkRow(2, "Aoife", 8)]) is None


@pytest.mark.parametrize(
	"rows, found",
	[
		([WorkRow(1, "Aoife", 2.5)], None),
		([WorkRow(1, "Aoife", 2.51)], ("Aoife", 2.51)),
		([WorkRow(1, "Aoife", 24)], ("Aoife", 24)),
		([WorkRow(1, "Aoife", 2), WorkRow(2, "Bob", 2)], None),
		([WorkRow(1, "Aoife", 2), WorkRow(2, "Aoife", 1)], ("Aoife", 3)),
		([WorkRow(1, "Aoife", 1), WorkRow(2, "Aoife", 9, is_travel=True)], None),
	],
)
def test_hours_beyond_a_visit_of_an_hour_and_a_half(rows, found):
	assert beyond_stay(rows, 1.5, 1) == found
