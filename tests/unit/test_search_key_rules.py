"""Whatever is typed of a phone number, serial or name finds what is on file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftersales.installed_base.search_key_rules import Asked, asked, phone_keys, serial_keys, words


@pytest.mark.parametrize(
	("text", "keys"),
	[
		("Nora Byrne", ["nora", "byrne"]),
		("Müller & Söhne GmbH", ["muller", "sohne", "gmbh"]),
		("O'Brien's Pub, Unit 4", ["obriens", "pub", "unit", "4"]),
		("Łódź", ["łodz"]),
		("", []),
		(None, []),
	],
)
def test_words(text, keys):
	assert words(text) == keys


@pytest.mark.parametrize(
	("number", "keys"),
	[
		("+353 86 123 4567", ["353861234567", "53861234567", "3861234567", "861234567", "61234567"]),
		("+353 (0)1 555 0100", ["35315550100", "5315550100", "315550100", "15550100"]),
		("086 123 4567", ["861234567", "61234567"]),
		("00 49 30 1234", ["49301234", "9301234", "301234", "1234"]),
		("112", ["112"]),
		("-", []),
		(None, []),
	],
)
def test_phone_keys(number, keys):
	assert phone_keys(number) == keys


@pytest.mark.parametrize(
	("text", "keys"),
	[
		("VK24-771204", ["vk24771204", "771204"]),
		("CW-2020-1187", ["cw20201187", "20201187", "1187"]),
		("SN 12 AB", ["sn12ab", "12ab"]),
		("", []),
	],
)
def test_serial_keys(text, keys):
	assert serial_keys(text) == keys


@pytest.mark.parametrize(
	("text", "expected"),
	[
		("by", Asked(("by",))),
		("b", None),
		("08", None),
		("086", Asked(("086",))),
		("086 1", Asked(("861", "0861"))),
		("+353861234567", Asked(("353861234567", "61234567"))),
		("vk24-77", Asked(("vk2477",))),
		("nora byr", Asked(("nora",), ("byr",))),
		("Boiler Works 12", Asked(("boiler",), ("works", "12"))),
		("byrne vk24", Asked(("vk24",), ("byrne",))),
		("   ", None),
	],
)
def test_asked(text, expected):
	assert asked(text) == expected


digits = st.text("0123456789", min_size=7, max_size=12).filter(lambda number: number.strip("0") == number)


def finds(typed: str, keys: list[str]) -> bool:
	wanted = asked(typed)
	return bool(wanted) and any(key.startswith(lead) for lead in wanted.leading for key in keys)


@given(digits, st.integers(min_value=10, max_value=999))
def test_a_number_is_found_with_and_without_its_country(national, country):
	keys = phone_keys(f"+{country} {national}")
	assert finds(f"+{country}{national}", keys)
	assert finds(f"0{national}", keys)
	assert finds(national, keys)


@given(digits.filter(lambda number: len(number) >= 8), st.integers(min_value=10, max_value=999))
def test_a_number_on_file_without_country_is_found_with_it(national, country):
	assert finds(f"+{country} {national}", phone_keys(f"0{national}"))


@given(st.text(min_size=1), st.integers(min_value=2))
def test_a_word_is_found_by_its_beginning(name, length):
	for word in words(name):
		if len(word) > 1 and not word.isdigit():
			assert finds(word[: max(length, 2)], [word])


@given(st.text())
def test_a_key_is_its_own_key(text):
	for key in words(text):
		assert 0 < len(key) <= 40
		assert words(key) == [key]
