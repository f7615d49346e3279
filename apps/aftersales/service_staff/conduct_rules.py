"""Which step follows a justified complaint about a person. Pure.

The steps are the business's own (warning, penalty, dismissal). A step counts for some months; who has had none in
that time starts at the first, and the last step is not left.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from dateutil.relativedelta import relativedelta


def next_step(steps: Sequence[str], taken: Iterable[tuple[str, date]], on: date, months: int) -> int | None:
	"""Index of the step that follows; None where there are no steps.

	Args:
		steps: kinds in their order, such as Warning, Penalty, Dismissal; the same kind may stand twice.
		taken: (kind, date) of the steps taken against the person, in any order.
		on: the day of the new one.
		months: for how long a step counts; 0: for ever.
	"""
	if not steps:
		return None
	counting = [kind for kind, day in sorted(taken, key=lambda step: step[1]) if _counts(day, on, months)]
	reached = -1
	for kind in counting:
		following = [index for index in range(reached + 1, len(steps)) if steps[index] == kind]
		again = [index for index in range(len(steps)) if steps[index] == kind]
		reached = following[0] if following else max(reached, *again, -1)
	return min(reached + 1, len(steps) - 1)


def _counts(day: date, on: date, months: int) -> bool:
	return not months or day + relativedelta(months=months) > on
