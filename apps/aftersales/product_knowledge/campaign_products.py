"""Products of campaigns follow their files: to another owner, and where two files or two customers became one."""

import frappe
from frappe.model.document import Document

from aftersales.product_knowledge.campaigns import (
	CALLED,
	DONE,
	NOT_POSSIBLE,
	OPEN,
	PRODUCT,
	RECIPIENT,
	TO_SEND,
)

OF_PRODUCT = ("customer", "customer_group", "territory")
FURTHEST_FIRST = (DONE, CALLED, NOT_POSSIBLE, OPEN)


def product_saved(doc: Document, method: str | None = None) -> None:
	"""on_update of Customer Equipment: what a campaign has still to do for a product is the present owner's."""
	if not doc.flags.in_insert and any(doc.has_value_changed(field) for field in OF_PRODUCT):
		frappe.db.set_value(
			PRODUCT,
			{"equipment": doc.name, "status": OPEN},
			{field: doc.get(field) for field in OF_PRODUCT},
			update_modified=False,
		)


def product_renamed(doc: Document, method: str | None, old: str, new: str, merge: bool = False) -> None:
	"""after_rename of Customer Equipment: of two files of one product a campaign calls for one, the furthest on."""
	if not merge:
		return
	rows = frappe.get_all(
		PRODUCT,
		filters={"equipment": new},
		fields=["name", "campaign", "status"],
		order_by="creation asc, name asc",
	)
	rows.sort(key=lambda row: FURTHEST_FIRST.index(row.status))
	seen: set[str] = set()
	for row in rows:
		if row.campaign in seen and row.status == OPEN:
			frappe.db.delete(PRODUCT, {"name": row.name})
		seen.add(row.campaign)


def customer_renamed(doc: Document, method: str | None, old: str, new: str, merge: bool = False) -> None:
	"""after_rename of Customer: a customer who was entered twice is told once."""
	if not merge:
		return
	rows = frappe.get_all(
		RECIPIENT,
		filters={"customer": new},
		fields=["name", "campaign", "status"],
		order_by="creation asc, name asc",
	)
	rows.sort(key=lambda row: row.status == TO_SEND)
	seen: set[str] = set()
	for row in rows:
		if row.campaign in seen and row.status == TO_SEND:
			frappe.db.delete(RECIPIENT, {"name": row.name})
		seen.add(row.campaign)
