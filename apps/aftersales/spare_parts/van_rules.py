"""How much of which part a van should get: decisions without frappe (R-SP)."""

from dataclasses import dataclass
from math import ceil

BELOW_MINIMUM = "below minimum"
USED = "used"


@dataclass(frozen=True)
class VanPart:
	"""A part in a van, in stock units.

	`minimum` and `maximum` are None for a part that is not on the van's list. `coming` is what is on its way
	or asked for already, `used` what jobs took from the van in the period looked at.
	"""

	there: float
	coming: float
	used: float
	minimum: float | None = None
	maximum: float | None = None
	whole: bool = True


@dataclass(frozen=True)
class Proposal:
	qty: float
	reason: str


def propose(part: VanPart) -> Proposal | None:
	"""What to bring into the van; None when it has enough.

	A listed part is filled up to its maximum once what is there and coming falls below its minimum. A part
	that is not listed but was used is filled up to what the period used.

	>>> propose(VanPart(there=1, coming=0, used=9, minimum=2, maximum=6))
	Proposal(qty=5, reason='below minimum')
	>>> propose(VanPart(there=1, coming=0, used=3))
	Proposal(qty=2, reason='used')
	"""
	available = part.there + part.coming
	if part.maximum is not None:
		if available >= (part.minimum or 0):
			return None
		return _proposal(part.maximum - available, BELOW_MINIMUM, part.whole)
	return _proposal(part.used - available, USED, part.whole)


def _proposal(qty: float, reason: str, whole: bool) -> Proposal | None:
	qty = ceil(round(qty, 6)) if whole else round(qty, 3)
	return Proposal(qty, reason) if qty > 0 else None


def disordered(minimum: float, maximum: float) -> bool:
	"""True for a pair that could never fill anything: the maximum is what the van is filled up to."""
	return maximum <= 0 or minimum > maximum
