"""Live links in what is stored: kept out of it, and put back into a mail while it is sent.

Pure. A signed link opens a page for whoever has it, so that staff who reads a message to a customer must not
find one there. What stands in a timeline says only that there was a link (`hidden`). A mail waits in the
queue with the link sealed: its key without the signature, which opens nothing; only the mail that was queued
with the live link gets it back.
"""

import re
from collections.abc import Callable, Collection

KEY, SIGNATURE = 22, 32
HIDDEN = "hidden"
SEAL = ".sealed"

_SOFT_BREAK = r"(?:=\r?\n)?"


def _broken(text: str) -> str:
	"""A pattern for literal `text` that quoted-printable may have broken over two lines anywhere."""
	return _SOFT_BREAK.join(re.escape(character) for character in text)


def _characters(count: int) -> str:
	return rf"(?:[A-Za-z0-9_-]{_SOFT_BREAK}){{{count}}}"


_PATH = rf"{_broken('/aftersales/link/')}{_SOFT_BREAK}"
_LIVE = re.compile(rf"({_PATH})({_characters(KEY)}){_characters(SIGNATURE)}(?![A-Za-z0-9_-])")
_SEALED = re.compile(rf"({_PATH})({_characters(KEY)}){_broken(SEAL)}")
_BREAKS = re.compile(r"=\r?\n")


def holds_link(text: str | None) -> bool:
	"""True when `text` may hold a link of ours."""
	return bool(text) and "aftersales" in _BREAKS.sub("", text)


def hide(text: str) -> str:
	"""`text` in which no link works: what is left of one says that it was there."""
	return _SEALED.sub(rf"\g<1>{HIDDEN}", _LIVE.sub(rf"\g<1>{HIDDEN}", text))


def seal(message: str, known: Collection[str] = ()) -> tuple[str, set[str]]:
	"""A text in which every live link is sealed, and the keys of those links.

	A seal that stands in it already may have been typed by somebody who never had the link: it is made
	useless, unless its key is `known`.

	Args:
		message: a text, or a whole mail as it is queued, its parts plain or quoted-printable.
	"""
	keys = set(known)

	def close(found: re.Match) -> str:
		keys.add(_plain(found[2]))
		return f"{_plain(found[1])}{_plain(found[2])}{SEAL}"

	def check(found: re.Match) -> str:
		return found[0] if _plain(found[2]) in known else f"{_plain(found[1])}{HIDDEN}"

	return _LIVE.sub(close, _SEALED.sub(check, message)), keys


def unseal(message: str, token_of: Callable[[str], str | None]) -> str:
	"""The mail with its links live again.

	Args:
		token_of: the token of the link with a key; None where there is no such link any more.
	"""
	return _SEALED.sub(lambda found: _plain(found[1]) + (token_of(_plain(found[2])) or HIDDEN), message)


def _plain(text: str) -> str:
	return _BREAKS.sub("", text)
