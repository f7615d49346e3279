"""Parts set aside for repair cards: what is promised to one job is not promised to another (R-WS-7).

What a line of a card holds stands on the line (`set_aside`); what all of them hold of an item in a
warehouse stands on the ERPNext Bin (`aftersales_set_aside`), beside the stock itself. Whoever promises,
lets go or posts locks that one row and finds both figures as they are, not as they were when their
transaction began. Bins are locked after the card and its lines are written, and always in the same
order, so that requests wait for each other and not for ever.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.query_builder import Order
from frappe.query_builder.functions import Sum
from frappe.utils import cint, escape_html, flt, get_link_to_form

from aftersales.core.job_types import CARD
from aftersales.spare_parts.reservation_rules import (
	Holding,
	Need,
	Place,
	Share,
	Stock,
	allocate,
	exact,
	let_go,
	taken,
)
from aftersales.spare_parts.substitutes import substitutes_of

SET_ASIDE = "aftersales_set_aside"

HOLDS_NOTHING = ("Not Repairable", "Declined", "Cancelled")
"""Statuses of a repair card that needs its parts no more."""


def validate_reserved_qty(doc: Document) -> None:
	"""Step of validate: a line holds what it held, as far as it still needs it; nobody types it in.

	A line that now wants another part or warehouse holds nothing, nor does a card that is finished or
	given up.
	"""
	held = {
		line.name: (line.item_code, line.warehouse, flt(line.set_aside))
		for line in _lines_before(doc)
		if flt(line.set_aside)
	}
	ended = doc.docstatus or doc.status in HOLDS_NOTHING
	for line in doc.parts:
		item_code, warehouse, qty = held.get(line.name, (None, None, 0))
		kept = not ended and (item_code, warehouse) == (line.item_code, line.warehouse)
		line.set_aside = min(qty, flt(line.qty)) if kept else 0


def update_totals(doc: Document) -> None:
	"""After a save: let the Bins know what the lines hold less than before."""
	changes: dict[Place, float] = defaultdict(float)
	for line in _lines_before(doc):
		changes[line.item_code, line.warehouse] -= flt(line.set_aside)
	for line in doc.parts:
		changes[line.item_code, line.warehouse] += flt(line.set_aside)
	_add_to_totals(changes)


def reserve(doc: Document) -> tuple[Share, ...]:
	"""Set aside for the saved card `doc` what is free of the parts it needs; returns what each line got."""
	needs = needs_of(doc)
	stock = lock_stock(need.place for need in needs)
	shares = allocate(needs, stock)
	changes: dict[Place, float] = defaultdict(float)
	lines = {line.name: line for line in doc.parts}
	for share in shares:
		if share.held != share.need.held:
			line = lines[share.need.line]
			line.set_aside = share.held
			frappe.db.set_value(line.doctype, line.name, "set_aside", share.held, update_modified=False)
			changes[share.need.place] += share.held - share.need.held
	_add_to_totals(changes)
	return shares


def validate_stock_is_enough(doc: Document, shares: Iterable[Share]) -> None:
	"""Say which parts could not be set aside in full.

	Raises:
		frappe.ValidationError: one line for each part that is short, with its substitutes.
	"""
	short = [_shortage(share) for share in shares if share.missing]
	if short:
		frappe.throw(short, title=_("Parts Short for {0}").format(doc.name), as_list=True)


def release_deleted(doc: Document) -> None:
	"""A card that is deleted holds nothing any more."""
	names = [line.name for line in doc.parts]
	if not names:
		return
	changes: dict[Place, float] = defaultdict(float)
	for line in frappe.db.get_values(
		"Service Part Line",
		{"name": ("in", names)},
		["item_code", "warehouse", "set_aside"],
		order_by="name asc",
		as_dict=True,
		for_update=True,
	):
		changes[line.item_code, line.warehouse] -= flt(line.set_aside)
	_add_to_totals(changes)


def lock_stock(places: Iterable[Place]) -> dict[Place, Stock]:
	"""What lies in each place and what of it is promised; the rows stay locked until the request ends.

	A place that never had stock is not in the answer.
	"""
	found = {}
	for item_code, warehouse in sorted(set(places)):
		row = frappe.db.get_value(
			"Bin",
			{"item_code": item_code, "warehouse": warehouse},
			["actual_qty", "reserved_stock", SET_ASIDE],
			as_dict=True,
			for_update=True,
		)
		if row:
			found[item_code, warehouse] = _as_stock(row)
	return found


def needs_of(doc: Document) -> list[Need]:
	"""The stocked parts of a card."""
	return [
		Need(line.name, cint(line.idx), line.item_code, line.warehouse, flt(line.qty), flt(line.set_aside))
		for line in doc.parts
		if line.warehouse
		and flt(line.qty) > 0
		and cint(frappe.get_cached_value("Item", line.item_code, "is_stock_item"))
	]


def stock_now(needs: Iterable[Need]) -> dict[Place, Stock]:
	"""As :func:`lock_stock`, to look only: without locks, in one query."""
	needs = list(needs)
	if not needs:
		return {}
	rows = frappe.get_all(
		"Bin",
		filters={
			"item_code": ("in", sorted({need.item_code for need in needs})),
			"warehouse": ("in", sorted({need.warehouse for need in needs})),
		},
		fields=["item_code", "warehouse", "actual_qty", "reserved_stock", SET_ASIDE],
		order_by="item_code asc",
	)
	return {(row.item_code, row.warehouse): _as_stock(row) for row in rows}


def holders(item_code: str, warehouse: str) -> list[str]:
	"""The cards for which a part is set aside in a warehouse, the one promised first at the head."""
	return list(dict.fromkeys(holding.card for holding in _holdings(item_code, warehouse)))


def let_go_of_taken(item_code: str, warehouse: str, voucher_type: str, voucher_no: str) -> list[str]:
	"""A document has taken what was set aside: the cards promised last hold it no longer, and say so.

	Run in the background after the document is committed. Cards are locked before the Bin, as by their
	own saves; a second run finds nothing to do.

	Returns:
		names of the cards that lost pieces; each gets a line on its timeline and the event `parts_taken`.
	"""
	holdings = _holdings(item_code, warehouse)
	jobs = {holding.card: holding.doctype for holding in holdings}
	for card in sorted(jobs):
		frappe.db.get_value(jobs[card], card, "name", for_update=True)
	row = frappe.db.get_value(
		"Bin",
		{"item_code": item_code, "warehouse": warehouse},
		["actual_qty", "reserved_stock", SET_ASIDE],
		as_dict=True,
		for_update=True,
	)
	if not row:
		return []
	gone = taken(flt(row.actual_qty), flt(row.reserved_stock) + flt(row[SET_ASIDE]), flt(row[SET_ASIDE]))
	losers = let_go(_held_now(holdings, item_code, warehouse), gone)
	lost: dict[str, float] = defaultdict(float)
	for holding, left in losers:
		frappe.db.set_value("Service Part Line", holding.line, "set_aside", left, update_modified=False)
		lost[holding.card] += holding.held - left
	_add_to_totals({(item_code, warehouse): -sum(lost.values())})
	for card, qty in lost.items():
		doc = frappe.get_doc(jobs[card], card)
		doc.add_comment(
			"Info",
			_("{0} of {1}, reserved in {2}, were consumed by {3} {4}. The card is short of them.").format(
				f"{exact(qty):g}",
				escape_html(item_code),
				escape_html(warehouse),
				_(voucher_type),
				get_link_to_form(voucher_type, voucher_no),
			),
		)
		doc.run_method("parts_taken")
	return list(lost)


def recount() -> None:
	"""Scheduled daily: bring every Bin's total in line with the lines that make it up.

	They part only when somebody merges items or warehouses, for which ERPNext makes Bins anew.
	"""
	row = frappe.qb.DocType("Bin")
	marked = set(frappe.qb.from_(row).select(row.item_code, row.warehouse).where(row[SET_ASIDE] != 0).run())
	for item_code, warehouse in sorted(marked | set(_held_in_all())):
		lock_stock([(item_code, warehouse)])
		_write_total(
			(item_code, warehouse), _held_in_all(item_code, warehouse).get((item_code, warehouse), 0)
		)


# ---------------------------------------------------------------------------------- details


def _lines_before(doc: Document) -> list[Document]:
	"""The stored lines; Frappe read them under the lock of the card when this save began."""
	before = doc.get_doc_before_save()
	return before.parts if before else []


def _as_stock(row: frappe._dict) -> Stock:
	return Stock(flt(row.actual_qty), flt(row.reserved_stock) + flt(row[SET_ASIDE]))


def _add_to_totals(changes: Mapping[Place, float]) -> None:
	changed = {place: exact(qty) for place, qty in changes.items() if exact(qty)}
	for place in sorted(changed):
		stored = frappe.db.get_value(
			"Bin", {"item_code": place[0], "warehouse": place[1]}, SET_ASIDE, for_update=True
		)
		_write_total(place, flt(stored) + changed[place])


def _write_total(place: Place, qty: float) -> None:
	frappe.db.set_value(
		"Bin",
		{"item_code": place[0], "warehouse": place[1]},
		SET_ASIDE,
		max(0.0, exact(qty)),
		update_modified=False,
	)


def _holdings(item_code: str, warehouse: str) -> list[Holding]:
	"""What lines hold of a part, in the order of `aftersales_reserving_jobs`: the job promised first at the head."""
	rows = frappe.get_all(
		"Service Part Line",
		filters={"item_code": item_code, "warehouse": warehouse, "set_aside": (">", 0)},
		fields=["parenttype", "parent", "name", "set_aside"],
		order_by="idx asc",
	)
	found = []
	for doctype, functions in frappe.get_hooks("aftersales_reserving_jobs").items():
		lines = defaultdict(list)
		for row in rows:
			if row.parenttype == doctype:
				lines[row.parent].append(row)
		for function in functions:
			for job in frappe.get_attr(function)(lines) if lines else ():
				found += [Holding(job, row.name, flt(row.set_aside), doctype) for row in lines[job]]
	return found


def _held_now(holdings: Iterable[Holding], item_code: str, warehouse: str) -> list[Holding]:
	"""The same lines with what they hold under the locks of their cards, in the same order."""
	holdings = list(holdings)
	if not holdings:
		return []
	held = dict(
		frappe.db.get_values(
			"Service Part Line",
			{
				"name": ("in", [holding.line for holding in holdings]),
				"item_code": item_code,
				"warehouse": warehouse,
			},
			["name", "set_aside"],
			order_by="name asc",
			for_update=True,
		)
	)
	return [
		Holding(holding.card, holding.line, flt(held[holding.line]))
		for holding in holdings
		if flt(held.get(holding.line))
	]


def _held_in_all(item_code: str | None = None, warehouse: str | None = None) -> dict[Place, float]:
	line = frappe.qb.DocType("Service Part Line")
	query = (
		frappe.qb.from_(line)
		.select(line.item_code, line.warehouse, Sum(line.set_aside))
		.where((line.parenttype == CARD) & (line.set_aside > 0))
		.groupby(line.item_code, line.warehouse)
	)
	if item_code:
		query = query.where((line.item_code == item_code) & (line.warehouse == warehouse))
	return {(item, place): flt(qty) for item, place, qty in query.run()}


def _shortage(share: Share) -> str:
	need = share.need
	named = [frappe.bold(escape_html(value)) for value in need.place]
	text = _("Parts row {0}: {1} of {2} needed from {3}, {4} available.").format(
		need.idx, f"{need.qty:g}", *named, f"{share.held:g}"
	)
	others = substitutes_of(need.item_code)
	if not others:
		return text + " " + _("Request the part, or choose another warehouse.")
	return (
		text + " " + _("Use a substitute ({0}), or request the part.").format(escape_html(", ".join(others)))
	)
