"""Which part lines of a job replace a part that is still under warranty, and who pays for them.

Pure: plain values in, plain values out. `part_warranty.py` loads what was fitted.

Rules
- A part fitted by us is warranted through the day printed on its line, or as long as the repair it
  belonged to is; the later day counts.
- The number of the part that was removed decides where both sides know it: another number is another
  part, which we may never have fitted. Where one side does not know it, the item decides; a listed
  substitute is the same part.
- Each part fitted is honoured once, piece by piece. A line that wants more pieces than are under
  warranty is not split here: it is not covered.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class FittedPart:
	"""A part line of a finished job. `until` is the last warranted day, `left` the pieces not replaced yet."""

	line: str
	job: str
	item_code: str
	until: date
	left: float = 1
	serials: frozenset[str] = frozenset()
	substitute_for: str | None = None
	item_name: str | None = None
	serial_text: str | None = None
	symptom: str | None = None
	fault: str | None = None


@dataclass(frozen=True)
class WantedPart:
	"""A part line of a job that is under way. `removed`: keys of the serial numbers taken out."""

	line: str
	item_code: str
	qty: float = 1
	removed: frozenset[str] = frozenset()
	substitute_for: str | None = None


def honoured(wanted: Sequence[WantedPart], fitted: Iterable[FittedPart], on: date) -> dict[str, FittedPart]:
	"""Line wanted → the fitted part whose warranty pays for it on the day `on`.

	Lines that name the number of the removed part choose first, then the others in their order; each takes
	the part that is warranted longest.
	"""
	left = {part.line: part.left for part in fitted_on(fitted, on)}
	parts = sorted(fitted_on(fitted, on), key=lambda part: (part.until, part.line), reverse=True)
	found: dict[str, FittedPart] = {}
	for line in sorted(wanted, key=lambda line: not line.removed):
		match = next(
			(part for part in parts if _is_same(line, part) and line.qty <= left[part.line]),
			None,
		)
		if match:
			found[line.line] = match
			left[match.line] -= line.qty
	return found


def fitted_on(fitted: Iterable[FittedPart], on: date) -> list[FittedPart]:
	"""The parts under warranty on a day of which at least a piece is still there."""
	return [part for part in fitted if part.until >= on and part.left > 0]


def _is_same(line: WantedPart, part: FittedPart) -> bool:
	if line.removed and part.serials:
		return bool(line.removed & part.serials)
	return bool(_names(line) & _names(part))


def _names(part: FittedPart | WantedPart) -> set[str]:
	return {part.item_code} | ({part.substitute_for} if part.substitute_for else set())
