"""Sets the warranty of a product file by its Warranty Terms, as long as nobody entered another one."""

from datetime import date

import frappe
from frappe.model.document import Document
from frappe.utils import cint, getdate
from frappe.utils.nestedset import get_ancestors_of

from aftersales.core.guards import set_protected_values
from aftersales.installed_base.sale.warranty_rules import Ends, Product, Terms, choose, ends

DOCTYPE = "Warranty Terms"
DECIDED_BY = (
	*("item_code", "brand", "item_group", "company", "purchase_date", "delivered_on", "installed_on"),
	*("warranty_until", "labour_warranty_until"),
)


def apply(file: Document) -> None:
	"""A step of a product file's validate.

	Terms are chosen once, on the day of the delivery, and stay while the product stays the same; the dates follow
	the delivery and the installation. A date that somebody entered is left alone, and what an exchange decided is not
	worked out anew from the terms of another item.
	"""
	if file.flags.warranty_is_decided or not any(_changed(file, field) for field in DECIDED_BY):
		return
	delivered = _day(file.delivered_on) or _day(file.purchase_date)
	terms = _terms_of(file, delivered)
	until = ends(terms, delivered, _day(file.installed_on)) if terms else Ends(None, None)
	_set(file, "warranty_until", "warranty_by_terms", until.product)
	_set(file, "labour_warranty_until", "labour_by_terms", until.labour)
	set_protected_values(file, warranty_terms=terms and terms.name)


def _terms_of(file: Document, delivered: date | None) -> Terms | None:
	if not delivered and not file.installed_on:
		return None
	product_changed = any(file.has_value_changed(field) for field in ("item_code", "brand", "item_group"))
	if file.warranty_terms and not product_changed:
		return _as_terms(frappe.get_cached_doc(DOCTYPE, file.warranty_terms))
	names = frappe.get_all(DOCTYPE, filters={"disabled": 0}, pluck="name", order_by="name asc")
	if not names:
		return None
	groups = [file.item_group, *get_ancestors_of("Item Group", file.item_group)] if file.item_group else []
	product = Product(file.item_code, file.brand, groups, file.company)
	terms = [_as_terms(frappe.get_cached_doc(DOCTYPE, name)) for name in names]
	return choose(terms, product, delivered or _day(file.installed_on))


def _set(file: Document, fieldname: str, by_terms: str, until: date | None) -> None:
	"""Write a date that the terms have set before, or that nobody has entered so far."""
	before = file.get_doc_before_save()
	last = _day(before.get(by_terms)) if before else None
	if _day(file.get(fieldname)) == last:
		file.set(fieldname, until)
	set_protected_values(file, **{by_terms: until})


def _changed(file: Document, fieldname: str) -> bool:
	"""Frappe's own comparison takes an emptied date for today."""
	before = file.get_doc_before_save()
	return not before or str(before.get(fieldname) or "") != str(file.get(fieldname) or "")


def _as_terms(doc: Document) -> Terms:
	return Terms(
		name=doc.name,
		months=cint(doc.months),
		labour_months=cint(doc.labour_months) if doc.labour_differs else None,
		runs_from=doc.runs_from,
		latest_start_months=cint(doc.latest_start_months),
		item_code=doc.item_code,
		brand=doc.brand,
		item_group=doc.item_group,
		company=doc.company,
		valid_from=_day(doc.valid_from),
	)


def _day(value) -> date | None:
	return getdate(value) if value else None
