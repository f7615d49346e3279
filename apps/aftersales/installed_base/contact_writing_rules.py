"""Addresses and telephone numbers as their country writes them.

Pure: plain values in, plain values out. The order of the lines is that of the countries' postal services, as Google's
libaddressinput publishes it for what ERPNext's Address has; telephone numbers are written by its libphonenumber.
"""

import re
from collections.abc import Mapping

import phonenumbers

GENERAL = "%A|%C|%S|%Z"
"""How Frappe writes an address of any country: street, place, province, postal code, a line for each."""

_CODE_BEFORE_PLACE = dict.fromkeys(
	"AT BE CH CZ DE DK EE FI FR GR HR IS LI LT LU MC NL NO PL PT PY RS SE SI SK SM TN UA VA".split(),
	"%A|%Z %C",
)
FORMATS = {
	**_CODE_BEFORE_PLACE,
	**dict.fromkeys("AR CL ES MY".split(), "%A|%Z %C|%S"),
	**dict.fromkeys("AU CA".split(), "%A|%C %S %Z"),
	**dict.fromkeys("BO HN NI PA SV".split(), "%A|%C, %S|%Z"),
	"BR": "%A|%D|%C - %S|%Z",
	"CO": "%A|%D|%C, %S, %Z",
	"CR": "%A|%S, %C|%Z",
	"DO": "%A|%Z %C|%S",
	"EC": "%A|%Z|%C",
	"GT": "%A|%Z %C",
	"IL": "%A|%C %Z",
	"IN": "%A|%C %Z|%S",
	"IT": "%A|%Z %C %S",
	"MX": "%A|%D|%Z %C, %S",
	"NZ": "%A|%D|%C %Z",
	"PE": "%A|%D|%C %Z|%S",
	"RO": "%A|%Z %S %C",
	"SG": "%A|%C %Z",
	"TR": "%A|%Z %C/%S",
	"US": "%A|%C, %S %Z",
	"UY": "%A|%Z %C %S",
	"VE": "%A|%C %Z, %S",
	"ZA": "%A|%D|%C|%Z",
}
OWN_SCRIPT = {
	"CN": "%Z|%S%C%D%A",
	"HK": "%S%C%D%A",
	"JP": "〒%Z|%S%C%D%A",
	"KR": "%S %C %D %A|%Z",
	"MO": "%S%C%D%A",
	"TW": "%Z|%S%C%D%A",
}
"""From the largest to the smallest, the country first: an address in the country's own characters."""

_EAST_ASIAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_PART = re.compile(r"%([ADCSZ])")
_LEFT_OVER = re.compile(r"^[\s,/〒-]+|[\s,/-]+$")
_NUMBER = re.compile(r"\+?[\d\s().–/-]+")


def address_lines(
	code: str | None,
	country: str | None,
	*,
	streets: list[str | None],
	place: str | None,
	district: str | None = None,
	province: str | None = None,
	postal_code: str | None = None,
) -> list[str]:
	"""The lines of an address.

	Args:
		code: two letters of its country; an unknown one is written as Frappe does.
		country: its name, written last, or first in the characters of East Asia.

	A province of the same name as the place (Madrid, 上海市) is written once.
	"""
	values = {
		"A": [street for street in streets if street],
		"C": [place] if place else [],
		"D": [district] if district else [],
		"S": [province] if province and province != place else [],
		"Z": [postal_code] if postal_code else [],
	}
	code = (code or "").upper()
	own_script = code in OWN_SCRIPT and _EAST_ASIAN.search("".join(values["A"]) + (place or ""))
	pattern = OWN_SCRIPT[code] if own_script else FORMATS.get(code, GENERAL)
	lines = [line for part in pattern.split("|") for line in _written(part, values, own_script)]
	named = [country] if country else []
	return [*named, *lines] if own_script else [*lines, *named]


def _written(part: str, values: Mapping[str, list[str]], joined: bool) -> list[str]:
	if part == "%A" and not joined:
		return values["A"]
	if not any(values[name] for name in _PART.findall(part)):
		return []
	text = _PART.sub(lambda found: "".join(values[found[1]]), part)
	text = re.sub(r"(, )+", ", ", re.sub(r" {2,}", " ", text)).replace(" ,", ",")
	return [_LEFT_OVER.sub("", text) if "〒" not in text or not values["Z"] else text.strip()]


def written_number(number: str | None, code: str | None) -> str | None:
	"""A telephone number as somebody in a country reads it: numbers of the country without its prefix, others with theirs.

	Args:
		code: two letters of the reader's country.

	What is no number that can be called, or more than one, is written as it was entered.
	"""
	if not number or not _NUMBER.fullmatch(number.strip()):
		return number
	region = (code or "").upper() or None
	try:
		parsed = phonenumbers.parse(number, region)
	except phonenumbers.NumberParseException:
		return number
	if not phonenumbers.is_valid_number(parsed):
		return number
	at_home = region and parsed.country_code == phonenumbers.country_code_for_region(region)
	kind = phonenumbers.PhoneNumberFormat
	return phonenumbers.format_number(parsed, kind.NATIONAL if at_home else kind.INTERNATIONAL)
