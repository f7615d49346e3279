"""What the desk does with the order of a subcontractor: price, answer by telephone, no-show, Purchase Order, bill."""

from collections.abc import Iterator
from contextlib import contextmanager

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.model.mapper import get_mapped_doc
from frappe.utils import flt

from aftersales.core.guards import NotPossible, require_role
from aftersales.core.input.requests import TargetDocument, validate_call
from aftersales.core.roles import DESK, SUPERVISORS
from aftersales.field_service.subcontracting import buying, orders
from aftersales.field_service.subcontracting import subcontract_rules as rules
from aftersales.field_service.subcontracting.terms import ORDER


@frappe.whitelist(methods=["POST"])
@validate_call
def set_price(order: str, price_basis: str, rate: float) -> None:
	"""Agree the price of a visit, in the supplier's currency; what was accepted is offered again.

	Raises:
		frappe.PermissionError: the user leads no service.
		frappe.ValidationError: no price, or the order has ended or is billed.
	"""
	doc = _locked(order, SUPERVISORS, _("Agreeing a price"))
	if price_basis not in (rules.PER_VISIT, rules.PER_HOUR) or flt(rate) <= 0:
		frappe.throw(_("Enter a price above 0 per visit or per hour."))
	orders.set_price(doc, price_basis, flt(rate))


@frappe.whitelist(methods=["POST"])
@validate_call
def accept(order: str) -> None:
	"""The subcontractor has accepted by telephone.

	Raises:
		frappe.PermissionError: the user is not of the desk.
		frappe.ValidationError: it is not offered.
	"""
	doc = _locked(order, DESK, _("Answering for a subcontractor"))
	with _said_to_the_desk():
		orders.accept(doc, frappe.session.user)


@frappe.whitelist(methods=["POST"])
@validate_call
def decline(order: str, reason: str) -> None:
	"""The subcontractor has declined by telephone: the visit waits for somebody else.

	Raises:
		frappe.PermissionError: the user is not of the desk.
		frappe.ValidationError: it is not offered, or there is no reason.
	"""
	doc = _locked(order, DESK, _("Answering for a subcontractor"))
	with _said_to_the_desk():
		orders.decline(doc, frappe.session.user, _reason(reason))


@frappe.whitelist(methods=["POST"])
@validate_call
def end(order: str, reason: str, no_show: bool = False) -> None:
	"""Take the visit from the subcontractor, or note that nobody came; it waits for somebody else.

	Raises:
		frappe.PermissionError: the user leads no service.
		frappe.ValidationError: no reason, it has ended, is billed, or the visit is completed.
	"""
	doc = _locked(order, SUPERVISORS, _("Ending the order of a subcontractor"))
	orders.end(doc, rules.NO_SHOW if no_show else rules.CANCELLED, _reason(reason))


@frappe.whitelist(methods=["POST"])
@validate_call
def make_purchase_order(order: str) -> str | None:
	"""The Purchase Order of an accepted visit, made or brought up to date; returns its name.

	Raises:
		frappe.PermissionError: the user leads no service.
		frappe.ValidationError: it is not accepted, or what ERPNext needs is missing.
	"""
	doc = _locked(order, SUPERVISORS, _("Ordering a visit"))
	if doc.status not in rules.AGREED:
		frappe.throw(
			_("{0} is {1}: a Purchase Order is made once it is accepted.").format(doc.name, _(doc.status))
		)
	return buying.make_or_change(doc)


@frappe.whitelist()
@validate_call
def bill_from_subcontracted_visit(source_name: str, target_doc: TargetDocument | None = None) -> Document:
	"""An unsaved Purchase Invoice for what a subcontractor bills without an order.

	Raises:
		frappe.PermissionError: the user may not read the order or make purchase invoices.
		frappe.ValidationError: ordered already, or the item of the settings is missing.
	"""
	frappe.has_permission("Purchase Invoice", "create", throw=True)

	def bill(order: Document, target: Document) -> None:
		if order.status not in rules.AGREED:
			frappe.throw(_("{0} is {1}: nothing is owed for it.").format(order.name, _(order.status)))
		buying.fill_bill(target, order)

	fields = {"doctype": "Purchase Invoice", "field_no_map": ["naming_series", "status"]}
	return get_mapped_doc(ORDER, source_name, {ORDER: fields}, target_doc, bill)


def _locked(name: str, roles: tuple[str, ...], what: str) -> Document:
	require_role(roles, what)
	frappe.get_doc(ORDER, name).check_permission("read")
	return orders.locked(name)


@contextmanager
def _said_to_the_desk() -> Iterator[None]:
	"""What is refused in words for a guest is a message of the desk here."""
	try:
		yield
	except NotPossible as reason:
		frappe.throw(str(reason))


def _reason(reason: str) -> str:
	if not (reason or "").strip():
		frappe.throw(_("Enter a reason."), frappe.MandatoryError)
	return reason.strip()
