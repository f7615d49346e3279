"""What of a part line can come back into stock, without frappe."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Problem = Literal["nothing", "too_much", "serials_missing", "serials_unknown", "serials_count"]
SMALLEST = 0.0005
"""Quantities that differ by less are the same."""


@dataclass(frozen=True)
class IssuedLine:
	"""A part line of a finished job: pieces issued and come back, serial numbers issued and not come back yet."""

	qty: float
	returned: float = 0
	serials: tuple[str, ...] = ()

	@property
	def left(self) -> float:
		return self.qty - self.returned


def problem(line: IssuedLine, qty: float, serials: Iterable[str]) -> Problem | None:
	"""Why `qty` pieces with these serial numbers cannot come back; None when they can."""
	chosen = list(serials)
	if qty <= 0:
		return "nothing"
	if qty > line.left + SMALLEST:
		return "too_much"
	if not line.serials:
		return "serials_unknown" if chosen else None
	if not chosen:
		return "serials_missing"
	if not set(chosen) <= set(line.serials):
		return "serials_unknown"
	return "serials_count" if len(set(chosen)) != qty or len(set(chosen)) != len(chosen) else None
