"""When a loaner has to be there, and what is asked when it comes back."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftersales.repair_workshop.loaner_rules import (
	HandBack,
	Removal,
	days_overdue,
	loaner_is_missing,
	missing_for_return,
	move_is_allowed,
)


@pytest.mark.parametrize(
	"removal,missing",
	[
		(Removal(on_site=False), False),
		(Removal(on_site=True), True),
		(Removal(on_site=True, loaners_installed=1), False),
		(Removal(on_site=True, declined=True, declined_reason="Has another"), False),
		(Removal(on_site=True, declined=True), True),
		(Removal(on_site=True, declined=True, declined_reason="  "), True),
		(Removal(on_site=True, declined_reason="Has another"), True),
	],
)
def test_a_product_leaves_only_with_a_loaner_or_a_refusal(removal, missing):
	assert loaner_is_missing(removal) is missing


@pytest.mark.parametrize(
	"back,missing",
	[
		(HandBack("As issued", None, "N. Byrne"), ()),
		(HandBack("Damaged", None, "N. Byrne"), ("condition_notes",)),
		(HandBack("Incomplete", "no remote", "N. Byrne"), ()),
		(HandBack(None, None, " "), ("condition_back", "return_signed_by")),
	],
)
def test_what_a_return_asks_for(back, missing):
	assert missing_for_return(back) == missing


def test_there_is_no_way_back():
	allowed = {
		(a, b)
		for a in ("Issued", "Returned", "Lost")
		for b in ("Draft", "Issued", "Returned", "Lost")
		if a != b and move_is_allowed(a, b)
	}
	assert allowed == {("Issued", "Returned"), ("Issued", "Lost")}


@given(
	st.sampled_from(["Draft", "Issued", "Returned", "Lost", "Cancelled"]),
	st.dates(date(2020, 1, 1), date(2030, 1, 1)),
	st.integers(-400, 400),
)
def test_only_what_is_out_is_overdue(status, due, offset):
	days = days_overdue(status, due, due + timedelta(days=offset))
	assert days == (max(0, offset) if status == "Issued" else 0)
