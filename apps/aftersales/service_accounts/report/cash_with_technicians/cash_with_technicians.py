"""Cash that technicians had collected and not handed over at the end of a day, the oldest first (R-AC-3)."""

from datetime import date

import frappe
from frappe import _
from frappe.query_builder import Case, Order
from frappe.query_builder.functions import Min, Sum
from frappe.utils import add_days, date_diff, flt, getdate

from aftersales.core.input.filters import validate_filters
from aftersales.core.money import rounded
from aftersales.core.report_filters import check_company, column, currency, day_of, link, money
from aftersales.service_accounts.breaks.cash import carried_on


@validate_filters
def execute(filters: dict | None = None) -> tuple:
	"""Script report. Filters: company (needed), on_date (end of that day; default today), technician, older_than (days)."""
	filters = frappe._dict(filters or {})
	if not filters.company:
		frappe.throw(_("Set {0}.").format(frappe.bold(_("Company"))), frappe.MandatoryError)
	check_company(filters.company)
	day = day_of(filters)
	rows = _open_cash(filters, day)
	for row in rows:
		row.collected_on = row.collected_on and getdate(row.collected_on)
		row.age = date_diff(day, row.collected_on) if row.collected_on else 0
		row.invoice_state = _invoice_state(row)
	return columns(), rows, None, None, _summary(rows)


def columns() -> list[dict]:
	return [
		link("technician", _("Technician"), "Service Technician", 140),
		link("voucher", _("Service Voucher"), "Service Voucher", 150),
		link("customer", _("Customer"), "Customer", 160),
		column("cash_receipt_no", _("Receipt No."), width=185),
		column("collected_on", _("Collected on"), "Date", 115),
		column("age", _("Days Out"), "Int", 95),
		money("amount", _("Cash")),
		link("sales_invoice", _("Sales Invoice"), "Sales Invoice", 185),
		column("invoice_state", _("Invoice"), width=100),
		currency(),
	]


def _open_cash(filters: frappe._dict, day: date) -> list[frappe._dict]:
	"""What receipts say that were given by the end of `day`, of vouchers whose cash was booked later, or is not yet.

	The cash of a cancelled visit is there until an amendment has its receipts.
	"""
	voucher, invoice = frappe.qb.DocType("Service Voucher"), frappe.qb.DocType("Sales Invoice")
	payment, receipt = frappe.qb.DocType("Payment Entry"), frappe.qb.DocType("Service Cash Receipt")
	amount = Sum(Case().when(receipt.kind == "Received", receipt.amount).else_(receipt.amount * -1))
	query = (
		frappe.qb.from_(voucher)
		.join(receipt)
		.on((receipt.parent == voucher.name) & (receipt.parenttype == "Service Voucher"))
		.left_join(invoice)
		.on(invoice.name == voucher.sales_invoice)
		.left_join(payment)
		.on(payment.name == voucher.payment_entry)
		.select(
			voucher.technician,
			voucher.name.as_("voucher"),
			voucher.docstatus,
			voucher.customer,
			voucher.cash_receipt_no,
			Min(receipt.given_at).as_("collected_on"),
			amount.as_("amount"),
			voucher.currency,
			voucher.sales_invoice,
			invoice.docstatus.as_("invoice_docstatus"),
			invoice.outstanding_amount,
		)
		.where(
			(voucher.company == filters.company)
			& (receipt.given_at < add_days(day, 1))
			& (voucher.payment_entry.isnull() | (payment.posting_date > day))
			& ((voucher.docstatus == 1) | ((voucher.docstatus == 2) & carried_on(voucher).negate()))
		)
		.groupby(voucher.name)
		.having(amount > 0)
		.orderby(Min(receipt.given_at), order=Order.asc)
		.orderby(voucher.name, order=Order.asc)
	)
	if filters.technician:
		query = query.where(voucher.technician == filters.technician)
	if filters.older_than:
		before = add_days(day, 1 - frappe.utils.cint(filters.older_than))
		query = query.having((amount > 0) & (Min(receipt.given_at) < before))
	return query.run(as_dict=True)


def _invoice_state(row: frappe._dict) -> str:
	if row.docstatus == 2:
		return _("Visit cancelled")
	if row.invoice_docstatus is None:
		return _("None")
	if row.invoice_docstatus == 0:
		return _("Draft")
	return _("Open") if flt(row.outstanding_amount) > 0 else _("Paid otherwise")


def _summary(rows: list[frappe._dict]) -> list[dict]:
	"""What each technician has with them, per currency."""
	totals: dict[tuple[str, str], float] = {}
	for row in rows:
		key = (row.technician or "", row.currency)
		totals[key] = rounded(totals.get(key, 0) + row.amount)
	return [
		{"label": technician, "value": total, "datatype": "Currency", "currency": currency_code}
		for (technician, currency_code), total in sorted(totals.items(), key=lambda item: -item[1])
	]
