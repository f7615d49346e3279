"""The estimate of a repair is an ERPNext Quotation (R-WS-5)."""

from collections.abc import Sequence

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, nowdate

from aftersales.core.selling_terms import billing_currency, set_default_taxes
from aftersales.service_posting.plan import exact_hours
from aftersales.service_posting.plan.posting_plan import InvoiceRow
from aftersales.service_posting.posting import invoice_rows


def make_quotation(doc: Document) -> str:
	"""Make a draft Quotation from the lines that the customer pays, and set the estimate from it.

	Rates agreed on lines are kept; all other prices and the taxes are ERPNext's for this customer. A
	Quotation that is not cancelled is returned as it is. `doc` is changed, not saved.

	Returns:
		name of the Quotation.

	Raises:
		frappe.ValidationError: no line is charged to the customer, or the Quotation cannot be made.
	"""
	if doc.quotation and frappe.db.get_value("Quotation", doc.quotation, "docstatus") in (0, 1):
		return doc.quotation
	rows = invoice_rows(doc)
	if not rows:
		frappe.throw(
			_("Enter the labour and parts the customer would pay first: the Quotation is made from them."),
			title=_("Nothing to Quote"),
		)
	quotation = _unsaved_quotation(doc, rows)
	quotation.insert()
	doc.quotation = quotation.name
	doc.estimated_amount = flt(quotation.net_total)
	return quotation.name


def _unsaved_quotation(doc: Document, rows: Sequence[InvoiceRow]) -> Document:
	# Not new_doc: the defaults of site and user would take the place of the customer's currency and prices
	quotation = frappe.get_doc(
		{
			"doctype": "Quotation",
			"currency": billing_currency(doc),
			"transaction_date": nowdate(),
			"quotation_to": "Customer",
			"party_name": doc.customer,
			"company": doc.company,
			"order_type": "Maintenance",
			"aftersales_voucher_type": doc.doctype,
			"aftersales_voucher": doc.name,
			"items": [_item(row) for row in rows],
		}
	)
	# Whoever may write on the card may quote for it; ERPNext's own roles need not be theirs.
	quotation.flags.ignore_permissions = True
	exact_hours.keep(quotation)
	_set_customer_terms(quotation)
	_set_agreed_rates(quotation, rows)
	return quotation


def _item(row: InvoiceRow) -> dict:
	values = {
		"item_code": row.item_code,
		"qty": row.qty,
		"aftersales_line": row.line,
		# Quantities of a job are stock units, whatever unit the item is usually sold in.
		"uom": frappe.get_cached_value("Item", row.item_code, "stock_uom"),
	}
	if row.description:
		values["description"] = row.description
	return values


def _set_customer_terms(quotation: Document) -> None:
	"""Currency, price list, address and taxes as ERPNext's own form would set them for the customer."""
	quotation.set_missing_lead_customer_details()
	if not quotation.selling_price_list:
		quotation.selling_price_list = frappe.get_cached_doc("Selling Settings").selling_price_list
	set_default_taxes(quotation)


def _set_agreed_rates(quotation: Document, rows: Sequence[InvoiceRow]) -> None:
	"""What was agreed on a line wins over the price list and over any pricing rule."""
	if not any(row.has_rate for row in rows):
		return
	quotation.set_missing_values()
	if any(item.pricing_rules for item in quotation.items):
		# ERPNext would apply the rules again on every save and discount the agreed rates.
		quotation.ignore_pricing_rule = 1
		quotation.set("pricing_rules", [])
	for item, row in zip(quotation.items, rows, strict=False):
		item.pricing_rules = None
		if row.has_rate:
			item.update(
				{
					"rate": row.rate,
					"discount_percentage": 0 if row.rate else 100,
					"discount_amount": 0,
				}
			)
