"""Telephone numbers and e-mail addresses as registers hold them, made fit for the fields of a call.

A number that cannot be dialled must not cost the history its row: what does not fit is kept as a remark.
"""

import re
import unicodedata

MAX_PHONE = 20
"""Digits and signs that Frappe takes in a field of option Phone."""
_LABEL = re.compile(
	r"^(?:tel(?:efon|ephone|efono)?|phone|mob(?:il|ile)?|cel(?:ular)?|fax|电话|電話|手机)[\s.:]*", re.I
)
_EXTENSION = re.compile(
	r"\s*(?:ext(?:ension)?|durchwahl|dw|anexo|interno|poste|x|分机|分機|内線)[\s.:]*\d+\s*$", re.I
)
_BETWEEN_NUMBERS = re.compile(r"\s+/\s+|[;,\n]|\s+(?:or|oder|o|u|ou|y|and|und)\s+|、|或")
_NUMBER = re.compile(r"[0-9 +\-.*#()]+")
_EMAIL = re.compile(r"[^@\s<>,;:()\[\]\"']+@[^@\s<>,;:()\[\]\"']+\.[^@\s<>,;.:()\[\]\"']+")


def phone_of(text: str) -> tuple[str, bool]:
	"""The first number in `text` that can be dialled, and whether it is all that the text says.

	>>> phone_of("0171/1234567")
	('0171 1234567', True)
	>>> phone_of("030 123 ext. 12")
	('030 123', False)
	"""
	plain = unicodedata.normalize("NFKC", text).strip()
	parts = _BETWEEN_NUMBERS.split(plain)
	for part in parts:
		number = _EXTENSION.sub("", _LABEL.sub("", part.strip())).replace("/", " ")
		number = " ".join(number.split())
		if not _NUMBER.fullmatch(number) or sum(c.isdigit() for c in number) < 3:
			continue
		if len(number) > MAX_PHONE:
			number = re.sub(r"[^\d+]", "", number)
		if len(number) <= MAX_PHONE:
			return number, _signs(number) == _signs(plain)
	return "", False


def email_of(text: str) -> tuple[str, bool]:
	"""The first e-mail address in `text`, and whether it is all that the text says."""
	found = _EMAIL.search(text)
	address = found[0].rstrip(".") if found else ""
	return address, address == text.strip()


def _signs(text: str) -> str:
	return re.sub(r"[\s/().\-]", "", text)
