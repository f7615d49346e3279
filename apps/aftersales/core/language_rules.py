"""Which of several texts is for whom. Pure."""

from collections.abc import Iterable


def best(texts: Iterable[str | None], language: str | None) -> int | None:
	"""Place of the text for a language: the same, the same without its region, the one of no language, the first.

	>>> best(["de", "", "fr"], "de-AT"), best(["de", ""], "es"), best(["de"], "es"), best([], "de")
	(0, 1, 0, None)
	"""
	languages = [text or "" for text in texts]
	wanted = language or ""
	for candidate in (wanted, wanted.split("-")[0].split("_")[0], ""):
		if candidate in languages:
			return languages.index(candidate)
	return 0 if languages else None
