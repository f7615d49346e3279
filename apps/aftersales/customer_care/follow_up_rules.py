"""Whether and when a customer is asked, and what the answers mean (R-FU-1).

Pure: plain values in, plain values out.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from aftersales.core.source_text import N_

UNHAPPY = 2  # of 5; an opinion this low or lower opens a new call

QUESTIONS = {
	"Effectiveness": ("repair_effective", "hidden_hazard", "csat", "nps", "comments"),
	"Complaint Reply": ("answer_accepted", "csat", "nps", "comments"),
	"Periodic Visit": ("csat", "nps", "hidden_hazard", "comments"),
}
"""What a customer is asked, by kind of follow-up; the first one of the first two must be answered."""

WEIGHTS = {"customer": 8, "customer_group": 4, "service_category": 2, "request_type": 1}
"""Powers of two: one more specific condition beats all less specific ones together."""


@dataclass(frozen=True)
class Answers:
	"""Answers of one follow-up; empty where the customer was not asked. csat 1 to 5, 0 when not given."""

	repair_effective: str | None = None
	hidden_hazard: str | None = None
	csat: int = 0
	answer_accepted: str | None = None


@dataclass(frozen=True)
class Rule:
	"""Which calls a rule is for (only conditions that name a value), and what it says.

	`days` after closing, 0 for "do not ask"; `attempts` before it is given up, 0 for "as usual".
	"""

	name: str
	conditions: Mapping[str, str]
	days: int
	attempts: int = 0
	script: str | None = None


def choose(rules: Iterable[Rule], facts: Mapping[str, str | Collection[str] | None]) -> Rule | None:
	"""The most specific rule whose conditions all hold, by name where two are equal; None without one.

	A fact may be a collection: the customer group with the groups above it.
	"""
	fitting = [rule for rule in rules if all(_holds(facts.get(k), v) for k, v in rule.conditions.items())]
	return min(fitting, key=lambda rule: (-sum(WEIGHTS[k] for k in rule.conditions), rule.name), default=None)


def reasons_to_act(answers: Answers, kind: str = "Effectiveness") -> list[str]:
	"""Why a new call is needed, the gravest first; [] when all is well.

	Who does not like our answer to a complaint needs no technician: there only a hazard opens a call.
	"""
	reasons = (
		(N_("Hidden hazard"), answers.hidden_hazard == "Yes"),
		(N_("Repair not effective"), answers.repair_effective == "No"),
		(N_("Customer not satisfied"), 0 < answers.csat <= UNHAPPY and kind != "Complaint Reply"),
	)
	return [reason for reason, applies in reasons if applies]


def rejects_answer(answers: Answers, kind: str) -> bool:
	"""True when the customer does not accept our answer to a complaint."""
	return kind == "Complaint Reply" and answers.answer_accepted == "No"


def _holds(fact: str | Collection[str] | None, wanted: str) -> bool:
	return fact == wanted if isinstance(fact, str) or fact is None else wanted in fact
