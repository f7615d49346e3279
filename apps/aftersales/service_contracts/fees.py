"""The fee of a contract that ends early: what was paid for days after its end is credited.

Periods that are not invoiced yet end with the contract (`fee_invoices`). ERPNext's Subscription does neither:
cancelling it leaves prepaid invoices as they are and cuts the last fee short by the day of the click.
"""

from datetime import date
from decimal import Decimal

import frappe
from erpnext.controllers.sales_and_purchase_return import make_return_doc
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_days, cint, flt, fmt_money, get_link_to_form, getdate

from aftersales.core.money import exact, unit
from aftersales.core.rounding_rules import round_to
from aftersales.core.selling_terms import KEY, posting_key, save_privileged
from aftersales.service_contracts import fee_invoices, fee_rules
from aftersales.service_contracts.fee_rules import Fee

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
		rate = float(round_to(Decimal(str(flt(item.rate))) * share, unit(row.currency)))
		item.update({"rate": rate, "price_list_rate": rate, "discount_percentage": 0, "discount_amount": 0})
		# A credit is booked at once, and is not earned over days
		item.update({"enable_deferred_revenue": 0, "service_start_date": None, "service_end_date": None})
	save_privileged(note, submitted=False)
	_stop_recognition(invoice, getdate(contract.end_date))
	return note.name


def _stop_recognition(invoice: Document, end: date) -> None:
	"""A deferred fee is earned until the contract ends. ERPNext then books what is left of it as income, from which
	the credit takes the unused days: deferred revenue is nothing afterwards, income what was earned.

	On the day after what ERPNext has recognised already, where that is later: it looks at no earlier one again.
	"""
	for item in invoice.items:
		if not cint(item.get("enable_deferred_revenue")):
			continue
		recognised = _recognised_until(item)
		days = [end, getdate(item.service_start_date), *([add_days(recognised, 1)] if recognised else [])]
		stop = max(getdate(day) for day in days)
		frappe.db.set_value(
			item.doctype, item.name, "service_stop_date", min(stop, getdate(item.service_end_date))
		)


def _recognised_until(item: Document) -> date | None:
	"""The last day up to which ERPNext has moved a deferred row to income, by entries of the invoice or by journals."""
	booked = frappe.get_all(
		"GL Entry",
		{
			"account": item.deferred_revenue_account,
			"voucher_detail_no": item.name,
			"debit": (">", 0),
			"is_cancelled": 0,
		},
		pluck="posting_date",
		order_by="posting_date desc",
		limit=1,
	)
	row, journal = frappe.qb.DocType("Journal Entry Account"), frappe.qb.DocType("Journal Entry")
	drafted = (
		frappe.qb.from_(row)
		.join(journal)
		.on(journal.name == row.parent)
		.select(journal.posting_date)
		.where((row.reference_detail_no == item.name) & (journal.docstatus < 2) & (row.debit > 0))
		.orderby(journal.posting_date, order=frappe.qb.desc)
		.limit(1)
	).run(pluck=True)
	return max((getdate(day) for day in (*booked, *drafted)), default=None)


# ---------------------------------------------------------------- the Subscription in ERPNext


def end_subscription(contract: Document) -> None:
	"""The Subscription invoices the periods that begin before the contract's end, the last one by the day, and stops.

	It has no end date of its own: ERPNext would refuse one within the first period.
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
	fee_invoices.follow_calendar(subscription.name)


def free_key(note: Document, method: str | None = None) -> None:
	"""doc_events on_cancel of a credit note of ours: the fee may be credited again."""
	if note.get("is_return") and note.aftersales_voucher_type == CONTRACT:
		note.db_set(KEY, None, update_modified=False)
		resume_recognition(note)


def resume_recognition(note: Document, method: str | None = None) -> None:
	"""doc_events on_trash of a credit note of ours, and when it is cancelled: the fee it credited is earned on."""
	if not (
		note.get("is_return") and note.get("aftersales_voucher_type") == CONTRACT and note.return_against
	):
		return
	others = {"return_against": note.return_against, "docstatus": ("<", 2), "name": ("!=", note.name)}
	if not frappe.db.exists(INVOICE, {**others, "aftersales_voucher": note.aftersales_voucher}):
		row = frappe.qb.DocType(f"{INVOICE} Item")
		frappe.qb.update(row).set(row.service_stop_date, None).where(
			(row.parent == note.return_against) & (row.enable_deferred_revenue == 1)
		).run()
