"""What a field, an argument or a filter takes, and what it does not."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftersales.core.input import value_rules as rules
from aftersales.core.input.value_rules import InvalidValue, TooLong

anything = st.recursive(
	st.none()
	| st.booleans()
	| st.integers()
	| st.floats()
	| st.text(max_size=40)
	| st.text("0123456789-: T.e+", max_size=20)
	| st.dates()
	| st.datetimes()
	| st.decimals(),
	lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
	max_leaves=4,
)
PARSERS = (
	rules.parse_date,
	rules.parse_datetime,
	rules.parse_time,
	rules.parse_number,
	rules.parse_whole_number,
	rules.parse_text,
	rules.parse_email,
)


@pytest.mark.parametrize("parse", PARSERS)
@given(value=anything)
def test_whatever_is_sent_is_taken_or_refused(parse, value):
	try:
		parsed = parse(value)
	except InvalidValue:
		return
	assert parse(parsed) == parsed


@pytest.mark.parametrize(
	"text, moment",
	[
		("2026-01-31", datetime(2026, 1, 31)),
		("2026-1-5 7:05", datetime(2026, 1, 5, 7, 5)),
		("2026-01-31T13:45:00", datetime(2026, 1, 31, 13, 45)),
		(" 2026-01-31 13:45:00.25 ", datetime(2026, 1, 31, 13, 45, 0, 250000)),
		(date(2026, 1, 31), datetime(2026, 1, 31)),
		("1000-01-01", datetime(1000, 1, 1)),
		("2999-12-31 23:59:59.999999", datetime(2999, 12, 31, 23, 59, 59, 999999)),
	],
)
def test_moments(text, moment):
	assert rules.parse_datetime(text) == moment
	assert rules.parse_date(text) == moment.date()


@pytest.mark.parametrize(
	"value",
	[
		"not-a-date",
		"2026-13-45",
		"2026-02-30",
		"0000-00-00",
		"0001-01-01",
		"9999-12-31",
		"2026-01-31T13:45:00Z",
		"2026-01-31 13:45:00+01:00",
		"31.01.2026",
		"13",
		"٢٠٢٦-٠١-٠١",
		17,
		True,
		float("nan"),
		["2026-01-31"],
		{},
	],
)
def test_no_moments(value):
	for parse in (rules.parse_date, rules.parse_datetime):
		with pytest.raises(InvalidValue):
			parse(value)


@pytest.mark.parametrize(
	"value, time", [("7:05", (7, 5)), ("24:00:00", (24, 0)), (timedelta(hours=2), (2, 0))]
)
def test_times_of_day(value, time):
	assert rules.parse_time(value) == timedelta(hours=time[0], minutes=time[1])


@pytest.mark.parametrize("value", ["25:00", "24:00:01", "7", "noon", 7, timedelta(hours=-1)])
def test_no_times_of_day(value):
	with pytest.raises(InvalidValue):
		rules.parse_time(value)


@pytest.mark.parametrize(
	"value, number",
	[
		("1,234.50", 1234.5),
		(" -3 ", -3),
		("1e3", 1000),
		(".5", 0.5),
		(Decimal("2.25"), 2.25),
		(True, 1),
		(rules.LARGEST_NUMBER, 999999999999),
	],
)
def test_numbers(value, number):
	assert rules.parse_number(value) == number


@pytest.mark.parametrize(
	"value",
	[
		"abc",
		"",
		"NaN",
		"Infinity",
		"1e30",
		"1e400",
		"1e9999999",
		"0x10",
		"1_000",
		"--1",
		float("nan"),
		float("inf"),
		1e30,
		10**400,
		Decimal("NaN"),
		None,
		[1],
	],
)
def test_no_numbers(value):
	with pytest.raises(InvalidValue):
		rules.parse_number(value)


def test_whole_numbers_lose_their_fraction_and_have_an_end():
	assert rules.parse_whole_number("7.9") == 7
	assert rules.parse_whole_number(2**31 - 1) == 2147483647
	with pytest.raises(InvalidValue):
		rules.parse_whole_number(2**31)


def test_texts():
	assert rules.parse_text(15551234) == "15551234"
	assert rules.parse_text("ä" * 140, characters=140) == "ä" * 140
	with pytest.raises(TooLong):
		rules.parse_text("x" * 141, characters=140)
	with pytest.raises(TooLong):
		rules.parse_text("ä" * 32_768)  # 65,536 bytes
	for value in (["x"], {"a": 1}, "\ud83d", None):
		with pytest.raises(InvalidValue):
			rules.parse_text(value)


@pytest.mark.parametrize(
	"typed, address",
	[
		("nora@example.com", "nora@example.com"),
		("Nora Byrne <nora@example.com>", "nora@example.com"),
		('"<img src=x onerror=alert(1)>" <a@b.example>', "a@b.example"),
		("a@b.xn--p1ai", "a@b.xn--p1ai"),
	],
)
def test_one_address(typed, address):
	assert rules.parse_email(typed) == address


@pytest.mark.parametrize(
	"typed",
	[
		"nobody",
		"a@localhost",
		"a@x.ie,b@x.ie",
		"a@x.ie;b@x.ie",
		"a@x.ie\nb@x.ie",
		"<img src=x>@x.ie",
		"a b@x.ie",
	],
)
def test_no_single_address(typed):
	with pytest.raises(InvalidValue):
		rules.parse_email(typed)


@pytest.mark.parametrize("parse", [rules.parse_web_address, rules.parse_file])
@pytest.mark.parametrize(
	"typed",
	[
		"javascript:alert(1)",
		"javascript://x.ie/%0aalert(1)",
		" JavaScript:alert(1)",
		"data:text/html,<script>alert(1)</script>",
		"file:///etc/passwd",
		"vbscript:x",
		'https://x.ie/" onclick=alert(1)',
		"https://x.ie/ y",
		"manual.pdf",
	],
)
def test_no_address_of_a_page(parse, typed):
	with pytest.raises(InvalidValue):
		parse(typed)


def test_addresses_of_pages_and_files():
	for typed in ("https://baxi.example/manual.pdf?v=2#p3", "HTTP://x.ie/ä"):
		assert rules.parse_web_address(f" {typed} ") == typed == rules.parse_file(typed)
	assert rules.parse_file("/private/files/manual 2.pdf") == "/private/files/manual 2.pdf"
	with pytest.raises(InvalidValue):
		rules.parse_web_address("/files/manual.pdf")


def test_messages_show_the_beginning_of_a_long_value():
	assert rules.shorten("x" * 200_000) == "x" * 60 + "…"
	assert rules.shorten(["a"]) == "['a']"
