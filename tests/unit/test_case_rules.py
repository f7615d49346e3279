"""Texts about a product are shown to its makers without its owner."""

import pytest

from aftersales.service_quality.case_rules import without_names


@pytest.mark.parametrize(
	("text", "shown"),
	[
		("Nora Byrne says it leaks", "… says it leaks"),
		("nora byrne says it leaks", "… says it leaks"),
		("Mrs Byrne's seal", "Mrs …'s seal"),
		("Call +353 86 555 12 34 first", "Call … first"),
		("Call 086-555 1234 first, or +49 (30) 1234-567", "Call … first, or …"),
		("Write to nora.b+1@byrne.example.", "Write to …."),
		("Byrnes valve, the foods line", "Byrnes valve, the foods line"),
		("", ""),
		(None, ""),
	],
)
def test_names_numbers_and_addresses_are_taken_out(text, shown):
	assert without_names(text, ["Nora Byrne", "Quinn Foods", None], ["+353865551234", None]) == shown


def test_short_names_and_numbers_stay():
	assert without_names("Al measured 12 345 Pa", ["Al"], ["12345"]) == "Al measured 12 345 Pa"
