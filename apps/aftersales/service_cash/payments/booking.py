"""What a Service Payment books: an advance on the customer's account, allocated to the job's invoice as far as it is open.

ERPNext's own Payment Entry is the booking. It names the call, so that only invoices of that call take the deposit.
"""

from datetime import date

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, nowdate

from aftersales.core import dimensions
from aftersales.core.money import rounded
from aftersales.core.system_user import booking_as_system, mapping_as_system
from aftersales.service_cash.cash import receiving_account
from aftersales.service_posting.invoicing.payable import booked_rate
from aftersales.service_posting.posting import posting_key
from aftersales.service_setup.settings import aftersales_settings

PAYMENT = "Payment Entry"


def book(doc: Document, invoice: frappe._dict | None) -> str:
	"""Submit the Payment Entry of Service Payment `doc`; return its name.

	`invoice`: the submitted invoice of the job, locked, where it is open; else all is unallocated.
	"""
	with mapping_as_system():
		payment = _received(doc, invoice)
	payment.update(
		{
			"posting_date": doc.received_on,
			"mode_of_payment": doc.mode_of_payment,
			"reference_no": doc.reference_no or doc.name,
			"reference_date": doc.received_on,
			"remarks": _("{0} received for {1} {2}").format(
				doc.name, _(doc.reference_doctype), doc.reference_name
			),
			**dimensions.of_job_named(doc.reference_doctype, doc.reference_name, doc.company),
			"aftersales_voucher_type": doc.doctype,
			"aftersales_voucher": doc.name,
			"aftersales_call": doc.repair_call,
			"aftersales_posting_key": posting_key(doc.doctype, doc.name, PAYMENT),
		}
	)
	_keep_back_fee(payment, doc)
	return _submit(payment)


def refund(
	doc: Document, amount: float, mode_of_payment: str, reason: str, on: date | str | None = None
) -> str:
	"""Pay `amount` of what no invoice took back to the customer; return the Payment Entry of type Pay.

	Both entries are reconciled with each other, so that neither is offered as an advance again.
	"""
	on = on or nowdate()
	received = frappe.get_doc(PAYMENT, doc.payment_entry)
	till = receiving_account(mode_of_payment, doc.company)
	payment = frappe.new_doc(PAYMENT)
	payment.update(
		{
			"payment_type": "Pay",
			"company": doc.company,
			"party_type": "Customer",
			"party": doc.customer,
			"posting_date": on,
			"paid_from": till,
			"paid_from_account_currency": _currency_of(till),
			"paid_to": received.paid_from,
			"paid_to_account_currency": received.paid_from_account_currency,
			"mode_of_payment": mode_of_payment,
			"reference_no": doc.name,
			"reference_date": on,
			"remarks": _("{0} refunded: {1}").format(doc.name, reason),
			**dimensions.of_job_named(doc.reference_doctype, doc.reference_name, doc.company),
			"aftersales_voucher_type": doc.doctype,
			"aftersales_voucher": doc.name,
			"aftersales_call": doc.repair_call,
		}
	)
	with mapping_as_system():
		_set_amounts(payment, doc, amount, _booked_rate_of(doc, received))
	name = _submit(payment)
	_reconcile(received, name, payment)
	return name


def is_overtaken(invoice: str) -> bool:
	"""Whether somebody paid `invoice` since this transaction began; its row is locked until the request ends.

	ERPNext adds up what is outstanding from what a transaction sees. One that began before another payment was
	committed would write its own sum over it: it has to begin anew.
	"""
	now = frappe.db.get_value("Sales Invoice", invoice, "outstanding_amount", for_update=True)
	return flt(now) != flt(frappe.db.get_value("Sales Invoice", invoice, "outstanding_amount"))


def open_amount(doc: Document, for_update: bool = False) -> float:
	"""What no invoice and no refund has taken of a submitted Service Payment, in its currency."""
	fields = ["docstatus", "unallocated_amount", "paid_from_account_currency", "base_paid_amount"]
	row = frappe.db.get_value(PAYMENT, doc.payment_entry, fields, as_dict=True, for_update=for_update)
	if not row or row.docstatus != 1:
		return 0
	if row.paid_from_account_currency == doc.currency:
		return flt(row.unallocated_amount)
	return rounded(flt(row.unallocated_amount) / _booked_rate_of(doc, row), doc.currency)


def _booked_rate_of(doc: Document, received: Document | frappe._dict) -> float:
	"""Company currency per unit of the payment's currency, as it was booked."""
	own = frappe.get_cached_value("Company", doc.company, "default_currency")
	return 1 if doc.currency == own else flt(received.base_paid_amount) / (flt(doc.amount) - flt(doc.fee))


def _received(doc: Document, invoice: frappe._dict | None) -> Document:
	from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry
	from erpnext.accounts.party import get_party_account

	till = receiving_account(doc.mode_of_payment, doc.company)
	if invoice:
		in_account = flt(doc.amount)
		if invoice.party_account_currency != doc.currency:
			in_account = rounded(in_account * booked_rate(invoice), invoice.party_account_currency)
		payment = get_payment_entry(
			"Sales Invoice",
			invoice.name,
			party_amount=in_account,
			bank_account=till,
			bank_amount=flt(doc.amount) if _currency_of(till) == doc.currency else None,
			reference_date="9999-12-31",
		)
		left = min(in_account, flt(invoice.outstanding_amount))
		for row in payment.references:
			row.allocated_amount = min(flt(row.allocated_amount), left)
			left = flt(left - row.allocated_amount, row.precision("allocated_amount"))
		payment.set("references", [row for row in payment.references if row.allocated_amount])
		return payment
	account = get_party_account("Customer", doc.customer, doc.company)
	payment = frappe.new_doc(PAYMENT)
	payment.update(
		{
			"payment_type": "Receive",
			"company": doc.company,
			"party_type": "Customer",
			"party": doc.customer,
			"posting_date": doc.received_on,
			"paid_from": account,
			"paid_from_account_currency": _currency_of(account),
			"paid_to": till,
			"paid_to_account_currency": _currency_of(till),
		}
	)
	_set_amounts(payment, doc, flt(doc.amount), _rate(doc.currency, doc.company, doc.received_on))
	return payment


def _set_amounts(payment: Document, doc: Document, amount: float, rate: float) -> None:
	"""The amount of `doc`'s currency on both sides, each in the currency of its account; `rate` to company currency."""
	base = rounded(amount * rate)
	own = frappe.get_cached_value("Company", doc.company, "default_currency")
	for side, value, exchange in (
		("from", "paid_amount", "source_exchange_rate"),
		("to", "received_amount", "target_exchange_rate"),
	):
		kept_in = payment.get(f"paid_{side}_account_currency")
		payment.set(value, amount if kept_in == doc.currency else base)
		payment.set(exchange, 1 if kept_in == own else base / amount)
	payment.setup_party_account_field()
	payment.set_missing_values()


def _keep_back_fee(payment: Document, doc: Document) -> None:
	"""The card company pays out less than the customer paid: the rest is a cost."""
	if not flt(doc.fee):
		return
	account = fee_account(doc.company)
	rate = (
		1
		if payment.paid_from_account_currency == doc.currency
		else flt(payment.paid_amount) / flt(doc.amount)
	)
	fee = rounded(flt(doc.fee) * rate)
	for fieldname in ("paid_amount", "received_amount"):  # of what was received, the fee is a deduction
		payment.set(fieldname, flt(payment.get(fieldname)) - fee)
	payment.append(
		"deductions",
		{
			"account": account,
			"cost_center": payment.get("cost_center")
			or frappe.get_cached_value("Company", doc.company, "cost_center"),
			"amount": fee,
		},
	)


def fee_account(company: str) -> str:
	"""The account that fees of card companies and gateways are booked to.

	Raises:
		frappe.ValidationError: none is set for the company.
	"""
	account = set_fee_account(company)
	if not account:
		frappe.throw(
			_("Set {0} for {1} in Aftersales Settings, or leave {2} empty.").format(
				frappe.bold(_("Payment Fee Account")), frappe.bold(company), frappe.bold(_("Fee Kept Back"))
			)
		)
	return account


def set_fee_account(company: str) -> str | None:
	"""The Payment Fee Account of the company, where one is set."""
	rows = aftersales_settings().billing_accounts
	return next((row.payment_fee_account for row in rows if row.company == company), None)


def _reconcile(received: Document, refund_entry: str, payment: Document) -> None:
	from erpnext.accounts.utils import reconcile_against_document

	amount = flt(payment.received_amount)
	with booking_as_system():
		reconcile_against_document(
			[
				frappe._dict(
					voucher_type=PAYMENT,
					voucher_no=received.name,
					voucher_detail_no=None,
					against_voucher_type=PAYMENT,
					against_voucher=refund_entry,
					account=received.paid_from,
					party_type="Customer",
					party=received.party,
					exchange_rate=flt(received.source_exchange_rate) or 1,
					dr_or_cr="credit_in_account_currency",
					unreconciled_amount=flt(received.unallocated_amount),
					unadjusted_amount=flt(received.unallocated_amount),
					allocated_amount=amount,
					difference_amount=0,
					difference_account=None,
					difference_posting_date=nowdate(),
					cost_center=received.get("cost_center"),
					grand_total=amount,
					outstanding_amount=amount,
				)
			]
		)


def _submit(payment: Document) -> str:
	payment.flags.ignore_permissions = True
	payment.flags.made_by_posting = True
	with booking_as_system():
		payment.insert()
		payment.submit()
	return payment.name


def _currency_of(account: str) -> str:
	return frappe.get_cached_value("Account", account, "account_currency")


def _rate(currency: str, company: str, on: date | str) -> float:
	from erpnext.setup.utils import get_exchange_rate

	own = frappe.get_cached_value("Company", company, "default_currency")
	if currency == own:
		return 1
	rate = flt(get_exchange_rate(currency, own, on))
	if not rate:
		frappe.throw(
			_("There is no exchange rate from {0} to {1}: add a Currency Exchange.").format(currency, own)
		)
	return rate
