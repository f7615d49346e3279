"""What was erased, when and why; not of whom."""

from collections import Counter

import frappe

LOG = "Service Erasure Log"


def write_log(occasion: str, erased: Counter, request: str | None = None) -> None:
	"""Note what was erased: how much of what.

	Args:
		occasion: Retention or Request.
		request: name of the Personal Data Deletion Request.
	"""
	log = frappe.new_doc(LOG)
	told = "\n".join(f"{what}: {count}" for what, count in sorted(erased.items()))
	log.update({"occasion": occasion, "request": request, "erased": told or "0"})
	log.insert(ignore_permissions=True)


def is_logged(request: str) -> bool:
	"""True when this Personal Data Deletion Request was carried out."""
	return bool(frappe.db.exists(LOG, {"request": request}))
