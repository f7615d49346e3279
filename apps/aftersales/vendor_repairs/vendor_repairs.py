"""Products sent out to their maker or another vendor and back, with what that costs (R-WS-10)."""

from collections.abc import Iterable
from datetime import date

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.model.mapper import get_mapped_doc
from frappe.query_builder.functions import Coalesce, Sum
from frappe.utils import add_days, escape_html, flt, get_link_to_form, getdate, nowdate
from pypika.queries import QueryBuilder, Table
from pypika.terms import Criterion, Term

from aftersales.core import dimensions
from aftersales.core.guards import with_system_privileges
from aftersales.core.input.requests import TargetDocument, validate_call
from aftersales.core.money import rounded
from aftersales.core.selling_terms import set_default_taxes
from aftersales.customer_goods import custody
from aftersales.repair_workshop import card_rules as rules
from aftersales.service_posting.job_plan import category_accounts
from aftersales.service_posting.line_authorisation import authorise_rate, usual_rate
from aftersales.service_setup.settings import aftersales_settings
from aftersales.vendor_repairs.vendor_costs import BILLED, ESTIMATED, ORDERED, billed, refresh_cost

SENT = "Sent"
BACK = "Back"
NEXT_STATES = {SENT: (BACK,), BACK: ()}

NAMED = ("aftersales_voucher_type", "aftersales_voucher")
SENDING_STATES = (rules.RECEIVED, rules.DIAGNOSING, rules.APPROVED, rules.AWAITING_PARTS, rules.IN_REPAIR)
"""States of the card in which its product may leave the house."""


def validate_not_at_vendor(fieldname: str, name: str | None) -> None:
	"""Refuse a step on a card or receipt (`fieldname` says which) whose product is with a vendor.

	A locking read: it sees what was sent since the request began.

	Raises:
		frappe.ValidationError: names the vendor repair.
	"""
	out = name and frappe.db.get_value(
		"Vendor Repair",
		{fieldname: name, "docstatus": 1, "status": SENT},
		["name", "supplier"],
		as_dict=True,
		for_update=True,
	)
	if out:
		frappe.throw(
			_("The product is with {0}: note on {1} that it is back first.").format(
				frappe.bold(frappe.utils.escape_html(out.supplier)),
				get_link_to_form("Vendor Repair", out.name),
			),
			title=_("Sent Out"),
		)


def make_purchase_order(doc: Document) -> str:
	"""Make a draft Purchase Order for the submitted Vendor Repair `doc`, or return the one there is.

	One line of the vendor repair item, to the expense account and cost centre of the card's service
	category where it names them; the rest is ERPNext's for this supplier.

	Raises:
		frappe.ValidationError: the vendor repair item is not set.
	"""
	stored = frappe.db.get_value(
		"Vendor Repair", doc.name, ["purchase_order", "cost_source"], as_dict=True, for_update=True
	)
	if stored.purchase_order:
		return stored.purchase_order
	if stored.cost_source == BILLED:
		frappe.throw(_("{0} is billed already: there is nothing to order.").format(doc.name))
	wanted_on = max(getdate(doc.expected_back or nowdate()), getdate(nowdate()))
	order = frappe.get_doc(
		{
			"doctype": "Purchase Order",
			"supplier": doc.supplier,
			"company": doc.company,
			"currency": _currency(doc),
			"transaction_date": nowdate(),
			"schedule_date": wanted_on,
			"order_confirmation_no": doc.supplier_reference,
			"aftersales_voucher_type": doc.doctype,
			"aftersales_voucher": doc.name,
			"items": [{"schedule_date": wanted_on, **_bought(doc)}],
			**dimensions.of_job_named("Repair Card", doc.repair_card, doc.company),
		}
	)
	# Users who can send the product out can ask for the order; the buyer submits it.
	with with_system_privileges(order):
		order.set_missing_values()
		set_default_taxes(order)
		_price(order, doc)
		order.insert()
	doc.db_set("purchase_order", order.name)
	follow_order(order)
	return order.name


def name_repair(order: Document, method: str | None = None) -> None:
	"""doc_events before_insert of a Purchase Order: an amendment orders what the cancelled one did."""
	if not order.amended_from:
		return
	original = frappe.db.get_value(
		order.doctype, order.amended_from, ["aftersales_voucher_type", "aftersales_voucher"], as_dict=True
	)
	if original and original.aftersales_voucher_type == "Vendor Repair":
		order.update(original)


def follow_order(order: Document, method: str | None = None) -> None:
	"""doc_events on_change of a Purchase Order: what it orders is what the vendor repair costs, until it is billed.

	The amendment of a cancelled order takes its place, unless another was made meanwhile.
	"""
	name = _repair_of(order)
	if not name or order.docstatus == 2:
		return
	stored = frappe.db.get_value(
		"Vendor Repair", name, ["docstatus", "purchase_order"], as_dict=True, for_update=True
	)
	if order.amended_from and stored.docstatus == 1 and not stored.purchase_order:
		frappe.db.set_value("Vendor Repair", name, "purchase_order", order.name)
		stored.purchase_order = order.name
	if stored.purchase_order == order.name:
		follow_documents(name)


def forget_order(order: Document, method: str | None = None) -> None:
	"""doc_events on_cancel, on_trash of a Purchase Order: another one may be made; the cost stays as an estimate."""
	name = _repair_of(order)
	if name and frappe.db.get_value("Vendor Repair", name, "purchase_order") == order.name:
		frappe.db.set_value("Vendor Repair", name, {"purchase_order": None, "cost_source": ESTIMATED})


@frappe.whitelist()
@validate_call
def bill_from_vendor_repair(source_name: str, target_doc: TargetDocument | None = None) -> Document:
	"""An unsaved Purchase Invoice for what a vendor bills without an order for Vendor Repair `source_name`.

	Raises:
		frappe.PermissionError: the user may not read the vendor repair or make purchase invoices.
		frappe.ValidationError: not sent yet, ordered already, or the vendor repair item is not set.
	"""

	frappe.has_permission("Purchase Invoice", "create", throw=True)

	def bill(repair: Document, target: Document) -> None:
		if repair.purchase_order:
			frappe.throw(
				_("{0} is ordered by {1}: bill that order.").format(
					repair.name, get_link_to_form("Purchase Order", repair.purchase_order)
				)
			)
		target.update(
			{
				"supplier": repair.supplier,
				"company": repair.company,
				"currency": _currency(repair),
				"bill_no": repair.supplier_reference,
				"aftersales_voucher_type": repair.doctype,
				"aftersales_voucher": repair.name,
				**dimensions.of_job_named("Repair Card", repair.repair_card, repair.company),
			}
		)
		target.append("items", _bought(repair))
		target.set_missing_values()
		set_default_taxes(target)
		_price(target, repair)
		target.calculate_taxes_and_totals()

	return get_mapped_doc(
		"Vendor Repair",
		source_name,
		{
			"Vendor Repair": {
				"doctype": "Purchase Invoice",
				"validation": {"docstatus": ["=", 1]},
				"field_no_map": ["naming_series", "status"],
			}
		},
		target_doc,
		bill,
	)


def name_billed_repair(bill: Document, method: str | None = None) -> None:
	"""doc_events before_insert of a Purchase Invoice: a debit note or an amendment is about the same vendor repair.

	Raises:
		frappe.ValidationError: it names a vendor repair of another supplier or company, or one not sent.
	"""
	if original := bill.get("return_against") or bill.get("amended_from"):
		named = frappe.db.get_value(bill.doctype, original, NAMED, as_dict=True)
		if named and named.aftersales_voucher_type == "Vendor Repair":
			bill.update(named)
	if not (name := _named_by(bill)):
		return
	repair = frappe.db.get_value("Vendor Repair", name, ["supplier", "company", "docstatus"], as_dict=True)
	if not repair or (repair.supplier, repair.company, repair.docstatus) != (bill.supplier, bill.company, 1):
		frappe.throw(
			_("Vendor Repair {0} was not sent to {1} by {2}, so this bill cannot be for it.").format(
				*(frappe.bold(escape_html(value or "-")) for value in (name, bill.supplier, bill.company))
			)
		)


def follow_bill(bill: Document, method: str | None = None) -> None:
	"""doc_events on_submit, on_cancel of a Purchase Invoice or Debit Note: vendor repairs cost what is billed."""
	orders = {row.purchase_order for row in bill.items if row.purchase_order}
	repairs = set()
	if orders:
		filters = {"purchase_order": ("in", sorted(orders)), "docstatus": 1}
		repairs = set(frappe.get_all("Vendor Repair", filters=filters, pluck="name"))
	if name := _named_by(bill):
		repairs.add(name)
	for name in sorted(repairs):
		follow_documents(name)


def follow_documents(name: str) -> None:
	"""Set what a vendor repair costs, net in company currency: as billed, before there is a bill as ordered.

	Bills less debit notes: all rows that bill its Purchase Order, and those of bills that name it and no
	order. Locking reads: of two bills booked at once
	the later counts both.
	"""
	stored = frappe.db.get_value(
		"Vendor Repair",
		name,
		["purchase_order", "cost", "cost_source", "repair_card"],
		as_dict=True,
		for_update=True,
	)
	amount = billed(name, stored.purchase_order)
	if amount is not None:
		now = {"cost": rounded(amount), "cost_source": BILLED}
	elif stored.purchase_order:
		cost = frappe.db.get_value("Purchase Order", stored.purchase_order, "base_net_total")
		now = {"cost": rounded(cost), "cost_source": ORDERED}
	else:
		now = {"cost": flt(stored.cost), "cost_source": ESTIMATED}
	if (flt(stored.cost), stored.cost_source) != (now["cost"], now["cost_source"]):
		frappe.db.set_value("Vendor Repair", name, now)
		refresh_cost(stored.repair_card)


def validate_charge(doc: Document) -> None:
	"""What the customer is charged for a vendor repair needs the right that a rate typed on the card needs.

	Taking an amount away again that somebody has authorised needs it, too.

	Raises:
		frappe.PermissionError: it departs from the usual rate, and the user may not authorise that.
	"""
	before = doc.get_doc_before_save()
	was, now = flt(before.charged_on) if before else 0, flt(doc.charged_on)
	if rounded(was - now, doc.currency) == 0:
		return
	card = frappe.get_doc("Repair Card", doc.repair_card)
	item_code = aftersales_settings().vendor_repair_item
	usual = usual_rate(card, item_code) if item_code else None
	authorise_rate(card, _(doc.meta.get_label("charged_on")), item_code, now, usual, note_on=doc)


def charge_on(doc: Document) -> None:
	"""Put what the customer pays for a vendor repair on its card, as one line of the vendor repair item."""
	if not flt(doc.charged_on):
		return
	item_code = aftersales_settings().vendor_repair_item
	if not item_code:
		frappe.throw(
			_("Set {0} in Aftersales Settings first. It is the item charged to the customer.").format(
				frappe.bold(_("Vendor Repair Item"))
			),
			frappe.MandatoryError,
		)
	card = frappe.get_doc("Repair Card", doc.repair_card, for_update=True)
	card.append(
		"parts",
		{
			"item_code": item_code,
			"qty": 1,
			"rate": flt(doc.charged_on),
			"charge_to": "Customer",
			"charge_reason": _("Repaired by {0}, {1}").format(doc.supplier, doc.name),
		},
	)
	with with_system_privileges(card):
		card.save()


@frappe.whitelist()
@validate_call
def vendor_repair_from_card(source_name: str, target_doc: TargetDocument | None = None) -> Document:
	"""An unsaved Vendor Repair for the product of Repair Card `source_name`.

	Raises:
		frappe.PermissionError: the user may not read the card or create a vendor repair.
	"""

	def send_out(card: Document, repair: Document) -> None:
		repair.repair_card = card.name
		repair.status = "Draft"
		repair.work_wanted = card.diagnosis
		repair.accessories = custody.accessories_of(card.collection_receipt)

	return get_mapped_doc(
		"Repair Card",
		source_name,
		{"Repair Card": {"doctype": "Vendor Repair", "field_no_map": ["naming_series", "status"]}},
		target_doc,
		send_out,
	)


def _named_by(bill: Document) -> str | None:
	return bill.aftersales_voucher if bill.get("aftersales_voucher_type") == "Vendor Repair" else None


def _currency(doc: Document) -> str:
	"""The supplier's, or ERPNext would pair it with the exchange rate of another."""
	return frappe.get_cached_value("Supplier", doc.supplier, "default_currency") or frappe.get_cached_value(
		"Company", doc.company, "default_currency"
	)


def _bought(doc: Document) -> dict:
	"""The row of an order or a bill for a vendor repair.

	Raises:
		frappe.MandatoryError: the vendor repair item is not set.
	"""
	item_code = aftersales_settings().vendor_repair_item
	if not item_code:
		frappe.throw(
			_("Set {0} in Aftersales Settings first. It is the item bought from the vendor.").format(
				frappe.bold(_("Vendor Repair Item"))
			),
			frappe.MandatoryError,
		)
	return {
		"item_code": item_code,
		"qty": 1,
		"rate": flt(doc.cost),
		"description": doc.work_wanted,
		**_accounts_of(doc),
		**dimensions.of_job_named("Repair Card", doc.repair_card, doc.company),
	}


def _price(target: Document, doc: Document) -> None:
	"""The cost is in company currency, what is bought in the supplier's; no price of a list makes a margin of it."""
	rate = rounded(flt(doc.cost) / (flt(target.conversion_rate) or 1), target.currency)
	target.items[0].update({"rate": rate, "price_list_rate": rate})


def _repair_of(order: Document) -> str | None:
	if order.get("aftersales_voucher_type") != "Vendor Repair":
		return None
	return frappe.db.exists("Vendor Repair", order.aftersales_voucher)


def _accounts_of(doc: Document) -> dict:
	category = frappe.db.get_value("Repair Card", doc.repair_card, "service_category")
	accounts = category_accounts(category, doc.company)
	found = {"expense_account": accounts.expense_account, "cost_center": accounts.cost_center}
	return {fieldname: value for fieldname, value in found.items() if value}
