"""The rows of the dispatch board: visits of a day or week, of crews once for each, and the technicians they are shown for."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import product

import frappe

from aftersales.field_service import day_rules
from aftersales.field_service.arrival_rules import Span
from aftersales.field_service.crew import crews
from aftersales.field_service.permissions import is_restricted
from aftersales.service_staff import availability, availability_rules
from aftersales.service_staff.technicians import technicians_of_user

DAY = timedelta(days=1)
LONGEST = timedelta(days=14)
"""A visit that began earlier is not looked for."""
VISIT_FIELDS = (
	*(
		"name",
		"status",
		"docstatus",
		"technician",
		"customer_name",
		"preliminary_plan",
		"modified",
		"company",
	),
	*("planned_start", "planned_end", "arrived_at", "departed_at", "support_kind", "repair_call"),
	*("repair_call.subject as subject", "repair_call.priority as priority", "repair_call.hazard as hazard"),
	*("repair_call.service_zone as zone", "repair_call.item_group as call_group"),
	*("repair_call.promised_from as promised_from", "repair_call.promised_to as promised_to"),
	*("equipment.title as product", "equipment.item_group as product_group"),
	*("repair_call.service_address as service_address", "equipment.address as product_address"),
)


def visits_between(
	midnight: datetime,
	company: str | None,
	next_midnight: datetime | None = None,
	zone: str | None = None,
	fields: Sequence[str] = VISIT_FIELDS,
	limit: int = 0,
) -> list[frappe._dict]:
	"""Visits that somebody is to make or has made, by when they are planned, or else when they came; of crews once each.

	Args:
		next_midnight: until when, by default for a day.
		zone: only those of its technicians, whether they lead or come along.
		fields: `name`, `technician` and the four times are among them.
		limit: so many planned ones at most, the first first; 0 for all.
	"""
	next_midnight = next_midnight or midnight + timedelta(days=1)
	common: list = [["docstatus", "<", 2], ["status", "!=", "Cancelled"], ["technician", "is", "set"]]
	if company:
		common.append(["company", "=", company])
	found = {
		row.name: row
		for whose, when in product(
			_of_zone(zone, midnight) if zone else [[]],
			(
				[
					["planned_start", "between", [midnight - LONGEST, next_midnight]],
					["planned_end", ">", midnight],
				],
				[["arrived_at", ">=", midnight], ["arrived_at", "<", next_midnight]],
			),
		)
		for row in frappe.get_list(
			"Service Voucher",
			filters=[*common, *whose, *when],
			fields=list(fields),
			order_by="planned_start asc, name asc",
			limit_page_length=limit,
		)
	}
	rows = list(found.values())
	rows += crews.rows_of_crews(rows)
	return [row for row in rows if span(row)[1] > midnight and span(row)[0] < next_midnight]


def span(row: frappe._dict) -> Span:
	"""When a visit takes place: as it took place where it did, else as planned."""
	start = row.arrived_at or row.planned_start
	end = row.departed_at or (row.planned_end if row.planned_end and row.planned_end > start else None)
	return start, end or start + day_rules.GRID


def of_technicians(people: Iterable[str], rows: Iterable[frappe._dict]) -> dict[str, list[frappe._dict]]:
	"""Technician → the visits shown in that row."""
	found: dict[str, list[frappe._dict]] = {name: [] for name in people}
	for row in rows:
		if row.technician in found:
			found[row.technician].append(row)
	return found


def by_day(
	rows: Iterable[frappe._dict], midnights: Sequence[datetime]
) -> dict[datetime, list[tuple[frappe._dict, Span]]]:
	"""Midnight → the visits of the day that begins then, each with its part of that day, in their order.

	Args:
		midnights: of days that follow each other.
	"""
	found: dict[datetime, list[tuple[frappe._dict, Span]]] = {midnight: [] for midnight in midnights}
	for begin, end, row in sorted(((*span(row), row) for row in rows), key=lambda one: one[:2]):
		for midnight in midnights[max(0, (begin - midnights[0]).days) :]:
			if midnight >= end:
				break
			found[midnight].append((row, (max(begin, midnight), min(end, midnight + DAY))))
	return found


def _of_zone(zone: str, midnight: datetime) -> list[list]:
	"""Filters, each for some: the visits that technicians of a zone lead, and those with which they come along."""
	names = frappe.get_all("Service Technician", {"service_zone": zone}, pluck="name", order_by="name asc")
	along = crews.visits_of(names, midnight - LONGEST) if names else []
	filters = [[["technician", "in", names or [""]]]]
	return [*filters, [["name", "in", along]]] if along else filters


def people_on(
	company: str | None, rows: Iterable[frappe._dict], on: date, zone: str | None = None
) -> dict[str, frappe._dict]:
	"""Active technicians the user may see; those who have left too, while they have a visit on the day.

	Each with `absence`: why the technician does not come that day.
	"""
	fields = ["name", "company", "service_zone", "is_active", "start_address", "end_address"]
	fields += ["vehicle", "supplier"]
	filters: dict = {"company": company} if company else {}
	if zone:
		filters["service_zone"] = zone
	if is_restricted(frappe.session.user, "read"):
		# The visits of others are not shown to them: their days would look free
		filters["name"] = ("in", technicians_of_user(frappe.session.user) or [""])
	people = frappe.get_list("Service Technician", filters, fields, order_by="name asc", limit_page_length=0)
	busy = {row.technician for row in rows}
	shown = {person.name: person for person in people if person.is_active or person.name in busy}
	known = availability.people(shown, on, on)
	for name, person in shown.items():
		person.absence = availability_rules.absence(known[name], on) if person.is_active else None
	return {name: person for name, person in shown.items() if not _is_gone(person) or name in busy}


def _is_gone(person: frappe._dict) -> bool:
	return bool(person.absence) and person.absence.code == "left"
