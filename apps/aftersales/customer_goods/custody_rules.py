"""Life of a Collection Receipt: decisions without frappe (R-WS-1)."""

from collections.abc import Iterable
from dataclasses import dataclass

ISSUED = "Issued"
RECOVERED = "Recovered"
VOIDED = "Voided"

NEXT_STATES = {ISSUED: (RECOVERED,), RECOVERED: (VOIDED,), VOIDED: ()}
"""After submitting: the product goes out (Recovered), then the paper is destroyed (Voided)."""


@dataclass(frozen=True)
class Accessory:
	"""Something handed over with the product."""

	name: str
	qty: int
	returned: bool


@dataclass(frozen=True)
class Return:
	"""What is known when a receipt is to be Recovered; empty texts count as missing."""

	signature: str | None
	signed_by: str | None
	notes: str | None
	lost_declaration: str | None
	accessories: tuple[Accessory, ...] = ()


def kept_back(accessories: Iterable[Accessory]) -> tuple[str, ...]:
	"""Names of the accessories that did not go back to the customer."""
	return tuple(accessory.name for accessory in accessories if accessory.qty and not accessory.returned)


def missing_for_recovery(handover: Return) -> tuple[str, ...]:
	"""The fields still to be filled before the receipt counts as Recovered.

	A lost-receipt declaration takes the place of signature and accessories: the customer has the
	product, only their paper is gone.
	"""
	if handover.lost_declaration:
		return ()
	missing = []
	if not handover.signature:
		missing.append("return_signature")
	if not handover.signed_by:
		missing.append("return_signed_by")
	if kept_back(handover.accessories) and not handover.notes:
		missing.append("return_notes")
	return tuple(missing)


AGE_BANDS = (("0-2", 2), ("3-7", 7), ("8-14", 14), ("15-30", 30), ("31-90", 90), ("91+", None))
"""Ageing of goods in our hands: label, and the last day that belongs to it (None: no end)."""


def age_band(days: int) -> str:
	"""The band of :data:`AGE_BANDS` in which `days` fall.

	>>> age_band(7), age_band(8), age_band(400)
	('3-7', '8-14', '91+')
	"""
	return next(label for label, last in AGE_BANDS if last is None or days <= last)
