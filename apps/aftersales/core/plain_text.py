"""Texts that customers send in, made harmless for every place that shows them.

Pure. The desk shows the values of plain fields in many places, some of which take them for HTML. A
customer's `<` is therefore kept as `<` only where no reader can take it for the beginning of a tag.
"""

import re
import unicodedata

LINE = 140
"""Characters of a Data field."""

READ_TIMES = 2
"""So many times the characters that are wanted are looked at."""

_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_ENTITY = re.compile(r"&(?=#?\w+;)")


def plain_line(text: str | None, limit: int = LINE) -> str | None:
	"""One line of at most `limit` characters that opens no tag, whoever renders it; None when empty."""
	line = harmless(" ".join(_visible(text, limit).split()))[:limit].strip()
	return line or None


def harmless(text: str) -> str:
	"""The same words, in which nothing begins a tag or a character reference."""
	return _ENTITY.sub("＆", _TAG.sub("‹", text))


def plain_text(text: str | None, limit: int = 4000) -> str:
	"""Text of several lines without control characters, cut at `limit`; still to be escaped or made harmless."""
	lines = _visible(text, limit).replace("\r\n", "\n").replace("\r", "\n").split("\n")
	return "\n".join(line.rstrip() for line in lines).strip()[:limit]


def _visible(text: str | None, limit: int) -> str:
	"""What can be seen of the beginning of `text`, from which `limit` characters are to be taken.

	Whoever sends a text chooses its length; the work on it follows `limit`. Twice that leaves room for what
	is dropped or composed.
	"""
	return "".join(
		character
		for character in unicodedata.normalize("NFC", (text or "")[: READ_TIMES * limit])
		if character in "\n\r\t" or unicodedata.category(character) not in ("Cc", "Cs", "Co", "Cn")
	)
