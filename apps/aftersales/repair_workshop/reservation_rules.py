"""Which parts can be set aside for a job, and which are short: decisions without frappe (R-WS-7)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Place = tuple[str, str]
"""An item in a warehouse."""


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


def exact(qty: float) -> float:
	"""A quantity without the dust of binary fractions: 0.3 - 0.1 is 0.2."""
	return round(qty, 6)
