"""Products sent out to their maker or another vendor and back, with what that costs (R-WS-10)."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.model.mapper import get_mapped_doc
from frappe.utils import flt, get_link_to_form

from aftersales.core.guards import with_system_privileges
from aftersales.core.input.requests import TargetDocument, validate_call
from aftersales.core.money import rounded
from aftersales.customer_goods import custody
from aftersales.repair_workshop import card_rules as rules
from aftersales.service_posting.line_authorisation import authorise_rate, usual_rate
from aftersales.service_setup.settings import aftersales_settings
from aftersales.vendor_repairs import purchases
from aftersales.vendor_repairs.vendor_costs import BILLED, ESTIMATED, VENDOR_REPAIR

SENT = "Sent"
BACK = "Back"
NEXT_STATES = {SENT: (BACK,), BACK: ()}

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
	return purchases.make_order(
		doc,
		VENDOR_REPAIR,
		_rate_of(doc),
		doc.expected_back,
		doc.work_wanted,
		order_confirmation_no=doc.supplier_reference,
	).name


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
		purchases.fill_bill(
			target,
			repair,
			VENDOR_REPAIR,
			_rate_of(repair),
			repair.work_wanted,
			bill_no=repair.supplier_reference,
		)

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


def follow_documents(name: str) -> None:
	"""Set what a vendor repair costs, see `purchases.follow_documents`."""
	purchases.follow_documents(name, VENDOR_REPAIR)


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


def _rate_of(doc: Document) -> purchases.RateOf:
	"""The cost is in company currency, what is bought in the supplier's."""
	return lambda target: flt(doc.cost) / (flt(target.conversion_rate) or 1)
