"""What is on file of a unit by its serial number, whoever had it: for those who refurbish it and sell it again."""

from datetime import date

import frappe
from frappe import _
from frappe.utils import getdate

from aftersales.core.input.requests import validate_call
from aftersales.installed_base.life import Event

MOST = 100
DOCTYPE, EXCHANGE, CALL = "Product Refurbishment", "Product Exchange", "Repair Call"


@frappe.whitelist()
@validate_call
def of_unit(serial_no: str) -> list[dict]:
	"""Calls, exchanges and refurbishments of a serial number that the user may read, the latest first.

	Returns:
		rows of `on`, `what`, `detail`, `doctype`, `name`.

	Raises:
		frappe.PermissionError: the user may not read refurbishments.
	"""
	frappe.has_permission(DOCTYPE, "read", throw=True)
	if not serial_no.strip():
		return []
	found = [*_calls(serial_no), *_exchanges(serial_no), *_refurbishments(serial_no)]
	return sorted(found, key=lambda row: row["on"], reverse=True)[:MOST]


def of_product(equipment: str) -> list[Event]:
	"""For the hook `aftersales_product_events`: how the unit that a file is about came to be sold again."""
	if not frappe.has_permission(DOCTYPE, "read"):
		return []
	file = frappe.db.get_value("Customer Equipment", equipment, ["serial_no", "serial_text"], as_dict=True)
	number = file.serial_no or file.serial_text
	if not number:
		return []
	rows = frappe.get_list(
		DOCTYPE,
		filters={"new_serial": number, "docstatus": 1, "outcome": "Back to Stock"},
		fields=["name", "done_on", "work_done", "serial_no"],
		order_by="done_on asc, name asc",
		limit_page_length=0,
	)
	events = []
	for row in rows:
		detail = row.work_done or ""
		if row.serial_no and row.serial_no != number:
			detail = f"{_('Former number {0}').format(row.serial_no)}. {detail}"
		events.append(Event(getdate(row.done_on), _("Refurbished"), detail, DOCTYPE, row.name))
	return events


def _calls(serial_no: str) -> list[dict]:
	"""Of files that had the number when the call came in, and calls that name it."""
	files = frappe.get_all(
		"Customer Equipment Serial",
		filters={"serial_text": serial_no, "parenttype": "Customer Equipment"},
		pluck="parent",
		order_by="parent asc",
	)
	files += frappe.get_all(
		"Customer Equipment", {"serial_text": serial_no}, pluck="name", order_by="name asc"
	)
	rows = frappe.get_list(
		CALL,
		or_filters={"serial_no": serial_no, "equipment": ("in", files or [""])},
		fields=["name", "received_at", "subject", "equipment"],
		order_by="received_at desc, name desc",
		limit_page_length=MOST,
	)
	until = _left_on(serial_no)
	return [
		_row(row.received_at, _("Repair Call"), row.subject, CALL, row.name)
		for row in rows
		if not until.get(row.equipment) or getdate(row.received_at) <= until[row.equipment]
	]


def _left_on(serial_no: str) -> dict[str, date]:
	"""File → the day on which it got another unit in place of this one; later calls are about that one."""
	rows = frappe.get_all(
		EXCHANGE,
		{"old_serial": serial_no, "docstatus": 1, "decision": "Replacement"},
		["equipment", "exchanged_on"],
		order_by="exchanged_on asc",
	)
	return {row.equipment: getdate(row.exchanged_on) for row in rows}


def _exchanges(serial_no: str) -> list[dict]:
	rows = frappe.get_list(
		EXCHANGE,
		filters={"docstatus": 1},
		or_filters={"old_serial": serial_no, "new_serial": serial_no},
		fields=["name", "exchanged_on", "decision", "ground", "old_serial"],
		order_by="exchanged_on desc, name desc",
		limit_page_length=MOST,
	)
	return [
		_row(
			row.exchanged_on,
			_("Came back") if row.old_serial == serial_no else _("Given in exchange"),
			f"{_(row.decision)}: {_(row.ground)}",
			EXCHANGE,
			row.name,
		)
		for row in rows
	]


def _refurbishments(serial_no: str) -> list[dict]:
	rows = frappe.get_list(
		DOCTYPE,
		filters={"docstatus": 1},
		or_filters={"serial_no": serial_no, "new_serial": serial_no},
		fields=["name", "done_on", "outcome", "work_done", "reason"],
		order_by="done_on desc, name desc",
		limit_page_length=MOST,
	)
	return [_row(row.done_on, _(row.outcome), row.work_done or row.reason, DOCTYPE, row.name) for row in rows]


def _row(on, what: str, detail: str | None, doctype: str, name: str) -> dict:
	return {"on": getdate(on), "what": what, "detail": detail or "", "doctype": doctype, "name": name}
