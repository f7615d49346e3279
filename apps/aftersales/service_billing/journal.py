"""Journal Entries that the app books for its own documents: balanced rows in company currency."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt

from aftersales.core import dimensions
from aftersales.core.guards import with_system_privileges
from aftersales.core.money import rounded
from aftersales.service_posting.posting import posting_key
from aftersales.service_setup.settings import aftersales_settings


@dataclass(frozen=True)
class Entry:
	"""One row of a journal: exactly one of `debit` and `credit`, in company currency.

	`in_account_currency`: the same where it is known in the currency of the account, and not to be converted.
	"""

	account: str
	debit: Decimal = Decimal(0)
	credit: Decimal = Decimal(0)
	party_type: str | None = None
	party: str | None = None
	cost_center: str | None = None
	reference_type: str | None = None
	reference_name: str | None = None
	in_account_currency: Decimal | None = None


def book(
	source: Document,
	entries: Iterable[Entry],
	posting_date: date | str,
	remark: str,
	jobs: Iterable[tuple[str, str]] = (),
) -> str:
	"""Submit a Journal Entry made for `source` and return its name.

	It names `source` and holds its posting key, so that the database refuses a second one. The right to
	book is that to submit `source`, which was checked before. Project and accounting dimensions are those
	chosen on `source`, else what `jobs` have in common.

	Raises:
		frappe.UniqueValidationError: another request books the same at this moment.
	"""
	chosen = dimensions.of_source(source, jobs)
	rows = [{**chosen, **_row(source.company, entry, posting_date)} for entry in entries]
	journal = frappe.get_doc(
		{
			"doctype": "Journal Entry",
			"voucher_type": "Journal Entry",
			"company": source.company,
			"posting_date": posting_date,
			"multi_currency": int(any(row["exchange_rate"] != 1 for row in rows)),
			"user_remark": remark,
			"accounts": rows,
			"aftersales_voucher_type": source.doctype,
			"aftersales_voucher": source.name,
			"aftersales_posting_key": posting_key(source.doctype, source.name, "Journal Entry"),
		}
	)
	journal.flags.made_by_posting = True
	with with_system_privileges(journal):
		journal.insert()
		journal.submit()
	return journal.name


def take_back(journal_entry: str | None) -> None:
	"""Cancel a Journal Entry that :func:`book` made."""
	if not journal_entry:
		return
	journal = frappe.get_doc("Journal Entry", journal_entry)
	if journal.docstatus == 1:
		with with_system_privileges(journal):
			journal.cancel()


def company_account(company: str, fieldname: str, chosen: str | None = None) -> str:
	"""`chosen`, or the account `fieldname` of `company` in Aftersales Settings.

	Raises:
		frappe.ValidationError: neither is set; names the field to fill.
	"""
	account = chosen or billing_accounts(company).get(fieldname)
	if not account:
		label = frappe.get_meta("Service Billing Account").get_label(fieldname)
		frappe.throw(
			_("Set {0} of {1} in Aftersales Settings > Billing > Accounts by company.").format(
				frappe.bold(_(label)), company
			),
			title=_("Missing Account"),
		)
	return account


def cost_center(company: str, chosen: str | None = None) -> str | None:
	"""`chosen`, that of Aftersales Settings, or the company's own."""
	return (
		chosen
		or billing_accounts(company).get("cost_center")
		or frappe.get_cached_value("Company", company, "cost_center")
	)


def billing_accounts(company: str) -> dict:
	"""The row of `company` among the accounts of Aftersales Settings; empty when there is none."""
	for row in aftersales_settings().billing_accounts:
		if row.company == company:
			return row.as_dict()
	return {}


def _row(company: str, entry: Entry, posting_date: date | str) -> dict:
	amount = entry.debit or entry.credit
	if entry.in_account_currency:
		in_account_currency, rate = flt(entry.in_account_currency), flt(amount / entry.in_account_currency)
	else:
		in_account_currency, rate = _converted(company, entry.account, amount, posting_date)
	return {
		"account": entry.account,
		"party_type": entry.party_type,
		"party": entry.party,
		"cost_center": entry.cost_center,
		"exchange_rate": rate,
		"debit_in_account_currency" if entry.debit else "credit_in_account_currency": in_account_currency,
		"reference_type": entry.reference_type,
		"reference_name": entry.reference_name,
	}


def _converted(company: str, account: str, amount: Decimal, posting_date: date | str) -> tuple[float, float]:
	"""`amount` in the currency of `account`, and the rate that leads back to it exactly."""
	from erpnext.setup.utils import get_exchange_rate

	own = frappe.get_cached_value("Company", company, "default_currency")
	currency = frappe.get_cached_value("Account", account, "account_currency") or own
	if currency == own:
		return flt(amount), 1
	rate = flt(get_exchange_rate(currency, own, posting_date))
	if not rate:
		frappe.throw(
			_("There is no exchange rate from {0} to {1}: add a Currency Exchange.").format(currency, own)
		)
	converted = rounded(flt(amount) / rate, currency)
	return converted, flt(amount) / converted
