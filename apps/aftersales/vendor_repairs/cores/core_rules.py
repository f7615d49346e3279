"""Old parts and what their maker credits for them. Pure: plain values in and out."""

from collections.abc import Iterable

SENT, ANSWERED, REJECTED, CREDITED = "Sent", "Answered", "Rejected", "Credited"


def expected(rows: Iterable[tuple[float, float]], digits: int = 2) -> list[float]:
	"""What each row of (quantity, expected credit each) is expected to bring."""
	return [round(qty * rate, digits) for qty, rate in rows]


def accepted(amounts: Iterable[float], percent: float, digits: int = 2) -> list[float]:
	"""The same share of each expected amount."""
	return [round(amount * percent / 100, digits) for amount in amounts]


def after_answer(total_accepted: float) -> str:
	"""The status of a return that the maker has answered."""
	return ANSWERED if total_accepted > 0 else REJECTED
