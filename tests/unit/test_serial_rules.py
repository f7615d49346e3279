"""Serial numbers as they are compared, without a site."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aftersales.installed_base.serial_rules import serial_key, serial_keys

SPELLINGS = (
	"SN: AB-12 34/5",
	"AB12345",
	"SN:AB-1234/5",
	"ab-12 34/5",
	"S/N AB12345",
	"Serial No: ab 12345",
	"Serial number: AB.12345",
	"Seriennr.: AB 12 345",
	"Nº de serie: AB-12345",
	"序列号：ＡＢ１２３４５",
)


@pytest.mark.parametrize("text", SPELLINGS)
def test_one_number_however_it_is_spelled(text):
	assert serial_key(text) == "AB12345"


@pytest.mark.parametrize(
	("text", "key"),
	[
		("SN-24-1", "SN241"),  # letters that belong to the number
		("SN241", "SN241"),
		("SNOW-7", "SNOW7"),
		("NS 100", "NS100"),
		("0042", "0042"),
		("42", "42"),
		("SN:", "SN"),
		("--", None),
		("", None),
		(None, None),
	],
)
def test_what_belongs_to_the_number_stays(text, key):
	assert serial_key(text) == key


def test_several_numbers_of_one_line():
	assert serial_keys("C4-70117\nc4 70118, C4-70119") == {"C470117", "C470118", "C470119"}
	assert serial_keys(None) == frozenset()


@settings(derandomize=True, max_examples=300)
@given(st.from_regex(r"[A-Z0-9]{3,12}", fullmatch=True), st.lists(st.sampled_from(" -./_"), max_size=4))
def test_case_and_signs_between_never_matter(number, signs):
	spelled = number.lower()
	for place, sign in enumerate(signs):
		spelled = spelled[: place * 2 + 1] + sign + spelled[place * 2 + 1 :]
	if not spelled.startswith(("s/n", "n/s", "s.n", "n.s")):
		assert serial_key(spelled) == serial_key(number)


@settings(derandomize=True, max_examples=300)
@given(st.text(max_size=30))
def test_a_key_is_its_own_key(text):
	key = serial_key(text)
	assert key is None or serial_key(key) == key or len(key) == 140
