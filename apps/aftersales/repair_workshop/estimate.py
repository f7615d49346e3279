"""The estimate of a repair is an ERPNext Quotation (R-WS-5)."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt


def make_quotation(doc: Document) -> str:
	"""Make a draft Quotation from the lines that the customer pays, and set the estimate from it.

	Rates agreed on lines are kept; prices and taxes are ERPNext's for this customer. A Quotation that
	is not cancelled is returned as it is. `doc` is changed, not saved.

	Returns:
		name of the Quotation.

	Raises:
		frappe.ValidationError: no line is charged to the customer, or the Quotation cannot be made.
	"""
	if doc.quotation and frappe.db.get_value("Quotation", doc.quotation, "docstatus") in (0, 1):
		return doc.quotation
	quotation = _new_quotation(doc)
	quotation.insert()
	doc.quotation = quotation.name
	doc.estimated_amount = flt(quotation.net_total)
	return quotation.name


def _new_quotation(doc: Document) -> Document:
	from aftersales.service_billing.posting import invoice_rows

	rows = invoice_rows(doc)
	if not rows:
		frappe.throw(
			_("Enter the labour and parts the customer would pay first: the Quotation is made from them."),
			title=_("Nothing to Quote"),
		)
	quotation = frappe.get_doc(
		{
			"doctype": "Quotation",
			"quotation_to": "Customer",
			"party_name": doc.customer,
			"company": doc.company,
			"order_type": "Maintenance",
			"aftersales_voucher_type": doc.doctype,
			"aftersales_voucher": doc.name,
			"items": [_item(row) for row in rows],
		}
	)
	_set_customer_terms(quotation)
	quotation.set_missing_values()
	for item, row in zip(quotation.items, rows, strict=True):
		if row.rate:
			item.rate = row.rate
	quotation.calculate_taxes_and_totals()
	return quotation


def _set_customer_terms(quotation: Document) -> None:
	"""Currency, price list, address and taxes as ERPNext's own form would set them for the customer."""
	quotation.flags.ignore_permissions = True
	quotation.set("__islocal", True)  # ERPNext sets the company's default taxes on new documents only
	quotation.set_missing_lead_customer_details()
	if not quotation.selling_price_list:
		quotation.selling_price_list = frappe.get_cached_doc("Selling Settings").selling_price_list
	quotation.set_taxes()


def _item(row) -> dict:
	values = {"item_code": row.item_code, "qty": row.qty}
	if row.rate:
		values["rate"] = row.rate
	if row.description:
		values["description"] = row.description
	return values
