"""In which currency and to which account a supplier is booked, and the Debit Note of what a supplier accepted."""

import frappe
from erpnext.accounts.party import get_party_account
from erpnext.setup.utils import get_exchange_rate
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, nowdate

from aftersales.core.guards import with_system_privileges
from aftersales.core.selling_terms import KEY, posting_key

DEBIT_NOTE = "Purchase Invoice"


def currency_of_supplier(supplier: str, company: str) -> tuple[str, float, str | None]:
	"""Currency of the supplier's account, its rate of today to the company's, and the account.

	Raises:
		frappe.ValidationError: there is no exchange rate.
	"""
	own = frappe.get_cached_value("Company", company, "default_currency")
	payable = get_party_account("Supplier", supplier, company)
	currency = (payable and frappe.get_cached_value("Account", payable, "account_currency")) or own
	rate = 1 if currency == own else flt(get_exchange_rate(currency, own, nowdate()))
	if not rate:
		frappe.throw(
			_("There is no exchange rate from {0} to {1}: add a Currency Exchange.").format(currency, own)
		)
	return currency, rate, payable


def draft_debit_note(doc: Document, terms: tuple, items: list[dict], **values) -> str:
	"""Draft a Debit Note (a Purchase Invoice that is a return) for what the supplier of `doc` accepted.

	Args:
		doc: a claim or return with supplier, company and supplier_reference, whose only debit note it is: its key is unique.
		terms: what :func:`currency_of_supplier` says.
		values: remarks, project and accounting dimensions.

	Returns:
		its name.
	"""
	currency, rate, payable = terms
	note = frappe.get_doc(
		{
			"doctype": DEBIT_NOTE,
			"supplier": doc.supplier,
			"company": doc.company,
			"posting_date": nowdate(),
			**values,
			"is_return": 1,
			"update_stock": 0,
			"currency": currency,
			"conversion_rate": rate,
			"credit_to": payable,
			"bill_no": doc.supplier_reference,
			"items": items,
			"aftersales_voucher_type": doc.doctype,
			"aftersales_voucher": doc.name,
			KEY: posting_key(doc.doctype, doc.name, DEBIT_NOTE),
		}
	)
	note.flags.made_by_posting = True
	note.set("__islocal", True)  # ERPNext sets default taxes on new documents only
	with with_system_privileges(note):
		note.set_missing_values()
		note.set_taxes()
		note.insert()
	return note.name
