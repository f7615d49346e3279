"""When customers are reminded of what is ready, what storage costs, when it can be disposed of (pure)."""

from datetime import date, timedelta

import pytest

from aftersales.repair_workshop import uncollected_rules as rules
from aftersales.repair_workshop.uncollected_rules import Terms

READY = date(2026, 12, 1)


def day(number: int) -> date:
	return READY + timedelta(days=number)


@pytest.mark.parametrize(
	("reminded", "today", "every", "expected"),
	[
		(None, 13, 14, False),
		(None, 14, 14, True),
		(14, 27, 14, False),
		(14, 28, 14, True),
		(None, 400, 0, False),
	],
)
def test_reminders_come_again(reminded, today, every, expected):
	on = day(reminded) if reminded is not None else None
	assert rules.is_due(READY, on, day(today), Terms(remind_every=every)) == expected


@pytest.mark.parametrize(
	("charged", "today", "free", "expected"),
	[
		(None, 30, 30, 0),
		(None, 31, 30, 1),
		(None, 45, 30, 15),
		(45, 50, 30, 5),
		(45, 45, 30, 0),
		(None, 400, 0, 0),
	],
)
def test_storage_after_the_free_days_is_charged_once(charged, today, free, expected):
	until = day(charged) if charged is not None else None
	assert rules.storage_days(READY, until, day(today), Terms(storage_free=free)) == expected


@pytest.mark.parametrize(
	("today", "after", "expected"), [(0, 180, 180), (180, 180, 0), (200, 180, 0), (999, 0, None)]
)
def test_disposal_waits_for_the_lawful_time(today, after, expected):
	assert rules.days_to_disposal(READY, day(today), Terms(dispose_after=after)) == expected
