"""States, approval, four eyes and hands-on time of a Repair Card."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aftersales.repair_workshop.card_rules import (
	Line,
	StateEntry,
	TimeLog,
	activity_at,
	approval_limit,
	approval_missing,
	charged_without_repair,
	disordered,
	hours,
	may_verify,
	needs_new_quote,
	overlapping,
	repairer,
	state_is_allowed,
	state_on_submit,
	submitted_move_is_allowed,
	total_hours,
	uncharged,
)

NINE = datetime(2026, 3, 10, 9)
DRAFT_STATES = (
	"Received",
	"Diagnosing",
	"Awaiting Approval",
	"Approved",
	"Awaiting Parts",
	"In Repair",
	"Quality Check",
	"Not Repairable",
	"Declined",
	"Cancelled",
)
ALL_STATES = (*DRAFT_STATES, "Ready", "Returned")


def at(hour: float) -> datetime:
	return datetime(2026, 3, 10) + timedelta(hours=hour)


@pytest.mark.parametrize("status", ALL_STATES)
def test_states_by_docstatus(status):
	assert state_is_allowed(status, 0) is (status in DRAFT_STATES)
	assert state_is_allowed(status, 1) is (status in ("Ready", "Returned", "Not Repairable", "Declined"))
	assert state_is_allowed(status, 2) is (status == "Cancelled")


def test_after_submitting_a_card_only_goes_back_to_the_customer():
	for before in ("Ready", "Not Repairable", "Declined"):
		assert submitted_move_is_allowed(before, "Returned")
	assert not submitted_move_is_allowed("Returned", "Ready")
	assert not submitted_move_is_allowed("Declined", "Ready")
	assert not submitted_move_is_allowed("Ready", "Declined")


def test_given_up_stays_given_up_when_submitted():
	assert state_on_submit("Quality Check") == "Ready"
	assert state_on_submit("Returned") == "Ready"
	assert state_on_submit("Declined") == "Declined"
	assert state_on_submit("Not Repairable") == "Not Repairable"


@pytest.mark.parametrize("status", ["Not Needed", "Pending", "Declined", None])
def test_what_the_customer_pays_needs_his_approval(status):
	assert approval_missing([Line("Warranty"), Line("Customer", "Repair", 80)], status)
	assert not approval_missing([Line("Warranty"), Line("Internal", "Repair")], status)
	assert not approval_missing([], status)


def test_approved():
	assert not approval_missing([Line("Customer", "Repair", 80)], "Approved")


@pytest.mark.parametrize(
	("net", "approved", "tolerance", "refused"),
	[
		(220, 200, 10, False),
		(220.01, 200, 10, True),
		(200, 200, 0, False),
		(200.01, 200, 0, True),
		(0.01, 0, 10, True),
		# 33.33 and 10 % make 36.663: the limit is 36.66
		(36.66, 33.33, 10, False),
		(36.67, 33.33, 10, True),
		# binary fractions: 0.1 + 0.2 is 0.3 to the cent
		(0.1 + 0.2, 0.3, 0, False),
	],
)
def test_quote_again(net, approved, tolerance, refused):
	assert needs_new_quote(net, approved, tolerance) is refused


def test_limit_is_to_the_cent():
	assert approval_limit(33.33, 10) == Decimal("36.66")


cents = st.integers(0, 10_000_00).map(lambda value: value / 100)


@settings(derandomize=True)
@given(cents, st.integers(0, 100))
def test_the_approved_amount_itself_is_always_within(approved, tolerance):
	assert not needs_new_quote(approved, approved, tolerance)


@settings(derandomize=True)
@given(cents, cents, st.integers(0, 100))
def test_more_tolerance_never_refuses_more(net, approved, tolerance):
	if needs_new_quote(net, approved, tolerance + 1):
		assert needs_new_quote(net, approved, tolerance)


def test_without_repair_only_diagnosis_and_travel_are_charged():
	diagnosis, travel = Line("Customer", "Diagnosis", 40), Line("Customer", "Travel", 20)
	repair, part = Line("Customer", "Repair", 80), Line("Customer", None, 30)
	free_part = Line("Internal", None, 30)
	assert charged_without_repair([diagnosis, travel, free_part]) == ()
	assert charged_without_repair([diagnosis, repair, part]) == (repair, part)


def test_repairer_is_the_user_when_he_worked_on_it():
	logs = [TimeLog("Declan", at(9), at(10)), TimeLog("Aoife", at(11), at(12))]
	assert repairer(["Declan"], logs, [], None) == "Declan"


def test_repairer_is_who_worked_last_when_somebody_else_hands_it_over():
	logs = [TimeLog("Aoife", at(11), at(12)), TimeLog("Declan", at(9), at(10))]
	assert repairer(["Supervisor"], logs, [], None) == "Aoife"
	assert repairer([], logs, [], "Declan") == "Aoife"


def test_repairer_without_time_logs():
	assert repairer([], [], ["Declan"], "Aoife") == "Aoife"
	assert repairer([], [], ["Declan"], None) == "Declan"
	assert repairer(["Conor"], [], [], None) == "Conor"
	assert repairer([], [], [], None) is None


def test_four_eyes():
	assert may_verify("orla@example.com", {"aoife@example.com"})
	assert not may_verify("aoife@example.com", {"aoife@example.com", "declan@example.com"})


def test_hours_of_finished_logs():
	logs = [TimeLog("Aoife", at(9), at(10.5)), TimeLog("Declan", at(9), at(9.25)), TimeLog("Aoife", at(11))]
	assert [hours(log) for log in logs] == [1.5, 0.25, 0.0]
	assert total_hours(logs) == 1.75


def test_log_that_stops_before_it_starts():
	wrong = TimeLog("Aoife", at(10), at(9))
	assert disordered([TimeLog("Aoife", at(8), at(9)), wrong]) == wrong
	assert disordered([TimeLog("Aoife", at(8), at(8)), TimeLog("Aoife", at(9))]) is None


def test_nobody_works_twice_at_once():
	running = TimeLog("Aoife", at(9))
	assert overlapping([running, TimeLog("Aoife", at(10))])
	assert overlapping([running, TimeLog("Aoife", at(10), at(11))])
	assert overlapping([TimeLog("Aoife", at(9), at(11)), TimeLog("Aoife", at(10), at(12))])
	assert not overlapping([TimeLog("Aoife", at(9), at(10)), TimeLog("Aoife", at(10))])
	assert not overlapping([running, TimeLog("Declan", at(9))])


def test_time_is_charged_once():
	log, other = TimeLog("Aoife", at(9), at(10)), TimeLog("Aoife", at(11), at(12))
	running, nothing = TimeLog("Aoife", at(13)), TimeLog("Declan", at(9), at(9))
	charged = {("Aoife", at(9), at(10))}
	assert uncharged([log, other, running, nothing], charged) == (other,)


def test_activity_follows_the_state_of_the_card():
	entries = [
		StateEntry("Received", at(8)),
		StateEntry("Diagnosing", at(9)),
		StateEntry("In Repair", at(12)),
	]
	assert activity_at(entries, at(9.5)) == "Diagnosis"
	assert activity_at(entries, at(12)) == "Repair"
	assert activity_at(list(reversed(entries)), at(13)) == "Repair"
	assert activity_at([], at(9)) == "Diagnosis"


logs = st.lists(
	st.builds(
		lambda technician, start, length: TimeLog(technician, at(start), at(start + length)),
		st.sampled_from(["Aoife", "Declan"]),
		st.integers(0, 40),
		st.integers(1, 6),
	),
	max_size=8,
)


@settings(derandomize=True)
@given(logs)
def test_overlap_is_found_exactly_when_two_logs_share_an_hour(some):
	slots = [(log.technician, hour) for log in some for hour in _hours_of(log)]
	assert bool(overlapping(some)) is (len(slots) != len(set(slots)))


def _hours_of(log: TimeLog) -> range:
	start = datetime(2026, 3, 10)
	return range(
		int((log.from_time - start).total_seconds() // 3600),
		int((log.to_time - start).total_seconds() // 3600),
	)
