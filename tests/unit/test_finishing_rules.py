"""What the dialog Finish Visit proposes."""

from datetime import datetime, timedelta

import pytest

from aftersales.field_service.finishing_rules import arrival, hours_on_site

NOW = datetime(2026, 3, 29, 12, 0)


@pytest.mark.parametrize(("planned", "expected"), [(-60, -60), (0, 0), (30, 0), (None, 0)])
def test_arrival_is_as_planned_unless_that_is_to_come(planned, expected):
	start = None if planned is None else NOW + timedelta(minutes=planned)
	assert arrival(start, NOW) == NOW + timedelta(minutes=expected)


@pytest.mark.parametrize(
	("minutes", "hours"), [(0, 0.25), (1, 0.25), (15, 0.25), (16, 0.5), (60, 1), (61, 1.25), (3000, 10)]
)
def test_hours_are_quarters_begun(minutes, hours):
	assert hours_on_site(NOW - timedelta(minutes=minutes), NOW) == hours
