"""The fee of a contract that ends early: no invoice after its end, and what was paid for days after it is credited.

ERPNext's Subscription does neither: cancelling it leaves prepaid invoices as they are and cuts the last fee short by
the day of the click, and an end date does not keep it from invoicing the period that begins after it.
"""

from decimal import Decimal

import frappe
from erpnext.controllers.sales_and_purchase_return import make_return_doc
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, fmt_money, get_link_to_form, getdate

from aftersales.money import exact, unit
from aftersales.service_billing import fee_rules
from aftersales.service_billing.fee_rules import Fee
from aftersales.service_billing.invoices import KEY, posting_key, save_as_app

INVOICE, CONTRACT = "Sales Invoice", "Service Contract"


def unused(contract: Document, for_update: bool = False) -> list[frappe._dict]:
	"""Submitted invoices of the fee that reach beyond the end of a contract and are not credited so far.

	`for_update`: a locking read of the credit notes, which sees what others have made meanwhile.

	Returns:
		invoice, from_date, to_date, days and of_days (unused, of those invoiced), amount (net) and currency.
	"""
	if not contract.subscription:
		return []
	end = getdate(contract.end_date)
	found = []
	for row in frappe.get_all(
		INVOICE,
		{"subscription": contract.subscription, "docstatus": 1, "is_return": 0, "to_date": (">", end)},
		["name as invoice", "from_date", "to_date", "net_total", "total_qty", "currency"],
		order_by="to_date asc, name asc",
	):
		fee = Fee(
			getdate(row.from_date),
			getdate(row.to_date),
			exact(row.net_total),
			_credited(row.invoice, for_update),
		)
		smallest = unit(row.currency)
		row.amount = float(fee_rules.unused(fee, end, smallest))
		row.days, row.of_days = fee_rules.unused_days(fee, end), fee_rules.days(fee.first, fee.last)
		# A credit note's rates are rounded: what that leaves, a unit a piece at most, is nothing
		if row.amount > float(smallest) * max(flt(row.total_qty) - 1, 0):
			found.append(row)
	return found


def _credited(invoice: str, for_update: bool) -> Decimal:
	"""Net of the credit notes of an invoice, drafts too."""
	notes = frappe.db.get_values(
		INVOICE,
		{"return_against": invoice, "docstatus": ("<", 2)},
		"net_total",
		order_by="name asc",
		pluck=True,
		for_update=for_update,
	)
	return -sum((exact(net) for net in notes), Decimal(0))


def told(row: frappe._dict) -> str:
	"""What is said of an invoice that reaches beyond the end."""
	return _("Fee not used: {0} of {1}, {2} of {3} days").format(
		fmt_money(row.amount, currency=row.currency),
		get_link_to_form(INVOICE, row.invoice),
		row.days,
		row.of_days,
	)


def credit(contract: Document) -> list[str]:
	"""Draft a credit note for each invoice of :func:`unused`; the contract's row is locked. Their names."""
	return [_credit(contract, row) for row in unused(contract, for_update=True)]


def _credit(contract: Document, row: frappe._dict) -> str:
	note = make_return_doc(INVOICE, row.invoice)
	invoice = frappe.get_doc(INVOICE, row.invoice)
	share = exact(row.amount) / exact(invoice.net_total)
	if getdate(invoice.posting_date) > getdate():  # a credit is not dated before what it credits
		note.update(
			{
				"set_posting_time": 1,
				"posting_date": invoice.posting_date,
				"posting_time": invoice.posting_time,
			}
		)
	note.update(
		{
			"ignore_pricing_rule": 1,
			"discount_amount": flt(
				flt(note.discount_amount) * float(share), note.precision("discount_amount")
			),
			"remarks": _("Fee of {0}, which ended on {1}: {2} of {3} days not used").format(
				contract.name, frappe.format(contract.end_date, "Date"), row.days, row.of_days
			),
			"aftersales_voucher_type": CONTRACT,
			"aftersales_voucher": contract.name,
			# One of them for an invoice and an end: the database refuses a second
			KEY: posting_key(CONTRACT, contract.name, f"{row.invoice}/{contract.end_date}"),
		}
	)
	for item in note.items:
		rate = float(fee_rules.coins(Decimal(str(flt(item.rate))) * share, unit(row.currency)))
		item.update({"rate": rate, "price_list_rate": rate, "discount_percentage": 0, "discount_amount": 0})
	save_as_app(note, submitted=False)
	return note.name


# ---------------------------------------------------------------- the Subscription in ERPNext


def end_subscription(contract: Document) -> None:
	"""The Subscription invoices the periods that begin before the contract's end, each as a whole, and stops.

	Its own end date stays: ERPNext would refuse one within the first period on every save, and charge the
	whole fee for the days of a period that it cuts short.
	"""
	if not contract.subscription:
		return
	subscription = frappe.get_doc("Subscription", contract.subscription)
	subscription.add_comment(
		"Info",
		_("{0} ends on {1}: no period that begins after that day is invoiced").format(
			get_link_to_form(CONTRACT, contract.name), frappe.format(contract.end_date, "Date")
		),
	)
	stop_when_done(subscription)


def stop_when_done(subscription: Document, method: str | None = None) -> None:
	"""doc_events on_update: the next period begins after the contract's end, so nothing is left to invoice."""
	if subscription.get("aftersales_voucher_type") != CONTRACT or subscription.status == "Cancelled":
		return
	end = frappe.db.get_value(CONTRACT, subscription.aftersales_voucher, "end_date")
	if end and getdate(subscription.current_invoice_start) > getdate(end):
		subscription.db_set({"status": "Cancelled", "cancelation_date": end})


def free_key(note: Document, method: str | None = None) -> None:
	"""doc_events on_cancel of a credit note of ours: the fee may be credited again."""
	if note.get("is_return") and note.aftersales_voucher_type == CONTRACT:
		note.db_set(KEY, None, update_modified=False)
