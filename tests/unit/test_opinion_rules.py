"""CSAT and NPS by their formulas."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftersales.customer_care.opinion_rules import csat, nps, share


@pytest.mark.parametrize(
	("content", "answers", "figure"), [(0, 0, None), (3, 4, 75.0), (2, 3, 66.7), (0, 5, 0.0)]
)
def test_csat(content, answers, figure):
	assert csat(content, answers) == figure
	assert share(content, answers) == figure


@pytest.mark.parametrize(
	("promoters", "detractors", "answers", "figure"),
	[(0, 0, 0, None), (5, 2, 10, 30.0), (0, 4, 4, -100.0), (1, 1, 3, 0.0)],
)
def test_nps(promoters, detractors, answers, figure):
	assert nps(promoters, detractors, answers) == figure


@given(st.integers(0, 1000), st.integers(0, 1000), st.integers(0, 1000))
def test_nps_stays_in_its_range(promoters, passives, detractors):
	figure = nps(promoters, detractors, promoters + passives + detractors)
	assert figure is None or -100 <= figure <= 100
