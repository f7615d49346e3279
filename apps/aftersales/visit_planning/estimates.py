"""When somebody is likely to be at a customer's today: the day of the technician as it runs, walked on from now."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

import frappe
from frappe.utils import getdate, now_datetime

from aftersales.field_service import board_travel
from aftersales.service_routes import places, travel
from aftersales.visit_planning import booking_rules as rules


def of_call(call: str) -> tuple[datetime, int] | None:
	"""Time and stops before it, of the dispatched visit of a call today; None without one, or when somebody was there."""
	today = getdate(now_datetime())
	visit = next((row for row in _visits(today, {"repair_call": call}) if not row.arrived_at), None)
	if not visit:
		return None
	return _of_technician(visit.technician, today).get(visit.name)


def of_day() -> list[tuple[str, str, datetime, int]]:
	"""Call, visit, time and stops before it, of all visits of today that are still to be made."""
	today = getdate(now_datetime())
	rows = _visits(today)
	by_visit = {row.name: row.repair_call for row in rows}
	return [
		(by_visit[visit], visit, *found)
		for technician in sorted({row.technician for row in rows})
		for visit, found in sorted(_of_technician(technician, today).items())
		if by_visit.get(visit)
	]


def _of_technician(technician: str, day: date) -> dict[str, tuple[datetime, int]]:
	rows = _visits(day, {"technician": technician})
	stops = _stops(technician, rows)
	now = now_datetime()
	found = {row.name: rules.estimate(stops, row.name, now) for row in rows}
	return {name: one for name, one in found.items() if one}


def _visits(day: date, filters: dict | None = None) -> list[frappe._dict]:
	"""Visits of the day that are dispatched, under way or made, in the order in which they are planned."""
	midnight = datetime.combine(day, time())
	return frappe.get_all(
		"Service Voucher",
		filters={
			"docstatus": ("<", 2),
			"status": ("in", ("Dispatched", "On Site", "Completed", "Archived")),
			"technician": ("is", "set"),
			"planned_start": ("between", [midnight, midnight + timedelta(days=1, seconds=-1)]),
			**(filters or {}),
		},
		fields=[
			*("name", "technician", "repair_call", "planned_start", "planned_end", "arrived_at"),
			*("departed_at", "repair_call.service_zone as zone"),
		],
		order_by="planned_start asc, name asc",
	)


def _stops(technician: str, rows: Iterable[frappe._dict]) -> list[rules.Stop]:
	rows = sorted(rows, key=lambda row: (row.arrived_at or row.planned_start, row.name))
	where = board_travel.places_of(rows)
	home = places.of_technicians([technician]).get(technician, (None, None))[0] if where else None
	points = [home, *(where.get(row.name) for row in rows)]
	ways = travel.along(points, [None, *(row.zone for row in rows)]) if where else [None] * len(rows)
	return [
		rules.Stop(
			row.name,
			row.planned_start,
			row.planned_end or row.planned_start,
			row.arrived_at,
			row.departed_at,
			way[0] if way else None,
		)
		for row, way in zip(rows, ways, strict=True)
	]
