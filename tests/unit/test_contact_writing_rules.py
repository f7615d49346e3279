"""Addresses and telephone numbers as their country writes them."""

import pytest

from aftersales.installed_base.contact_writing_rules import FORMATS, OWN_SCRIPT, address_lines, written_number


@pytest.mark.parametrize(
	("code", "values", "lines"),
	[
		(
			"es",
			{"streets": ["Calle Mayor 5", "3.º B"], "place": "Paterna", "province": "Valencia", "postal_code": "46980"},
			["Calle Mayor 5", "3.º B", "46980 Paterna", "Valencia", "Land"],
		),
		(
			"es",
			{"streets": ["Gran Vía 1"], "place": "Madrid", "province": "Madrid", "postal_code": "28013"},
			["Gran Vía 1", "28013 Madrid", "Land"],
		),
		(
			"mx",
			{"streets": ["Av. Juárez 20"], "place": "Puebla", "province": "Pue.", "postal_code": "72000"},
			["Av. Juárez 20", "72000 Puebla, Pue.", "Land"],
		),
		("mx", {"streets": ["Av. Juárez 20"], "place": "Puebla"}, ["Av. Juárez 20", "Puebla", "Land"]),
		(
			"cn",
			{"streets": ["世纪大道100号", None], "place": "上海市", "district": "浦东新区", "postal_code": "200120"},
			["Land", "200120", "上海市浦东新区世纪大道100号"],
		),
		(
			"cn",
			{"streets": ["100 Century Avenue"], "place": "Shanghai", "postal_code": "200120"},
			["100 Century Avenue", "Shanghai", "200120", "Land"],
		),
		(
			"tw",
			{"streets": ["忠孝東路一段1號", "5樓"], "place": "臺北市", "district": "中正區", "postal_code": "100"},
			["Land", "100", "臺北市中正區忠孝東路一段1號5樓"],
		),
		("jp", {"streets": ["丸の内1-1"], "place": "千代田区", "province": "東京都"}, ["Land", "東京都千代田区丸の内1-1"]),
		(
			"us",
			{"streets": ["1 Main St"], "place": "Austin", "province": "TX", "postal_code": "78701"},
			["1 Main St", "Austin, TX 78701", "Land"],
		),
		("us", {"streets": ["1 Main St"], "place": "Austin", "postal_code": "78701"}, ["1 Main St", "Austin, 78701", "Land"]),
		("de", {"streets": ["Hauptstr. 5"], "place": "Köln", "postal_code": "50667"}, ["Hauptstr. 5", "50667 Köln", "Land"]),
		("ie", {"streets": ["9 Quay St"], "place": "Galway"}, ["9 Quay St", "Galway", "Land"]),
		(None, {"streets": ["9 Quay St"], "place": None}, ["9 Quay St", "Land"]),
	],
)  # fmt: skip
def test_an_address(code, values, lines):
	assert address_lines(code, "Land", **values) == lines


def test_street_place_and_postal_code_are_in_every_country():
	without_codes = {"HK", "MO"}
	for code in (*FORMATS, *OWN_SCRIPT):
		for street in ("Street 1", "路1号"):
			own_script = code in OWN_SCRIPT and street != "Street 1"
			text = "".join(address_lines(code, "", streets=[street], place="Place", postal_code="12345"))
			assert street in text and "Place" in text, code
			assert "12345" in text or (own_script and code in without_codes), code


@pytest.mark.parametrize(
	("number", "code", "written"),
	[
		("+34 911234567", "es", "911 23 45 67"),
		("911-234-567", "es", "911 23 45 67"),
		("+34911234567", "de", "+34 911 23 45 67"),
		("0171/1234567", "de", "0171 1234567"),
		("+8613812345678", "cn", "138 1234 5678"),
		("0223456789", "tw", "02 2345 6789"),
		("+353861234567", "ie", "086 123 4567"),
		("+353861234567", None, "+353 86 123 4567"),
		("0861234567", None, "0861234567"),
		("+353 1 1", "ie", "+353 1 1"),
		("911 234 567 / 622 111 222", "es", "911 234 567 / 622 111 222"),
		("030 123456, ask his wife", "de", "030 123456, ask his wife"),
		("", "es", ""),
		(None, "es", None),
	],
)
def test_a_telephone_number(number, code, written):
	assert written_number(number, code) == written
