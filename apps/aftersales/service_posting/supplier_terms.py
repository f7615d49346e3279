"""In which currency and to which account a supplier is booked."""

import frappe
from erpnext.accounts.party import get_party_account
from erpnext.setup.utils import get_exchange_rate
from frappe import _
from frappe.utils import flt, nowdate


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
