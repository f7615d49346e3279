"""What customers think of the service, in figures (R-KPI: CSAT and NPS, with these formulas only).

Pure: counts in, percentages out.
"""

CONTENT = (4, 5)
"""Satisfaction that counts as content, of 1 to 5."""

PROMOTERS = ("9", "10")
DETRACTORS = tuple(str(answer) for answer in range(7))
"""Of 0 to 10; 7 and 8 are neither."""


def csat(content: int, answers: int) -> float | None:
	"""Percent of the answers with a rating of 4 or 5; None without answers."""
	return round(100 * content / answers, 1) if answers else None


def nps(promoters: int, detractors: int, answers: int) -> float | None:
	"""Percent of promoters less percent of detractors, from -100 to 100; None without answers."""
	return round(100 * (promoters - detractors) / answers, 1) if answers else None


def share(part: int, whole: int) -> float | None:
	"""Percent of `whole`; None without any."""
	return round(100 * part / whole, 1) if whole else None
