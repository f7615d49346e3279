"""Which Repair Call a telephone call was about: exactly one, or nobody guesses."""

from datetime import datetime, timedelta

import pytest

from aftersales.service_desk.telephone import match_rules as rules
from aftersales.service_desk.telephone.match_rules import Candidate, Talk

START = datetime(2027, 3, 1, 9, 0)


def talk(incoming: bool = True, status: str = "Completed", seconds: int = 300) -> Talk:
	return Talk(incoming, status, START, START + timedelta(seconds=seconds), seconds)


def call(name: str, minutes: int, is_open: bool = True, by_phone: bool = True) -> Candidate:
	return Candidate(name, START + timedelta(minutes=minutes), is_open, by_phone)


@pytest.mark.parametrize(
	"candidates, found",
	[
		([], None),
		([call("A", 3)], "A"),
		([call("A", 3, is_open=False)], "A"),
		([call("A", 34)], "A"),
		([call("A", 36)], None),
		([call("A", -600)], "A"),
		([call("A", -600), call("B", -300)], None),
		([call("A", -600), call("B", 4)], "B"),
		([call("A", 2), call("B", 4)], None),
		([call("A", -600, is_open=False)], None),
		([call("A", 3, by_phone=False), call("B", -600)], None),
	],
)
def test_an_incoming_call(candidates, found):
	assert rules.match(talk(), candidates) == found


@pytest.mark.parametrize(
	"candidates, found",
	[
		([call("A", -60)], "A"),
		([call("A", -60), call("B", -5)], None),
		([call("A", -60, is_open=False)], None),
	],
)
def test_a_call_of_ours(candidates, found):
	assert rules.match(talk(incoming=False), candidates) == found


@pytest.mark.parametrize(
	"status, seconds, held, missed",
	[
		("Completed", 10, True, False),
		("Completed", 0, False, False),
		("No Answer", 0, False, True),
		("Cancelled", 0, False, True),
		("Ringing", 0, False, False),
	],
)
def test_spoken_or_missed(status, seconds, held, missed):
	assert (talk(True, status, seconds).was_held, talk(True, status, seconds).was_missed) == (held, missed)
	assert not talk(False, status, seconds).was_missed
