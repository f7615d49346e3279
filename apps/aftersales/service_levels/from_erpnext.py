"""An ERPNext Service Level Agreement as a calendar and targets (its settings; its engine is not used)."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint

from aftersales.core.input.requests import DocTypeName, validate_call

REPAIR_CALL = "Repair Call"


@frappe.whitelist(methods=["POST"])
@validate_call
def import_agreement(agreement: str, document_type: DocTypeName = REPAIR_CALL) -> dict[str, str | list[str]]:
	"""Make a Service Calendar and Service Targets with the settings of a Service Level Agreement.

	Targets are made disabled: look at their preview, then enable them. Called again, it makes only what
	is missing.

	Args:
		agreement: name of the Service Level Agreement.
		document_type: what the targets measure: Repair Call, or the agreement's own document type.

	Returns:
		`calendar` and the names of the `targets`.

	Raises:
		frappe.PermissionError: the user may not read agreements or create calendars and targets.
	"""
	frappe.has_permission("Service Target", "create", throw=True)
	frappe.has_permission("Service Calendar", "create", throw=True)
	source = frappe.get_doc("Service Level Agreement", agreement)
	source.check_permission("read")
	if document_type not in (REPAIR_CALL, source.document_type):
		frappe.throw(
			_("Choose {0} or {1}.").format(_(REPAIR_CALL), _(source.document_type)), title=_("Document Type")
		)
	calendar = _calendar(source)
	return {
		"calendar": calendar,
		"targets": [
			_once("Service Target", values["target_name"], values)
			for row in source.priorities
			for values in _targets_of(source, row, document_type, calendar)
		],
	}


def _calendar(source: Document) -> str:
	name = source.service_level
	windows = [
		{"weekday": row.workday, "start_time": row.start_time, "end_time": row.end_time}
		for row in source.support_and_resolution
	]
	values = {"calendar_name": name, "holiday_list": source.holiday_list, "windows": windows}
	return _once("Service Calendar", name, values)


def _targets_of(source: Document, row: Document, document_type: str, calendar: str) -> list[dict]:
	"""Response and resolution of one priority."""
	common = {
		"document_type": document_type,
		"enabled": 0,
		"calendar": calendar,
		"priority": row.priority if frappe.get_meta(document_type).has_field("priority") else None,
		**_for_whom(source),
		"condition": source.condition if document_type == source.document_type else None,
		"start_field": "received_at" if document_type == REPAIR_CALL else "creation",
		"steps": [
			{"moment": "Percent of Time", "percent": 75, "notify_assignee": 1},
			{"moment": "After Due", "minutes": 0, "notify_assignee": 1, "notify_role": "Service Supervisor"},
		],
	}
	made = []
	for measure, seconds, ends in (
		("Answer", row.response_time, _response_ends(source, document_type)),
		("Repair", row.resolution_time, _resolution_ends(source, document_type)),
	):
		if cint(seconds) and (measure == "Answer" or source.apply_sla_for_resolution):
			name = f"{source.service_level}: {measure}, {row.priority}"
			made.append(
				{**common, "target_name": name, "measure": measure, "time_allowed": cint(seconds), **ends}
			)
	return made


def _for_whom(source: Document) -> dict:
	field = {"Customer": "customer", "Customer Group": "for_customer_group"}.get(source.entity_type)
	return {field: source.entity} if field and source.entity else {}


def _response_ends(source: Document, document_type: str) -> dict:
	if document_type == REPAIR_CALL:
		return {"stop_field": "responded_at"}
	return {"stop_field": "first_responded_on"}


def _resolution_ends(source: Document, document_type: str) -> dict:
	if document_type == REPAIR_CALL:
		return {"stop_status": "Resolved\nClosed", "pause_status": "On Hold"}
	return {
		"stop_status": "\n".join(row.status for row in source.sla_fulfilled_on),
		"pause_status": "\n".join(row.status for row in source.pause_sla_on),
	}


def _once(doctype: str, name: str, values: dict) -> str:
	if not frappe.db.exists(doctype, name):
		frappe.get_doc({"doctype": doctype, **values}).insert()
	return name
