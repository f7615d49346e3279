"""Complaints are Service Complaints: bring their targets, workflow and follow-up rules to a site that was there.

A call of the request type Complaint is handed over to a Service Complaint. The targets that measured
such calls are switched off where nobody has changed them, so that no complaint runs under two clocks.
"""

import frappe

from aftersales.setup import defaults

FORMER_TARGETS = {"Answer a Complaint": "Answer", "Settle a Complaint": "Settle"}
REASON = "Complaints are measured on Service Complaint now."
NEW_RECORDS = (
	"Service Target",
	"Follow-up Rule",
	"Periodic Visit Plan",
	"Workflow State",
	"Workflow Action Master",
	"Workflow",
	"Aftersales Settings",
)


def execute():
	_switch_former_targets_off()
	defaults.insert_missing(NEW_RECORDS)
	_mark_the_request_type()
	_leave_complaints_out_of_the_answer_target()


def _switch_former_targets_off():
	for name, measure in FORMER_TARGETS.items():
		unchanged = {"document_type": "Repair Call", "request_type": "Complaint", "measure": measure}
		if frappe.db.exists("Service Target", {"name": name, **unchanged}):
			frappe.db.set_value("Service Target", name, {"enabled": 0, "disabled_reason": REASON})


def _mark_the_request_type():
	if frappe.db.exists("Service Request Type", "Complaint"):
		frappe.db.set_value("Service Request Type", "Complaint", "registers_complaint", 1)


def _leave_complaints_out_of_the_answer_target():
	answer = {"name": "Answer", "document_type": "Repair Call", "condition": ("is", "not set")}
	if frappe.db.exists("Service Target", answer):
		frappe.db.set_value("Service Target", "Answer", "condition", "doc.request_type != 'Complaint'")
	from aftersales.service_levels import targets

	targets.clear_cache()
