"""Which faults matter most, and when equal faults call for a cause to be found (R-FU-4).

Pure: counts in, ranked rows and decisions out.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Ranked:
	"""One fault among all: its own share and that of all down to it, percent."""

	value: str
	cases: int
	share: float
	cumulative: float


@dataclass(frozen=True)
class Fault:
	"""A fault of a model; equal faults are equal here."""

	brand: str
	model: str
	fault_code: str

	@property
	def key(self) -> str:
		"""By which the database tells whether the cause is being looked for already."""
		return "|".join(part.strip().casefold() for part in (self.brand, self.model, self.fault_code))

	@property
	def product(self) -> str:
		return " ".join(part for part in (self.brand, self.model) if part)


def pareto(cases: Mapping[str, int]) -> list[Ranked]:
	"""The faults with the most cases first; equal ones by name, so that the order is always the same.

	Shares are of all cases and have one decimal; the last cumulative share is exactly 100.
	"""
	everything = sum(cases.values())
	ranked, so_far = [], 0
	for value, number in sorted(cases.items(), key=lambda one: (-one[1], one[0])):
		if not number:
			continue
		so_far += number
		ranked.append(
			Ranked(value, number, round(100 * number / everything, 1), round(100 * so_far / everything, 1))
		)
	return ranked


def recurring(cases: Iterable[tuple[Fault, int]], enough: int) -> list[tuple[Fault, int]]:
	"""The faults seen at least `enough` times; none when `enough` is zero, which switches the watch off.

	A fault whose model or code is not known is no pattern.
	"""
	if enough <= 0:
		return []
	return [
		(fault, number) for fault, number in cases if number >= enough and fault.model and fault.fault_code
	]
