"""The Purchase Order for a visit that a subcontractor makes: made when it is agreed, changed and taken back with it."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, format_date, get_link_to_form

from aftersales.core.guards import privileged
from aftersales.core.money import rounded
from aftersales.core.savepoints import all_or_nothing
from aftersales.field_service.subcontracting import subcontract_rules as rules
from aftersales.field_service.subcontracting.terms import SUBCONTRACTED_VISIT
from aftersales.service_setup.settings import aftersales_settings
from aftersales.vendor_repairs import purchases
from aftersales.vendor_repairs.vendor_costs import BILLED

PURCHASE_ORDER = "Purchase Order"


def order_what_is_agreed(order: Document) -> None:
	"""The Purchase Order of an agreed visit, as far as ERPNext takes it; why it does not is told on the visit's order.

	Who accepts is a guest, and cannot mend the settings of the site.
	"""
	messages = len(frappe.message_log)
	try:
		with all_or_nothing():
			make_or_change(order)
	except (frappe.ValidationError, frappe.PermissionError) as reason:
		del frappe.message_log[messages:]
		order.reload()
		order.add_comment("Info", _("No Purchase Order was created. {0}").format(str(reason)))


def make_or_change(order: Document) -> str | None:
	"""Make the Purchase Order of an agreed visit, change it while it is a draft, or replace it; return its name.

	What is billed stays: the bill tells the cost. Without a price there is nothing to order.

	Raises:
		frappe.ValidationError: the item of the settings or an exchange rate is missing, or ERPNext refuses.
	"""
	if order.cost_source == BILLED or not flt(order.amount):
		return order.purchase_order
	purchase = order.purchase_order and frappe.get_doc(PURCHASE_ORDER, order.purchase_order)
	if purchase and purchase.docstatus == 1:
		if rounded(purchase.net_total - flt(order.amount), order.currency) == 0 or flt(purchase.per_billed):
			return purchase.name
		_take_back(order)
		purchase = None
	if purchase:
		_change(purchase, order)
	else:
		purchase = purchases.make_order(
			order, SUBCONTRACTED_VISIT, _rate_of(order), order.planned_start, _description(order)
		)
	if aftersales_settings().subcontract_orders == "Submitted":
		privileged(purchase).submit()
	order.reload()
	return purchase.name


def _change(purchase: Document, order: Document) -> None:
	"""A draft says what is agreed now; one that says it already is left alone."""
	told, row = _description(order), purchase.items[0]
	if rounded(purchase.net_total - flt(order.amount), order.currency) == 0 and told in (
		row.description or ""
	):
		return
	row.description = told
	purchases.set_rate(purchase, _rate_of(order))
	privileged(purchase).save()


def fill_bill(bill: Document, order: Document) -> None:
	"""A Purchase Invoice for a visit that was not ordered.

	Raises:
		frappe.ValidationError: it is ordered, or the item of the settings is missing.
	"""
	purchases.fill_bill(bill, order, SUBCONTRACTED_VISIT, _rate_of(order), _description(order))


def take_back(order: Document) -> None:
	"""A visit that the subcontractor does not make is not bought: its order is deleted, or cancelled once it is submitted.

	Raises:
		frappe.ValidationError: it is billed.
	"""
	if order.cost_source == BILLED:
		frappe.throw(
			_("{0} is billed already. Cancel the Purchase Invoice or create a Debit Note first.").format(
				get_link_to_form(order.doctype, order.name)
			),
			title=_("Billed"),
		)
	if order.purchase_order:
		_take_back(order)


def _take_back(order: Document) -> None:
	name = order.purchase_order
	if frappe.db.get_value(PURCHASE_ORDER, name, "docstatus") == 1:
		privileged(frappe.get_doc(PURCHASE_ORDER, name)).cancel()
	else:
		frappe.delete_doc(PURCHASE_ORDER, name, ignore_permissions=True)
	order.reload()


def _rate_of(order: Document) -> purchases.RateOf:
	return lambda target: flt(order.amount)


def _description(order: Document) -> str:
	"""Nothing of the customer: suppliers see their orders on the portal of ERPNext."""
	told = _("Visit {0} on {1}").format(order.service_voucher, format_date(order.planned_start))
	if order.price_basis != rules.PER_HOUR:
		return told
	hours = flt(order.worked_hours) or flt(order.hours)
	return _("{0}: {1} hours").format(told, f"{hours:g}")
