"""What of a part line can come back into stock, without a site."""

import pytest

from aftersales.spare_parts.part_return_rules import IssuedLine, problem


@pytest.mark.parametrize(
	("line", "qty", "serials", "found"),
	[
		(IssuedLine(2), 1, (), None),
		(IssuedLine(2), 2, (), None),
		(IssuedLine(2), 0, (), "nothing"),
		(IssuedLine(2), -1, (), "nothing"),
		(IssuedLine(2), 3, (), "too_much"),
		(IssuedLine(2, returned=1), 2, (), "too_much"),
		(IssuedLine(2, returned=1), 1, (), None),
		(IssuedLine(0.5), 0.5, (), None),
		(IssuedLine(1), 1, ("S9",), "serials_unknown"),
		(IssuedLine(2, serials=("S1", "S2")), 1, ("S1",), None),
		(IssuedLine(2, serials=("S1", "S2")), 2, ("S1",), "serials_count"),
		(IssuedLine(2, serials=("S1", "S2")), 2, ("S1", "S1"), "serials_count"),
		(IssuedLine(2, serials=("S1", "S2")), 1, ("S9",), "serials_unknown"),
		(IssuedLine(2, serials=("S1", "S2")), 1, (), "serials_missing"),
	],
)
def test_what_can_come_back(line, qty, serials, found):
	assert problem(line, qty, serials) == found
