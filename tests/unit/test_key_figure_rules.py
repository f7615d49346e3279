"""The formulas of the key figures (R-KPI), by example and by property."""

from hypothesis import given
from hypothesis import strategies as st

from aftersales.service_quality.key_figure_rules import (
	FIELDS,
	Counts,
	figures,
	total,
	utilisation,
	warranty_cost_rate,
)

JUNE = Counts(
	calls=40,
	by_phone=30,
	response_seconds=36 * 600,
	answered=36,
	arrival_seconds=10 * 7200,
	arrived=10,
	repeats=3,
	resolution_seconds=30 * 86400,
	held_seconds=30 * 3600,
	resolved=30,
	restoration_seconds=20 * 43200,
	failures=20,
	fixed_at_once=7,
	visit_calls=10,
	closed=24,
	cost=1234.5,
	turnaround_seconds=4 * 172800,
	ready=4,
	hands_on_hours=15,
	repairs=12,
	met=45,
	missed=5,
	content=9,
	rated=12,
	promoters=6,
	detractors=3,
	recommended=12,
)


def test_each_formula():
	found = figures(JUNE)
	assert found.response_time == 600
	assert found.time_to_arrive == 7200
	assert found.resolution_time == 86400
	assert found.resolution_time_net == 82800
	assert found.remote_resolution_rate == 75.0
	assert found.first_time_fix_rate == 70.0
	assert found.repeat_rate == 12.5
	assert found.turnaround_time == 172800
	assert found.mean_repair_time == 4500
	assert found.mean_time_to_restore == 43200
	assert found.sla_compliance == 90.0
	assert found.csat == 75.0
	assert found.nps == 25.0
	assert found.cost_per_call == 51.44


def test_what_has_nothing_to_divide_by_is_not_known():
	empty = figures(Counts())
	assert (empty.calls, empty.closed) == (0, 0)
	assert {value for name, value in vars(empty).items() if name not in ("calls", "closed")} == {None}


def test_nothing_done_is_zero_not_unknown():
	assert figures(Counts(calls=5)).remote_resolution_rate == 0
	assert figures(Counts(visit_calls=5)).first_time_fix_rate == 0


def test_utilisation_and_warranty_cost_rate():
	assert utilisation(30, 40) == 75.0
	assert utilisation(30, 0) is None
	assert warranty_cost_rate(125, 10_000) == 1.25
	assert warranty_cost_rate(125, 0) is None
	# more credited than sold: a rate of it would say nothing
	assert warranty_cost_rate(125, -10) is None


counts = st.builds(Counts, **{name: st.integers(0, 10_000) for name in FIELDS})


@given(st.lists(counts, max_size=6))
def test_a_total_is_the_figure_of_the_sums_in_any_order(groups):
	assert total(groups) == total(reversed(groups))
	for name in FIELDS:
		assert getattr(total(groups), name) == sum(getattr(group, name) for group in groups)


@given(counts, st.integers(2, 5))
def test_figures_do_not_depend_on_how_much_of_the_same_there_is(group, times):
	once, often = figures(group), figures(total([group] * times))
	for name, value in vars(once).items():
		if name not in ("calls", "closed"):
			assert getattr(often, name) == value
