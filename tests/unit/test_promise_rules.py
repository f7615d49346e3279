"""Which promised window counts, and whether an arrival has kept it."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftersales.service_calls import promise_rules as rules
from aftersales.service_calls.promise_rules import CUSTOMER, EARLY, KEPT, LATE, SERVICE, Promise


def at(hour: int, minute: int = 0, day: int = 1) -> datetime:
	return datetime(2027, 3, day, hour, minute)


def window(begin: int, end: int, changed_for: str = SERVICE, made: int = 7) -> Promise:
	return Promise(at(begin), at(end), at(made), changed_for)


FIRST, OURS, THEIRS = window(11, 13), window(8, 10), window(15, 17, CUSTOMER)


@pytest.mark.parametrize(
	"promises, counts",
	[
		([], None),
		([FIRST], FIRST),
		([FIRST, OURS], FIRST),
		([FIRST, THEIRS], THEIRS),
		([FIRST, THEIRS, OURS], THEIRS),
		([FIRST, OURS, THEIRS], THEIRS),
		([window(11, 13, made=14)], None),
		([window(11, 13, made=14), OURS], OURS),
	],
)
def test_which_window_counts(promises, counts):
	assert rules.measured(promises) == counts


@pytest.mark.parametrize(
	"arrived, result",
	[
		(at(10, 59), (EARLY, -1)),
		(at(11), (KEPT, 0)),
		(at(12, 30), (KEPT, 0)),
		(datetime(2027, 3, 1, 13, 0, 59), (KEPT, 0)),
		(at(13, 1), (LATE, 1)),
		(at(11, day=2), (LATE, 22 * 60)),
	],
)
def test_kept_early_or_late(arrived, result):
	assert rules.result(FIRST, arrived) == result


def test_the_notice_of_a_change():
	assert rules.notice(FIRST, at(9, 30)) == 90
	assert rules.notice(FIRST, at(11, 10)) == -10


@given(st.integers(0, 23 * 60 + 59))
def test_every_arrival_is_exactly_one_of_three(minute):
	arrived = at(minute // 60, minute % 60)
	found, minutes = rules.result(FIRST, arrived)
	assert (found == EARLY) == (minutes < 0) and (found == LATE) == (minutes > 0)
	assert (found == KEPT) == rules.is_within(arrived, FIRST.start, FIRST.end)
