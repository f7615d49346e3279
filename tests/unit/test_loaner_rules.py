"""When a loaner may come back, and how late it is."""

from datetime import date, timedelta

import pytest

from aftersales.customer_goods.life_rules import may_follow
from aftersales.customer_goods.loaner_rules import (
	NEXT_STATES,
	Handback,
	days_overdue,
	missing_for_return,
	reminder,
)


@pytest.mark.parametrize(
	("before", "after", "allowed"),
	[
		("Issued", "Returned", True),
		("Issued", "Lost", True),
		("Issued", "Issued", True),
		("Returned", "Issued", False),
		("Returned", "Lost", False),
		("Lost", "Returned", False),
		("Issued", "Draft", False),
	],
)
def test_a_loaner_comes_back_once_or_never(before, after, allowed):
	assert may_follow(NEXT_STATES, before, after) is allowed


@pytest.mark.parametrize(
	("handback", "missing"),
	[
		(Handback("As Lent", None, "signature", "N. Byrne"), ()),
		(Handback("As Lent", "Left at the door", None, None), ()),
		(Handback("As Lent", None, "signature", None), ("return_notes",)),
		(Handback("Damaged", None, "signature", "N. Byrne"), ("return_notes",)),
		(Handback("Incomplete", "Hose missing", "signature", "N. Byrne"), ()),
		(Handback(None, None, None, None), ("return_condition", "return_notes")),
	],
)
def test_what_is_noted_at_return(handback, missing):
	assert missing_for_return(handback) == missing


def test_days_overdue():
	assert days_overdue(date(2026, 3, 10), date(2026, 3, 14)) == 4
	assert days_overdue(date(2026, 3, 10), date(2026, 3, 10)) == 0
	assert days_overdue(None, date(2026, 3, 10)) == 0


@pytest.mark.parametrize(
	("due_in", "reminded", "told"),
	[
		(5, "", None),
		(2, "", "Due Soon"),
		(0, "", "Due Soon"),
		(0, "Due Soon", None),
		(-1, "", "Overdue"),
		(-1, "Due Soon", "Overdue"),
		(-9, "Overdue", None),
		(2, "Overdue", None),
	],
)
def test_a_customer_is_told_once_before_and_once_after(due_in, reminded, told):
	today = date(2026, 11, 24)
	assert reminder(today + timedelta(days=due_in), today, 2, reminded) == told


def test_without_a_due_date_nobody_is_reminded():
	assert reminder(None, date(2026, 11, 24), 2, "") is None
