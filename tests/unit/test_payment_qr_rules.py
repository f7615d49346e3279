"""Which payment code a transfer has, and what it says; read back by a decoder."""

import io

import pytest

from aftersales.service_cash.payments import payment_qr_rules as rules
from aftersales.service_cash.payments.payment_qr_rules import Transfer

IRISH, SWISS = "IE29 AIBK 9311 5212 3456 78", "CH93 0076 2011 6238 5295 7"


def transfer(**values):
	return Transfer(
		**{
			"holder": "Liffey Service Ltd",
			"amount": 115.77,
			"currency": "EUR",
			"reference": "SINV-26-00001",
			"iban": IRISH,
			**values,
		}
	)


@pytest.mark.parametrize(
	("country", "values", "expected"),
	[
		("IE", {}, rules.EPC),
		("IE", {"currency": "GBP"}, None),
		("IE", {"iban": "IE29 AIBK 9311 5212 3456 79"}, None),
		("IE", {"amount": 0}, None),
		("CH", {"iban": SWISS, "currency": "CHF"}, rules.SWISS),
		("CH", {"iban": SWISS}, rules.SWISS),
		("CH", {"currency": "CHF"}, None),
		("IN", {"currency": "INR", "upi_id": "liffey@bank", "iban": ""}, rules.UPI),
		("IN", {"currency": "INR", "upi_id": "", "iban": ""}, None),
		("MX", {"currency": "MXN", "iban": ""}, None),
	],
)
def test_the_standard_follows_account_currency_and_country(country, values, expected):
	assert rules.standard(country, transfer(**values)) == expected


def test_upi_address_says_whom_how_much_and_for_what():
	address = rules.upi_address(
		transfer(currency="INR", upi_id="liffey@bank", reference="SINV/26-27/1 & more")
	)
	assert address == (
		"upi://pay?pa=liffey@bank&pn=Liffey%20Service%20Ltd&am=115.77&cu=INR&tn=SINV%2F26-27%2F1%20%26%20more&tr=SINV26271more"
	)


@pytest.mark.parametrize(
	("reference", "expected"),
	[
		("21 00000 00003 13947 14300 0901", "210000000003139471430009017"),  # the example of the guidelines
		("SINV-26-00001", "000000000000000000026000011"),
	],
)
def test_the_reference_of_a_qr_iban(reference, expected):
	number = rules.qr_reference(reference)
	assert number[:-1] == expected[:-1]
	esr = pytest.importorskip("stdnum.ch.esr")
	assert esr.is_valid(number)


def test_a_qr_iban_is_told_by_the_number_of_its_bank():
	assert rules.is_qr_iban("CH44 3199 9123 0008 8901 2")
	assert not rules.is_qr_iban(SWISS)
	assert not rules.is_qr_iban(IRISH)


def decoded(code) -> str:
	zxingcpp = pytest.importorskip("zxingcpp")
	image = pytest.importorskip("PIL.Image")
	picture = io.BytesIO()
	code.save(picture, kind="png", scale=4)
	(found,) = zxingcpp.read_barcodes(image.open(picture))
	return found.text


def test_the_epc_code_is_read_back():
	helpers = pytest.importorskip("segno.helpers")
	text = decoded(
		helpers.make_epc_qr(
			name="Liffey Service Ltd",
			iban=rules.compact(IRISH),
			amount="115.77",
			text=rules.epc_text("SINV-26-00001"),
		)
	)
	assert text.split("\n")[:4] == ["BCD", "002", "2", "SCT"]
	assert [part for part in text.split("\n")[4:] if part] == [
		"Liffey Service Ltd",
		"IE29AIBK93115212345678",
		"EUR115.77",
		"SINV-26-00001",
	]


def test_the_upi_code_is_read_back():
	segno = pytest.importorskip("segno")
	address = rules.upi_address(transfer(currency="INR", upi_id="liffey@bank"))
	assert decoded(segno.make(address, error="m", micro=False)) == address
