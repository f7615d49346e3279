"""What a subcontractor sees of a visit by a signed link, and what can be done there. Only named columns leave this module."""

from collections.abc import Iterable
from datetime import datetime

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, flt

from aftersales.core.guards import NotPossible, privileged
from aftersales.field_service.subcontracting import orders
from aftersales.field_service.subcontracting import subcontract_rules as rules
from aftersales.field_service.subcontracting.terms import ORDER, VISIT
from aftersales.field_service.visit_rules import DISPATCHED_STATES
from aftersales.field_service.visits import where_it_is
from aftersales.service_setup.settings import aftersales_settings

OUTCOMES = ("Completed", "Revisit Needed", "No Access", "Not Repairable", "No Fault Found")
TEST_RESULTS = ("Passed", "Failed", "Not Tested")
MOST_PARTS = 50
MOST_HOURS = 500
"""As the page allows: hours reported by a forged form become what is ordered."""

COLUMNS = (
	*(
		"name",
		"service_voucher",
		"technician",
		"supplier",
		"status",
		"offered_at",
		"planned_start",
		"planned_end",
	),
	*("price_basis", "rate", "currency", "amount", "done_at"),
)


def order_of(name: str) -> frappe._dict | None:
	"""The order a link is about, and what has to be known to do the work; that only while it is to be done.

	`place`: address, fault, hazard, location of the product; contact name and phone once it is accepted. `window`: what
	the customer was promised. `parts`: of the technician's van, where the site lets subcontractors report parts.
	"""
	found = frappe.db.get_value(ORDER, name, COLUMNS, as_dict=True)
	if not found:
		return None
	found.update(open=found.status in (rules.OFFERED, rules.ACCEPTED), place=None, window=None, parts=[])
	if found.open:
		visit = frappe.get_doc(VISIT, found.service_voucher)
		found.place = where_it_is(visit)
		found.product = _product(visit)
		found.plan = visit.preliminary_plan
		found.window = _promised(visit)
		if found.status != rules.ACCEPTED:
			found.place.update(contact_name=None, contact_phone=None)
		elif cint(aftersales_settings().subcontractors_report_parts):
			found.parts = _in_the_van(found.technician)
		found.hours_reported = cint(aftersales_settings().subcontractors_report_hours)
	return found


def answer(name: str, seen: str, accepts: bool, reason: str, by: str) -> None:
	"""The subcontractor accepts or declines what was `seen` (`offered_at`).

	Raises:
		NotPossible: it was changed meanwhile, is not offered any more, or is declined without a reason.
	"""
	order = _seen(name, seen)
	if accepts:
		orders.accept(order, by)
		return
	if not reason and order.status != rules.DECLINED:
		raise NotPossible(_("Please tell us why you decline."))
	orders.decline(order, by, reason)


def report(name: str, seen: str, told: dict, pictures: Iterable[bytes], by: str) -> None:
	"""The subcontractor says that the work is done: it stands on the visit, which the desk completes and bills.

	Args:
		told: arrived_at, departed_at, outcome, findings, test_result, work_left, signed_by, hours, parts (item code → quantity).

	Raises:
		NotPossible: it was changed meanwhile, is not accepted, or something is missing; says what to do.
	"""
	order = _seen(name, seen)
	if order.status == rules.DONE:
		return
	if order.status != rules.ACCEPTED:
		raise NotPossible(_("Please accept the order first."))
	visit = frappe.get_doc(VISIT, order.service_voucher)
	if visit.docstatus or visit.status not in DISPATCHED_STATES:
		raise NotPossible(_("This order is closed."))
	arrived, departed = told["arrived_at"], told["departed_at"]
	_validate_report(told, arrived, departed)
	visit.update({field: told[field] for field in ("outcome", "findings", "test_result", "work_left")})
	visit.update(
		{
			"status": "On Site",
			"arrived_at": arrived,
			"departed_at": departed,
			"signed_by": told["signed_by"],
			"unsigned_reason": _("Reported by {0}, {1}").format(order.supplier, order.name),
		}
	)
	hours = flt(told["hours"]) or rules.planned_hours(arrived, departed)
	_add_lines(visit, order, hours, told["parts"])
	for picture in pictures:
		visit.append("photos", {"photo": _attached(visit, picture), "shows": "After"})
	privileged(visit).save()
	order.reload()  # the visit's own save may have changed it
	orders.set_done(order, hours, by, departed)
	orders.tell_desk(
		order, _("{0} has done the visit {1}: check and complete it").format(order.supplier, visit.name)
	)


def _seen(name: str, seen: str) -> Document:
	"""The order, locked, as it was shown."""
	order = orders.locked(name)
	if not seen or str(order.offered_at) != seen:
		raise NotPossible(_("The order has been changed meanwhile. Please read it again."))
	return order


def _validate_report(told: dict, arrived: datetime | None, departed: datetime | None) -> None:
	if not arrived or not departed:
		raise NotPossible(_("Please enter when you arrived and when you left."))
	if not 0 <= flt(told["hours"]) <= MOST_HOURS:
		raise NotPossible(_("Please send the form once more."))
	if departed < arrived:
		raise NotPossible(_("You cannot have left before you arrived."))
	if departed > frappe.utils.now_datetime():
		raise NotPossible(_("What you report lies in the future."))
	if told["outcome"] not in OUTCOMES:
		raise NotPossible(_("Please choose the outcome."))
	if not told["findings"]:
		raise NotPossible(_("Please describe the work."))
	if told["outcome"] == "Completed" and told["test_result"] not in TEST_RESULTS:
		raise NotPossible(_("Please enter the result of the test, or that it was not tested."))
	if told["outcome"] == "Completed" and told["test_result"] == "Failed":
		raise NotPossible(_("The test failed, so the outcome cannot be Completed."))


def _add_lines(visit: Document, order: Document, hours: float, parts: dict[str, float]) -> None:
	if cint(aftersales_settings().subcontractors_report_hours) and hours:
		visit.append("labour", {"activity": "Repair", "technician": order.technician, "hours": hours})
	if not cint(aftersales_settings().subcontractors_report_parts):
		return
	there = {row.item_code: row.qty for row in _in_the_van(order.technician)}
	for item_code, qty in parts.items():
		if not qty:
			continue
		if qty < 0 or qty > flt(there.get(item_code)):
			raise NotPossible(_("{0}: so many are not in your stock.").format(item_code))
		visit.append("parts", {"item_code": item_code, "qty": qty})


def _in_the_van(technician: str) -> list[frappe._dict]:
	"""item_code, item_name and qty of what is in the warehouse of a technician."""
	van = frappe.db.get_value("Service Technician", technician, "van_warehouse")
	if not van:
		return []
	rows = frappe.get_all(
		"Bin",
		filters={"warehouse": van, "actual_qty": (">", 0)},
		fields=["item_code", "item_code.item_name as item_name", "actual_qty as qty"],
		order_by="item_code asc",
		limit=MOST_PARTS,
	)
	return rows


def _product(visit: Document) -> str:
	fields = ["brand", "model", "serial_text"]
	row = None
	if visit.equipment:
		row = frappe.db.get_value("Customer Equipment", visit.equipment, fields)
	elif visit.repair_call:
		row = frappe.db.get_value("Repair Call", visit.repair_call, fields)
	return " ".join(part for part in row or () if part)


def _promised(visit: Document) -> tuple[datetime, datetime] | None:
	if not visit.repair_call:
		return None
	window = frappe.db.get_value("Repair Call", visit.repair_call, ["promised_from", "promised_to"])
	return window if all(window) else None


def _attached(visit: Document, picture: bytes) -> str:
	file = frappe.new_doc("File")
	file.update(
		{
			"file_name": f"{visit.name}-{frappe.generate_hash(length=6)}.jpg",
			"attached_to_doctype": visit.doctype,
			"attached_to_name": visit.name,
			"content": picture,
			"is_private": 1,
		}
	)
	file.insert(ignore_permissions=True)
	return file.file_url
