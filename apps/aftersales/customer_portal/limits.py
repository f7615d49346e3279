"""How often somebody may ask: as `frappe.rate_limiter.rate_limit` does for methods.

Pages are no methods and have no name to count by, so what is counted is named here.
"""

import frappe
from frappe import _
from redis.exceptions import RedisError


def count(what: str, limit: int, seconds: int, who: str | None = None) -> None:
	"""Count one more `what` of `who` (default: the address of the request).

	Where the cache cannot be reached nothing is counted: a customer's page needs no cache to be answered.

	Raises:
		frappe.RateLimitExceededError: more than `limit` within `seconds`.
	"""
	who = who or frappe.local.request_ip or "unknown"
	if _counted(f"aftersales:rl:{what}:{who}", seconds) > limit:
		frappe.throw(
			_("Too many attempts in a short time. Please try again later, or call us."),
			frappe.RateLimitExceededError,
		)


def _counted(name: str, seconds: int) -> int:
	"""One more of `name`; how many there were within `seconds`, 0 where nothing can be counted."""
	key = frappe.cache.make_key(name)
	try:
		# Set together with its time of expiry: a count that never ends would lock somebody out. make_key names the site.
		frappe.cache.set(key, 0, ex=seconds, nx=True)  # nosemgrep: frappe-cache-breaks-multitenancy
		return frappe.cache.incrby(key, 1)
	except RedisError:
		return 0
