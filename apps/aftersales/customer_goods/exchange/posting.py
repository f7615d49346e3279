"""What a Product Exchange books: units in and out of stock, at the cost of the warranty, and the credit note of a refund.

Each document has a unique posting key: the database refuses a second one.
"""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, flt

from aftersales.core import dimensions
from aftersales.core.money import rounded
from aftersales.core.selling_terms import KEY, posting_key, save_privileged
from aftersales.core.system_user import mapping_as_system
from aftersales.customer_goods.exchange.exchange_rules import REFUND, REPLACEMENT
from aftersales.installed_base import identity
from aftersales.installed_base.serial_rules import serial_key
from aftersales.service_posting.invoicing.invoices import submits_at_once
from aftersales.service_posting.job_plan import category_accounts

NEW, OLD, CREDIT = "New Unit", "Old Unit", "Credit Note"
WARRANTY = "Warranty"


def post(doc: Document) -> dict:
	"""Make the documents of a submitted exchange; field → name, and the cost in company currency."""
	made = {"issue_entry": None, "receipt_entry": None, "credit_note": None}
	cost = 0.0
	if doc.decision == REPLACEMENT and doc.source != "From Maker":
		made["issue_entry"] = _move(doc, NEW, "Material Issue", _new_row(doc))
		cost += _value_of(made["issue_entry"])
	if doc.old_unit == "Own Stock":
		made["receipt_entry"] = _move(doc, OLD, "Material Receipt", _old_row(doc))
		cost -= flt(doc.old_value)
	if doc.decision == REFUND:
		note = make_credit_note(doc)
		made["credit_note"] = note.name
		cost += -flt(note.base_net_total)
	return {**made, "cost": cost}


def take_back(doc: Document) -> None:
	"""Before an exchange is cancelled: its documents go.

	Raises:
		frappe.ValidationError: the credit note is submitted, or a unit has left stock since.
	"""
	if doc.credit_note:
		if frappe.db.get_value("Sales Invoice", doc.credit_note, "docstatus") == 1:
			frappe.throw(
				_("Credit Note {0} is submitted. Cancel it first.").format(
					frappe.utils.get_link_to_form("Sales Invoice", doc.credit_note)
				)
			)
		note, doc.credit_note = doc.credit_note, None
		doc.db_set("credit_note", None)
		frappe.delete_doc("Sales Invoice", note, ignore_permissions=True)
	for fieldname in ("receipt_entry", "issue_entry"):
		if name := doc.get(fieldname):
			doc.db_set(fieldname, None)
			entry = frappe.get_doc("Stock Entry", name)
			entry.flags.ignore_permissions = True
			entry.cancel()


def accounts_of(company: str, charge_rule: str = WARRANTY):
	"""Accounts by which warranty, or what another charge rule pays, is booked in a company.

	Raises:
		frappe.ValidationError: no service category of the charge rule, or none with an expense account.
	"""
	category = frappe.db.get_value(
		"Service Category", {"charge_rule": charge_rule, "disabled": 0}, "name", order_by="name asc"
	)
	found = category and category_accounts(category, company)
	if not found or not found.expense_account:
		frappe.throw(
			_("Set the Expense Account of {0} in Service Category {1}: the cost is booked there.").format(
				frappe.bold(company), frappe.bold(category or _(charge_rule))
			),
			title=_("Account Missing"),
		)
	return found


def sold_row(doc: Document) -> Document | None:
	"""The row of the original invoice that sold the product: by one of its serial numbers, else by item where none is known."""
	invoice = frappe.get_doc("Sales Invoice", doc.original_invoice)
	rows = [row for row in invoice.items if row.item_code == doc.old_item_code]
	numbers = identity.numbers_of(doc.equipment)
	sold = [_serials_of(row) for row in rows]
	fitting = [row for row, serials in zip(rows, sold, strict=True) if numbers & serials]
	without = [row for row, serials in zip(rows, sold, strict=True) if not (numbers and serials)]
	return (fitting or without or [None])[0]


def price_paid(row: Document) -> float:
	"""The price of a unit of a row of an invoice, less its share of a discount on the whole invoice."""
	invoice = frappe.get_doc(row.parenttype, row.parent)
	if not flt(invoice.discount_amount) or flt(invoice.total) <= 0:
		return flt(row.rate)
	return rounded(flt(row.rate) * _share_asked(invoice), invoice.currency)


def _share_asked(invoice: Document) -> float:
	"""What an invoice with a discount on the whole of it asks for of the prices in its rows."""
	if invoice.apply_discount_on == "Grand Total" and cint(invoice.is_cash_or_non_trade_discount):
		return 1 - flt(invoice.discount_amount) / flt(invoice.grand_total)
	within = sum(
		flt(tax.tax_amount_after_discount_amount) for tax in invoice.taxes if cint(tax.included_in_print_rate)
	)
	return (flt(invoice.net_total) + within) / flt(invoice.total)


def _serials_of(row: Document) -> set[str]:
	"""The serial numbers that a row of an invoice sold, however they are spelled."""
	sold = (row.get("serial_no") or "").split("\n")
	if bundle := row.get("serial_and_batch_bundle"):
		sold += frappe.get_all(
			"Serial and Batch Entry", {"parent": bundle}, pluck="serial_no", order_by="idx asc"
		)
	return {key for number in sold if (key := serial_key(number))}


def make_credit_note(doc: Document) -> Document:
	"""The credit note of the original sale over one unit at the refunded price; moves no stock itself."""
	from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return

	row = sold_row(doc)
	# The user who decides the refund here needs no right to invoices
	with mapping_as_system():
		note = make_sales_return(doc.original_invoice)
	note.items = [item for item in note.items if item.sales_invoice_item == row.name]
	(item,) = note.items
	item.update(
		{
			"qty": -1,
			"rate": doc.refund_rate,
			"price_list_rate": doc.refund_rate,
			"discount_percentage": 0,
			"discount_amount": 0,
			"margin_type": None,
			"margin_rate_or_amount": 0,
			"serial_no": None,
			"serial_and_batch_bundle": None,
		}
	)
	_credit_one_unit_alone(note, flt(doc.refund_rate) / price_paid(row), row)
	note.update(
		{
			"update_stock": 0,
			"posting_date": doc.exchanged_on,
			"set_posting_time": 1,
			"ignore_pricing_rule": 1,
			"update_outstanding_for_self": 1,
			"aftersales_voucher_type": doc.doctype,
			"aftersales_voucher": doc.name,
			KEY: posting_key(doc.doctype, doc.name, CREDIT),
			"remarks": _("Refund under warranty by {0}").format(doc.name),
		}
	)
	note.set("payment_schedule", [])
	note.due_date = None
	save_privileged(note, submits_at_once())
	return note


def _credit_one_unit_alone(note: Document, refunded: float, row: Document) -> None:
	"""What the sale had once for all of its units: the discount is in the price already, of amounts the unit has its part."""
	total = flt(frappe.db.get_value("Sales Invoice", note.return_against, "total"))
	part = refunded * flt(row.rate) / total if total > 0 else 0
	for tax in note.taxes:
		if tax.charge_type == "Actual":
			tax.tax_amount = rounded(flt(tax.tax_amount) * part, note.currency)
	note.update(
		{
			"discount_amount": 0,
			"base_discount_amount": 0,
			"additional_discount_percentage": 0,
			"is_cash_or_non_trade_discount": 0,
		}
	)


def _move(doc: Document, purpose: str, kind: str, row: dict) -> str:
	accounts = accounts_of(doc.company)
	entry = frappe.get_doc(
		{
			"doctype": "Stock Entry",
			"stock_entry_type": kind,
			"purpose": kind,
			"company": doc.company,
			"set_posting_time": 1,
			"posting_date": doc.exchanged_on,
			"remarks": f"{_(purpose)}: {doc.name}",
			**dimensions.of_job_named(None, None, doc.company),
			"items": [
				{
					"qty": 1,
					"expense_account": accounts.expense_account,
					"cost_center": accounts.cost_center,
					**row,
				}
			],
			"aftersales_voucher_type": doc.doctype,
			"aftersales_voucher": doc.name,
			KEY: posting_key(doc.doctype, doc.name, purpose),
		}
	)
	save_privileged(entry, submitted=True)
	return entry.name


def _new_row(doc: Document) -> dict:
	row = {"item_code": doc.new_item_code, "s_warehouse": doc.new_warehouse}
	if cint(frappe.get_cached_value("Item", doc.new_item_code, "has_serial_no")):
		row.update(use_serial_batch_fields=1, serial_no=doc.new_serial)
	return row


def _old_row(doc: Document) -> dict:
	row = {
		"item_code": doc.old_item_code,
		"t_warehouse": doc.old_warehouse,
		"basic_rate": flt(doc.old_value),
		"set_basic_rate_manually": 1,
		"allow_zero_valuation_rate": 0 if flt(doc.old_value) else 1,
	}
	if cint(frappe.get_cached_value("Item", doc.old_item_code, "has_serial_no")):
		row.update(use_serial_batch_fields=1, serial_no=doc.old_serial_no or doc.old_serial)
	return row


def _value_of(entry: str) -> float:
	return flt(frappe.db.get_value("Stock Entry", entry, "total_outgoing_value"))
