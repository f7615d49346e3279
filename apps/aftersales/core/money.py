"""Amounts to as many digits as ERPNext keeps them: none in yen, two in euro, three in dinar.

Pure modules take the smallest amount as an argument (`unit`) and round by `rounding_rules.round_to`; everybody
else rounds by these. Both obey the Rounding Method of System Settings.
"""

from decimal import Decimal

import frappe
from frappe.model.meta import get_field_precision
from frappe.utils import flt

from aftersales.core.rounding_rules import Unit, rounding_of

_AMOUNT = frappe._dict(fieldtype="Currency", precision=None)


def digits(currency: str | None = None) -> int:
	"""Digits after the point of an amount on this site (System Settings), or in `currency` where Frappe tells."""
	return get_field_precision(_AMOUNT, currency=currency)


def rounded(amount: float | Decimal | str | None, currency: str | None = None) -> float:
	"""`amount` as it is stored and booked."""
	return flt(amount, digits(currency))


def exact(amount: float | Decimal | str | None, currency: str | None = None) -> Decimal:
	"""The same to reckon with."""
	return Decimal(str(rounded(amount, currency)))


def unit(currency: str | None = None) -> Unit:
	"""The smallest amount: 0.01 where amounts have two digits; with it goes how the site rounds."""
	return unit_of(digits(currency))


def unit_of(places: int) -> Unit:
	"""The smallest amount with so many places after the point, and how the site rounds."""
	return Unit(Decimal(1).scaleb(-places), rounding_of(frappe.get_system_settings("rounding_method")))


def nothing(currency: str | None = None) -> float:
	"""Two amounts that differ by less than this are the same: half of the smallest amount."""
	return float(unit(currency)) / 2
