"""Plain texts with placeholders: filled, never run, one for each language."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftersales.core.language_rules import best
from aftersales.customer_portal.messaging import placeholder_rules as rules

KNOWN = ("contact", "call", "link")


@pytest.mark.parametrize(
	"text, wrong",
	[
		("Dear {contact}, call { call }", []),
		("Dear {name}", ["{name}"]),
		("{{ doc.name }}", ["{ doc.name }", "}"]),
		("{% if x %}", ["{% if x %}"]),
		("{contact", ["{contact"]),
		("a } b", ["}"]),
		("", []),
	],
)
def test_what_is_no_placeholder(text, wrong):
	assert set(wrong) <= set(rules.unknown(text, KNOWN))
	assert bool(rules.unknown(text, KNOWN)) == bool(wrong)


def test_a_value_that_is_missing_leaves_no_hole():
	assert rules.fill("Dear {contact},\n\n{link}\n\nBye", {"contact": "Nora"}) == "Dear Nora,\n\nBye"


def test_all_of_a_text_is_text():
	html = rules.as_html("<b>Hi</b>\nsee https://x.example/a?b=1&c=2 now\n\nBye")
	assert html == (
		'<p>&lt;b&gt;Hi&lt;/b&gt;<br>see <a href="https://x.example/a?b=1&amp;c=2">'
		"https://x.example/a?b=1&amp;c=2</a> now</p><p>Bye</p>"
	)


@given(st.text(max_size=60))
def test_what_a_customer_has_written_is_not_filled_in_again(value):
	assert rules.fill("{contact}", {"contact": value, "call": "X"}).count("X") <= value.count("X") or (
		"{call}" not in value
	)


@pytest.mark.parametrize(
	"languages, wanted, place",
	[
		(["de", None, "fr"], "de", 0),
		(["de", None, "fr"], "de-AT", 0),
		(["de", None], "es", 1),
		(["de"], None, 0),
		([], "de", None),
	],
)
def test_the_text_of_a_language(languages, wanted, place):
	assert best(languages, wanted) == place


def test_every_moment_has_examples_for_its_placeholders():
	for moment in rules.KEYS:
		assert set(rules.names_for(moment)) <= set(rules.EXAMPLES)
