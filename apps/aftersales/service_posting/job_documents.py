"""The ERPNext documents beside the invoice that are made for a finished job: what leaves stock, and hours at cost."""

from collections.abc import Iterable

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, nowdate

from aftersales.core import dimensions
from aftersales.core.guards import with_system_privileges
from aftersales.core.selling_terms import save_privileged, set_customer_terms
from aftersales.service_posting.invoicing.invoices import (
	charged_item,
	has_agreed_rates,
	link_back,
	set_agreed_rates,
)
from aftersales.service_posting.plan import exact_hours
from aftersales.service_posting.plan.default_accounts import default_account
from aftersales.service_posting.plan.posting_plan import InvoiceRow, PostingPlan, StockRow

PRICE_FIELDS = (
	"rate",
	"price_list_rate",
	"discount_percentage",
	"discount_amount",
	"margin_type",
	"margin_rate_or_amount",
	"pricing_rules",
)
"""What an invoice row takes over from the row of the Delivery Note that it bills."""


def make_stock_entry(doc: Document, rows: Iterable[StockRow]) -> str | None:
	if not rows:
		return None
	entry = frappe.get_doc(
		{
			"doctype": "Stock Entry",
			"stock_entry_type": "Material Issue",
			"purpose": "Material Issue",
			"company": doc.company,
			**dimensions.of_job(doc),
			"remarks": _("Parts used for {0} {1}").format(_(doc.doctype), doc.name),
			"items": [
				{
					"item_code": row.item_code,
					"qty": row.qty,
					"s_warehouse": row.warehouse,
					"expense_account": row.expense_account
					or default_account(row.item_code, doc.company, "expense_account"),
					"cost_center": row.cost_center,
					**dimensions.of_job(doc, row.line),
					**_serial_and_batch(row),
					"aftersales_line": row.line,
				}
				for row in rows
			],
			**link_back(doc, "Stock Entry"),
		}
	)
	save_privileged(entry, submitted=True)
	return entry.name


def make_delivery_note(doc: Document, rows: Iterable[InvoiceRow]) -> str | None:
	if not rows:
		return None
	note = frappe.get_doc(
		{
			"doctype": "Delivery Note",
			"customer": doc.customer,
			"company": doc.company,
			"posting_date": nowdate(),
			**dimensions.of_job(doc),
			"items": [_delivery_item(row, doc) for row in rows],
			**link_back(doc, "Delivery Note"),
		}
	)
	exact_hours.keep(note)
	set_customer_terms(note, priced=has_agreed_rates(rows))
	set_agreed_rates(note, rows)
	save_privileged(note, submitted=True)
	return note.name


def _delivery_item(row: InvoiceRow, doc: Document) -> dict:
	item = charged_item(row, doc)
	if row.stock:
		item.update(
			warehouse=row.stock.warehouse,
			expense_account=row.stock.expense_account,
			**_serial_and_batch(row.stock),
		)
	item.pop("income_account", None)
	return item


def refer_to_delivery_note(invoice: Document, delivery_note: str) -> None:
	"""The invoice bills what the note delivered, at the note's prices."""
	note = frappe.get_doc("Delivery Note", delivery_note)
	invoice.ignore_pricing_rule = invoice.ignore_pricing_rule or note.ignore_pricing_rule
	delivered = {item.aftersales_line: item for item in note.items}
	for item in invoice.items:
		source = delivered.get(item.aftersales_line)
		if not source:
			continue  # of another job, or an excess, which nothing is delivered for
		item.update({fieldname: source.get(fieldname) for fieldname in PRICE_FIELDS})
		item.update({"delivery_note": delivery_note, "dn_detail": source.name})


def bill_new_delivery_note(sales_invoice: str, delivery_note: str) -> None:
	"""A draft invoice whose Delivery Note was cancelled by hand bills the one made in its place."""
	invoice = frappe.get_doc("Sales Invoice", sales_invoice)
	if invoice.docstatus == 0:
		refer_to_delivery_note(invoice, delivery_note)
		invoice.flags.made_by_posting = True
		with with_system_privileges(invoice):
			invoice.save()


def make_labour_entry(doc: Document, plan: PostingPlan) -> str | None:
	if not plan.labour_rows:
		return None
	default_cost_center = frappe.get_cached_value("Company", doc.company, "cost_center")
	accounts = []
	for row in plan.labour_rows:
		cost_center = row.cost_center or default_cost_center
		for account, side in ((row.debit_account, "debit"), (row.credit_account, "credit")):
			accounts.append(
				{
					"account": account,
					"cost_center": cost_center,
					**dimensions.of_job(doc),
					f"{side}_in_account_currency": flt(row.amount),
				}
			)
	entry = frappe.get_doc(
		{
			"doctype": "Journal Entry",
			"voucher_type": "Journal Entry",
			"company": doc.company,
			"posting_date": nowdate(),
			"user_remark": _("Hours at cost of {0} {1}").format(_(doc.doctype), doc.name),
			"accounts": accounts,
			**link_back(doc, "Journal Entry"),
		}
	)
	save_privileged(entry, submitted=True)
	return entry.name


def _serial_and_batch(row: StockRow) -> dict:
	if not row.serial_nos and not row.batch_no:
		return {}
	return {"use_serial_batch_fields": 1, "serial_no": "\n".join(row.serial_nos), "batch_no": row.batch_no}


def cancel_document(doctype: str, name: str) -> None:
	"""Cancel a submitted document, delete a draft."""
	target = frappe.get_doc(doctype, name)
	if target.docstatus == 1:
		with with_system_privileges(target):
			target.cancel()
	elif target.docstatus == 0:
		frappe.delete_doc(doctype, name, ignore_permissions=True)
