"""Payment Entries that somebody entered in ERPNext for the cash of a receipt: recognised, or linked by hand.

The money is in the books once: the voucher names the payment, holds its unique posting key on it, and the
technician has nothing to hand over any more. Cancelling the payment opens the receipt again.
"""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.query_builder import Order
from frappe.utils import flt, fmt_money, get_link_to_form

from aftersales.core.guards import require_role
from aftersales.core.input.requests import validate_call
from aftersales.core.job_types import VISIT
from aftersales.core.money import nothing
from aftersales.core.roles import ACCOUNTANTS
from aftersales.service_cash.cash import in_account_currency, invoice_of
from aftersales.service_posting.plan.receipt_rules import reference_of
from aftersales.service_posting.posting import posting_key, refresh_billing

VOUCHER = "Service Voucher"
PAYMENT = "Payment Entry"


def recognise(payment: Document, method: str | None = None) -> None:
	"""doc_events on_submit of a Payment Entry: one with the number of an open receipt books that receipt's cash.

	Another amount than that of the receipt is not taken for it; the user is told.
	"""
	if payment.flags.made_by_posting or payment.aftersales_posting_key:
		return
	voucher = _open_voucher_of(payment)
	if not voucher:
		return
	doc = frappe.get_doc(VOUCHER, voucher, for_update=True)
	if doc.payment_entry:
		return
	collected = _collected(doc, payment.paid_from_account_currency)
	if collected is None or abs(collected - flt(payment.paid_amount)) > 2 * nothing():
		frappe.msgprint(
			_(
				"Receipt {0} of {1} is for {2}. This payment of {3} does not settle it: the technician still has the cash."
			).format(
				frappe.bold(doc.cash_receipt_no),
				get_link_to_form(VOUCHER, doc.name),
				fmt_money(doc.cash_collected, currency=doc.currency),
				fmt_money(payment.paid_amount, currency=payment.paid_from_account_currency),
			),
			title=_("Cash Receipt"),
			indicator="orange",
		)
		return
	_settle(doc, payment)


def name_paid_job(doc: Document) -> None:
	"""before_submit of a payment for the invoice of one job only: it names the job, as found from there.

	It takes no place: a job may be paid in parts.
	"""
	if doc.aftersales_voucher:
		return
	paid = {(row.reference_doctype, row.reference_name) for row in doc.references}
	jobs = {
		frappe.db.get_value(doctype, name, ["aftersales_voucher_type", "aftersales_voucher"])
		if doctype == "Sales Invoice"
		else None
		for doctype, name in paid
	}
	if len(jobs) == 1 and (job := jobs.pop()) and job[1]:
		doc.aftersales_voucher_type, doc.aftersales_voucher = job


def hands_over_cash(payment: str, job: frappe._dict) -> bool:
	"""Whether a payment booked the cash of a visit, which `receive_cash` enters under its receipts."""
	if job.aftersales_voucher_type != VISIT:
		return False
	visit = frappe.get_doc(job.aftersales_voucher_type, job.aftersales_voucher)
	receipts = [row.receipt_no for row in visit.cash_receipts if row.kind == "Received"]
	reference = frappe.db.get_value("Payment Entry", payment, "reference_no")
	return bool(receipts) and reference in (*receipts, reference_of(receipts))


@frappe.whitelist()
@validate_call
def payments_to_link(voucher: str) -> list[dict]:
	"""The Payment Entries that may be the cash of `voucher`: of its customer, of its amount, and of no other receipt.

	Returns:
		name, posting_date, mode_of_payment, reference_no, paid_amount and currency of each; the newest first.

	Raises:
		frappe.PermissionError: the user is no accountant, or may not read the voucher.
	"""
	require_role(ACCOUNTANTS, _("Linking a payment"))
	doc = frappe.get_doc(VOUCHER, voucher)
	doc.check_permission("read")
	return [dict(row) for row in _candidates(doc) if _fits(doc, row)]


@frappe.whitelist(methods=["POST"])
@validate_call
def link_payment(voucher: str, payment_entry: str) -> None:
	"""Say that the submitted Payment Entry is the cash of `voucher`; doing it twice does no harm.

	Raises:
		frappe.PermissionError: the user is no accountant, or may not read the voucher.
		frappe.ValidationError: the cash is booked by another payment, or this one is not of the same customer
			and amount, or books another receipt.
	"""
	require_role(ACCOUNTANTS, _("Linking a payment"))
	doc = frappe.get_doc(VOUCHER, voucher, for_update=True)
	doc.check_permission("read")
	if doc.payment_entry == payment_entry:
		return
	if doc.payment_entry:
		frappe.throw(
			_("Payment Entry {0} books the cash of this visit. Cancel it first.").format(
				get_link_to_form(PAYMENT, doc.payment_entry)
			)
		)
	if doc.docstatus != 1 or not flt(doc.cash_collected):
		frappe.throw(_("{0}: no cash was collected.").format(doc.name))
	row = next((row for row in _candidates(doc, payment_entry) if _fits(doc, row)), None)
	if not row:
		frappe.throw(
			_(
				"Payment Entry {0} cannot be linked. It must be submitted, received from {1} for {2} with the amount {3}, and must not book another receipt."
			).format(
				frappe.bold(frappe.utils.escape_html(payment_entry)),
				frappe.bold(doc.customer),
				frappe.bold(doc.company),
				fmt_money(doc.cash_collected, currency=doc.currency),
			)
		)
	_settle(doc, frappe.get_doc(PAYMENT, row.name, for_update=True))


def _settle(doc: Document, payment: Document) -> None:
	"""The unique key lets the database itself refuse a second payment of the same cash."""
	payment.db_set(
		{
			"aftersales_voucher_type": doc.doctype,
			"aftersales_voucher": doc.name,
			"aftersales_posting_key": posting_key(doc.doctype, doc.name, PAYMENT),
		}
	)
	doc.db_set("payment_entry", payment.name, notify=True)
	refresh_billing(doc)


def _open_voucher_of(payment: Document) -> str | None:
	"""The voucher whose open receipt the payment's reference names."""
	if payment.payment_type != "Receive" or payment.party_type != "Customer" or not payment.reference_no:
		return None
	voucher, receipt = frappe.qb.DocType(VOUCHER), frappe.qb.DocType("Service Cash Receipt")
	rows = (
		frappe.qb.from_(receipt)
		.join(voucher)
		.on(voucher.name == receipt.parent)
		.select(voucher.name)
		.where(
			(receipt.receipt_no == payment.reference_no.strip())
			& (receipt.kind == "Received")
			& (voucher.docstatus == 1)
			& (voucher.company == payment.company)
			& (voucher.customer == payment.party)
			& (voucher.cash_collected > 0)
			& voucher.payment_entry.isnull()
		)
	).run()
	return rows[0][0] if rows else None


def _candidates(doc: Document, name: str | None = None) -> list[frappe._dict]:
	payment = frappe.qb.DocType(PAYMENT)
	query = (
		frappe.qb.from_(payment)
		.select(
			payment.name,
			payment.posting_date,
			payment.mode_of_payment,
			payment.reference_no,
			payment.paid_amount,
			payment.paid_from_account_currency.as_("currency"),
		)
		.where(
			(payment.docstatus == 1)
			& (payment.payment_type == "Receive")
			& (payment.party_type == "Customer")
			& (payment.party == doc.customer)
			& (payment.company == doc.company)
			& payment.aftersales_posting_key.isnull()
		)
		.orderby(payment.posting_date, order=Order.desc)
		.orderby(payment.name, order=Order.desc)
	)
	if name:
		query = query.where(payment.name == name)
	return query.run(as_dict=True)


def _fits(doc: Document, row: frappe._dict) -> bool:
	collected = _collected(doc, row.currency)
	return collected is not None and abs(collected - flt(row.paid_amount)) <= 2 * nothing()


def _collected(doc: Document, currency: str) -> float | None:
	"""What the receipts of `doc` say in the currency of the customer's account; None where no rate is known."""
	if currency == doc.currency:
		return flt(doc.cash_collected)
	invoice = invoice_of(doc)
	return in_account_currency(doc, invoice) if invoice else None
