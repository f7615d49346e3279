"""The key that links and labels are signed with."""

import hmac
from hashlib import sha256

import frappe
from frappe.utils.password import get_encryption_key

_FINGERPRINT = "aftersales_signing_key"
"""Global default; uninstall removes those of the app."""


def secret() -> bytes:
	"""Our signing key, derived from the site's encryption key: backups of the database do not hold it."""
	return hmac.new(get_encryption_key().encode(), b"aftersales portal link", sha256).digest()


def remember_key() -> None:
	"""Note a fingerprint of the key, so that another key is noticed: at installation, and after labels were printed anew."""
	frappe.db.set_global(_FINGERPRINT, _fingerprint())


def is_the_remembered_key() -> bool:
	"""Whether links and labels of this site were signed with the key that it has now; True where nothing is noted."""
	noted = frappe.db.get_value("DefaultValue", {"parent": "__global", "defkey": _FINGERPRINT}, "defvalue")
	return noted in (None, _fingerprint())


def _fingerprint() -> str:
	return hmac.new(secret(), b"fingerprint of the key", sha256).hexdigest()[:16]
