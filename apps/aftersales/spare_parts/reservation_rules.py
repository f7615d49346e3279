"""Which parts can be set aside for a job, and which are short: decisions without frappe (R-WS-7)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from aftersales.core.job_types import CARD

Place = tuple[str, str]
"""An item in a warehouse."""

STOP = "Stop"
WARN = "Warn"
IGNORE = "Ignore"


@dataclass(frozen=True)
class Need:
	"""A part line of a job: `qty` is needed of `item_code` from `warehouse`, `held` is set aside already."""

	line: str
	idx: int
	item_code: str
	warehouse: str
	qty: float
	held: float = 0

	@property
	def place(self) -> Place:
		return self.item_code, self.warehouse


@dataclass(frozen=True)
class Stock:
	"""What lies in one place, and how much of it is promised: to other jobs of ours, or by ERPNext."""

	actual: float = 0
	promised: float = 0

	@property
	def free(self) -> float:
		return max(0.0, exact(self.actual - self.promised))


@dataclass(frozen=True)
class Share:
	"""What one line gets: `held` stays or is newly set aside, `missing` is short."""

	need: Need
	held: float
	missing: float


def allocate(needs: Iterable[Need], stock: Mapping[Place, Stock]) -> tuple[Share, ...]:
	"""Give each line, in its order, what is held for it already and then what is free.

	`stock` counts what these lines hold among the promised. What a line holds beyond its need is let go.
	"""
	left = {place: found.free for place, found in stock.items()}
	shares = []
	for need in needs:
		kept = min(need.held, need.qty)
		left[need.place] = exact(left.get(need.place, 0) + need.held - kept)
		taken = min(left[need.place], exact(need.qty - kept))
		left[need.place] = exact(left[need.place] - taken)
		held = exact(kept + taken)
		shares.append(Share(need, held, exact(need.qty - held)))
	return tuple(shares)


def to_request(shares: Iterable[Share], on_order: Mapping[str, float]) -> tuple[Share, ...]:
	"""The lines for which more has to be ordered; `on_order` is what is on its way, by line."""
	short = []
	for share in shares:
		missing = exact(share.missing - on_order.get(share.need.line, 0))
		if missing > 0:
			short.append(Share(share.need, share.held, missing))
	return tuple(short)


@dataclass(frozen=True)
class Holding:
	"""What one line of a card holds of a part."""

	card: str
	line: str
	held: float
	doctype: str = CARD


def taken(actual: float, promised: float, set_aside: float) -> float:
	"""How many of the pieces set aside are gone; `promised` counts them and what ERPNext has reserved."""
	return exact(min(set_aside, max(0.0, promised - actual)))


def answer(policy: str, may_take: bool) -> str:
	"""Stop, Warn or Ignore, for a document that takes what is set aside; who may take it is only warned."""
	return WARN if policy == STOP and may_take else policy


def let_go(holdings: Sequence[Holding], gone: float) -> tuple[tuple[Holding, float], ...]:
	"""The lines that lose what is gone, and what each still holds: who was promised last loses first.

	`holdings` begin with the one promised first.
	"""
	losers = []
	for holding in reversed(holdings):
		lost = min(holding.held, gone)
		if lost <= 0:
			continue
		gone = exact(gone - lost)
		losers.append((holding, exact(holding.held - lost)))
	return tuple(losers)


def exact(qty: float) -> float:
	"""A quantity without the dust of binary fractions: 0.3 - 0.1 is 0.2."""
	return round(qty, 6)
