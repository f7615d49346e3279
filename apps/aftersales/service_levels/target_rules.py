"""Which targets run on a document: of those that measure the same, the most specific one.

Pure: targets and facts are plain values. Weights are powers of two, so that one more specific
condition always beats any number of less specific ones (R-SL-2): customer before contract, customer
group, zone, priority, request type, an own condition, company.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

WEIGHTS = {
	"customer": 128,
	"service_contract": 64,
	"customer_group": 32,
	"service_zone": 16,
	"priority": 8,
	"request_type": 4,
	"condition": 2,
	"company": 1,
}


@dataclass(frozen=True)
class Rule:
	"""A target's conditions by field (only those that name a value) and what it measures."""

	name: str
	measure: str
	conditions: Mapping[str, str]

	@property
	def specificity(self) -> int:
		return specificity(self.conditions)


def specificity(conditions: Iterable[str]) -> int:
	"""Sum of the weights of the conditions that name a value."""
	return sum(WEIGHTS[condition] for condition in conditions)


def matches(rule: Rule, facts: Mapping[str, str | frozenset[str] | None]) -> bool:
	"""True when every condition but the own expression holds; a fact may be a set of values."""
	for field, wanted in rule.conditions.items():
		if field == "condition":
			continue
		fact = facts.get(field)
		if wanted not in fact if isinstance(fact, frozenset) else wanted != fact:
			return False
	return True


def most_specific(rules: Iterable[Rule]) -> list[Rule]:
	"""One rule per measure: the highest specificity, by name where two are equal."""
	best: dict[str, Rule] = {}
	for rule in sorted(rules, key=lambda rule: (-rule.specificity, rule.name)):
		best.setdefault(rule.measure, rule)
	return list(best.values())


@dataclass(frozen=True)
class Phases:
	"""From when to when a target runs, by canonical status or by a field being set."""

	start_field: str | None = None
	start_status: frozenset[str] = frozenset()
	stop_field: str | None = None
	stop_status: frozenset[str] = frozenset()
	pause_status: frozenset[str] = frozenset()
	cancel_status: frozenset[str] = frozenset()


WAITING, RUNNING, PAUSED, STOPPED, CANCELLED = "waiting", "running", "paused", "stopped", "cancelled"


def phase(phases: Phases, status: str | None, values: Mapping[str, object], cancelled: bool) -> str:
	"""Where a document stands for a target, from its status and field values alone.

	Cancelled wins over stopped, stopped over paused; a target starts by its status when it names
	one, else by its field.
	"""
	if cancelled or status in phases.cancel_status:
		return CANCELLED
	if (phases.stop_field and values.get(phases.stop_field)) or status in phases.stop_status:
		return STOPPED
	if not _started(phases, status, values):
		return WAITING
	return PAUSED if status in phases.pause_status else RUNNING


def _started(phases: Phases, status: str | None, values: Mapping[str, object]) -> bool:
	if phases.start_status:
		return status in phases.start_status or status in phases.pause_status
	return bool(values.get(phases.start_field or "creation"))
