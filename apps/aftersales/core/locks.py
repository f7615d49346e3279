"""Row locks of jobs that are posted and billed, taken in one order.

Two requests that want the same two rows wait for each other forever, unless both ask for them in the same order:
whoever holds a contract may ask for a job, never the other way round. A row may be locked again at any time. The
order is checked in the races of the tests; on a site a wrong order costs a deadlock, which the database ends, so nobody
is stopped there.
"""

from typing import Any

import frappe

ORDER = (
	("Service Contract",),
	("Service Voucher", "Repair Card"),
	("Delay Compensation",),
	("Sales Invoice",),
)
"""From the first to be locked to the last."""

_RANKS = {doctype: rank for rank, doctypes in enumerate(ORDER) for doctype in doctypes}


class LocksOutOfOrder(Exception):
	"""A row is asked for that belongs before one which is locked already. For developers: seen in races of tests only."""


def lock(doctype: str, name: str, fields: str | list[str] = "name") -> Any:
	"""Lock the row `name` of `doctype` until the transaction ends; returns its `fields` as they are stored now.

	Returns:
		The value of one field, a dict by fieldname of several, None when there is no such row. It is the latest
		that was committed, whatever the transaction has read before.
	"""
	note(doctype, name)
	return frappe.db.get_value(doctype, name, fields, as_dict=not isinstance(fields, str), for_update=True)


def note(doctype: str, name: str) -> None:
	"""Say that a row is locked by a statement of its own, as Frappe does in `check_if_latest` and `get_doc`.

	Raises:
		LocksOutOfOrder: where `frappe.flags.check_lock_order` is set, when the transaction holds a row that
			belongs after this one, and not this one.
	"""
	if not frappe.flags.check_lock_order or doctype not in _RANKS:
		return
	held = _held()
	if (doctype, name) in held:
		return
	rank = _RANKS[doctype]
	later = [key for key in held if _RANKS[key[0]] > rank]
	if later:
		raise LocksOutOfOrder(f"{doctype} {name} is locked after {later}")
	held.add((doctype, name))


def _held() -> set[tuple[str, str]]:
	"""What this transaction has locked; forgotten when it ends."""
	held = getattr(frappe.local, "aftersales_locks", None)
	if held is None:
		held = frappe.local.aftersales_locks = set()
	if not held:
		frappe.db.after_commit.add(held.clear)
		frappe.db.after_rollback.add(held.clear)
	return held
