"""Which payment code a bank transfer has, by the country of the company, and what it says. Pure.

EPC069-12 (SEPA credit transfer, euro), the Swiss QR-bill (francs and euro) and UPI (rupees). The code of CoDi is signed by
the bank for each payment: it cannot be made from bank details, and the transfer is described in words.
"""

import re
from dataclasses import dataclass
from urllib.parse import quote, urlencode

EPC, SWISS, UPI = "EPC", "Swiss QR-bill", "UPI"

SEPA = frozenset(
	"AD AT BE BG CH CY CZ DE DK EE ES FI FR GB GI GR HR HU IE IS IT LI LT LU LV MC MT NL NO PL PT RO SE SI SK SM VA".split()
)
SWISS_COUNTRIES = ("CH", "LI")
MOST_EPC = 999_999_999.99
MODULO_10 = (0, 9, 4, 6, 8, 2, 7, 1, 3, 5)


@dataclass(frozen=True)
class Transfer:
	"""A payment by bank transfer. `iban` and `bic` as stored, `upi_id` a virtual payment address."""

	holder: str
	amount: float
	currency: str
	reference: str
	iban: str = ""
	bic: str = ""
	upi_id: str = ""


def compact(number: str | None) -> str:
	"""An IBAN or BIC without spaces, in capitals."""
	return re.sub(r"[\s-]", "", number or "").upper()


def is_iban(number: str | None) -> bool:
	"""Whether the check digits of an IBAN are right (ISO 13616)."""
	iban = compact(number)
	if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", iban):
		return False
	digits = "".join(str(int(sign, 36)) for sign in iban[4:] + iban[:4])
	return int(digits) % 97 == 1


def is_qr_iban(number: str | None) -> bool:
	"""Whether a Swiss account takes payments with a QR reference only: its bank is numbered 30000 to 31999."""
	iban = compact(number)
	return iban[:2] in SWISS_COUNTRIES and iban[4:9].isdigit() and 30000 <= int(iban[4:9]) <= 31999


def qr_reference(reference: str) -> str:
	"""The 27 digits by which a QR-IBAN tells payments apart: the digits of `reference` and a check digit (modulo 10, recursive).

	Swiss Implementation Guidelines QR-bill, annex B.
	"""
	digits = re.sub(r"\D", "", reference)[-26:].rjust(26, "0")
	carry = 0
	for digit in digits:
		carry = MODULO_10[(carry + int(digit)) % 10]
	return f"{digits}{(10 - carry) % 10}"


def standard(country: str, transfer: Transfer) -> str | None:
	"""The code that banks of the company's `country` (ISO 3166, two letters) read for this transfer; None without one."""
	if country.upper() == "IN" and transfer.currency == "INR" and "@" in transfer.upi_id:
		return UPI
	if not is_iban(transfer.iban) or not transfer.amount > 0:
		return None
	of_account = compact(transfer.iban)[:2]
	if of_account in SWISS_COUNTRIES and transfer.currency in ("CHF", "EUR"):
		return SWISS
	if of_account in SEPA and transfer.currency == "EUR" and transfer.amount <= MOST_EPC:
		return EPC
	return None


def upi_address(transfer: Transfer) -> str:
	"""The address that UPI apps open (NPCI, UPI linking specification)."""
	values = {
		"pa": transfer.upi_id.strip(),
		"pn": transfer.holder[:99],
		"am": f"{transfer.amount:.2f}",
		"cu": "INR",
		"tn": transfer.reference[:80],
		"tr": re.sub(r"[^A-Za-z0-9]", "", transfer.reference)[:35],
	}
	return "upi://pay?" + urlencode(values, quote_via=quote, safe="@")


def epc_text(reference: str) -> str:
	"""The remittance text of an EPC code: signs of SEPA's character set, at most 140."""
	return re.sub(r"[^A-Za-z0-9/\-?:().,'+ ]", " ", reference)[:140].strip()
