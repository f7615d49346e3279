"""The orders and bills by which work is bought from suppliers: they tell what a vendor repair, or a visit, costs.

Each function is told the kind of document it is about (`vendor_costs.Kind`); the events of ERPNext's documents ask
for every kind in turn.
"""

from collections.abc import Callable

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, flt, get_link_to_form, getdate, nowdate

from aftersales.core import dimensions
from aftersales.core.guards import with_system_privileges
from aftersales.core.money import rounded
from aftersales.core.selling_terms import set_default_taxes
from aftersales.service_posting.job_plan import category_accounts
from aftersales.service_setup.settings import aftersales_settings
from aftersales.vendor_repairs.vendor_costs import BILLED, ESTIMATED, ORDERED, Kind, billed, refresh_cost

NAMED = ("aftersales_voucher_type", "aftersales_voucher")

RateOf = Callable[[Document], float]
"""The rate of the row of an order or bill, in its currency."""


def currency_of(doc: Document) -> str:
	"""The supplier's, or ERPNext would pair it with the exchange rate of another."""
	return frappe.get_cached_value("Supplier", doc.supplier, "default_currency") or frappe.get_cached_value(
		"Company", doc.company, "default_currency"
	)


def row_of(doc: Document, kind: Kind, description: str | None) -> dict:
	"""The row of an order or a bill: one of the item of the settings, to the accounts of the job's service category.

	Raises:
		frappe.MandatoryError: the item is not set.
	"""
	item_code = aftersales_settings().get(kind.item_setting)
	if not item_code:
		label = frappe.get_meta("Aftersales Settings").get_label(kind.item_setting)
		frappe.throw(
			_("Set {0} in Aftersales Settings first. It is the item bought from the vendor.").format(
				frappe.bold(_(label))
			),
			frappe.MandatoryError,
		)
	job = doc.get(kind.job_field)
	category = frappe.db.get_value(kind.job_type, job, "service_category")
	accounts = category_accounts(category, doc.company)
	found = {"expense_account": accounts.expense_account, "cost_center": accounts.cost_center}
	return {
		"item_code": item_code,
		"qty": 1,
		"description": description,
		**{fieldname: value for fieldname, value in found.items() if value},
		**dimensions.of_job_named(kind.job_type, job, doc.company),
	}


def make_order(doc: Document, kind: Kind, rate_of: RateOf, on: str, description: str, **values) -> Document:
	"""A draft Purchase Order for a document of a kind; on the day `on`, or today where that is over.

	Raises:
		frappe.ValidationError: the item is not set.
	"""
	wanted_on = max(getdate(on or nowdate()), getdate(nowdate()))
	order = frappe.get_doc(
		{
			"doctype": "Purchase Order",
			"supplier": doc.supplier,
			"company": doc.company,
			"currency": currency_of(doc),
			"transaction_date": nowdate(),
			"schedule_date": wanted_on,
			"aftersales_voucher_type": doc.doctype,
			"aftersales_voucher": doc.name,
			"items": [{"schedule_date": wanted_on, **row_of(doc, kind, description)}],
			**values,
			**dimensions.of_job_named(kind.job_type, doc.get(kind.job_field), doc.company),
		}
	)
	# Users who can send the work out can ask for the order; the buyer submits it.
	with with_system_privileges(order):
		order.set_missing_values()
		set_default_taxes(order)
		set_rate(order, rate_of)
		order.insert()
	frappe.db.set_value(kind.doctype, doc.name, "purchase_order", order.name)
	doc.purchase_order = order.name
	order_changed(order, kind)
	return order


def fill_bill(bill: Document, doc: Document, kind: Kind, rate_of: RateOf, description: str, **values) -> None:
	"""A new Purchase Invoice for what a supplier bills without an order.

	Raises:
		frappe.ValidationError: it is ordered already, or the item is not set.
	"""
	if doc.purchase_order:
		frappe.throw(
			_("{0} is ordered by {1}: bill that order.").format(
				doc.name, get_link_to_form("Purchase Order", doc.purchase_order)
			)
		)
	bill.update(
		{
			"supplier": doc.supplier,
			"company": doc.company,
			"currency": currency_of(doc),
			"aftersales_voucher_type": doc.doctype,
			"aftersales_voucher": doc.name,
			**values,
			**dimensions.of_job_named(kind.job_type, doc.get(kind.job_field), doc.company),
		}
	)
	bill.append("items", row_of(doc, kind, description))
	bill.set_missing_values()
	set_default_taxes(bill)
	set_rate(bill, rate_of)
	bill.calculate_taxes_and_totals()


def set_rate(target: Document, rate_of: RateOf) -> None:
	"""No price of a list makes a margin of what is agreed."""
	rate = rounded(rate_of(target), target.currency)
	target.items[0].update({"rate": rate, "price_list_rate": rate})


# ---------------------------------------------------------------- the order in ERPNext


def order_inserted(order: Document, kind: Kind) -> None:
	"""before_insert: an amendment orders what the cancelled one did."""
	if not order.amended_from:
		return
	original = frappe.db.get_value(order.doctype, order.amended_from, NAMED, as_dict=True)
	if original and original.aftersales_voucher_type == kind.doctype:
		order.update(original)


def order_changed(order: Document, kind: Kind) -> None:
	"""on_change: what it orders is what the work costs, until it is billed.

	The amendment of a cancelled order takes its place, unless another was made meanwhile.
	"""
	name = _ordered_by(order, kind)
	if not name or order.docstatus == 2:
		return
	stored = frappe.db.get_value(
		kind.doctype, name, ["docstatus", "purchase_order"], as_dict=True, for_update=True
	)
	if order.amended_from and stored.docstatus == kind.docstatus and not stored.purchase_order:
		frappe.db.set_value(kind.doctype, name, "purchase_order", order.name)
		stored.purchase_order = order.name
	if stored.purchase_order == order.name:
		follow_documents(name, kind)


def order_released(order: Document, kind: Kind) -> None:
	"""on_cancel, on_trash: another one may be made; the cost stays as an estimate."""
	name = _ordered_by(order, kind)
	if name and frappe.db.get_value(kind.doctype, name, "purchase_order") == order.name:
		frappe.db.set_value(kind.doctype, name, {"purchase_order": None, "cost_source": ESTIMATED})


# ---------------------------------------------------------------- the bill in ERPNext


def bill_inserted(bill: Document, kind: Kind) -> None:
	"""before_insert: a debit note or an amendment is about the same document; a bill is about one of its own supplier.

	Raises:
		frappe.ValidationError: it names one of another supplier or company, or one that does not count.
	"""
	if original := bill.get("return_against") or bill.get("amended_from"):
		named = frappe.db.get_value(bill.doctype, original, NAMED, as_dict=True)
		if named and named.aftersales_voucher_type == kind.doctype:
			bill.update(named)
	if not (name := _named_by(bill, kind)):
		return
	doc = frappe.db.get_value(kind.doctype, name, ["supplier", "company", "docstatus"], as_dict=True)
	right = (bill.supplier, bill.company, kind.docstatus)
	if not doc or (doc.supplier, doc.company, doc.docstatus) != right:
		frappe.throw(
			_("{0} {1} was not sent to {2} by {3}, so this bill cannot be for it.").format(
				_(kind.doctype),
				*(frappe.bold(escape_html(value or "-")) for value in (name, bill.supplier, bill.company)),
			)
		)


def bill_changed(bill: Document, kind: Kind) -> None:
	"""on_submit, on_cancel of a Purchase Invoice or Debit Note: work costs what is billed."""
	orders = {row.purchase_order for row in bill.items if row.purchase_order}
	names = set()
	if orders:
		filters = {"purchase_order": ("in", sorted(orders)), "docstatus": kind.docstatus}
		names = set(frappe.get_all(kind.doctype, filters=filters, pluck="name"))
	if name := _named_by(bill, kind):
		names.add(name)
	for name in sorted(names):
		follow_documents(name, kind)


def follow_documents(name: str, kind: Kind) -> None:
	"""Set what a document of a kind costs, net in company currency: as billed, before there is a bill as ordered.

	Bills less debit notes: all rows that bill its Purchase Order, and those of bills that name it and no
	order. Locking reads: of two bills booked at once the later counts both.
	"""
	stored = frappe.db.get_value(
		kind.doctype,
		name,
		["purchase_order", "cost", "cost_source", f"{kind.job_field} as job"],
		as_dict=True,
		for_update=True,
	)
	amount = billed(name, stored.purchase_order, kind)
	if amount is not None:
		now = {"cost": rounded(amount), "cost_source": BILLED}
	elif stored.purchase_order:
		cost = frappe.db.get_value("Purchase Order", stored.purchase_order, "base_net_total")
		now = {"cost": rounded(cost), "cost_source": ORDERED}
	else:
		now = {"cost": flt(stored.cost), "cost_source": ESTIMATED}
	if (flt(stored.cost), stored.cost_source) != (now["cost"], now["cost_source"]):
		frappe.db.set_value(kind.doctype, name, now)
		refresh_cost(stored.job, kind)


def _ordered_by(order: Document, kind: Kind) -> str | None:
	if order.get("aftersales_voucher_type") != kind.doctype:
		return None
	return frappe.db.exists(kind.doctype, order.aftersales_voucher)


def _named_by(bill: Document, kind: Kind) -> str | None:
	return bill.aftersales_voucher if bill.get("aftersales_voucher_type") == kind.doctype else None
