"""The keys by which the phone desk finds a customer or product while somebody types.

Pure: plain values in, plain values out. A key is short, without accents, case and signs; what is typed
is a beginning of a key, so that an index answers.
"""

import re
import unicodedata
from dataclasses import dataclass

LONGEST = 40
PHONE_TAIL = 8
"""So many digits, from the end, make a phone number known however country and trunk are written."""

FEWEST_DIGITS = 3
FEWEST_LETTERS = 2
COUNTRY_CODE = range(1, 4)
"""Digits a country code may have; which of them it has is not known, so all are tried."""


@dataclass(frozen=True)
class Asked:
	"""What was typed, as beginnings of keys: one of `leading` and each of `also`."""

	leading: tuple[str, ...]
	also: tuple[str, ...] = ()


def words(text: str | None) -> list[str]:
	"""Keys of a name: each word once, in order."""
	# the first time, signs that look like letters become letters with a case; the second, accents part
	plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text or "").casefold())
	plain = "".join(char for char in plain if not unicodedata.combining(char))
	found = re.findall(r"[^\W_]+", plain.replace("'", "").replace("’", ""))
	return list(dict.fromkeys(word[:LONGEST] for word in found))


def phone_keys(number: str | None) -> list[str]:
	"""Keys of a phone number: as it is written, without country code, without trunk zero, its last digits."""
	text = (number or "").replace("(0)", "")
	digits = re.sub(r"\D", "", text)
	if len(digits) < FEWEST_DIGITS:
		return []
	international = text.strip().startswith("+") or digits.startswith("00")
	digits = digits.lstrip("0")
	keys = [digits]
	if international:
		keys += [digits[code:].lstrip("0") for code in COUNTRY_CODE]
	keys.append(digits[-PHONE_TAIL:])
	return list(dict.fromkeys(key[:LONGEST] for key in keys if len(key) >= FEWEST_DIGITS))


def serial_keys(text: str | None) -> list[str]:
	"""Keys of a serial number: from its beginning, and from each part of it that has a digit."""
	parts = words(text)
	tails = ["".join(parts[place:]) for place in range(len(parts))]
	wanted = [tails[0]] if tails else []
	wanted += [
		tail
		for part, tail in zip(parts[1:], tails[1:], strict=True)
		if re.search(r"\d", part) and len(tail) >= FEWEST_DIGITS
	]
	return list(dict.fromkeys(tail[:LONGEST] for tail in wanted))


def asked(text: str | None) -> Asked | None:
	"""What to look for when `text` was typed, or None while it is too short to say anything.

	Digits and the signs people put between them may be a phone or a serial number; anything else is
	words or a serial number. What has a digit leads, else the longest: it leaves the fewest to look at.
	"""
	text = (text or "").strip()
	found = words(text)
	joined = "".join(found)
	if re.fullmatch(r"[\d\s()+./-]+", text):
		if len(joined) < FEWEST_DIGITS:
			return None
		stripped = re.sub(r"\D", "", text.replace("(0)", "")).lstrip("0")
		tail = stripped[-PHONE_TAIL:] if len(stripped) > PHONE_TAIL else ""
		leading = (stripped, joined, tail)
		return Asked(tuple(dict.fromkeys(key[:LONGEST] for key in leading if len(key) >= FEWEST_DIGITS)))
	if len(joined) < FEWEST_LETTERS:
		return None
	if re.search(r"\d", joined) and re.fullmatch(r"\S+", text):
		return Asked((joined[:LONGEST],))
	leading = max(
		found, key=lambda word: (len(word) >= FEWEST_DIGITS and bool(re.search(r"\d", word)), len(word))
	)
	return Asked((leading,), tuple(word for word in found if word != leading))
