"""Stages of a complaint: what each asks for and which times it leaves."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftersales.customer_care import complaint_rules as rules
from aftersales.customer_care.complaint_rules import CANCELLED, STAGES, STAMPS, Measure

ALL_STAMPS = tuple(STAMPS.values())


@pytest.mark.parametrize(
	("status", "stamped", "to_set", "to_clear"),
	[
		("Received", (), [], []),
		("Acknowledged", (), ["acknowledged_at"], []),
		("Answered", (), ["acknowledged_at", "assessed_at", "answered_at"], []),
		("Investigating", ("acknowledged_at",), ["assessed_at", "investigating_at"], []),
		("Closed", ("acknowledged_at", "assessed_at", "answered_at"), ["closed_at"], []),
		# back to investigation: answered and closed anew, acknowledged once
		("Investigating", ALL_STAMPS, [], ["answered_at", "closed_at"]),
		("Received", ALL_STAMPS, [], ["assessed_at", "investigating_at", "answered_at", "closed_at"]),
		(CANCELLED, ("acknowledged_at",), [], []),
	],
)
def test_times_of_the_stages(status, stamped, to_set, to_clear):
	assert rules.stamps(status, stamped) == (to_set, to_clear)


@given(st.sampled_from(STAGES), st.sets(st.sampled_from(ALL_STAMPS)))
def test_after_stamping_nothing_is_left_to_stamp(status, stamped):
	to_set, to_clear = rules.stamps(status, stamped)
	after = (stamped | set(to_set)) - set(to_clear)
	assert rules.stamps(status, after) == ([], [])
	if status != "Received":
		assert STAMPS[status] in after


@given(st.sampled_from(STAGES), st.sets(st.sampled_from(ALL_STAMPS)))
def test_no_stage_ahead_keeps_its_time(status, stamped):
	_to_set, to_clear = rules.stamps(status, stamped)
	ahead = {STAMPS[stage] for stage in STAGES[STAGES.index(status) + 1 :]} - {"acknowledged_at"}
	assert ahead & (stamped - set(to_clear)) == set()


@pytest.mark.parametrize(
	("status", "filled", "missing"),
	[
		("Acknowledged", (), None),
		("Assessed", (), "severity"),
		("Investigating", ("severity",), None),
		("Answered", ("severity",), "justified"),
		("Answered", ("severity", "justified"), "answer"),
		("Closed", ("severity", "justified", "answer"), "customer_accepts"),
		("Closed", ("severity", "justified", "answer", "customer_accepts"), None),
		(CANCELLED, (), "cancel_reason"),
	],
)
def test_what_a_stage_asks_for(status, filled, missing):
	assert rules.missing_for(status, filled) == missing


def test_a_promise_that_is_not_kept_keeps_it_open():
	measures = [Measure("Refund the call-out", date(2026, 3, 2)), Measure("Train the crew")]
	assert rules.open_measures(measures) == ["Train the crew"]
	assert rules.open_measures([]) == []


@pytest.mark.parametrize(("reply", "needed"), [("Yes", False), ("No", True), ("No Reply", True)])
def test_an_end_without_consent_is_explained(reply, needed):
	assert rules.needs_closing_note(reply) is needed
