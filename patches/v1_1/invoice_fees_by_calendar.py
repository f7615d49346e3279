"""Fees of contracts are invoiced by the app from now on, for every period begun, at the price agreed.

Contracts that run go on after what their Subscriptions have invoiced, with the periods they had; what ERPNext
left out before is for the accountant to decide, nothing of it is invoiced by itself. They keep the price that
their plans have today.
"""

import frappe
from frappe.utils import add_days, getdate

from aftersales.service_contracts import fee_invoices
from aftersales.setup import custom_fields

CONTRACT = "Service Contract"


def execute() -> None:
	custom_fields.create()
	for name in frappe.get_all(
		CONTRACT, {"docstatus": 1, "subscription": ("is", "set")}, pluck="name", order_by="name asc"
	):
		contract = frappe.get_doc(CONTRACT, name)
		first = _first_to_invoice(contract)
		contract.db_set("invoice_fees_from", first, update_modified=False)
		if first <= getdate(contract.end_date):
			_keep_prices(contract)
		fee_invoices.follow_calendar(contract.subscription)


def _first_to_invoice(contract):
	current = frappe.db.get_value("Subscription", contract.subscription, "current_invoice_start")
	invoiced = frappe.get_all(
		"Sales Invoice",
		{"subscription": contract.subscription, "is_return": 0, "docstatus": ("<", 2)},
		pluck="to_date",
		order_by="to_date desc",
		limit=1,
	)
	if invoiced and invoiced[0]:
		return getdate(add_days(invoiced[0], 1))
	return getdate(current or contract.start_date)


def _keep_prices(contract) -> None:
	fee_invoices.agree_prices(contract)
	for row in contract.plans:
		frappe.db.set_value(
			row.doctype, row.name, fee_invoices.RATE, row.get(fee_invoices.RATE), update_modified=False
		)
