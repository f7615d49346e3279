"""Whether the parts of a call are in the van of who might go: what is missing costs, and is told.

What a call needs is what its planned visit has as part lines, else the parts kit of its planned service. Stock items only.
What the visits that are planned already need of a van is not there for a call.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

import frappe
from frappe.utils import flt

from aftersales.planned_service import following
from aftersales.spare_parts.parts import free_stock

Needs = dict[str, float]
"""Item code → quantity in stock units."""

VISIT, LINE = "Service Voucher", "Service Part Line"


def missing(
	technicians: Iterable[str], calls: Iterable[frappe._dict], visits: Iterable[frappe._dict]
) -> dict[str, dict[str, Needs]]:
	"""Call → technician → what is not in the technician's van; calls that need nothing are left out.

	Args:
		calls: rows with `visit`, their open visit.
		visits: rows of visits that are planned for the technicians.
	"""
	calls, visits = list(calls), list(visits)
	needed = _needed(calls)
	if not needed:
		return {}
	vans = _vans(technicians)
	items = {item for needs in needed.values() for item in needs}
	there = free_stock(items, warehouses=set(vans.values()))
	for (technician, item), qty in _taken(visits).items():
		place = (item, vans.get(technician))
		if place in there:
			there[place] -= qty
	return {
		call: {name: _lacking(needs, there, vans.get(name)) for name in technicians}
		for call, needs in needed.items()
	}


def in_words(needs: Needs) -> str:
	"""Quantities and names of parts in a line."""
	names = dict(
		frappe.get_all(
			"Item",
			filters={"name": ("in", list(needs))},
			fields=["name", "item_name"],
			order_by="name asc",
			as_list=True,
		)
	)
	return ", ".join(f"{qty:g} × {names.get(item) or item}" for item, qty in sorted(needs.items()))


def _lacking(needs: Needs, there: Mapping[tuple, float], van: str | None) -> Needs:
	found = {item: qty - max(0.0, there.get((item, van), 0.0)) for item, qty in needs.items()}
	return {item: qty for item, qty in found.items() if qty > 1e-9}


def _needed(calls: list[frappe._dict]) -> dict[str, Needs]:
	of_visit = {row.visit.name: row.name for row in calls if row.visit}
	found: dict[str, Needs] = defaultdict(lambda: defaultdict(float))
	for line in _lines(of_visit):
		found[of_visit[line.parent]][line.item_code] += flt(line.qty)
	for call, rows in following.parts_of_calls(row.name for row in calls if row.name not in found).items():
		for part in rows:
			found[call][part.item_code] += flt(part.qty)
	stocked = _stocked({item for needs in found.values() for item in needs})
	kept = {
		call: {item: qty for item, qty in needs.items() if item in stocked} for call, needs in found.items()
	}
	return {call: needs for call, needs in kept.items() if needs}


def _taken(visits: list[frappe._dict]) -> dict[tuple[str, str], float]:
	"""Technician and item → what the visits that are planned need."""
	technician = {row.part_of or row.name: row.technician for row in visits}
	found: dict[tuple[str, str], float] = defaultdict(float)
	for line in _lines(technician):
		found[technician[line.parent], line.item_code] += flt(line.qty)
	return found


def _lines(visits: Iterable[str]) -> list[frappe._dict]:
	return frappe.get_all(
		LINE,
		filters={"parenttype": VISIT, "parent": ("in", list(visits) or [""]), "docstatus": 0},
		fields=["parent", "item_code", "qty"],
		order_by="parent asc, idx asc",
	)


def _stocked(items: Iterable[str]) -> set[str]:
	rows = {"name": ("in", list(items) or [""]), "is_stock_item": 1}
	return set(frappe.get_all("Item", filters=rows, pluck="name", order_by="name asc"))


def _vans(technicians: Iterable[str]) -> dict[str, str]:
	rows = frappe.get_all(
		"Service Technician",
		filters={"name": ("in", list(technicians) or [""]), "van_warehouse": ("is", "set")},
		fields=["name", "van_warehouse"],
		order_by="name asc",
		as_list=True,
	)
	return dict(rows)
