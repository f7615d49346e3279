"""Pareto and recurring faults (R-FU-4), by example and by property."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from aftersales.service_quality.fault_rules import Fault, Ranked, pareto, recurring


def test_the_commonest_fault_comes_first():
	assert pareto({"SEAL": 5, "PCB": 13, "FAN": 2, "NONE": 0}) == [
		Ranked("PCB", 13, 65.0, 65.0),
		Ranked("SEAL", 5, 25.0, 90.0),
		Ranked("FAN", 2, 10.0, 100.0),
	]
	assert pareto({}) == []


def test_equal_faults_are_those_of_one_model():
	assert Fault("Baxi", "600 Combi", "SEAL").key == Fault(" baxi ", "600 COMBI", "seal").key
	assert Fault("Baxi", "600 Combi", "SEAL").key != Fault("Baxi", "800 Combi", "SEAL").key
	assert Fault("", "600", "SEAL").product == "600"


def test_so_many_equal_faults_are_a_pattern():
	cases = [
		(Fault("Baxi", "600", "SEAL"), 5),
		(Fault("Baxi", "600", "FAN"), 4),
		(Fault("Baxi", "", "SEAL"), 50),
		(Fault("Baxi", "800", ""), 50),
	]
	assert recurring(cases, 5) == cases[:1]
	assert recurring(cases, 4) == cases[:2]
	assert recurring(cases, 0) == []


@given(st.dictionaries(st.text(min_size=1), st.integers(0, 10**6)))
def test_shares_add_up_and_order_is_by_number(cases):
	ranked = pareto(cases)
	assert sum(one.cases for one in ranked) == sum(cases.values())
	assert [one.cases for one in ranked] == sorted((n for n in cases.values() if n), reverse=True)
	if ranked:
		assert ranked[-1].cumulative == 100
		assert all(a.cumulative <= b.cumulative for a, b in pairwise(ranked))
