"""How much of which part a van should get."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftersales.spare_parts.van_rules import Proposal, VanPart, disordered, propose


@pytest.mark.parametrize(
	("part", "proposal"),
	[
		# listed: filled up to the maximum once below the minimum
		(VanPart(1, 0, 0, minimum=2, maximum=6), Proposal(5, "below minimum")),
		(VanPart(2, 0, 9, minimum=2, maximum=6), None),
		(VanPart(1, 1, 9, minimum=2, maximum=6), None),
		(VanPart(0, 1, 0, minimum=2, maximum=6), Proposal(5, "below minimum")),
		(VanPart(-1, 0, 0, minimum=0, maximum=3), Proposal(4, "below minimum")),
		(VanPart(0, 0, 0, minimum=0, maximum=3), None),
		(VanPart(0.5, 0, 0, minimum=1, maximum=2.2, whole=False), Proposal(1.7, "below minimum")),
		(VanPart(0.5, 0, 0, minimum=1, maximum=2.2), Proposal(2, "below minimum")),
		# not listed: what the period used
		(VanPart(1, 0, 3), Proposal(2, "used")),
		(VanPart(1, 2, 3), None),
		(VanPart(0, 0, 0), None),
	],
)
def test_proposals(part, proposal):
	assert propose(part) == proposal


quantities = st.integers(0, 50)


@given(quantities, quantities, quantities, quantities, st.integers(1, 50))
def test_what_is_proposed_is_proposed_once_and_fills_to_the_maximum(there, coming, used, minimum, maximum):
	minimum = min(minimum, maximum)
	proposal = propose(VanPart(there, coming, used, minimum, maximum))
	if not proposal:
		assert there + coming >= minimum
		return
	assert there + coming + proposal.qty == maximum
	assert propose(VanPart(there, coming + proposal.qty, used, minimum, maximum)) is None


@given(quantities, quantities, quantities)
def test_what_was_used_is_replaced_once(there, coming, used):
	proposal = propose(VanPart(there, coming, used))
	if proposal:
		assert there + coming + proposal.qty == used
		assert propose(VanPart(there, coming + proposal.qty, used)) is None


@pytest.mark.parametrize(
	("minimum", "maximum", "wrong"), [(0, 1, False), (2, 2, False), (3, 2, True), (0, 0, True)]
)
def test_pairs(minimum, maximum, wrong):
	assert disordered(minimum, maximum) is wrong
