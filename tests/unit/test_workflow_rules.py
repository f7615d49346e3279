"""States of a workflow and the statuses they stand for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftersales.service_levels.workflow_rules import MappedState, Place, reconcile, state_for, status_of

STATES = (
	MappedState("New", "Open"),
	MappedState("Rated", "Triaged"),
	MappedState("Waiting for customer", "On Hold"),
	MappedState("Waiting for building manager", "On Hold"),
	MappedState("Noted"),
)
BEFORE = Place("New", "Open")


@pytest.mark.parametrize(
	("now", "expected"),
	[
		(Place("New", "Open"), Place("New", "Open")),
		(Place("Waiting for building manager", "Open"), Place("Waiting for building manager", "On Hold")),
		(Place("New", "On Hold"), Place("Waiting for customer", "On Hold")),
		(Place("Rated", "On Hold"), Place("Rated", "Triaged")),  # both changed: the state decides
		(Place("New", "Closed"), Place("New", "Closed")),  # no state stands for it
		(Place("Noted", "Open"), Place("Noted", "Open")),  # the state stands for nothing
		(Place("Unheard of", "Open"), Place("Unheard of", "Open")),  # Frappe refuses it
	],
)
def test_what_changed_decides(now, expected):
	assert reconcile(STATES, BEFORE, now) == expected


@pytest.mark.parametrize(
	("now", "expected"),
	[
		(Place(None, "Open"), Place("New", "Open")),
		(Place(None, "Triaged"), Place("Rated", "Triaged")),
		(Place("Rated", "Open"), Place("Rated", "Triaged")),
	],
)
def test_a_new_document(now, expected):
	assert reconcile(STATES, None, now) == expected


def test_of_several_states_for_a_status_the_present_one_stays():
	second = "Waiting for building manager"
	assert state_for(STATES, "On Hold", second) == second
	assert state_for(STATES, "On Hold", None) == "Waiting for customer"
	assert state_for(STATES, "Triaged", "Noted") == "Noted"
	assert state_for(STATES, "Triaged", "Unheard of") == "Rated"


states = st.sampled_from([mapped.state for mapped in STATES] + [None])
statuses = st.sampled_from(["Open", "Triaged", "On Hold", "Closed"])


@given(before=st.none() | st.builds(Place, states, statuses), now=st.builds(Place, states, statuses))
def test_reconciled_once_is_reconciled(before, now):
	settled = reconcile(STATES, before, now)
	assert reconcile(STATES, settled, settled) == settled
	changed = not before or (now.state, now.status) != (before.state, before.status)
	if changed and (mapped := status_of(STATES, settled.state)) and settled.status != "Closed":
		assert mapped == settled.status
