"""Takes out of a text what tells whose product it is about. Pure."""

import re
from collections.abc import Iterable

HIDDEN = "…"
SHORTEST = 3
"""Letters of a name that is taken out; shorter ones stand in other words."""
NUMBER_ENDS = 7
"""Last digits by which a phone number is recognised, with or without its country."""

_MAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
_INTERNATIONAL = re.compile(r"\+\d[\d\s./()-]{6,}\d")
_PART = re.compile(r"\w+")


def without_names(text: str | None, names: Iterable[str | None], numbers: Iterable[str | None] = ()) -> str:
	"""`text` without mail addresses, without the names and their capitalised parts, and without the phone numbers.

	>>> without_names(
	...     "Mrs Byrne (nora@b.ie, 086-555 12 34) says the seal of Byrne leaks",
	...     ["Nora Byrne"],
	...     ["0865551234"],
	... )
	'Mrs … (…, …) says the seal of … leaks'
	"""
	shown = _INTERNATIONAL.sub(HIDDEN, _MAIL.sub(HIDDEN, text or ""))
	for number in (number for number in numbers if number):
		digits = re.sub(r"\D", "", number)[-NUMBER_ENDS:]
		if len(digits) == NUMBER_ENDS:
			shown = re.sub(r"(?:\+?\d[\d\s./()-]*)?" + r"[\s./()-]*".join(digits), HIDDEN, shown)
	whole = [name.strip() for name in names if name and len(name.strip()) >= SHORTEST]
	for name in sorted(set(whole), key=len, reverse=True):
		shown = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", HIDDEN, shown, flags=re.IGNORECASE)
	parts = {
		part for name in whole for part in _PART.findall(name) if len(part) > SHORTEST and part[0].isupper()
	}
	for part in sorted(parts, key=len, reverse=True):
		shown = re.sub(rf"(?<!\w){re.escape(part)}(?!\w)", HIDDEN, shown)
	return shown
