"""Serial numbers as they are compared: one product is one product however its number is written.

Pure: plain values in, plain values out.
"""

import re
import unicodedata
from collections.abc import Iterable

LONGEST = 140
"""Characters kept: as many as the field holds."""

PREFIX = re.compile(
	r"""^\s*(?:
		(?:s\s*[/.]\s*n[r.]?|n\s*[/.]\s*s)\s*[.:\#=]*\s+        # S/N 123, N/S 123: the slash says it all
		|(?:s\s*[/.]?\s*n[r.]?|n\s*[/.]?\s*s
			|serial(?:\s*(?:no|nr|num|number))?\.?
			|ser\.?\s*(?:no|nr)\.?
			|serien(?:nummer|\s*-?\s*nr\.?)
			|n[ºo°]\s*(?:de\s*)?serie
			|num(?:ero|éro)\s*de\s*s[eé]rie
			|序列号|序號|機號|机号
		)\s*[.:\#=：]+\s*
	)""",
	re.IGNORECASE | re.VERBOSE,
)
"""What people write before the number. Letters alone may be part of it (SN-24), so a sign must follow."""


def serial_key(text: str | None) -> str | None:
	"""The key by which two spellings of a serial number are the same: letters and digits, upper case.

	Case, spaces, dashes, dots and slashes do not matter, nor full-width digits, nor "SN:" before the
	number. Leading zeros do matter. None when nothing is left.

	>>> serial_key("SN: AB-12 34/5") == serial_key("ab12345")
	True
	>>> serial_key("SN-24-1")
	'SN241'
	"""
	plain = unicodedata.normalize("NFKC", text or "")
	bare = _letters_and_digits(PREFIX.sub("", plain, count=1))
	return (bare or _letters_and_digits(plain))[:LONGEST] or None


def serial_keys(text: str | None) -> frozenset[str]:
	"""Keys of several serial numbers, one to a line or parted by commas (as on a part line)."""
	return keys_of(re.split(r"[\n,;]", text or ""))


def keys_of(numbers: Iterable[str | None]) -> frozenset[str]:
	"""Keys of several numbers, empty ones left out."""
	return frozenset(key for number in numbers if (key := serial_key(number)))


def _letters_and_digits(text: str) -> str:
	return "".join(char for char in text.upper() if char.isalnum())
