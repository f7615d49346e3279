"""ERPNext's Maintenance Schedules become maintenance plans: one for each product scheduled, from its next open date."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, cstr, getdate

from aftersales.core.guards import require_role, set_protected_values
from aftersales.core.input.requests import validate_call
from aftersales.core.savepoints import one_of_many
from aftersales.installed_base import equipment as product_files
from aftersales.planned_service import plans
from aftersales.planned_service.plan_rules import call_on
from aftersales.planned_service.planning import key_of

SCHEDULE = "Maintenance Schedule"
TAKING_OVER = ("Service Supervisor", "Service Manager")
MONTHS = {"Monthly": 1, "Quarterly": 3, "Half Yearly": 6, "Yearly": 12}
REQUEST_TYPE = "Inspection and Preventive Maintenance"


@frappe.whitelist(methods=["POST"])
@validate_call
def take_over_schedules(request_type: str | None = None) -> dict:
	"""Make a Maintenance Plan for each product of the submitted Maintenance Schedules that still have dates to come.

	A schedule that was taken over is left out when this is run again. Products without a file get one. The schedules
	stay as they are.

	Args:
		request_type: of the calls; default the shipped type of inspections.

	Returns:
		made: how many plans; left_out: rows that could not be taken over, each with its reason.

	Raises:
		frappe.PermissionError: the user is neither Service Supervisor nor Service Manager.
	"""
	require_role(TAKING_OVER, _("Taking over Maintenance Schedules"))
	made, left_out = 0, []
	for name in frappe.get_list(
		SCHEDULE, filters={"docstatus": 1}, pluck="name", order_by="name asc", limit_page_length=0
	):
		schedule = frappe.get_doc(SCHEDULE, name)
		for row in schedule.items:
			reason = _why_not(schedule, row)
			if reason:
				left_out.append({"schedule": name, "row": row.idx, "reason": reason})
				continue
			done = 0
			with one_of_many(f"Schedule {name} not taken over", SCHEDULE, name):
				done = _take_over(schedule, row, request_type or REQUEST_TYPE)
			if done is None:
				continue
			made += done
			if not done:
				left_out.append({"schedule": name, "row": row.idx, "reason": _("See the Error Log.")})
	return {"made": made, "left_out": left_out}


def _why_not(schedule: Document, row: Document) -> str | None:
	if not _months(row):
		return _("{0} is not planned in months.").format(_(row.periodicity) if row.periodicity else "-")
	if not _next_date(schedule, row):
		return _("No date is to come.")
	return None


def _take_over(schedule: Document, row: Document, request_type: str) -> int | None:
	"""Number of plans made; None when all of them are there already."""
	made, known = 0, 0
	for number, serial in enumerate(_serials(row) or [None], start=1):
		key = f"{schedule.name}/{row.idx}/{number}"
		if frappe.db.exists(plans.DOCTYPE, {"external_id": key}):
			known += 1
			continue
		_plan(schedule, row, _product(schedule, row, serial), key, request_type)
		made += 1
	return made if made else (None if known else 0)


def _serials(row: Document) -> list[str]:
	"""The serial numbers of a row: typed, or in its Serial and Batch Bundle."""
	typed = [number.strip() for number in cstr(row.serial_no).replace(",", "\n").split("\n")]
	bundle = row.get("serial_and_batch_bundle")
	if any(typed) or not bundle:
		return [number for number in typed if number]
	return frappe.get_all(
		"Serial and Batch Entry",
		filters={"parent": bundle, "serial_no": ("is", "set")},
		pluck="serial_no",
		order_by="idx asc",
	)


def _plan(schedule: Document, row: Document, equipment: str, key: str, request_type: str) -> None:
	months, due = _months(row), _next_date(schedule, row)
	plan = frappe.new_doc(plans.DOCTYPE)
	plan.update(
		{
			"plan_name": f"{row.item_name or row.item_code} {key}"[:140],
			"company": frappe.db.get_value(plans.PRODUCT, equipment, "company"),
			"applies_to": "Product",
			"equipment": equipment,
			"every_months": months,
			"starts_on": due,
			"request_type": request_type,
			"tasks": [{"task": (row.item_name or row.item_code)[:140], "hours": 0}],
		}
	)
	set_protected_values(plan, external_id=key)
	plan.insert()
	service = frappe.new_doc("Planned Service")
	product = frappe.db.get_value(
		plans.PRODUCT, equipment, ("title", "customer", "address", "company"), as_dict=True
	)
	set_protected_values(
		service,
		plan=plan.name,
		equipment=equipment,
		product_title=product.title,
		customer=product.customer,
		address=product.address,
		company=product.company,
		status="Planned",
		number=1,
		due_on=due,
		base_due_on=due,
		call_on=call_on(due, cint(plan.days_ahead)),
		plan_key=key_of(plan.name, equipment, 1),
	)
	service.flags.ignore_permissions = True
	service.insert()


def _product(schedule: Document, row: Document, serial: str | None) -> str:
	known = serial and product_files.find_product_file(schedule.customer, serial, serial)
	if known:
		return known
	if serial is None:
		there = frappe.get_all(
			plans.PRODUCT,
			filters={"customer": schedule.customer, "item_code": row.item_code, "status": "In Use"},
			pluck="name",
			order_by="creation asc, name asc",
			limit=2,
		)
		if len(there) == 1:
			return there[0]
	file = frappe.new_doc(plans.PRODUCT)
	file.update(
		{
			"customer": schedule.customer,
			"company": schedule.company,
			"item_code": row.item_code,
			"serial_no": serial if serial and frappe.db.exists("Serial No", serial) else None,
			"serial_text": serial,
			"address": schedule.get("customer_address"),
		}
	)
	return file.insert().name


def _months(row: Document) -> int:
	"""Months between visits; by the number of visits where the row says no rhythm of months."""
	if row.periodicity in MONTHS:
		return MONTHS[row.periodicity]
	if not (row.start_date and row.end_date and cint(row.no_of_visits)):
		return 0
	start, end = getdate(row.start_date), getdate(row.end_date)
	return ((end.year - start.year) * 12 + end.month - start.month) // cint(row.no_of_visits)


def _next_date(schedule: Document, row: Document):
	today, rows = getdate(), {each.name for each in schedule.items}
	dates = [
		getdate(each.scheduled_date)
		for each in schedule.schedules
		if _is_of(each, row, rows) and each.completion_status != "Fully Completed"
	]
	return min((day for day in dates if day >= today), default=None)


def _is_of(date: Document, row: Document, rows: set[str]) -> bool:
	"""Whether a date of the schedule is of the row: of several rows with one item each has its own.

	The dates of an amended schedule name the rows of the cancelled one: those are found by their item.
	"""
	reference = date.get("item_reference")
	return reference == row.name if reference in rows else date.item_code == row.item_code
