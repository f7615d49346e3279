"""What an answer of a checklist says: how it reads, whether it is there, whether it is within its limits.

Pure: plain values in, plain values out. `checklists.py` loads and writes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["Yes or No", "Value", "Choice", "Text", "Photo", "Signature", "Meter"]
State = Literal["", "Good", "Out of Limits"]
MEASURED = ("Value", "Meter")
NOT_APPLICABLE = "Not Applicable"


@dataclass(frozen=True)
class Answer:
	"""A question with its limits, and what was answered. `value` is None while nothing was measured."""

	question: str
	kind: Kind
	reqd: bool = False
	yes_no: str = ""
	value: float | None = None
	choice: str = ""
	text: str = ""
	picture: str = ""
	lower: float | None = None
	upper: float | None = None
	good_answer: str = ""
	choices: str = ""
	uom: str = ""


def is_answered(answer: Answer) -> bool:
	"""True when the question has its answer."""
	if answer.kind in MEASURED:
		return answer.value is not None
	given = {
		"Yes or No": answer.yes_no,
		"Choice": answer.choice,
		"Text": answer.text,
		"Photo": answer.picture,
		"Signature": answer.picture,
	}
	return bool((given[answer.kind] or "").strip())


def missing(answers: Sequence[Answer]) -> list[str]:
	"""The mandatory questions without an answer, in their order."""
	return [answer.question for answer in answers if answer.reqd and not is_answered(answer)]


def state_of(answer: Answer) -> State:
	"""Good or Out of Limits; empty without an answer, and where a question has no limits nothing is wrong."""
	if not is_answered(answer):
		return ""
	if answer.kind in MEASURED:
		below = answer.lower is not None and answer.value < answer.lower
		above = answer.upper is not None and answer.value > answer.upper
		return "Out of Limits" if below or above else "Good"
	if answer.kind == "Yes or No":
		wrong = answer.good_answer and answer.yes_no not in (answer.good_answer, NOT_APPLICABLE)
		return "Out of Limits" if wrong else "Good"
	if answer.kind == "Choice":
		return "Out of Limits" if answer.choice in bad_choices(answer.choices) else "Good"
	return "Good"


def choices_of(text: str | None) -> list[str]:
	"""The choices of a question, one on a line; a star only marks the bad ones."""
	lines = (line.strip().removeprefix("*").strip() for line in (text or "").splitlines())
	return [line for line in lines if line]


def bad_choices(text: str | None) -> list[str]:
	"""Of the choices those that are out of limits."""
	lines = (line.strip() for line in (text or "").splitlines())
	return [line[1:].strip() for line in lines if line.startswith("*") and line[1:].strip()]


def in_words(answer: Answer, number: str | None = None) -> str:
	"""The answer as a line; `number` is the value as the site writes numbers. Pictures are said to be there by name."""
	if not is_answered(answer):
		return ""
	if answer.kind in MEASURED:
		return f"{number or f'{answer.value:g}'} {answer.uom or ''}".strip()
	if answer.kind in ("Photo", "Signature"):
		return answer.kind
	return (answer.yes_no if answer.kind == "Yes or No" else answer.choice or answer.text).strip()


def limits_in_words(answer: Answer) -> str:
	"""The limits of a value, such as "≤ 50 ppm"; empty without any."""
	unit = f" {answer.uom}" if answer.uom else ""
	if answer.lower is not None and answer.upper is not None:
		return f"{answer.lower:g} – {answer.upper:g}{unit}"
	if answer.lower is not None:
		return f"≥ {answer.lower:g}{unit}"
	if answer.upper is not None:
		return f"≤ {answer.upper:g}{unit}"
	return ""


@dataclass(frozen=True)
class Scope:
	"""What a template is for; empty fields match everything."""

	name: str
	request_type: str = ""
	item_group: str = ""
	brand: str = ""
	model: str = ""


@dataclass(frozen=True)
class Job:
	"""What templates are chosen by. `item_groups`: the product's group and those above it."""

	request_type: str = ""
	item_groups: tuple[str, ...] = ()
	brand: str = ""
	model: str = ""


def fitting(scopes: Sequence[Scope], job: Job) -> list[str]:
	"""Names of the templates that a job is done by. One that is for nothing in particular is never chosen."""
	return [scope.name for scope in scopes if _says_something(scope) and _fits(scope, job)]


def _says_something(scope: Scope) -> bool:
	return bool(scope.request_type or scope.item_group or scope.brand or scope.model)


def _fits(scope: Scope, job: Job) -> bool:
	return (
		(not scope.request_type or scope.request_type == job.request_type)
		and (not scope.item_group or scope.item_group in job.item_groups)
		and (not scope.brand or scope.brand.casefold() == job.brand.casefold())
		and (not scope.model or scope.model.casefold() == job.model.casefold())
	)
