"""Urgency, repeat calls, zones and next actions of the service desk, without a site."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aftersales.customer_care.follow_up_rules import Answers, reasons_to_act
from aftersales.service_calls import next_action_rules
from aftersales.service_calls.repeat_rules import PastJob, find_repeated
from aftersales.service_calls.triage_rules import Urgency, Verdict, decide
from aftersales.service_setup import zone_rules
from aftersales.service_setup.zone_rules import Zone

HAZARDS = ["Water Leak", "Electric Leakage", "Gas", "Fire", "Injury", "Other"]
NOON = datetime(2026, 3, 10, 12, 0)

urgencies = st.builds(
	Urgency,
	hazard=st.sampled_from([None, *HAZARDS]),
	priority=st.sampled_from([None, "Low", "Medium", "Emergency"]),
	reason=st.sampled_from([None, "valve is shut", "tenant has left"]),
)


def verdict(now: Urgency, before: Urgency | None = None) -> Verdict:
	return decide(now, before, emergency="Emergency", default="Medium")


# --- urgency (R-IN-4) ---


@pytest.mark.parametrize("hazard", HAZARDS)
@pytest.mark.parametrize("priority", [None, "Low", "Emergency"])
def test_any_hazard_makes_an_emergency_whatever_else_is_set(hazard, priority):
	assert verdict(Urgency(hazard, priority)) == Verdict("Emergency")


@pytest.mark.parametrize(
	("now", "before", "expected"),
	[
		(Urgency(), None, Verdict("Medium")),
		(Urgency(priority="Low"), None, Verdict("Low")),
		# a hazard told later raises the call
		(Urgency("Gas", "Low"), Urgency(None, "Low"), Verdict("Emergency")),
		# another hazard raises it again, an old reason does not speak against it
		(Urgency("Fire", "Low", "shut"), Urgency("Gas", "Low", "shut"), Verdict("Emergency")),
		# lowering
		(Urgency("Gas", "Low"), Urgency("Gas", "Emergency"), Verdict("Low", lowered=True)),
		(Urgency("Gas", "Low", "shut"), None, Verdict("Low", lowered=True)),
		# lowered earlier with authority: kept; lowered further: asked again
		(Urgency("Gas", "Low", "shut"), Urgency("Gas", "Low", "shut"), Verdict("Low")),
		(Urgency("Gas", "Low", "shut"), Urgency("Gas", "Medium", "shut"), Verdict("Low", lowered=True)),
		# emptying the priority does not lower it
		(Urgency("Gas", None), Urgency("Gas", "Emergency"), Verdict("Emergency")),
		# taking the hazard back would open the way to a lower priority
		(
			Urgency(None, "Emergency"),
			Urgency("Gas", "Emergency"),
			Verdict("Emergency", withdrawn=True),
		),
	],
)
def test_urgency(now, before, expected):
	assert verdict(now, before) == expected


@settings(derandomize=True, max_examples=500)
@given(st.lists(urgencies, min_size=1, max_size=6))
def test_without_authority_a_hazard_stays_an_emergency_over_any_number_of_saves(edits):
	stored = None
	for edit in edits:
		answer = verdict(edit, stored)
		if answer.needs_authority:
			continue  # refused: nothing is stored
		stored = Urgency(edit.hazard, answer.priority, edit.reason)
		if stored.hazard:
			assert stored.priority == "Emergency"


@settings(derandomize=True, max_examples=300)
@given(urgencies, st.none() | urgencies)
def test_every_call_gets_a_priority(now, before):
	assert verdict(now, before).priority


# --- repeat calls (R-IN-7) ---


def past(name: str, days_ago: float, symptom: str | None = None) -> PastJob:
	return PastJob(name, NOON - timedelta(days=days_ago), symptom)


@pytest.mark.parametrize(
	("symptom", "jobs", "days", "expected"),
	[
		(None, [], 30, None),
		(None, [past("RC-1", 30)], 30, "RC-1"),
		(None, [past("RC-1", 30.01)], 30, None),
		(None, [past("RC-1", 20), past("RC-2", 3)], 30, "RC-2"),
		("SYM-LEAK", [past("RC-1", 3, "SYM-LEAK")], 30, "RC-1"),
		("SYM-LEAK", [past("RC-1", 3, "SYM-NOISE")], 30, None),
		("SYM-LEAK", [past("RC-1", 3, "SYM-NOISE"), past("RC-2", 9)], 30, "RC-2"),
		(None, [past("RC-1", 3, "SYM-NOISE")], 30, "RC-1"),
		# finished after this call came in: the two overlapped
		(None, [past("RC-1", -1)], 30, None),
		(None, [past("RC-1", 0)], 0, None),
	],
)
def test_repeat(symptom, jobs, days, expected):
	assert find_repeated(NOON, symptom, jobs, days) == expected


@settings(derandomize=True, max_examples=300)
@given(
	st.lists(st.tuples(st.floats(-5, 60), st.sampled_from([None, "a", "b"])), max_size=6),
	st.sampled_from([None, "a", "b"]),
	st.integers(0, 40),
)
def test_a_repeat_is_in_the_window_and_the_latest_of_its_kind(rows, symptom, days):
	jobs = [past(f"RC-{i}", ago, other) for i, (ago, other) in enumerate(rows)]
	name = find_repeated(NOON, symptom, jobs, days)
	fitting = [
		job
		for job in jobs
		if timedelta(0) <= NOON - job.finished_at <= timedelta(days=days)
		and len({symptom, job.symptom} - {None}) < 2
	]
	if not fitting or not days:
		assert name is None
	else:
		found = next(job for job in jobs if job.name == name)
		assert found.finished_at == max(job.finished_at for job in fitting)


# --- service zones ---

ZONES = [
	Zone("Town", zone_rules.parse_codes("D04\nD06"), "Dublin"),
	Zone("County", zone_rules.parse_codes("D*"), None),
	Zone("Valley", zone_rules.parse_codes(" 20*, 21* ; 220 "), "Valley"),
]


@pytest.mark.parametrize(
	("code", "territories", "expected"),
	[
		("D04 X285", (), "Town"),
		("d04x285", (), "Town"),
		("D04", (), "Town"),
		("D15 AB12", (), "County"),
		("2012", (), "Valley"),
		("220", (), "Valley"),
		("9999", ("Somewhere", "Dublin"), "Town"),
		("9999", ("Valley", "Dublin"), "Valley"),
		("", ("Valley",), "Valley"),
		(None, (), None),
		("9999", (), None),
		("2012", ("Dublin",), "Valley"),
	],
)
def test_zone(code, territories, expected):
	assert zone_rules.choose(ZONES, code, territories) == expected


def test_a_code_without_star_matches_the_first_part_only():
	zones = [Zone("Near", ("M1",)), Zone("Far", ("M11",))]
	assert zone_rules.choose(zones, "M11 2AB") == "Far"
	assert zone_rules.choose(zones[:1], "M11 2AB") is None
	assert zone_rules.choose(zones, "M1 1AA") == "Near"


@settings(derandomize=True, max_examples=300)
@given(
	st.lists(st.text("0123", min_size=1, max_size=4), min_size=1, max_size=6, unique=True),
	st.text("0123", min_size=1, max_size=6),
)
def test_the_longest_prefix_wins(prefixes, code):
	zones = [Zone(prefix, (f"{prefix}*",)) for prefix in prefixes]
	matching = [prefix for prefix in prefixes if code.startswith(prefix)]
	assert zone_rules.choose(zones, code) == max(matching, key=len, default=None)


def test_a_lone_star_is_no_zone():
	assert zone_rules.parse_codes("*\n\n , ") == ()


# --- next action (R-IN-1) ---


def test_next_action():
	due, later = NOON + timedelta(hours=4), NOON + timedelta(hours=20)
	assert next_action_rules.propose("Open", NOON, due).by == due
	assert next_action_rules.propose("Scheduled", NOON, due, later).by == later
	assert next_action_rules.propose("Scheduled", later, later + timedelta(hours=1), NOON).by > later
	assert next_action_rules.propose("Closed", NOON, due) is None
	assert next_action_rules.propose("Cancelled", NOON, due) is None


# --- what the answers of a follow-up mean (R-FU-1) ---


@pytest.mark.parametrize(
	("answers", "reasons"),
	[
		(Answers(), []),
		(Answers("Yes", "No", 5), []),
		(Answers("Yes", "No", 3), []),
		(Answers("Yes", "No", 2), ["Customer not satisfied"]),
		(Answers("Yes", "No", 1), ["Customer not satisfied"]),
		(Answers("Yes", "No", 0), []),
		(Answers("No", None, 4), ["Repair not effective"]),
		(Answers("No", "Yes", 1), ["Hidden hazard", "Repair not effective", "Customer not satisfied"]),
	],
)
def test_reasons_to_open_a_new_call(answers, reasons):
	assert reasons_to_act(answers) == reasons
