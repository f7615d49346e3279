"""What speaks against covering a product for the customer who calls about it.

Pure: plain values in, plain values out. A concern refuses nothing: the call is taken, the agent asks, and
coverage is given once somebody says why. A second-hand owner, or one who bought from a dealer, may be right.
"""

from dataclasses import dataclass
from typing import Literal

Code = Literal["other_customer", "in_stock", "replaced", "gone", "other_file"]

GONE = ("Scrapped", "Returned")
"""States of a product file in which its customer does not have the product any more."""


@dataclass(frozen=True)
class ProductFacts:
	"""What the registers say of the product a customer calls about.

	Args:
		customer: who calls.
		serial_no: the ERPNext Serial No; `sold_to` its customer, `warehouse` where it is in stock.
		equipment: the product file; `status` of it.
		current_serial: the number the file has now, where the call tells an earlier one.
		other_file: a product file of `other_owner` with the same serial number.
	"""

	customer: str | None
	serial_no: str | None = None
	sold_to: str | None = None
	warehouse: str | None = None
	equipment: str | None = None
	status: str | None = None
	told_serial: str | None = None
	current_serial: str | None = None
	other_file: str | None = None
	other_owner: str | None = None


@dataclass(frozen=True)
class Concern:
	"""`code` says what, `about` tells two concerns of the same kind apart."""

	code: Code
	about: str

	@property
	def key(self) -> str:
		"""By which a concern that was answered before is recognised."""
		return f"{self.code}:{self.about}"


def concerns(facts: ProductFacts) -> list[Concern]:
	"""What the agent has to ask about, the most telling first; [] when nothing speaks against it."""
	found: list[Concern] = []
	if facts.serial_no and facts.warehouse:
		found.append(Concern("in_stock", facts.serial_no))
	elif facts.serial_no and facts.sold_to and facts.sold_to != facts.customer:
		found.append(Concern("other_customer", facts.sold_to))
	if facts.current_serial:
		found.append(Concern("replaced", facts.told_serial or ""))
	if facts.equipment and facts.status in GONE:
		found.append(Concern("gone", facts.equipment))
	if facts.other_file:
		found.append(Concern("other_file", facts.other_file))
	return found


def key_of(found: list[Concern]) -> str | None:
	"""One key for all concerns of a call; None without any."""
	return "; ".join(concern.key for concern in found) or None
