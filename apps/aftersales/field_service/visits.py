"""What other rooms ask about visits, and how a visit comes from a call or from another visit."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.model.mapper import get_mapped_doc
from frappe.utils import get_link_to_form, strip_html_tags
from pypika.queries import QueryBuilder

from aftersales.core.guards import privileged, status_changed_to
from aftersales.core.input.requests import Moment, Rows, TargetDocument, validate_call
from aftersales.field_service.crew import crew_lines
from aftersales.field_service.permissions import is_restricted
from aftersales.field_service.visit_rules import carried_over
from aftersales.service_calls import jobs
from aftersales.service_staff.technicians import technicians_of_user

PLACE_OF_CALL = ["contact_name", "contact_phone", "service_address_display", "hazard", "subject"]

CALENDAR_COLORS = {
	"Draft": "gray",
	"Dispatched": "blue",
	"On Site": "orange",
	"Completed": "green",
	"Archived": "green",
	"Cancelled": "red",
}

PLAN = (
	"planned_start",
	"planned_end",
	"promise_changed_for",
	"absence_override_reason",
	"qualification_override_reason",
)
"""What is decided by planning a visit: when it is, and why this technician is sent."""

NOT_CARRIED_OVER = (
	"status",
	"planned_start",
	"planned_end",
	"labour",
	"parts",
	"findings",
	"advice",
	"test_notes",
	"work_left",
	"parts_left",
	"fault_code",
	"cause_code",
	"action_code",
)
"""A revisit keeps customer, product, technician, plan and symptom; the work itself is its own."""


def open_vouchers_of_call(call: str, for_update: bool = False) -> list[str]:
	"""Names of the visits of a call that are planned or under way (drafts not called off).

	`for_update`: a locking read, which sees what others have planned meanwhile.
	"""
	return frappe.db.get_values(
		"Service Voucher",
		{"repair_call": call, "docstatus": 0, "status": ("!=", "Cancelled")},
		"name",
		order_by="creation asc",
		pluck=True,
		for_update=for_update,
	)


def open_visits_of_calls(calls: list[str]) -> dict[str, frappe._dict]:
	"""Call → its open visit (name, technician, planned_start, modified), the one planned first; those that have one."""
	rows = calls and frappe.get_all(
		"Service Voucher",
		filters={"repair_call": ("in", calls), "docstatus": 0, "status": ("!=", "Cancelled")},
		fields=["name", "repair_call", "technician", "planned_start", "modified"],
		order_by="planned_start asc, creation asc",
	)
	found: dict[str, frappe._dict] = {}
	for row in rows or ():
		first = found.setdefault(row.repair_call, row)
		if row.planned_start and not first.planned_start:
			found[row.repair_call] = row
	return found


def facts_of_visit(voucher: str) -> frappe._dict:
	"""Customer, company, product, call and technician (as `person_concerned`) of a visit; empty if unknown."""
	fields = ["customer", "company", "equipment", "repair_call", "technician as person_concerned"]
	return frappe.db.get_value("Service Voucher", voucher, fields, as_dict=True) or frappe._dict()


def last_visit_of_call(call: str) -> frappe._dict:
	"""Name and technician of the latest visit of a call that was made; empty without one."""
	rows = frappe.get_all(
		"Service Voucher",
		filters={"repair_call": call, "docstatus": 1},
		fields=["name", "technician"],
		order_by="departed_at desc, name desc",
		limit=1,
	)
	return rows[0] if rows else frappe._dict()


def calls_visited_by(user: str) -> QueryBuilder:
	"""Query for the names of the calls to which a visit of `user` belongs, called off or not."""
	voucher = frappe.qb.DocType("Service Voucher")
	technician = frappe.qb.DocType("Service Technician")
	return (
		frappe.qb.from_(voucher)
		.join(technician)
		.on(voucher.technician == technician.name)
		.where((technician.user == user) & voucher.repair_call.isnotnull())
		.select(voucher.repair_call)
	)


def take_technicians(doc: Document) -> None:
	"""Technicians who open a visit open it for themselves; those of its crew enter their own hours and parts."""
	if not is_restricted(frappe.session.user, "write"):
		return
	mine = technicians_of_user(frappe.session.user)
	if not doc.technician:
		doc.technician = next(iter(mine), None)
	elif doc.technician not in mine:
		if status_changed_to(doc, "Cancelled"):
			doc.check_permission("submit")  # which somebody of the crew has not
		_validate_plan_unchanged(doc)
		crew_lines.take_own(doc, mine)


def _validate_plan_unchanged(doc: Document) -> None:
	"""Somebody of the crew works on the visit as it is planned: its time and its sending are not theirs to change.

	Raises:
		frappe.PermissionError: the plan was changed.
	"""
	before = doc.get_doc_before_save()
	if doc.flags.ignore_permissions or not before:  # the app writes, not the user
		return
	is_changed = any((doc.get(name) or before.get(name)) and doc.has_value_changed(name) for name in PLAN)
	if is_changed or status_changed_to(doc, "Dispatched"):
		frappe.throw(
			_("Only users who plan visits, and the technician who leads this one, can change its plan."),
			frappe.PermissionError,
		)


def call_of_visit(voucher: str) -> str | None:
	"""Name of the call a visit belongs to; None for internal work."""
	return frappe.db.get_value("Service Voucher", voucher, "repair_call")


@frappe.whitelist()
@validate_call
def voucher_from_call(source_name: str, target_doc: TargetDocument | None = None) -> Document:
	"""An unsaved Service Voucher for Repair Call `source_name`.

	Raises:
		frappe.PermissionError: the user may not read the call or create a voucher.
	"""

	def carry_plan(call: Document, voucher: Document) -> None:
		voucher.repair_call = call.name
		voucher.status = "Draft"
		voucher.preliminary_plan = call.subject
		voucher.planned_start = call.promised_from
		voucher.planned_end = call.promised_to
		voucher.technician = _technician(call.call_owner)
		voucher.service_category = call.service_category

	return get_mapped_doc(
		"Repair Call",
		source_name,
		{
			"Repair Call": {
				"doctype": "Service Voucher",
				"field_no_map": ["naming_series", "fault_code", "cause_code", "action_code"],
			}
		},
		target_doc,
		carry_plan,
	)


@frappe.whitelist()
@validate_call
def revisit_from_voucher(source_name: str, target_doc: TargetDocument | None = None) -> Document:
	"""An unsaved voucher that goes on where visit `source_name` ended; the plan carries over.

	Raises:
		frappe.PermissionError: the user may not read the visit or create a voucher.
	"""
	return _revisit(source_name, target_doc)


@frappe.whitelist()
@validate_call
def where_to_go(voucher: str) -> dict:
	"""What the technician of a visit needs on the way: contact, phone, address, hazard, fault.

	Texts are plain, lines parted by newlines.

	Raises:
		frappe.PermissionError: the user may not read the voucher.
	"""
	doc = frappe.get_doc("Service Voucher", voucher)
	doc.check_permission("read")
	return where_it_is(doc)


def where_it_is(doc: Document) -> dict:
	"""The same without asking for rights: for who was given the visit by a link."""
	place = frappe._dict()
	if doc.repair_call:
		place = frappe.db.get_value("Repair Call", doc.repair_call, PLACE_OF_CALL, as_dict=True)
	return {
		"contact_name": place.contact_name,
		"contact_phone": place.contact_phone,
		"hazard": place.hazard,
		"fault": place.subject,
		"address": _plain(place.service_address_display),
		"location_details": doc.equipment
		and frappe.db.get_value("Customer Equipment", doc.equipment, "location_details"),
	}


@frappe.whitelist()
@validate_call
def planned_visits(start: Moment, end: Moment, filters: Rows | None = None) -> list[dict]:
	"""Visits planned between two days, for the calendar: one row each, titled by technician and customer.

	Raises:
		frappe.PermissionError: the user may not read vouchers.
		frappe.ValidationError: one of `filters` is none.
	"""
	if any(not isinstance(condition, list) for condition in filters or ()):
		frappe.throw(_("Each filter is a list of document type, field, operator and value."))
	rows = frappe.get_list(
		"Service Voucher",
		filters=[
			*(filters or ()),
			["Service Voucher", "planned_start", "<=", end],
			["Service Voucher", "planned_end", ">=", start],
		],
		fields=[
			"name",
			"docstatus",
			"status",
			"technician",
			"customer_name",
			"preliminary_plan",
			"planned_start",
			"planned_end",
		],
		order_by="planned_start asc",
		limit_page_length=0,
	)
	for row in rows:
		whom = row.customer_name or row.preliminary_plan or _("Internal work")
		row.title = f"{row.technician}: {whom}" if row.technician else whom
		row.color = CALENDAR_COLORS.get(row.status)
	return rows


def ensure_revisit(doc: Document) -> str:
	"""Plan the next visit of a call as a draft, unless one is planned already; return its name."""
	planned = [name for name in open_vouchers_of_call(doc.repair_call) if name != doc.name]
	if planned:
		_hand_on(doc, planned[0])
		return planned[0]
	revisit = _revisit(doc.name, ignore_permissions=True)
	privileged(revisit).insert()
	jobs.note(doc, _("Revisit planned: {0}").format(get_link_to_form("Service Voucher", revisit.name)))
	return revisit.name


def _hand_on(doc: Document, planned: str) -> None:
	"""The visit planned already goes on with the work of `doc`: it learns what was left."""
	changes = {"previous_voucher": doc.name}
	before = frappe.db.get_value(
		"Service Voucher", planned, ["preliminary_plan", "parts_to_take"], as_dict=True
	)
	for fieldname, left in (("preliminary_plan", doc.work_left), ("parts_to_take", doc.parts_left)):
		if left and left not in (before[fieldname] or ""):
			changes[fieldname] = "\n".join(part for part in (before[fieldname], left) if part)
	frappe.db.set_value("Service Voucher", planned, changes)


def release_revisits(doc: Document) -> None:
	"""Visits planned after `doc` no longer name it once it is cancelled; they stay planned."""
	for name in frappe.get_all(
		"Service Voucher",
		filters={"previous_voucher": doc.name, "docstatus": 0},
		pluck="name",
		order_by="creation asc",
	):
		frappe.db.set_value("Service Voucher", name, "previous_voucher", None)


def _revisit(
	source_name: str, target_doc: str | Document | None = None, ignore_permissions: bool = False
) -> Document:
	def link_back(visit: Document, revisit: Document) -> None:
		revisit.status = "Draft"
		revisit.previous_voucher = visit.name
		revisit.preliminary_plan = carried_over(visit.preliminary_plan, visit.work_left)
		revisit.parts_to_take = carried_over(visit.parts_to_take, visit.parts_left)
		crew_lines.come_again(visit, revisit)

	return get_mapped_doc(
		"Service Voucher",
		source_name,
		{
			"Service Voucher": {"doctype": "Service Voucher", "field_no_map": NOT_CARRIED_OVER},
			"Service Labour Line": {"doctype": "Service Labour Line", "ignore": True},
			"Service Part Line": {"doctype": "Service Part Line", "ignore": True},
			"Service Photo": {"doctype": "Service Photo", "ignore": True},
			"Visit Crew Member": {"doctype": "Visit Crew Member", "ignore": True},
		},
		target_doc,
		link_back,
		ignore_permissions=ignore_permissions,
	)


def _plain(address: str | None) -> str:
	"""An address as people write it: ERPNext's display form without its HTML."""
	lines = (line.strip() for line in strip_html_tags((address or "").replace("<br>", "\n")).splitlines())
	return "\n".join(line for line in lines if line)


def _technician(user: str | None) -> str | None:
	return next(iter(technicians_of_user(user)), None) if user else None
