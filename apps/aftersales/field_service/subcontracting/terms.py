"""On which terms a subcontractor works: a Service Technician that is a supplier, with the usual price."""

from dataclasses import dataclass

import frappe
from erpnext.setup.utils import get_exchange_rate
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, get_datetime, nowdate

from aftersales.core.money import rounded
from aftersales.field_service.subcontracting import subcontract_rules as rules
from aftersales.vendor_repairs import purchases
from aftersales.vendor_repairs.vendor_costs import Kind

ORDER, VISIT = "Subcontracted Visit", "Service Voucher"
SUBCONTRACTED_VISIT = Kind(ORDER, VISIT, "service_voucher", "done_at", 0, "subcontracted_visit_item")
"""How a subcontracted visit is ordered, billed and what it costs."""


@dataclass(frozen=True)
class Terms:
	"""Who a technician is as a supplier, and the usual price; in the supplier's currency."""

	supplier: str
	basis: str
	rate: float
	email: str | None


def terms_of(technician: str | None) -> Terms | None:
	"""The terms of a technician who is a subcontractor; None for everybody else."""
	if not technician:
		return None
	fields = ["supplier", "price_basis", "price_rate", "order_email"]
	found = frappe.db.get_value("Service Technician", technician, fields, as_dict=True)
	if not found or not found.supplier:
		return None
	email = found.order_email or frappe.db.get_value("Supplier", found.supplier, "email_id")
	return Terms(found.supplier, found.price_basis or rules.PER_VISIT, flt(found.price_rate), email or None)


def set_amount(order: Document) -> None:
	"""What is owed, in the supplier's currency."""
	order.currency = purchases.currency_of(order)
	order.hours = rules.planned_hours(
		order.planned_start and get_datetime(order.planned_start),
		order.planned_end and get_datetime(order.planned_end),
	)
	worked = flt(order.worked_hours) if order.status == rules.DONE and flt(order.worked_hours) else None
	order.amount = rounded(
		rules.amount(order.price_basis, flt(order.rate), order.hours, worked), order.currency
	)


def in_company_currency(order: Document) -> float:
	"""What is owed, at the exchange rate of today.

	Raises:
		frappe.ValidationError: ERPNext knows no exchange rate.
	"""
	own = frappe.get_cached_value("Company", order.company, "default_currency")
	if not flt(order.amount) or order.currency == own:
		return flt(order.amount)
	rate = flt(get_exchange_rate(order.currency, own, nowdate()))
	if not rate:
		frappe.throw(
			_("There is no exchange rate from {0} to {1}: add a Currency Exchange.").format(
				order.currency, own
			)
		)
	return rounded(flt(order.amount) * rate, own)
