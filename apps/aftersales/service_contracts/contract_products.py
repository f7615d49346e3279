"""Products of service contracts: each is listed once, also when two product files have become one."""

import frappe
from frappe.model.document import Document

LINE = "Service Contract Equipment"


def remove_duplicates(product: Document, method: str | None, old: str, new: str, merge: bool = False) -> None:
	"""after_rename of Customer Equipment: a contract that listed both files lists the one that stays once."""
	if not merge:
		return
	rows = frappe.get_all(
		LINE,
		filters={"equipment": new, "parenttype": "Service Contract"},
		fields=["name", "parent"],
		order_by="parent asc, idx asc",
	)
	seen: set[str] = set()
	for row in rows:
		if row.parent in seen:
			frappe.db.delete(LINE, {"name": row.name})
		seen.add(row.parent)
