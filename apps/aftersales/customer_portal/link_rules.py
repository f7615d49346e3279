"""What makes a signed link good: who signed it, for which purpose and document, until when.

Pure: plain values in, plain values out. A link is an address that opens one page for whoever has it,
without a login. Its token is a random key and a signature; purpose, document and expiry lie in our
records and inside the signature, so that neither the holder nor an edit of the record can widen it.
"""

import hmac
import re
from dataclasses import dataclass

from aftersales.core.signing_rules import sign

KEY_LENGTH = 22
"""Characters of the key: 128 random bits in base64."""

_TOKEN = re.compile(rf"([A-Za-z0-9_-]{{{KEY_LENGTH}}})([A-Za-z0-9_-]{{32}})", re.ASCII)


@dataclass(frozen=True)
class Link:
	"""What a link opens. `expires_at` in seconds since 1970 (UTC)."""

	key: str
	purpose: str
	doctype: str
	name: str
	customer: str
	expires_at: int
	revoked: bool = False


NO_LINK = Link("-" * KEY_LENGTH, "", "", "", "", 0, revoked=True)
"""Stands in where no link is found, so that an unknown token costs the same work as a known one."""


def token_of(link: Link, secret: bytes) -> str:
	"""The part of the address that opens `link`: its key and the signature."""
	return link.key + signature(link, secret)


def key_of(token: str) -> str | None:
	"""The key a token claims to belong to; None when it cannot be one of ours."""
	found = _TOKEN.fullmatch(token)
	return found and found.group(1)


def is_good(link: Link | None, token: str, secret: bytes, now: int) -> bool:
	"""True when `token` opens `link` at the moment `now`.

	Unknown, mutated, expired and revoked tokens take the same way through: a signature is worked out and
	compared in constant time, and every condition is looked at.
	"""
	stored = link or NO_LINK
	genuine = hmac.compare_digest(token_of(stored, secret).encode(), token.encode(errors="replace"))
	in_time = now < stored.expires_at
	return all((genuine, in_time, not stored.revoked, link is not None))


def signature(link: Link, secret: bytes) -> str:
	"""Signature over everything that `link` is good for."""
	return sign(secret, link.key, link.purpose, link.doctype, link.name, link.customer, str(link.expires_at))
