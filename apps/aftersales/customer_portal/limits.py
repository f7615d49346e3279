"""How often somebody may ask: as `frappe.rate_limiter.rate_limit` does for methods.

Pages are no methods and have no name to count by, so what is counted is named here.
"""

import frappe
from frappe import _


def count(what: str, limit: int, seconds: int, who: str | None = None) -> None:
	"""Count one more `what` of `who` (default: the address of the request).

	Raises:
		frappe.RateLimitExceededError: more than `limit` within `seconds`.
	"""
	who = who or frappe.local.request_ip or "unknown"
	key = frappe.cache.make_key(f"aftersales:rl:{what}:{who}")
	# set together with its time of expiry: a count that never ends would lock somebody out
	frappe.cache.set(key, 0, ex=seconds, nx=True)
	if frappe.cache.incrby(key, 1) > limit:
		frappe.throw(
			_("That was too often in a short time. Please try again later, or call us."),
			frappe.RateLimitExceededError,
		)
