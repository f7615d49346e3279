"""Documents of jobs that say otherwise than the ledger: they explain why the sums of the two differ."""

from collections.abc import Iterable

import frappe

from aftersales.core.report_filters import Scope
from aftersales.service_accounts import parts_ledger, revenue_ledger
from aftersales.service_accounts.reconciliation_rules import Break, Reason

INVOICE = "Sales Invoice"


def ledger_breaks(scope: Scope) -> Iterable[Break]:
	"""Each invoice whose income, and each stock document whose parts, the ledger holds with another amount."""
	currency = frappe.get_cached_value("Company", scope.company, "default_currency")
	yield from _income(scope, currency)
	for doctype, name, job, said, found in parts_ledger.differences(scope):
		yield Break(
			Reason.LEDGER_DIFFERS,
			*job,
			doctype,
			name,
			frappe.db.get_value(doctype, name, "posting_date"),
			unit=currency,
			expected=said,
			found=found,
		)


def _income(scope: Scope, currency: str) -> Iterable[Break]:
	differences = revenue_ledger.differences(scope)
	if not differences:
		return
	fields = ["name", "customer", "posting_date", "aftersales_voucher_type", "aftersales_voucher"]
	for row in frappe.get_all(
		INVOICE, filters={"name": ("in", list(differences))}, fields=fields, order_by="name asc"
	):
		said, found = differences[row.name]
		yield Break(
			Reason.LEDGER_DIFFERS,
			row.aftersales_voucher_type,
			row.aftersales_voucher,
			INVOICE,
			row.name,
			row.posting_date,
			customer=row.customer,
			unit=currency,
			expected=said,
			found=found,
		)
