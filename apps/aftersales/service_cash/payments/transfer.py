"""Bank details of an invoice for the customer, and the code that banking apps read.

A country app can answer in our place: hook `aftersales_payment_code`, called with the invoice and the details, returns
a code in the form of :func:`code_of`, or None.
"""

from base64 import b64encode
from io import StringIO

import frappe
from frappe.model.document import Document
from frappe.utils import flt

from aftersales.core.money import rounded
from aftersales.service_cash.payments import payment_qr_rules as rules
from aftersales.service_cash.payments.payment_qr_rules import Transfer

ACCOUNT_FIELDS = (
	"name",
	"account_name",
	"iban",
	"bank_account_no",
	"branch_code",
	"bank",
	"account",
	"aftersales_upi_id",
)


def details_of(invoice: Document) -> frappe._dict | None:
	"""Where and how the open amount of a submitted invoice is paid by transfer.

	Returns:
		holder, bank, iban, bic, account_no, upi_id, amount, currency, reference, code (:func:`code_of`), code_kind.
		None when nothing is open, or the company has no bank account for customers.
	"""
	amount = open_of(invoice)
	account = amount > 0 and _bank_account(invoice.company, invoice.currency)
	if not account:
		return None
	bank = account.bank and frappe.get_cached_value(
		"Bank", account.bank, ["bank_name", "swift_number"], as_dict=True
	)
	details = frappe._dict(
		holder=invoice.company,
		bank=bank.bank_name if bank else account.bank,
		iban=rules.compact(account.iban),
		bic=rules.compact(bank.swift_number) if bank else "",
		account_no=account.bank_account_no,
		branch_code=account.branch_code,
		upi_id=account.aftersales_upi_id or "",
		amount=amount,
		currency=invoice.currency,
		reference=invoice.name,
	)
	details.code, details.code_kind = _code(invoice, details)
	return details


def open_of(invoice: Document) -> float:
	"""What is open of an invoice, in its own currency, less credit notes of it that nobody has reconciled with it yet."""
	open_amount = owed_on(invoice.name, flt(invoice.outstanding_amount))
	if invoice.docstatus != 1 or open_amount <= 0:
		return 0
	if invoice.party_account_currency == invoice.currency:
		return open_amount
	base = flt(invoice.base_rounded_total) or flt(invoice.base_grand_total)
	total = flt(invoice.rounded_total) or flt(invoice.grand_total)
	return flt(open_amount * total / base, 2) if base else 0


def owed_on(invoice: str, outstanding: float) -> float:
	"""What is `outstanding` (currency of the customer's account) less its credit notes, which ERPNext leaves open by themselves."""
	credits = frappe.get_all(
		"Sales Invoice",
		filters={"return_against": invoice, "docstatus": 1, "is_return": 1, "outstanding_amount": ("<", 0)},
		pluck="outstanding_amount",
		order_by="name asc",
	)
	return rounded(outstanding + sum(credits))


def _code(invoice: Document, details: frappe._dict) -> tuple[str | None, str | None]:
	for hook in frappe.get_hooks("aftersales_payment_code"):
		if found := frappe.get_attr(hook)(invoice, details):
			return found
	return code_of(details, _country(invoice.company), invoice)


def code_of(details: frappe._dict, country: str, invoice: Document) -> tuple[str | None, str | None]:
	"""A picture of the code (data URI) and its standard; (None, None) where there is none for this transfer."""
	transfer = Transfer(
		holder=details.holder,
		amount=details.amount,
		currency=details.currency,
		reference=details.reference,
		iban=details.iban,
		bic=details.bic,
		upi_id=details.upi_id,
	)
	kind = rules.standard(country, transfer)
	if not kind:
		return None, None
	try:
		picture = {rules.EPC: _epc, rules.UPI: _upi, rules.SWISS: _swiss}[kind](transfer, invoice)
	except (ImportError, ValueError) as reason:
		frappe.log_error("No payment code", f"{invoice.name}: {reason}")
		return None, None
	return (picture, kind) if picture else (None, None)


def _epc(transfer: Transfer, invoice: Document) -> str:
	from segno import helpers

	code = helpers.make_epc_qr(
		name=transfer.holder[:70],
		iban=transfer.iban,
		amount=f"{transfer.amount:.2f}",
		text=rules.epc_text(transfer.reference),
		bic=transfer.bic or None,
	)
	return code.svg_data_uri(scale=4, border=4)


def _upi(transfer: Transfer, invoice: Document) -> str:
	import segno

	return segno.make(rules.upi_address(transfer), error="m", micro=False).svg_data_uri(scale=4, border=4)


def _swiss(transfer: Transfer, invoice: Document) -> str | None:
	"""The payment part of the Swiss QR-bill; the creditor's address is the company's."""
	from qrbill import QRBill

	creditor = _address_of_company(invoice.company, transfer.holder)
	if not creditor:
		return None
	bill = QRBill(
		account=transfer.iban,
		creditor=creditor,
		amount=f"{transfer.amount:.2f}",
		currency=transfer.currency,
		reference_number=rules.qr_reference(transfer.reference) if rules.is_qr_iban(transfer.iban) else None,
		additional_information=transfer.reference[:140],
		language=_language(invoice),
	)
	text = StringIO()
	bill.as_svg(text)
	return "data:image/svg+xml;base64," + b64encode(text.getvalue().encode()).decode()


def _language(invoice: Document) -> str:
	language = (invoice.get("language") or frappe.local.lang or "en")[:2]
	return language if language in ("de", "en", "fr", "it") else "en"


def _address_of_company(company: str, holder: str) -> dict | None:
	from frappe.contacts.doctype.address.address import get_company_address

	name = get_company_address(company).get("company_address")
	address = name and frappe.get_cached_doc("Address", name)
	if not (address and address.pincode and address.city):
		return None
	return {
		"name": holder[:70],
		"street": (address.address_line1 or "")[:70],
		"pcode": address.pincode,
		"city": address.city[:35],
		"country": (frappe.get_cached_value("Country", address.country, "code") or "ch").upper(),
	}


def _bank_account(company: str, currency: str) -> frappe._dict | None:
	"""The company's own bank account for this currency, the default one first."""
	rows = frappe.get_all(
		"Bank Account",
		filters={"company": company, "is_company_account": 1, "disabled": 0},
		fields=list(ACCOUNT_FIELDS),
		order_by="is_default desc, name asc",
	)
	usable = [row for row in rows if row.iban or row.bank_account_no or row.aftersales_upi_id]
	for row in usable:
		if row.account and frappe.get_cached_value("Account", row.account, "account_currency") == currency:
			return row
	return usable[0] if usable else None


def _country(company: str) -> str:
	country = frappe.get_cached_value("Company", company, "country")
	return (frappe.get_cached_value("Country", country, "code") or "").upper() if country else ""
