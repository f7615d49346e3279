"""The key that links and labels are signed with."""

import hmac
from hashlib import sha256

from frappe.utils.password import get_encryption_key


def secret() -> bytes:
	"""Our signing key, derived from the site's encryption key: backups of the database do not hold it."""
	return hmac.new(get_encryption_key().encode(), b"aftersales portal link", sha256).digest()
