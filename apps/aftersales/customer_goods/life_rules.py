"""Documents that go one way once they are submitted: decisions without frappe."""

from collections.abc import Mapping, Sequence

NextStates = Mapping[str, Sequence[str]]
"""State of a submitted document → the states that may follow it; none where its life has ended."""


def may_follow(next_states: NextStates, before: str, after: str) -> bool:
	"""True when a submitted document may go from `before` to `after`, or stays where it is."""
	return before == after or after in next_states.get(before, ())
