"""HRMS, where it is installed: what a technician learnt in a training of the company is on the technician's record.

HRMS keeps events, results and appraisals of employees; the app adds to none of them.
"""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, getdate

from aftersales.core.guards import set_protected_values
from aftersales.core.savepoints import one_of_many
from aftersales.service_staff.conduct import RECORD


def result_submitted(result: Document, method: str | None = None) -> None:
	"""on_submit of Training Result: a Staff Record for each technician in it.

	A record that cannot be written is logged: it does not keep HR from submitting the result.
	"""
	event = frappe.db.get_value(
		"Training Event", result.training_event, ["event_name", "end_time", "company"], as_dict=True
	)
	technicians = dict(
		frappe.get_all(
			"Service Technician",
			{"employee": ("in", [row.employee for row in result.employees if row.employee] or [""])},
			["employee", "name"],
			as_list=True,
			order_by="name asc",
		)
	)
	for row in result.employees:
		if technician := technicians.get(row.employee):
			title = _("The training of {0} could not be recorded").format(technician)
			with one_of_many(title, result.doctype, result.name):
				_write(result, row, event, technician)


def result_cancelled(result: Document, method: str | None = None) -> None:
	"""on_cancel of Training Result: its records are cancelled with it."""
	written = {"reference_doctype": result.doctype, "reference_name": result.name, "docstatus": 1}
	for name in frappe.get_all(RECORD, written, pluck="name", order_by="name asc"):
		record = frappe.get_doc(RECORD, name)
		record.flags.ignore_permissions = True
		record.cancel()


def _write(result: Document, row: Document, event: frappe._dict, technician: str) -> None:
	details = [
		event.event_name,
		_("{0} hours").format(f"{flt(row.hours):g}") if flt(row.hours) else None,
		_("grade {0}").format(row.grade) if row.grade else None,
		row.comments,
	]
	record = frappe.new_doc(RECORD)
	record.update(
		{
			"technician": technician,
			"record_date": getdate(event.end_time),
			"kind": "Training",
			"subject": ", ".join(part for part in details if part),
			"company": event.company,
			"reference_doctype": result.doctype,
			"reference_name": result.name,
		}
	)
	set_protected_values(record, entry_key=f"{result.name}/{technician}")
	record.flags.from_complaint = True  # HR writes it, whoever that is
	record.flags.ignore_permissions = True
	record.insert()
	record.submit()
