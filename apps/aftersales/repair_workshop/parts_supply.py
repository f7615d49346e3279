"""Parts that are short: requested from the card, and the card comes back when they are here (R-WS-7)."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.query_builder import Order
from frappe.query_builder.functions import Coalesce
from frappe.utils import flt, get_datetime, getdate, nowdate

from aftersales.core.guards import privileged, with_system_privileges
from aftersales.core.input.requests import validate_call
from aftersales.core.savepoints import one_of_many
from aftersales.repair_workshop import card_rules as rules
from aftersales.service_calls import jobs
from aftersales.spare_parts import reservations
from aftersales.spare_parts.reservation_rules import (
	Place,
	Share,
	Stock,
	allocate,
	exact,
	to_request,
)
from aftersales.spare_parts.substitutes import substitutes_of

REQUEST_TYPES = ("Purchase", "Material Transfer", "Manufacture")
"""How ERPNext may get an item, as its Default Material Request Type says; anything else is bought."""

ENDED = ("Stopped", "Cancelled")


def request_missing(
	doc: Document, shares: Iterable[Share], required_by: date | str | None = None
) -> list[str]:
	"""Submit Material Requests for what is short on the stored card and not on its way yet.

	One for each way to get the items (bought, transferred, made). Called twice it requests nothing twice:
	the card is locked, and what is on order counts.

	Returns:
		names of the new Material Requests.
	"""
	missing = to_request(shares, on_order(doc.name))
	by_type: dict[str, list[Share]] = defaultdict(list)
	for share in missing:
		by_type[_request_type(share.need.item_code)].append(share)
	return [_request(doc, kind, rows, required_by) for kind, rows in sorted(by_type.items())]


@frappe.whitelist()
@validate_call
def parts_at_hand(card: str) -> list[dict]:
	"""For the form: each stocked part of Repair Card `card` with what is set aside, free, missing and on order.

	No action of the document: those refuse a form that somebody else's save has overtaken, and who only
	looks at a card would be told so.

	Returns:
		rows of `line`, `idx`, `item_code`, `item_name`, `warehouse`, `qty`, `held`, `free`, `missing`, `on_order`,
		`substitutes` (item codes); quantities in stock units.

	Raises:
		frappe.PermissionError: the user may not read the card.
	"""
	frappe.has_permission("Repair Card", "read", throw=True)
	doc = frappe.get_doc("Repair Card", card)
	doc.check_permission("read")
	needs = reservations.needs_of(doc)
	stock = reservations.stock_now(needs)
	ordered = on_order(doc.name) if needs else {}
	names = {line.name: line.item_name for line in doc.parts}
	return [
		{
			"line": share.need.line,
			"idx": share.need.idx,
			"item_code": share.need.item_code,
			"item_name": names[share.need.line],
			"warehouse": share.need.warehouse,
			"qty": share.need.qty,
			"held": share.need.held,
			"free": stock.get(share.need.place, Stock()).free,
			"missing": share.missing,
			"on_order": ordered.get(share.need.line, 0),
			"substitutes": substitutes_of(share.need.item_code) if share.missing else [],
		}
		for share in allocate(needs, stock)
	]


def on_order(card: str) -> dict[str, float]:
	"""What is requested for each line of a card and not received yet, in stock units."""
	request, item = frappe.qb.DocType("Material Request"), frappe.qb.DocType("Material Request Item")
	rows = (
		frappe.qb.from_(request)
		.join(item)
		.on(item.parent == request.name)
		.select(
			item.aftersales_line,
			item.stock_qty,
			item.received_qty,
			item.ordered_qty,
			request.material_request_type,
		)
		.where((request.aftersales_voucher_type == "Repair Card") & (request.aftersales_voucher == card))
		.where((request.docstatus < 2) & request.status.notin(ENDED))
	).run(as_dict=True)
	found: dict[str, float] = defaultdict(float)
	for row in rows:
		# ERPNext notes a finished transfer as ordered, a delivery as received
		arrived = row.ordered_qty if row.material_request_type == "Material Transfer" else row.received_qty
		found[row.aftersales_line] += max(0.0, flt(row.stock_qty) - flt(arrived))
	return {line: exact(qty) for line, qty in found.items() if qty}


def note_arrival(entry: Document, method: str | None = None) -> None:
	"""doc_events on_submit of a Stock Ledger Entry: remember what came in, whoever brought it.

	Waiting cards are served after the commit, in the background: the storekeeper's receipt neither
	waits for them nor fails with them.
	"""
	if flt(entry.actual_qty) <= 0 and entry.voucher_type != "Stock Reconciliation":
		return
	frappe.flags.setdefault("parts_arrived", set()).add((entry.item_code, entry.warehouse))
	# For each entry anew: the first call serves them all, and no earlier one can have been dropped unnoticed
	frappe.db.after_commit.add(_serve_arrivals)
	frappe.db.after_rollback.add(_forget_arrivals)


def serve_waiting_cards(places: list[Place] | None = None) -> list[str]:
	"""Give cards in Awaiting Parts what has come in; who has everything goes back to the queue.

	The card promised first comes first, then the one received first. Run after stock has come in, and
	hourly for all. Each card is a unit of its own: one that cannot be saved is logged and left waiting, and
	what is locked for one is let go before the next, or a save of that one could wait for both for ever.

	Args:
		places: only cards that need one of these (item, warehouse); empty takes all.

	Returns:
		names of the cards that went back.
	"""
	served = []
	for name in _waiting_cards(places):
		with one_of_many(f"Parts arrived for {name}", "Repair Card", name):
			if _serve(name):
				served.append(name)
		# a background job; no request's transaction is cut in two
		frappe.db.commit()  # nosemgrep
	return served


def _serve_arrivals() -> None:
	places = sorted(frappe.flags.pop("parts_arrived", None) or ())
	if places and _waiting_cards(places):
		frappe.enqueue(
			"aftersales.repair_workshop.parts_supply.serve_waiting_cards", queue="short", places=places
		)


def _forget_arrivals() -> None:
	frappe.flags.pop("parts_arrived", None)


def _serve(name: str) -> bool:
	doc = frappe.get_doc("Repair Card", name, for_update=True)
	if doc.docstatus or doc.status != rules.AWAITING_PARTS:
		return False
	needs = reservations.needs_of(doc)
	if any(share.missing for share in allocate(needs, reservations.stock_now(needs))):
		reservations.reserve(doc)  # what has come so far is this card's
		return False
	entries = [rules.StateEntry(row.status, get_datetime(row.entered_at)) for row in doc.state_log]
	doc.status = rules.state_after_parts(entries, doc.is_cleared_for_repair())
	jobs.note(doc, _("All parts are in stock and reserved."))
	privileged(doc).save()
	reservations.validate_stock_is_enough(doc, reservations.reserve(doc))  # somebody else was faster
	doc.run_method("parts_arrived")
	return True


def _waiting_cards(places: Iterable[Place] | None) -> list[str]:
	"""The cards are found by their state, which few have; their lines by the card."""
	card, line = frappe.qb.DocType("Repair Card"), frappe.qb.DocType("Service Part Line")
	query = (
		frappe.qb.from_(card)
		.join(line)
		.on((line.parent == card.name) & (line.parenttype == "Repair Card"))
		.select(card.name, line.item_code, line.warehouse)
		.where((card.status == rules.AWAITING_PARTS) & (card.docstatus == 0))
		.orderby(Coalesce(card.promised_return, "9999-12-31"), order=Order.asc)
		.orderby(card.received_at, order=Order.asc)
		.orderby(card.name, order=Order.asc)
	)
	wanted = {tuple(place) for place in places} if places is not None else None
	return list(
		dict.fromkeys(
			name
			for name, item_code, warehouse in query.run()
			if wanted is None or (item_code, warehouse) in wanted
		)
	)


def _request_type(item_code: str) -> str:
	kind = frappe.get_cached_value("Item", item_code, "default_material_request_type")
	return kind if kind in REQUEST_TYPES else REQUEST_TYPES[0]


def _request(doc: Document, kind: str, shares: Iterable[Share], required_by: date | str | None) -> str:
	needed_on = max(getdate(required_by or nowdate()), getdate(nowdate()))
	request = frappe.get_doc(
		{
			"doctype": "Material Request",
			"material_request_type": kind,
			"company": doc.company,
			"transaction_date": nowdate(),
			"schedule_date": needed_on,
			"aftersales_voucher_type": doc.doctype,
			"aftersales_voucher": doc.name,
			"items": [
				{
					"item_code": share.need.item_code,
					"qty": share.missing,
					"uom": frappe.get_cached_value("Item", share.need.item_code, "stock_uom"),
					"conversion_factor": 1,
					"warehouse": share.need.warehouse,
					"schedule_date": needed_on,
					"aftersales_line": share.need.line,
				}
				for share in shares
			],
		}
	)
	# Whoever may write on the card may ask for its parts; ERPNext's own roles need not be theirs.
	with with_system_privileges(request):
		request.insert()
		request.submit()
	return request.name
