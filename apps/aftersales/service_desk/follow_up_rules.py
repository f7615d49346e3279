"""What the customer's answers mean (R-FU-1).

Pure: plain values in, plain values out.
"""

from dataclasses import dataclass

UNHAPPY = 2  # of 5; an opinion this low or lower opens a new call


@dataclass(frozen=True)
class Answers:
	"""Answers of one follow-up; empty where the customer was not asked. csat 1 to 5, 0 when not given."""

	repair_effective: str | None = None
	hidden_hazard: str | None = None
	csat: int = 0


def reasons_to_act(answers: Answers) -> list[str]:
	"""Why a new call is needed, the gravest first; [] when all is well."""
	return [
		reason
		for reason, applies in (
			("Hidden hazard", answers.hidden_hazard == "Yes"),
			("Repair not effective", answers.repair_effective == "No"),
			("Customer not satisfied", 0 < answers.csat <= UNHAPPY),
		)
		if applies
	]
