"""Finishing a visit in one go: what the dialog *Finish Visit* of the desk proposes, and what it hands in (R-SV-2, R-SV-3).

The visit is completed by its own submit, or by the administrator's workflow: every guard of the voucher holds, and
what is missing is said in one message. One request is one transaction: where it is refused, nothing is stored.
"""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.model.workflow import apply_workflow, get_transitions, get_workflow_name
from frappe.utils import cint, flt, get_datetime, now_datetime

from aftersales.core.input.requests import Moment, Rows, Values, validate_call
from aftersales.field_service import finishing_rules as rules
from aftersales.field_service.crew import crews
from aftersales.field_service.visit_rules import COMPLETED
from aftersales.service_setup.settings import aftersales_settings
from aftersales.spare_parts import part_search

MOST_PARTS = 6
REPORT_FIELDS = (
	"technician",
	"arrived_at",
	"outcome",
	"findings",
	"test_result",
	"advice",
	"work_left",
	"parts_left",
	"signed_by",
	"customer_signature",
	"unsigned_reason",
)
"""What the dialog may write on the visit itself."""


@frappe.whitelist()
@validate_call
def begin(voucher: str) -> dict:
	"""What the dialog shows first.

	Returns:
		report (REPORT_FIELDS as they are stored, with proposals for what is empty), labour (name, activity, hours, technician,
		fixed: True where its times say the hours), parts (name, item_code, item_name, qty), suggested (parts that fit
		the product and are free in the technician's van: item_code, item_name, here), seen (`modified` of the visit).

	Raises:
		frappe.PermissionError: the user may not complete the visit.
	"""
	doc = _completable(voucher)
	report = {fieldname: doc.get(fieldname) for fieldname in REPORT_FIELDS}
	report["arrived_at"] = report["arrived_at"] or rules.arrival(
		doc.planned_start and get_datetime(doc.planned_start), now_datetime().replace(microsecond=0)
	)
	report["outcome"] = report["outcome"] or COMPLETED
	if not report["signed_by"] and doc.repair_call:
		report["signed_by"] = frappe.db.get_value("Repair Call", doc.repair_call, "contact_name")
	report["technician"] = report["technician"] or _only_technician(doc.company)
	used = {line.item_code for line in doc.parts}
	return {
		"report": report,
		"labour": _labour(doc, report["arrived_at"]),
		"parts": [
			{"name": line.name, "item_code": line.item_code, "item_name": line.item_name, "qty": line.qty}
			for line in doc.parts
		],
		"suggested": [part for part in _in_the_van(doc) if part["item_code"] not in used][:MOST_PARTS],
		"seen": doc.modified,
	}


@frappe.whitelist(methods=["POST"])
@validate_call
def finish(
	voucher: str,
	report: Values,
	labour: Rows | None = None,
	parts: Rows | None = None,
	seen: Moment | None = None,
) -> dict:
	"""Write the report of a visit and complete it.

	Args:
		report: REPORT_FIELDS; what is left out stays.
		labour: rows (name of a stored row or none, activity, hours, technician of the visit); rows with hours are added or changed.
		parts: rows (name of a stored row or none, item_code, qty); a stored row with quantity 0 is taken out.
		seen: `modified` of the visit as the user saw it.

	Returns:
		status, amount_due, currency, payable_in_cash (what may be collected on the spot).

	Raises:
		frappe.PermissionError: the user may not complete the visit.
		frappe.MandatoryError: names every value that is missing.
		frappe.ValidationError: somebody has changed the visit meanwhile, or one of its guards refuses.
	"""
	doc = _completable(voucher, for_update=True)
	if seen and get_datetime(seen) != get_datetime(doc.modified):
		frappe.throw(
			_("{0} has been changed meanwhile. Open the visit again to see it.").format(
				frappe.bold(doc.name)
			),
			frappe.TimestampMismatchError,
		)
	doc.update({key: value for key, value in report.items() if key in REPORT_FIELDS})
	_write_labour(doc, labour or ())
	_write_parts(doc, parts or ())
	_complete(doc)
	doc.reload()
	limit = flt(aftersales_settings().small_fee_limit)
	return {
		"status": doc.status,
		"amount_due": doc.amount_due,
		"currency": doc.currency,
		"payable_in_cash": min(flt(doc.amount_due) - flt(doc.cash_collected), limit),
	}


def _completable(voucher: str, for_update: bool = False) -> Document:
	frappe.has_permission("Service Voucher", "submit", throw=True)
	doc = frappe.get_doc("Service Voucher", voucher, for_update=for_update)
	doc.check_permission("submit")
	if doc.docstatus or doc.status == "Cancelled":
		frappe.throw(
			_("{0} is already {1} and cannot be completed.").format(
				frappe.bold(doc.name), frappe.bold(_(doc.status))
			)
		)
	return doc


def _only_technician(company: str) -> str | None:
	"""The technician of a company that has one."""
	found = frappe.get_all(
		"Service Technician", {"company": company, "is_active": 1}, pluck="name", order_by="name asc", limit=2
	)
	return found[0] if len(found) == 1 else None


def _labour(doc: Document, arrived_at) -> list[dict]:
	rows = [
		{
			"name": line.name,
			"activity": line.activity,
			"hours": flt(line.hours),
			"technician": line.technician,
			"fixed": bool(line.from_time and line.to_time),
		}
		for line in doc.labour
	]
	if not any(row["activity"] != "Travel" for row in rows):
		worked = rules.hours_on_site(get_datetime(arrived_at), now_datetime()) if doc.arrived_at else 1.0
		together = {"name": None, "activity": "Repair", "hours": worked, "fixed": False}
		people = crews.technicians_of(doc) if doc.crew else [None]
		rows[:0] = [{**together, "technician": technician} for technician in people]
	if not any(row["activity"] == "Travel" for row in rows):
		rows.append({"name": None, "activity": "Travel", "hours": 0.0, "technician": None, "fixed": False})
	return rows


def _in_the_van(doc: Document) -> list[dict]:
	if not frappe.has_permission("Spare Part", "read"):
		return []
	found = part_search.find_for_job("Service Voucher", doc.name, fitting=1)
	return [
		{"item_code": part.item_code, "item_name": part.item_name, "here": part.here}
		for part in found["parts"]
		if flt(part.get("here")) > 0
	]


def _write_labour(doc: Document, rows: list) -> None:
	stored = {line.name: line for line in doc.labour}
	for row in [_as_row(row) for row in rows]:
		hours = flt(row.get("hours"))
		line = stored.get(row.get("name"))
		if line and not (line.from_time and line.to_time):
			line.hours = hours
		elif not line and hours > 0:
			line = {"activity": row.get("activity") or "Repair", "hours": hours}
			if row.get("technician") in crews.technicians_of(doc):
				line["technician"] = row["technician"]
			doc.append("labour", line)


def _write_parts(doc: Document, rows: list) -> None:
	stored = {line.name: line for line in doc.parts}
	for row in [_as_row(row) for row in rows]:
		qty = flt(row.get("qty"))
		line = stored.get(row.get("name"))
		if line and qty > 0:
			line.qty = qty
		elif line:
			doc.remove(line)
		elif qty > 0:
			doc.append("parts", {"item_code": row.get("item_code"), "qty": qty})


def _as_row(row) -> dict:
	if not isinstance(row, dict):
		frappe.throw(_("Each row of labour or parts gives its values by name."))
	return row


def _complete(doc: Document) -> None:
	if not get_workflow_name(doc.doctype):
		doc.submit()
		return
	doc.save()
	action = next(
		(
			transition.action
			for transition in get_transitions(doc)
			if cint(_docstatus_of(doc.doctype, transition.next_state)) == 1
		),
		None,
	)
	if not action:
		frappe.throw(
			_("The workflow has no step for you that completes {0} in state {1}.").format(
				frappe.bold(doc.name), frappe.bold(_(doc.workflow_state))
			),
			frappe.PermissionError,
		)
	apply_workflow(doc, action)


def _docstatus_of(doctype: str, state: str) -> str:
	workflow = frappe.get_cached_doc("Workflow", get_workflow_name(doctype))
	return next(row.doc_status for row in workflow.states if row.state == state)
