"""What one e-mail address is. Pure: plain values in, plain values out."""

import re

_ONE_ADDRESS = re.compile(r"[^\s@,;:<>()\[\]\\\"]{1,64}@[^\s@,;:<>()\[\]\\\"]{1,250}")


def is_one_address(text: str | None) -> bool:
	"""True when `text` looks like exactly one e-mail address, without a name and without company.

	Mail programs and Frappe take "a@b.example, c@d.example" and "Nora <nora@b.example>" for addresses too: the
	first is two, the second carries any text.

	>>> is_one_address("nora@byrne.example")
	True
	>>> is_one_address("a@b.example,c@d.example"), is_one_address("Nora <nora@byrne.example>")
	(False, False)
	"""
	return bool(text and _ONE_ADDRESS.fullmatch(text))


def same_address(one: str | None, other: str | None) -> bool:
	"""True when both are the same address; capitals tell no addresses apart."""
	return bool(one and other and one.strip().lower() == other.strip().lower())
