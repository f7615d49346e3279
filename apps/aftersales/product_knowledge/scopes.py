"""Reads scopes and products from documents for `scope_rules`."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils.nestedset import get_ancestors_of

from aftersales.installed_base.serial_rules import serial_key
from aftersales.product_knowledge.scope_rules import Product, Scope, in_range

FIELDS = ("item_code", "brand", "model", "item_group", "equipment", "serial_from", "serial_to")
PRODUCT_FIELDS = ("name", "item_code", "brand", "model", "item_group", "serial_key")


def scope_of(row: Document | frappe._dict) -> Scope:
	"""The scope of a document, article or campaign."""
	return Scope(
		item_code=row.get("item_code") or "",
		brand=row.get("brand") or "",
		model=row.get("model") or "",
		item_group=row.get("item_group") or "",
		equipment=row.get("equipment") or "",
		serials=(serial_key(row.get("serial_from")) or "", serial_key(row.get("serial_to")) or ""),
	)


def product_of(equipment: str) -> Product | None:
	"""A product file as the rules read it; None when there is none."""
	row = frappe.db.get_value("Customer Equipment", equipment, PRODUCT_FIELDS, as_dict=True)
	return as_product(row) if row else None


def as_product(row: frappe._dict) -> Product:
	"""A row with the fields of a product: of a product file, or of a call that has none."""
	group = row.get("item_group")
	return Product(
		equipment=row.get("name") or "",
		item_code=row.get("item_code") or "",
		brand=row.get("brand") or "",
		model=row.get("model") or "",
		item_groups=(group, *get_ancestors_of("Item Group", group)) if group else (),
		serial_key=row.get("serial_key") or "",
	)


def validate_scope(doc: Document) -> None:
	"""A range of serial numbers has two ends of equal length, in order, and belongs to some product.

	Raises:
		frappe.ValidationError: says what is missing.
	"""
	scope = scope_of(doc)
	if scope.is_empty:
		frappe.throw(
			_("Say which products it is for: enter an item, a brand, a model or a product group."),
			frappe.MandatoryError,
		)
	first, last = scope.serials
	if not first and not last:
		return
	if first and last and (len(first) != len(last) or first > last):
		frappe.throw(
			_("{0} to {1} is no range: enter two numbers of the same length, the lower one first.").format(
				frappe.utils.escape_html(doc.serial_from), frappe.utils.escape_html(doc.serial_to)
			)
		)


def matching_products(campaign: Document) -> list[frappe._dict]:
	"""Product files in use that a campaign is for, with their customer."""
	scope = scope_of(campaign)
	product = frappe.qb.DocType("Customer Equipment")
	query = (
		frappe.qb.from_(product)
		.select(
			*(product.name, product.customer, product.customer_group, product.territory),
			*(product.serial_text, product.serial_key, product.title),
		)
		.where((product.status.isin(("In Use", "Out of Service"))) & (product.company == campaign.company))
		.orderby(product.name)
	)
	for field in ("item_code", "brand", "model"):
		if value := getattr(scope, field):
			query = query.where(product[field] == value)
	if scope.item_group:
		left, right = frappe.get_cached_value("Item Group", scope.item_group, ("lft", "rgt"))
		group = frappe.qb.DocType("Item Group")
		below = frappe.qb.from_(group).select(group.name).where((group.lft >= left) & (group.rgt <= right))
		query = query.where(product.item_group.isin(below))
	return [row for row in query.run(as_dict=True) if in_range(row.serial_key or "", *scope.serials)]
