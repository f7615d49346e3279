"""A technician hands their cash over: invoices, payments and the difference in one transaction (R-AC-3)."""

from collections.abc import Iterable
from decimal import Decimal

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.query_builder import Order
from frappe.utils import flt, get_link_to_form

from aftersales.core.guards import require_role, with_system_privileges
from aftersales.core.input.requests import validate_call
from aftersales.core.money import exact, rounded, unit
from aftersales.core.roles import ACCOUNTANTS
from aftersales.service_billing import journal
from aftersales.service_cash.cash import book_cash, receiving_account
from aftersales.service_cash.handover_rules import Cash, Handover, Refusal, in_company_currency
from aftersales.service_posting.posting import post_job

LINE = "Technician Cash Handover Line"

FIELDS = (
	"name",
	"docstatus",
	"technician",
	"company",
	"currency",
	"customer_name",
	"cash_collected",
	"cash_receipt_no",
	"departed_at",
	"sales_invoice",
	"payment_entry",
	"cash_handover",
)


@frappe.whitelist()
@validate_call
def open_cash(company: str, technician: str, currency: str | None = None) -> list[dict]:
	"""The vouchers whose cash `technician` still has, oldest first, as rows of a handover.

	`currency`: of the cash; the company's when empty.

	Raises:
		frappe.PermissionError: the user is no accountant, or may not see the company.
	"""
	require_role(ACCOUNTANTS, _("Receiving cash"))
	frappe.has_permission("Company", doc=company, throw=True)
	return open_rows(
		company, technician, currency or frappe.get_cached_value("Company", company, "default_currency")
	)


def open_rows(company: str, technician: str, currency: str) -> list[dict]:
	"""Rows of a handover for all cash that `technician` still has in `currency`."""
	return [row_of(voucher) for voucher in _open_vouchers(company, technician, currency)]


def row_of(voucher: frappe._dict) -> dict:
	"""What a row of the handover shows of a voucher."""
	return {
		"service_voucher": voucher.name,
		"customer_name": voucher.customer_name,
		"cash_receipt_no": voucher.cash_receipt_no,
		"collected_on": voucher.departed_at and voucher.departed_at.date(),
		"amount": voucher.cash_collected,
		"sales_invoice": voucher.sales_invoice,
	}


def vouchers(names: Iterable[str], for_update: bool = False) -> dict[str, frappe._dict]:
	"""The vouchers of a handover by name; locked in the order of their names, so that two never wait
	for each other."""
	table = frappe.qb.DocType("Service Voucher")
	query = (
		frappe.qb.from_(table)
		.select(*(table[field] for field in FIELDS))
		.where(table.name.isin(sorted(set(names))))
		.orderby(table.name, order=Order.asc)
	)
	if for_update:
		query = query.for_update()
	return {row.name: row for row in query.run(as_dict=True)}


def as_cash(voucher: frappe._dict) -> Cash:
	return Cash(
		voucher=voucher.name,
		submitted=voucher.docstatus == 1,
		technician=voucher.technician,
		company=voucher.company,
		currency=voucher.currency,
		amount=Decimal(str(flt(voucher.cash_collected))),
		payment_entry=voucher.payment_entry,
		handover=voucher.cash_handover,
	)


def as_handover(doc: Document) -> Handover:
	return Handover(doc.name or "", doc.technician, doc.company, doc.currency)


def book(doc: Document) -> None:
	"""Submit the draft invoices, book the payments and the difference, mark the vouchers.

	Raises:
		frappe.ValidationError: names the voucher, and what to do first. Nothing is booked then.
	"""
	booked_in_company_currency = Decimal(0)
	for line in doc.vouchers:
		booked_in_company_currency += _book_line(doc, line)
	doc.db_set("conversion_rate", flt(booked_in_company_currency) / flt(doc.expected_amount))
	if flt(doc.difference):
		doc.db_set("journal_entry", _book_difference(doc))


def _book_line(doc: Document, line: Document) -> Decimal:
	"""Book the cash of one voucher; return it in company currency.

	Raises:
		frappe.ValidationError: whatever refuses it, with the name of the voucher and the ways out.
	"""
	try:
		voucher = frappe.get_doc("Service Voucher", line.service_voucher)
		post_job(voucher, invoice_now=True)  # a customer who pays at once does not wait for a billing run
		submitted = _submit_draft(voucher.sales_invoice)
		voucher.reload()
		payment = book_cash(voucher, doc.mode_of_payment, doc.posting_date)
	except frappe.ValidationError as error:
		frappe.clear_last_message()  # told below, with the voucher
		frappe.throw(
			_(
				"Row {0}: {1} cannot be handed over, so nothing is booked: {2} Correct this, or remove the row and hand over the others."
			).format(line.idx, get_link_to_form("Service Voucher", line.service_voucher), _words(error)),
			type(error),
			title=_("Not to Be Handed Over"),
		)
	voucher.db_set("cash_handover", doc.name)
	line.db_set(
		{
			"payment_entry": payment.name,
			"sales_invoice": voucher.sales_invoice,
			"invoice_submitted": int(submitted),
			"unallocated_amount": _in_cash(payment, line),
		}
	)
	return exact(payment.base_received_amount)


def _words(error: Exception) -> str:
	"""What an error says; several things at once one after the other."""
	told = error.args[0] if error.args else ""
	return " ".join(str(part) for part in told) if isinstance(told, list | tuple) else str(told)


def _in_cash(payment: Document, line: Document) -> float:
	"""What stays unallocated of a payment, in the currency of the cash."""
	return rounded(flt(line.amount) * flt(payment.unallocated_amount) / flt(payment.paid_amount))


def take_back(doc: Document) -> None:
	"""Cancel difference and payments, free the vouchers; take the invoices back where that was asked.

	An invoice taken back is drafted anew, as it was before the handover.
	"""
	journal.take_back(doc.journal_entry)
	doc.db_set("journal_entry", None)  # or an amendment would name what is cancelled
	for line in doc.vouchers:  # all payments first: an invoice may bill several of the vouchers
		_cancel("Payment Entry", line.payment_entry)
		line.db_set({"payment_entry": None, "unallocated_amount": 0})
	for line in doc.vouchers:
		voucher = frappe.get_doc("Service Voucher", line.service_voucher)
		voucher.db_set("cash_handover", None)
		if doc.cancel_invoices and line.invoice_submitted:
			_cancel("Sales Invoice", line.sales_invoice)
			voucher.reload()
			post_job(voucher)
			voucher.notify_update()
			line.db_set("sales_invoice", voucher.sales_invoice)


def forget_invoice(invoice: Document, method: str | None = None) -> None:
	"""on_cancel, on_trash of Sales Invoice: handovers that are drafts or were taken back name it no more.

	Else the link would hold the invoice, and neither they nor an amendment could be saved. Read first, and
	written by name: nobody else's handover is locked.
	"""
	for name in frappe.get_all(LINE, {"sales_invoice": invoice.name, "docstatus": ("!=", 1)}, pluck="name"):
		frappe.db.set_value(LINE, name, "sales_invoice", None, update_modified=False)


def refusal_message(refusal: Refusal) -> str:
	"""What the user reads, for each code of `handover_rules.refusals`."""
	texts = {
		"twice": _("{0} is listed twice."),
		"not_completed": _(
			"{0} is not completed: only cash of a completed visit is handed over. Complete or amend the visit, or remove the row."
		),
		"nothing_collected": _("{0}: no cash was collected. Remove the row."),
		"other_technician": _("{0}: the cash was collected by {1}."),
		"other_company": _("{0} belongs to company {1}."),
		"other_currency": _("{0}: the cash is in {1}. Hand it over by itself."),
		"handed_over": _("{0}: the cash was handed over by {1}."),
		"paid": _("{0}: Payment Entry {1} books this cash already. Remove the row."),
	}
	return texts[refusal.code].format(
		get_link_to_form("Service Voucher", refusal.voucher), frappe.bold(refusal.found or "-")
	)


def _open_vouchers(company: str, technician: str, currency: str) -> list[frappe._dict]:
	table = frappe.qb.DocType("Service Voucher")
	return (
		frappe.qb.from_(table)
		.select(*(table[field] for field in FIELDS))
		.where(
			(table.technician == technician)
			& (table.company == company)
			& (table.currency == currency)
			& (table.docstatus == 1)
			& (table.cash_collected > 0)
			& table.payment_entry.isnull()
		)
		.orderby(table.departed_at, order=Order.asc)
		.orderby(table.name, order=Order.asc)
	).run(as_dict=True)


def _submit_draft(sales_invoice: str | None) -> bool:
	if not sales_invoice:
		return False
	invoice = frappe.get_doc("Sales Invoice", sales_invoice)
	if invoice.docstatus != 0:
		return False
	with with_system_privileges(invoice):
		invoice.submit()
	return True


def _book_difference(doc: Document) -> str:
	rate = Decimal(str(doc.conversion_rate))
	counted = abs(exact(doc.difference))
	amount = in_company_currency(counted, rate, unit())
	cost_center = journal.cost_center(doc.company, doc.cost_center)
	cash = receiving_account(doc.mode_of_payment, doc.company)
	other = journal.company_account(doc.company, "cash_difference_account", doc.difference_account)
	debited, credited = (other, cash) if flt(doc.difference) < 0 else (cash, other)
	# A till in the currency of the cash is off by what was counted, whatever that is worth today
	known = {account: counted for account in (cash, other) if _is_kept_in(doc, account)}
	return journal.book(
		doc,
		(
			journal.Entry(
				debited, debit=amount, cost_center=cost_center, in_account_currency=known.get(debited)
			),
			journal.Entry(
				credited, credit=amount, cost_center=cost_center, in_account_currency=known.get(credited)
			),
		),
		doc.posting_date,
		_("Cash difference of {0}: {1}").format(doc.name, doc.difference_reason),
		[("Service Voucher", line.service_voucher) for line in doc.vouchers],
	)


def _is_kept_in(doc: Document, account: str) -> bool:
	"""Whether an account is in the foreign currency of the cash."""
	own = frappe.get_cached_value("Company", doc.company, "default_currency")
	return own != doc.currency == frappe.get_cached_value("Account", account, "account_currency")


def _cancel(doctype: str, name: str | None) -> None:
	if not name:
		return
	target = frappe.get_doc(doctype, name)
	if target.docstatus == 1:
		with with_system_privileges(target):
			target.cancel()
