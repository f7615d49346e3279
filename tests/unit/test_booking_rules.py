"""Who may choose an appointment, which windows are offered, and when somebody is likely to be there."""

from datetime import datetime, timedelta

import pytest

from aftersales.field_service.arrival_rules import Suggestion, Technician, Wish, is_window, keeper
from aftersales.field_service.crew import crew_rules
from aftersales.visit_planning.booking_rules import Facts, Stop, choose, estimate, why_not

NOW = datetime(2027, 3, 3, 9, 0)
HOUR = timedelta(hours=1)


def at(hour: int, minute: int = 0, day: int = 3) -> datetime:
	return datetime(2027, 3, day, hour, minute)


@pytest.mark.parametrize(
	("policy", "facts", "why"),
	[
		("Off", Facts("Triaged"), "off"),
		("", Facts("Triaged"), "off"),
		("All Calls", Facts("Open"), None),
		("All Calls", Facts("Open", by_guest=True), "not_looked_at"),
		("All Calls", Facts("Triaged", by_guest=True), None),
		("After Triage", Facts("Open"), "not_looked_at"),
		("After Triage", Facts("Triaged"), None),
		("After Triage", Facts("In Progress"), "over"),
		("After Triage", Facts("Scheduled", arrived=True), "over"),
		("After Triage", Facts("Triaged", in_workshop=True), "over"),
		("After Triage", Facts("Triaged", emergency=True), "emergency"),
		("After Triage", Facts("Scheduled", several=True), "several"),
		("After Triage", Facts("Scheduled", visit_status="On Site"), "begun"),
		("After Triage", Facts("Scheduled", promised_from=at(8, 59, day=4)), "too_late"),
		("After Triage", Facts("Scheduled", promised_from=at(9, 0, day=4)), "too_late"),
		("After Triage", Facts("Scheduled", promised_from=at(9, 1, day=4)), None),
	],
)
def test_who_may_choose(policy, facts, why):
	assert why_not(policy, facts, NOW, 24 * HOUR) == why


def test_some_windows_a_day_are_offered_the_cheap_ones_among_them():
	def window(hour, day=3, cheap=False):
		return Suggestion(at(hour, day=day), at(hour + 2, day=day), "Aoife", 0, True, cheap=cheap)

	found = choose([window(16, cheap=True), window(8), window(12), window(10), window(9, day=4)], a_day=2)
	assert [(one.start.day, one.start.hour) for one in found] == [(3, 8), (3, 16), (4, 9)]


def test_a_window_is_kept_by_who_is_free_at_every_moment_of_it():
	wish = Wish(NOW, HOUR, 2 * HOUR, zone="North")
	day = ((at(8), at(17)),)
	busy = Technician("Busy", day, ((at(13), at(14)),), "North")
	free = Technician("Free", day)
	assert keeper([busy, free], wish, (at(10), at(12))) == "Busy"  # of the zone
	assert keeper([busy, free], wish, (at(10, 30), at(12, 30))) == "Free"
	assert keeper([busy], wish, (at(10, 30), at(12, 30))) is None
	assert keeper([free], wish, (at(15), at(16, 30))) is None  # no time left for the visit
	# Narrower than offered: only before what ends the technician's time
	assert keeper([busy, free], wish, (at(10), at(11))) is None
	assert keeper([busy, free], wish, (at(10, 30), at(12))) == "Busy"
	assert keeper([free], wish, (at(15), at(16))) == "Free"
	assert is_window((at(10), at(12)), wish, at(17))
	assert not is_window((at(10, 10), at(12)), wish, at(17))
	assert not is_window((at(8), at(10)), wish, at(17))
	assert not is_window((at(10), at(13)), wish, at(17))
	assert not is_window((at(10), at(9)), wish, at(17))


def test_the_estimate_walks_the_day_on_from_now():
	stops = [
		Stop("a", at(8), at(9), arrived=at(8, 10), departed=at(9, 30)),
		Stop("b", at(9, 15), at(10), way=20 * 60),
		Stop("c", at(10, 15), at(11), way=15 * 60),
		Stop("d", at(14), at(15), way=15 * 60),
	]
	assert estimate(stops, "a", at(9, 32)) is None
	assert estimate(stops, "b", at(9, 32)) == (at(9, 50), 0)  # the way has begun when the stop before ended
	assert estimate(stops, "c", at(9, 32)) == (at(10, 50), 1)
	assert estimate(stops, "d", at(9, 32)) == (at(14), 2)
	there = [stops[0], Stop("b", at(9, 15), at(10), arrived=at(9, 52)), *stops[2:]]
	assert estimate(there, "c", at(10)) == (at(10, 55), 1)  # 9:52 and 45 minutes, and the way, rounded up
	assert estimate(there, "c", at(11)) == (at(11, 15), 1)  # longer than planned: ends now at the earliest
	assert estimate(there, "b", at(10)) is None


def test_the_hours_of_a_crew_move_with_the_visit():
	old, new, own = (at(9), at(11)), (at(13), at(15)), (at(10), at(11))
	assert crew_rules.hours(None, old, None) == old
	assert crew_rules.hours(old, old, own) == own
	assert crew_rules.hours(old, new, own) == (at(14), at(15))
	assert crew_rules.hours(old, new, old) == new
	assert crew_rules.hours(old, None, own) is None
	assert crew_rules.is_part_of(own, old) and not crew_rules.is_part_of(new, old)
