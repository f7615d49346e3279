"""Amounts in whole smallest amounts of a currency, rounded as the site rounds: one function for all rooms. Pure."""

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal


class Unit(Decimal):
	"""The smallest amount of a currency (0.01, 1, 0.001), and how a half of it is rounded."""

	rounding: str

	def __new__(cls, size: Decimal | str | int, rounding: str = ROUND_HALF_UP) -> "Unit":
		self = super().__new__(cls, size)
		self.rounding = rounding
		return self


CENT = Unit("0.01")


def rounding_of(method: str | None) -> str:
	"""What decimal calls the Rounding Method of System Settings; an empty one is Frappe's former banker's rounding."""
	return ROUND_HALF_UP if method == "Commercial Rounding" else ROUND_HALF_EVEN


def round_to(amount: Decimal, unit: Unit) -> Decimal:
	"""`amount` in whole `unit`s.

	>>> round_to(Decimal("0.125"), CENT), round_to(Decimal("0.125"), Unit("0.01", ROUND_HALF_EVEN))
	(Decimal('0.13'), Decimal('0.12'))
	"""
	return (amount / unit).quantize(Decimal(1), rounding=unit.rounding) * unit
