"""What customers see of product knowledge: documents and articles for their products, with or without a login."""

import frappe

from aftersales.product_knowledge import articles, documents, scopes

CUSTOMER = "Customer"


def documents_of(equipment: str) -> list[dict]:
	"""Documents for customers of a product, those in the customer's language first: name, title, version, kind, address."""
	product = scopes.product_of(equipment)
	if not product:
		return []
	rows = documents.for_product(product, CUSTOMER)
	language = (frappe.local.lang or "en").split("-")[0]
	rows.sort(key=lambda row: (row["language"] or language) != language)
	return [
		{field: row[field] for field in ("name", "title", "version", "kind", "language", "address")}
		| {"has_file": bool(row["file"])}
		for row in rows
	]


def document_file(equipment: str, document: str) -> tuple[str, bytes, str] | None:
	"""Name, content and type of a document's file; None unless it is for customers of this product."""
	product = scopes.product_of(equipment)
	return documents.file_for(document, product, CUSTOMER) if product else None


def files_of(equipment: str, most_bytes: int) -> list[str]:
	"""Names of the Files of the documents for customers of a product, as many as fit into so many bytes together."""
	found, left = [], most_bytes
	for row in documents_of(equipment):
		file = row["has_file"] and documents.file_record(row["name"])
		if file and (file.file_size or 0) <= left:
			found.append(file.name)
			left -= file.file_size or 0
	return found


def articles_of(equipment: str) -> list[dict]:
	"""Reviewed articles for customers about a product: name, title, problem, solution."""
	product = scopes.product_of(equipment)
	if not product:
		return []
	rows = articles.proposed(product, CUSTOMER)
	return [{field: row[field] for field in ("name", "title", "problem", "solution")} for row in rows]


def answer(equipment: str, article: str, helpful: bool, key: str) -> None:
	"""A customer says whether an article helped; one that is not offered for the product is not counted."""
	if article in {row["name"] for row in articles_of(equipment)}:
		articles.count(article, helpful, f"{article}|{equipment}|{key}", by_customer=True)
