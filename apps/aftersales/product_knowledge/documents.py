"""Documents at hand for a product: on its file, on calls, visits and cards, on customers' pages, in the phone app."""

from collections.abc import Iterable

import frappe
from frappe.model.document import Document
from frappe.utils import getdate

from aftersales.core.guards import has_any_role
from aftersales.core.input.requests import DocTypeName, validate_call
from aftersales.product_knowledge import scopes
from aftersales.product_knowledge.scope_rules import Product, Version, current, fits

DOCTYPE = "Product Document"
DESK_ROLES = ("Service Agent", "Service Supervisor", "Service Manager", "System Manager")
SHOWN = ("name", "title", "kind", "version", "language", "audience", "valid_from", "file", "address", "notes")


@frappe.whitelist()
@validate_call
def documents_of(doctype: DocTypeName, name: str) -> list[dict]:
	"""The documents for the product of a call, visit, card or product file, as the user may see them.

	Returns:
		for each: name, title, kind, version, language, audience, valid_from, file (URL), address, notes. The list
		is the same for the phone app, which keeps the files for when it is offline.

	Raises:
		frappe.PermissionError: the user may not read the document, or no documents at all.
	"""
	doc = frappe.get_doc(doctype, name)
	doc.check_permission("read")
	frappe.has_permission(DOCTYPE, "read", throw=True)
	product = product_of_document(doc)
	return for_product(product, audience_of_user()) if product else []


def for_product(product: Product, audience: str, languages: Iterable[str] = ()) -> list[dict]:
	"""The documents that are offered for a product today to an audience (Customer, Technician, Staff)."""
	rows = frappe.get_all(
		DOCTYPE,
		filters={"disabled": 0},
		fields=[*SHOWN, "valid_until", "replaces", *scopes.FIELDS],
		or_filters=_may_fit(product),
		order_by="kind asc, title asc, name asc",
	)
	rows = {row.name: row for row in rows if fits(scopes.scope_of(row), product)}
	versions = [
		Version(
			row.name,
			row.audience,
			getdate(row.valid_from),
			getdate(row.valid_until) if row.valid_until else None,
			row.replaces or "",
			row.language or "",
		)
		for row in rows.values()
	]
	names = current(versions, getdate(), audience, tuple(languages))
	return [{field: rows[name][field] for field in SHOWN} for name in names]


def file_for(document: str, product: Product, audience: str) -> tuple[str, bytes, str] | None:
	"""Name, content and type of the file of a document, when it is offered for the product to that audience."""
	if document not in {row["name"] for row in for_product(product, audience)}:
		return None
	record = file_record(document)
	if not record:
		return None
	file = frappe.get_doc("File", record.name)
	content = file.get_content()
	content = content.encode() if isinstance(content, str) else content
	return file.file_name, content, _content_type(file.file_name)


def file_record(document: str) -> frappe._dict | None:
	"""The File of a document: name, file_size in bytes; None without one of its own."""
	url = frappe.db.get_value(DOCTYPE, document, "file")
	attached = {"file_url": url, "attached_to_doctype": DOCTYPE, "attached_to_name": document}
	return frappe.db.get_value("File", attached, ("name", "file_size"), as_dict=True) if url else None


def product_of_document(doc: Document) -> Product | None:
	"""The product that a document is about; of a call without a product file what the call says of it."""
	equipment = doc.name if doc.doctype == "Customer Equipment" else doc.get("equipment")
	if equipment:
		return scopes.product_of(equipment)
	call = doc if doc.doctype == "Repair Call" else None
	if not call and doc.get("repair_call"):
		call = frappe.get_doc("Repair Call", doc.repair_call)
	if not call:
		return None
	return scopes.as_product(frappe._dict(call.as_dict(), name=""))


def audience_of_user() -> str:
	"""Staff for the desk, Technician for everybody else who may read documents."""
	return "Staff" if has_any_role(DESK_ROLES) else "Technician"


def _may_fit(product: Product) -> list[list]:
	"""Filters of which one holds for each document that fits: one of its filled fields is the product's."""
	known = {
		"equipment": product.equipment,
		"item_code": product.item_code,
		"brand": product.brand,
		"model": product.model,
	}
	filters = [[DOCTYPE, field, "=", value] for field, value in known.items() if value]
	if product.item_groups:
		filters.append([DOCTYPE, "item_group", "in", list(product.item_groups)])
	return filters or [[DOCTYPE, "name", "=", ""]]


SAFE_TYPES = {
	"pdf": "application/pdf",
	"png": "image/png",
	"jpg": "image/jpeg",
	"jpeg": "image/jpeg",
	"webp": "image/webp",
	"txt": "text/plain; charset=utf-8",
}


def _content_type(file_name: str) -> str:
	"""What a browser may show by itself; anything else is saved, never run."""
	return SAFE_TYPES.get(file_name.rpartition(".")[2].lower(), "application/octet-stream")
