"""Where a call stands, told to its customer."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftersales.customer_portal.progress_rules import WORKSHOP_HEADLINES, Facts, headline, steps

T0 = datetime(2026, 3, 2, 9)


def at(hours: int) -> datetime:
	return T0 + timedelta(hours=hours)


NEW = Facts("Open", T0)
SCHEDULED = replace(NEW, status="Scheduled", responded_at=at(1), promised_from=at(24), promised_to=at(27))
IN_WORKSHOP = replace(
	SCHEDULED, status="In Progress", arrived_at=at(25), taken_in_at=at(26), card_status="Diagnosing"
)


@pytest.mark.parametrize(
	("facts", "expected"),
	[
		(NEW, "received"),
		(replace(NEW, status="Triaged", responded_at=at(1)), "planning"),
		(SCHEDULED, "appointment"),
		(replace(SCHEDULED, status="In Progress", arrived_at=at(25)), "working"),
		(replace(SCHEDULED, status="On Hold"), "on_hold"),
		(replace(IN_WORKSHOP, card_status=None), "inspecting"),
		(IN_WORKSHOP, "inspecting"),
		(replace(IN_WORKSHOP, card_status="Awaiting Approval"), "your_decision"),
		(replace(IN_WORKSHOP, card_status="Awaiting Approval", status="On Hold"), "your_decision"),
		(replace(IN_WORKSHOP, card_status="Ready"), "ready"),
		(replace(IN_WORKSHOP, card_status="Returned", status="Resolved"), "solved"),
		(replace(IN_WORKSHOP, card_status="Returned", status="Closed"), "closed"),
		(replace(NEW, status="Cancelled"), "cancelled"),
	],
)
def test_the_headline(facts, expected):
	assert headline(facts) == expected


def told(facts) -> list[tuple[str, str]]:
	return [(step.key, step.state) for step in steps(facts)]


def test_a_new_call():
	assert told(NEW) == [("received", "done"), ("answered", "current"), ("solved", "ahead")]


def test_a_promised_visit_is_the_current_step():
	assert told(SCHEDULED) == [
		("received", "done"),
		("answered", "done"),
		("visit", "current"),
		("solved", "ahead"),
	]


def test_the_way_through_the_workshop():
	assert told(replace(IN_WORKSHOP, estimate="Pending")) == [
		("received", "done"),
		("answered", "done"),
		("visit", "done"),
		("taken_in", "done"),
		("approved", "current"),
		("repaired", "ahead"),
		("handed_back", "ahead"),
		("solved", "ahead"),
	]


def test_brought_over_the_counter_a_visit_is_no_step():
	facts = Facts(
		"In Progress",
		T0,
		responded_at=at(0),
		taken_in_at=at(0),
		card_status="In Repair",
		estimate="Not Needed",
	)
	assert [key for key, _state in told(facts)] == [
		"received",
		"answered",
		"taken_in",
		"repaired",
		"handed_back",
		"solved",
	]


def test_solved_by_phone_nothing_is_left_ahead():
	assert told(replace(NEW, status="Resolved", responded_at=at(1), resolved_at=at(1))) == [
		("received", "done"),
		("answered", "done"),
		("solved", "done"),
	]


def test_a_declined_repair_is_handed_back_without_one():
	facts = replace(IN_WORKSHOP, card_status="Declined", estimate="Declined")
	assert ("repaired", "ahead") not in told(facts)
	assert ("handed_back", "current") in told(facts)


times = st.none() | st.integers(0, 500).map(at)


@given(
	st.builds(
		Facts,
		status=st.sampled_from(
			["Open", "Triaged", "Scheduled", "In Progress", "On Hold", "Resolved", "Closed", "Cancelled"]
		),
		received_at=st.just(T0),
		responded_at=times,
		promised_from=times,
		promised_to=times,
		arrived_at=times,
		taken_in_at=times,
		handed_back_at=times,
		card_status=st.none() | st.sampled_from([*WORKSHOP_HEADLINES, "Returned"]),
		estimate=st.none() | st.sampled_from(["Not Needed", "Pending", "Approved", "Declined"]),
		approved_at=times,
		ready_at=times,
		resolved_at=times,
		closed_at=times,
	)
)
def test_there_is_one_current_step_at_most_and_none_done_after_it(facts):
	assert headline(facts)
	states = [step.state for step in steps(facts)]
	assert states[0] == "done"
	assert states.count("current") <= 1
	assert states == sorted(states, key=["done", "current", "ahead"].index)
	assert ("current" in states) == (
		facts.status not in ("Resolved", "Closed", "Cancelled") and facts.resolved_at is None
	)
