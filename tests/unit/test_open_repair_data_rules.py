"""Closed calls in the terms of the Open Repair Data Standard."""

import pytest

from aftersales.service_desk.report.open_repair_data import open_repair_data_rules as rules


def test_the_standard_numbers_forty_categories():
	assert sorted(rules.CATEGORIES.values()) == list(range(1, 41))


@pytest.mark.parametrize(
	("item_group", "category"),
	[
		("Kettle", "Kettle"),
		("PRINTER/SCANNER", "Printer / scanner"),
		("Water Heaters", "Misc"),
		(None, "Misc"),
	],
)
def test_an_item_group_is_its_category_or_misc(item_group, category):
	assert rules.category_of(item_group) == category


@pytest.mark.parametrize(
	("register_outcome", "cards", "visits", "status"),
	[
		("Repairable", ["Returned"], [], "Repairable"),
		(None, [], [], "Fixed"),
		(None, [], ["Revisit Needed", "Completed"], "Fixed"),
		(None, [], ["No Access"], "Unknown"),
		(None, ["Not Repairable"], ["Taken to Workshop"], "End of life"),
		(None, ["Declined"], [], "Repairable"),
		(None, ["Returned"], ["Taken to Workshop"], "Fixed"),
	],
)
def test_the_status_is_the_end_of_the_work(register_outcome, cards, visits, status):
	assert rules.status_of(register_outcome, cards, visits) == status


def test_the_problem_names_nobody():
	text = "Ring +353 (0)1 555-0101 or write to nora@example.com, error 104"
	assert rules.without_personal_data(text) == "Ring … or write to …, error 104"
