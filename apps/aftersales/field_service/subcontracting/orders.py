"""The order of a visit that a subcontractor makes: offered with the dispatch, accepted or declined, done or ended.

A visit is a subcontractor's when its technician is a supplier. There is one live order for it, which a unique key
guarantees; what was declined or ended before stays on record.
"""

from datetime import datetime

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, flt, fmt_money, get_datetime, get_link_to_form, now_datetime

from aftersales.core.guards import NotPossible, privileged
from aftersales.core.notices import Notice, notify
from aftersales.field_service.subcontracting import buying
from aftersales.field_service.subcontracting import subcontract_rules as rules
from aftersales.field_service.subcontracting.terms import (
	ORDER,
	SUBCONTRACTED_VISIT,
	VISIT,
	Terms,
	in_company_currency,
	set_amount,
	terms_of,
)
from aftersales.field_service.visit_rules import DISPATCHED_STATES
from aftersales.vendor_repairs.vendor_costs import BILLED, ESTIMATED, refresh_cost

TIMES = ("planned_start", "planned_end")


# ---------------------------------------------------------------- what the visit tells


def visit_saved(visit: Document, method: str | None = None) -> None:
	"""on_update of a visit: a dispatched one is offered to its subcontractor, one that is taken away is withdrawn.

	Raises:
		frappe.ValidationError: the subcontractor has reported it as done, or billed it.
	"""
	if visit.docstatus:
		return
	_follow_plan(visit)
	_show_cost(visit)


def _follow_plan(visit: Document) -> None:
	order = live_order(visit.name)
	sent = visit.status in DISPATCHED_STATES
	terms = terms_of(visit.technician) if sent else None
	if order and order.status == rules.DONE:
		_validate_still_theirs(visit, order)
		return
	if order and (not terms or order.technician != visit.technician):
		_end(order, rules.CANCELLED, _("The visit was planned otherwise."))
		order = None
	if not terms:
		return
	if not order:
		_tell_of_offer(_offer(visit, terms))
	elif any(_moment(order.get(field)) != _moment(visit.get(field)) for field in TIMES):
		_offer_again(order, {field: visit.get(field) for field in TIMES})


def visit_submitted(visit: Document, method: str | None = None) -> None:
	"""on_submit of a visit: what a subcontractor has made is owed, whether they answered by the link or by telephone."""
	_follow_work(visit)
	_show_cost(visit)


def _follow_work(visit: Document) -> None:
	terms = terms_of(visit.technician)
	order = live_order(visit.name)
	if order and (not terms or order.technician != visit.technician):
		_end(order, rules.CANCELLED, _("The visit was made by another technician."))
		order = None
	if not terms:
		return
	order = order or _offer(visit, terms)
	if order.status != rules.DONE:
		set_done(order, _hours_of(visit), frappe.session.user, get_datetime(visit.departed_at))


def visit_amended(visit: Document, method: str | None = None) -> None:
	"""after_insert of an amended visit: what was ordered for the cancelled one is the amendment's, with what it costs."""
	order = visit.amended_from and live_order(visit.amended_from)
	if order:
		_store(order, service_voucher=visit.name)
		refresh_cost(visit.amended_from, SUBCONTRACTED_VISIT)
		_show_cost(visit)


def visit_deleted(visit: Document, method: str | None = None) -> None:
	"""on_trash of a draft: what was offered is withdrawn; orders that nobody bills go with it."""
	if order := live_order(visit.name):
		_end(order, rules.CANCELLED, _("The visit was deleted."))
	for name in frappe.get_all(
		ORDER,
		{"service_voucher": visit.name, "cost_source": ("!=", BILLED)},
		pluck="name",
		order_by="name asc",
	):
		frappe.delete_doc(ORDER, name, ignore_permissions=True)


# ---------------------------------------------------------------- steps


def live_order(visit: str) -> Document | None:
	"""The order of a visit that counts, locked; None where it is nobody's or was ended."""
	name = frappe.db.get_value(ORDER, {"open_key": visit}, "name", for_update=True)
	return frappe.get_doc(ORDER, name, for_update=True) if name else None


def locked(name: str) -> Document:
	"""An order and its visit, locked in this order: the visit first, as its own save does."""
	visit = frappe.db.get_value(ORDER, name, "service_voucher")
	frappe.db.get_value(VISIT, visit, "name", for_update=True)
	return frappe.get_doc(ORDER, name, for_update=True)


def accept(order: Document, by: str) -> None:
	"""The subcontractor agrees: from now on it costs what was agreed, and the Purchase Order is made.

	Raises:
		NotPossible: it is not offered any more.
	"""
	if order.status == rules.ACCEPTED:
		return
	_validate_answerable(order)
	_store(order, status=rules.ACCEPTED, answered_at=now_datetime(), answered_by=by)
	buying.order_what_is_agreed(order)
	tell_desk(order, _("{0} accepted the visit {1}").format(order.supplier, order.service_voucher))


def decline(order: Document, by: str, reason: str) -> None:
	"""The subcontractor does not come: the visit waits for somebody else.

	Raises:
		NotPossible: it is not offered any more.
	"""
	if order.status == rules.DECLINED:
		return
	_validate_answerable(order)
	_end(order, rules.DECLINED, reason, answered_at=now_datetime(), answered_by=by)
	_free_visit(order)
	tell_desk(order, _("{0} declined the visit {1}").format(order.supplier, order.service_voucher), reason)


def set_done(order: Document, hours: float, by: str, at: datetime) -> None:
	"""The work is done: the hours count where they were agreed, and what is owed is ordered."""
	values = {"status": rules.DONE, "done_at": at, "worked_hours": hours}
	if not order.answered_at:
		values.update(answered_at=now_datetime(), answered_by=by)
	_store(order, **values)
	buying.order_what_is_agreed(order)


def end(order: Document, status: str, reason: str) -> None:
	"""The visit is taken from the subcontractor (Cancelled), or nobody came (No-Show): it waits for somebody else.

	Raises:
		frappe.ValidationError: it has ended, is billed, or the visit is completed.
	"""
	if order.status not in rules.LIVE:
		frappe.throw(_("{0} is already {1}.").format(order.name, _(order.status)))
	if frappe.db.get_value(VISIT, order.service_voucher, "docstatus") == 1:
		frappe.throw(
			_("{0} is completed. Cancel it first.").format(get_link_to_form(VISIT, order.service_voucher))
		)
	_end(order, status, reason)
	_free_visit(order)


def set_price(order: Document, basis: str, rate: float) -> None:
	"""Agree another price; what was accepted is offered again, what is done is ordered for it.

	Raises:
		frappe.ValidationError: the order has ended, or is billed.
	"""
	if order.status not in rules.LIVE or order.cost_source == BILLED:
		frappe.throw(
			_("The price of {0} cannot be changed: it is {1}.").format(
				order.name, _("Billed") if order.cost_source == BILLED else _(order.status)
			)
		)
	values = {"price_basis": basis, "rate": flt(rate)}
	if order.status == rules.DONE:
		_store(order, **values)
		buying.make_or_change(order)
	else:
		_offer_again(order, values)


def tell_desk(order: Document, subject: str, message: str = "") -> None:
	"""Who looks after the call, or planned the visit, is told what the subcontractor says."""
	order.add_comment("Info", escape_html(f"{subject}. {message}" if message else subject))
	visit = frappe.db.get_value(VISIT, order.service_voucher, ["repair_call", "owner"], as_dict=True)
	owner = visit.repair_call and frappe.db.get_value("Repair Call", visit.repair_call, "call_owner")
	user = owner or visit.owner
	if frappe.db.get_value("User", user, ["user_type", "enabled"]) == ("System User", 1):
		notify(user, Notice(subject, VISIT, order.service_voucher, escape_html(message)))


# ---------------------------------------------------------------- inside


def _offer(visit: Document, terms: Terms) -> Document:
	order = frappe.new_doc(ORDER)
	_store(
		order,
		service_voucher=visit.name,
		technician=visit.technician,
		supplier=terms.supplier,
		company=visit.company,
		price_basis=terms.basis,
		rate=terms.rate,
		status=rules.OFFERED if terms.rate and not visit.docstatus else rules.DRAFT,
		offered_at=now_datetime(),
		**{field: visit.get(field) for field in TIMES},
	)
	return order


def _offer_again(order: Document, values: dict) -> None:
	if flt(values.get("rate", order.rate)):
		unanswered = {"answered_at": None, "answered_by": None}
		_store(order, **values, status=rules.OFFERED, offered_at=now_datetime(), **unanswered)
		_tell_of_offer(order)
	else:
		_store(order, **values)


def _end(order: Document, status: str, reason: str, **values) -> None:
	buying.take_back(order)
	_store(order, status=status, end_reason=reason, **values)


def _store(order: Document, **values) -> None:
	"""Save an order with its amount and cost. Nobody else writes it: see the DocType."""
	order.update(values)
	order.open_key = order.service_voucher if order.status in rules.LIVE else None
	set_amount(order)
	if order.cost_source != BILLED and not order.purchase_order:
		order.cost_source = ESTIMATED
		order.cost = in_company_currency(order) if order.status in rules.AGREED else 0
	order.flags.by_app = True
	privileged(order).save()
	refresh_cost(order.service_voucher, SUBCONTRACTED_VISIT)


def _free_visit(order: Document) -> None:
	"""The visit is a plan without a technician again, and its call waits on the board."""
	visit = frappe.get_doc(VISIT, order.service_voucher)
	if visit.docstatus or visit.status not in DISPATCHED_STATES or visit.technician != order.technician:
		return
	made = ("arrived_at", "departed_at", "outcome", "test_result")
	visit.update({"status": "Draft", "technician": None, **dict.fromkeys(made)})
	privileged(visit).save()


def _show_cost(visit: Document) -> None:
	"""What was written on the visit beside its own save is what its next save begins with."""
	stored = frappe.db.get_value(VISIT, visit.name, ["vendor_cost", "modified"], as_dict=True)
	if flt(visit.vendor_cost) != flt(stored.vendor_cost):
		visit.update({"vendor_cost": stored.vendor_cost, "modified": str(stored.modified)})


def _validate_still_theirs(visit: Document, order: Document) -> None:
	taken = visit.technician != order.technician or visit.status == "Cancelled"
	if taken:
		frappe.throw(
			_("{0} has reported this visit as done. End {1} first.").format(
				frappe.bold(escape_html(order.supplier)), get_link_to_form(ORDER, order.name)
			),
			title=_("Done by a Subcontractor"),
		)


def _validate_answerable(order: Document) -> None:
	if not rules.may_answer(order.status):
		raise NotPossible(_("This order is {0} and cannot be answered any more.").format(_(order.status)))


def _hours_of(visit: Document) -> float:
	"""The hours of the technician on the visit; without any, from arrival to departure."""
	hours = sum(flt(line.hours) for line in visit.labour if line.technician == visit.technician)
	return hours or rules.planned_hours(get_datetime(visit.arrived_at), get_datetime(visit.departed_at))


def _tell_of_offer(order: Document) -> None:
	"""The dispatcher is told; a customer who has moved the visit is not."""
	if frappe.get_cached_value("User", frappe.session.user, "user_type") != "System User":
		return
	link = get_link_to_form(ORDER, order.name)
	if order.status == rules.DRAFT:
		frappe.msgprint(
			_(
				"{0} is a subcontractor without a usual price. Enter the price in {1} to offer the visit."
			).format(frappe.bold(escape_html(order.supplier)), link),
			title=_("Price Missing"),
			indicator="orange",
		)
		return
	frappe.msgprint(
		_("Offered to {0} for {1} ({2}): {3}.").format(
			frappe.bold(escape_html(order.supplier)),
			fmt_money(order.rate, currency=order.currency),
			_(order.price_basis),
			link,
		),
		alert=True,
	)


def _moment(value) -> datetime | None:
	return get_datetime(value) if value else None
