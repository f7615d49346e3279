"""Who may be sent: skills, product groups, kinds of support, certificates, overlapping visits."""

from datetime import date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from aftersales.field_service.dispatch_rules import overlap
from aftersales.service_staff.skill_rules import (
	BOTH,
	EXPIRED,
	LEARNING,
	NO_SKILL,
	OTHER_KIND,
	TRAINEE,
	Skill,
	first_repeated,
	is_qualified,
)

DAY = date(2026, 3, 10)
GAS = ["Gas Water Heaters", "Water Heaters", "Products", "All Item Groups"]


def test_skill_for_the_group_itself():
	assert is_qualified([Skill("Gas Water Heaters", "Use")], GAS, "Use", DAY).ok


def test_skill_for_a_group_above_covers_the_groups_below():
	assert is_qualified([Skill("Water Heaters", "Use")], GAS, "Use", DAY).ok


def test_skill_for_a_group_below_does_not_cover_the_group_above():
	verdict = is_qualified([Skill("Gas Water Heaters", "Use")], GAS[1:], "Use", DAY)
	assert (verdict.ok, verdict.reason) == (False, NO_SKILL)


def test_no_skill_at_all():
	assert is_qualified([], GAS, "Use", DAY).reason == NO_SKILL


def test_repairing_a_product_is_not_teaching_it():
	skill = Skill("Water Heaters", "Use")
	verdict = is_qualified([skill], GAS, "Application", DAY)
	assert (verdict.ok, verdict.reason, verdict.skill) == (False, OTHER_KIND, skill)


def test_a_trainee_is_not_sent_alone():
	learning = Skill("Water Heaters", "Use", level=TRAINEE)
	verdict = is_qualified([learning], GAS, "Use", DAY)
	assert (verdict.ok, verdict.reason, verdict.skill) == (False, LEARNING, learning)
	assert is_qualified([learning, Skill("Gas Water Heaters", BOTH)], GAS, "Use", DAY).ok


def test_both_kinds_in_one_skill():
	skill = Skill("Water Heaters", BOTH)
	assert is_qualified([skill], GAS, "Application", DAY).ok
	assert is_qualified([skill], GAS, "Use", DAY).ok


def test_kind_is_not_asked_for_when_the_call_does_not_say():
	assert is_qualified([Skill("Water Heaters", "Application")], GAS, None, DAY).ok
	assert is_qualified([Skill("Water Heaters", "Application")], GAS, "", DAY).ok


def test_certificate_is_good_on_its_last_day():
	assert is_qualified([Skill("Water Heaters", "Use", "RGI", DAY)], GAS, "Use", DAY).ok


def test_certificate_expired_the_day_before():
	old = Skill("Water Heaters", "Use", "RGI", DAY - timedelta(days=1))
	verdict = is_qualified([old], GAS, "Use", DAY)
	assert (verdict.ok, verdict.reason, verdict.skill) == (False, EXPIRED, old)


def test_one_good_certificate_among_expired_ones_is_enough():
	old = Skill("Gas Water Heaters", "Use", "RGI", DAY - timedelta(days=1))
	assert is_qualified([old, Skill("Water Heaters", "Use")], GAS, "Use", DAY).ok


def test_the_certificate_that_expired_last_is_named():
	older = Skill("Gas Water Heaters", "Use", "RGI", DAY - timedelta(days=90))
	newer = Skill("Water Heaters", "Use", "RGI", DAY - timedelta(days=2))
	assert is_qualified([older, newer], GAS, "Use", DAY).skill == newer


def test_unknown_product_group_leaves_the_kind_of_support_to_decide():
	assert is_qualified([Skill("Laboratory", "Use")], [], "Use", DAY).ok
	assert is_qualified([Skill("Laboratory", "Use")], [], "Application", DAY).reason == OTHER_KIND
	assert is_qualified([], [], "Use", DAY).reason == NO_SKILL


def test_repeated_skill():
	first = Skill("Water Heaters", "Use", "RGI 1")
	again = Skill("Water Heaters", "Use", "RGI 2")
	assert first_repeated([first, Skill("Water Heaters", "Application"), again]) == again
	assert first_repeated([first, Skill("Boilers", "Use")]) is None


def test_visits_back_to_back_do_not_overlap():
	nine, ten, eleven = (datetime(2026, 3, 10, hour) for hour in (9, 10, 11))
	assert not overlap(nine, ten, ten, eleven)
	assert overlap(nine, eleven, ten, eleven)
	assert overlap(nine, eleven, datetime(2026, 3, 10, 9, 30), ten)


skills = st.builds(
	Skill,
	item_group=st.sampled_from([*GAS, "Laboratory"]),
	support_kind=st.sampled_from(["Use", "Application", BOTH]),
	certificate=st.none(),
	valid_until=st.none() | st.dates(DAY - timedelta(days=5), DAY + timedelta(days=5)),
)


@settings(derandomize=True)
@given(st.lists(skills, max_size=6), skills, st.sampled_from(["Use", "Application", None]))
def test_one_skill_more_never_disqualifies(known, more, kind):
	if is_qualified(known, GAS, kind, DAY).ok:
		assert is_qualified([*known, more], GAS, kind, DAY).ok


@settings(derandomize=True)
@given(st.lists(skills, max_size=6), st.sampled_from(["Use", "Application"]))
def test_qualified_only_by_a_skill_that_is_valid_of_group_and_of_kind(known, kind):
	verdict = is_qualified(known, GAS, kind, DAY)
	fitting = [
		skill
		for skill in known
		if skill.item_group in GAS
		and skill.support_kind in (kind, BOTH)
		and (skill.valid_until is None or skill.valid_until >= DAY)
	]
	assert verdict.ok == bool(fitting)
	assert not verdict.ok or verdict.skill in fitting


moments = st.datetimes(datetime(2026, 3, 1), datetime(2026, 3, 3))


@settings(derandomize=True)
@given(moments, moments, moments, moments)
def test_overlap_does_not_depend_on_who_is_asked_first(a, b, c, d):
	start_a, end_a = sorted((a, b))
	start_b, end_b = sorted((c, d))
	assert overlap(start_a, end_a, start_b, end_b) == overlap(start_b, end_b, start_a, end_a)
