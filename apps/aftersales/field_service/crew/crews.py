"""The crew of a visit: technicians beside the one who leads it, each with hours of their own.

The leading technician (`technician` of the voucher) needs the skill, has the van and completes the visit. The others see
the visit, are busy with it, and their hours are labour lines of their own.
"""

from collections.abc import Iterable
from datetime import date, datetime

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, get_datetime
from pypika.queries import QueryBuilder

from aftersales.field_service.crew import crew_rules
from aftersales.field_service.crew.crew_rules import Span

MEMBER = "Visit Crew Member"
VISIT = "Service Voucher"
OPEN_STATES = ("Draft", "Dispatched", "On Site")


def validate(doc: Document) -> None:
	"""Each technician once, of the company, active when added, with hours within the visit.

	Raises:
		frappe.ValidationError: names the row and what to do.
	"""
	seen = {doc.technician} - {None, ""}
	for row in doc.crew:
		if row.technician in seen:
			frappe.throw(
				_("Crew row {0}: {1} is on this visit already. Remove the row.").format(
					row.idx, frappe.bold(escape_html(row.technician))
				)
			)
		seen.add(row.technician)
	_validate_who(doc)
	_set_hours(doc)


def has_changed(doc: Document) -> bool:
	"""Somebody else is in the crew, or at other hours, than is stored."""
	before = doc.get_doc_before_save()
	return _plain(doc.crew) != _plain(before.crew if before else ())


def comes_again(doc: Document) -> bool:
	"""Whether the crew of a new visit is that of the visit with which it goes on, or part of it."""
	if not doc.is_new() or not doc.previous_voucher:
		return False
	known = {row.technician for row in of_visits([doc.previous_voucher]).get(doc.previous_voucher, ())}
	return all(row.technician in known for row in doc.crew)


def technicians_of(doc: Document) -> list[str]:
	"""Everybody of a visit, the leading technician first."""
	return [name for name in (doc.technician, *(row.technician for row in doc.crew)) if name]


def is_in_crew(voucher: str, technicians: Iterable[str]) -> bool:
	"""Whether one of `technicians` is in the stored crew of a visit."""
	return bool(
		frappe.db.exists(
			MEMBER,
			{"parent": voucher, "parenttype": VISIT, "technician": ("in", [*technicians] or [""])},
		)
	)


def visits_of(technicians: Iterable[str], since: datetime) -> list[str]:
	"""Names of the visits in whose crew one of `technicians` is, and that are planned to end later or have no time."""
	rows = {"parenttype": VISIT, "technician": ("in", [*technicians] or [""])}
	later = [["planned_end", ">", since], ["planned_end", "is", "not set"]]
	return frappe.get_all(
		MEMBER, filters=rows, or_filters=later, pluck="parent", order_by="parent asc", distinct=True
	)


def visits_going_on(technicians: Iterable[str], today: date) -> list[str]:
	"""Names of the visits in whose crew one of `technicians` is, and that are open or were completed from `today` on."""
	row, visit = frappe.qb.DocType(MEMBER), frappe.qb.DocType(VISIT)
	is_open = (visit.docstatus == 0) & visit.status.isin(OPEN_STATES)
	was_completed = (visit.docstatus == 1) & (visit.departed_at >= today)
	return (
		frappe.qb.from_(row)
		.join(visit)
		.on((visit.name == row.parent) & (row.parenttype == VISIT))
		.select(visit.name)
		.distinct()
		.where(row.technician.isin([*technicians] or [""]) & (is_open | was_completed))
		.orderby(visit.name)
		.run(pluck=True)
	)


def spans(
	technicians: Iterable[str], begin: datetime, until: datetime, for_update: bool = False
) -> list[frappe._dict]:
	"""When technicians are with the visits of others: technician, name (of the visit), planned_start, planned_end.

	Open visits that share time with `begin` to `until`, the first first.

	Args:
		for_update: a locking read, which sees what others have planned meanwhile.
	"""
	names = list(technicians)
	if not names:
		return []
	row, visit = frappe.qb.DocType(MEMBER), frappe.qb.DocType(VISIT)
	query = (
		frappe.qb.from_(row)
		.join(visit)
		.on((visit.name == row.parent) & (row.parenttype == VISIT))
		.select(row.technician, visit.name, row.planned_start, row.planned_end)
		.where(row.technician.isin(names) & (row.planned_start < until) & (row.planned_end > begin))
		.where((visit.docstatus == 0) & visit.status.isin(OPEN_STATES))
		.orderby(row.planned_start)
		.orderby(visit.name)
	)
	return (query.for_update() if for_update else query).run(as_dict=True)


def of_visits(visits: Iterable[str]) -> dict[str, list[frappe._dict]]:
	"""Visit → its crew (technician, planned_start, planned_end) in the order of the form; those that have one."""
	names = list(visits)
	rows = names and frappe.get_all(
		MEMBER,
		filters={"parent": ("in", names), "parenttype": VISIT},
		fields=["parent", "technician", "planned_start", "planned_end"],
		order_by="parent asc, idx asc",
	)
	found: dict[str, list[frappe._dict]] = {}
	for row in rows or ():
		found.setdefault(row.parent, []).append(row)
	return found


def rows_of_crews(rows: Iterable[frappe._dict]) -> list[frappe._dict]:
	"""The rows of visits once more for each of their crew: `technician`, times and `leader` of their own.

	The rows themselves get `crew`, the names of the others on the visit.
	"""
	rows = list(rows)
	crews = of_visits(row.name for row in rows)
	copies = []
	for row in rows:
		crew = crews.get(row.name, [])
		everybody = [row.technician, *(member.technician for member in crew)] if crew else []
		row.crew = everybody[1:]
		for member in crew:
			copies.append(
				frappe._dict(
					row,
					technician=member.technician,
					leader=row.technician,
					crew=[name for name in everybody if name != member.technician],
					planned_start=member.planned_start or row.planned_start,
					planned_end=member.planned_end or row.planned_end,
				)
			)
	return copies


def condition_of_member(technicians: Iterable[str]) -> str:
	"""SQL condition on Service Voucher: one of `technicians` is in the crew."""
	# A query as text escapes no backslash, and names of technicians are typed
	names = ", ".join(frappe.db.escape(name) for name in technicians) or "''"
	return (
		"`tabService Voucher`.`name` in (select `parent` from `tabVisit Crew Member` "
		f"where `parenttype` = 'Service Voucher' and `technician` in ({names}))"
	)


def calls_of_crew(user: str) -> QueryBuilder:
	"""Query for the names of the calls to which a visit belongs on which `user` is in the crew."""
	row, visit, technician = (frappe.qb.DocType(name) for name in (MEMBER, VISIT, "Service Technician"))
	return (
		frappe.qb.from_(row)
		.join(visit)
		.on((visit.name == row.parent) & (row.parenttype == VISIT))
		.join(technician)
		.on(technician.name == row.technician)
		.where((technician.user == user) & visit.repair_call.isnotnull())
		.select(visit.repair_call)
	)


def _validate_who(doc: Document) -> None:
	before = doc.get_doc_before_save()
	known = {row.technician for row in before.crew} if before else set()
	if doc.is_new() and doc.amended_from:  # who has left since is part of what is amended
		known = {row.technician for row in of_visits([doc.amended_from]).get(doc.amended_from, ())}
	for row in doc.crew:
		if row.technician in known or not row.technician:
			continue
		found = frappe.db.get_value(
			"Service Technician", row.technician, ["is_active", "company"], as_dict=True
		)
		name = frappe.bold(escape_html(row.technician))
		if not found:
			frappe.throw(_("Crew row {0}: Service Technician {1} does not exist.").format(row.idx, name))
		if not found.is_active:
			frappe.throw(
				_("Crew row {0}: {1} is no longer active. Choose another technician.").format(row.idx, name)
			)
		if found.company != doc.company:
			frappe.throw(
				_("Crew row {0}: {1} works for {2}, this visit is of {3}.").format(
					row.idx, name, escape_html(found.company), escape_html(doc.company)
				)
			)


def _set_hours(doc: Document) -> None:
	before, visit = doc.get_doc_before_save(), _span(doc)
	for row in doc.crew:
		own = crew_rules.hours(_span(before), visit, _span(row))
		row.planned_start, row.planned_end = own or (None, None)
		if own and not crew_rules.is_part_of(own, visit):
			frappe.throw(
				_(
					"Crew row {0}: the hours of {1} must begin before they end and be within the visit."
				).format(row.idx, frappe.bold(escape_html(row.technician)))
			)


def _span(doc: Document | None) -> Span | None:
	if not doc or not doc.planned_start or not doc.planned_end:
		return None
	return get_datetime(doc.planned_start), get_datetime(doc.planned_end)


def _plain(rows: Iterable[Document]) -> list[tuple]:
	return [(row.technician, _span(row)) for row in rows]
