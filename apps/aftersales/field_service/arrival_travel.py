"""What a visit in a suggested window adds to the driving of its day: cheap windows are marked, and one of them is offered."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

import frappe

from aftersales.core.geo_rules import Point
from aftersales.field_service import board_travel
from aftersales.field_service.arrival_rules import Suggestion, choose_with_cheap, mark_cheap
from aftersales.service_routes import places, travel

LOOKED_AT = 4
"""For each window that is offered so many are looked at."""
OPEN_STATES = ("Draft", "Dispatched", "On Site")


def offered(
	found: list[Suggestion],
	more: Callable[[int], list[Suggestion]],
	address: str | None,
	zone: str | None,
) -> list[Suggestion]:
	"""The windows `found` with their `detour`, the cheapest of all among them and marked.

	Without a place of the address they are as they are.

	Args:
		more: gives so many windows, to look for a cheap one among them.
	"""
	place = places.of_addresses([address]).get(address) if address else None
	if not place or not found:
		return found
	others = more(len(found) * LOOKED_AT)
	marked = _with_detours([*found, *others], place, zone)
	return mark_cheap(choose_with_cheap(marked[: len(found)], marked[len(found) :]))


def _with_detours(found: Sequence[Suggestion], place: Point, zone: str | None) -> list[Suggestion]:
	names = sorted({window.technician for window in found})
	homes, speeds = places.of_technicians(names), travel.speeds_of_zones()
	stops = _stops(names, min(window.start for window in found), max(window.start for window in found))
	marked = []
	for window in found:
		own = stops.get((window.technician, window.start.date()), [])
		start, end = homes.get(window.technician, (None, None))
		before = next((at for begin, at in reversed(own) if begin <= window.start), start)
		after = next((at for begin, at in own if begin > window.start), end)
		new = travel.along([before, place, after], [None, zone, None], speeds)
		old = travel.along([before, after], [None, None], speeds)
		known = all((*new, *old))
		added = sum(way[0] for way in new) - old[0][0] if known else None
		marked.append(replace(window, detour=None if added is None else max(0, round(added / 60))))
	return marked


def _stops(technicians: list[str], first: datetime, last: datetime) -> dict[tuple, list[tuple]]:
	"""Technician and day → beginning and place of the visits planned, in their order."""
	rows = frappe.get_all(
		"Service Voucher",
		filters={
			"technician": ("in", technicians),
			"docstatus": 0,
			"status": ("in", OPEN_STATES),
			"planned_start": (
				"between",
				[
					datetime.combine(first.date(), time()),
					datetime.combine(last.date(), time()) + timedelta(days=1),
				],
			),
		},
		fields=["name", "technician", "planned_start"],
		order_by="planned_start asc, name asc",
	)
	where = board_travel.places_of(rows)
	found: dict[tuple, list[tuple]] = {}
	for row in rows:
		key = (row.technician, row.planned_start.date())
		found.setdefault(key, []).append((row.planned_start, where.get(row.name)))
	return found
