"""Manuals and other documents of the products of the coming days, which a phone keeps for when it has no network."""

import frappe
from frappe.model.document import Document

from aftersales.product_knowledge import documents

SHOWN = ("name", "title", "kind", "version", "language", "address", "notes")


def of_visits(docs: list[Document]) -> dict[str, list[dict]]:
	"""Visit → the documents for its product: SHOWN, file (URL), bytes and digest of the file; as the desk offers them."""
	if not frappe.has_permission(documents.DOCTYPE, "read"):
		return {}
	audience = documents.audience_of_user()
	by_product: dict = {}
	found = {}
	for doc in docs:
		product = documents.product_of_document(doc)
		if not product:
			continue
		if product not in by_product:
			by_product[product] = [_shown(row) for row in documents.for_product(product, audience)]
		if by_product[product]:
			found[doc.name] = by_product[product]
	return found


def _shown(row: dict) -> dict:
	shown = {field: row[field] for field in SHOWN}
	file = row["file"] and frappe.db.get_value(
		"File",
		{
			"file_url": row["file"],
			"attached_to_doctype": documents.DOCTYPE,
			"attached_to_name": row["name"],
		},
		["file_url", "file_size", "content_hash"],
		as_dict=True,
	)
	if not file:
		return shown
	return {**shown, "file": file.file_url, "bytes": file.file_size, "digest": file.content_hash}
