"""The shipped workflow of Repair Call lets a Service Technician resolve a call: for sites from before.

Only where nobody has edited the workflow: it is compared with what came with the app until then. One that
was edited is the site's; a note on it says which steps the shipped one has meanwhile.
"""

import frappe
from frappe import _

from aftersales.setup import defaults

NAME = "Repair Call"
ADDED_ACTION, ADDED_ROLE = "Resolve", "Service Technician"

STATE_FIELDS = ("state", "doc_status", "update_field", "update_value", "allow_edit")
STEP_FIELDS = ("state", "action", "next_state", "allowed", "allow_self_approval", "condition")


def execute() -> None:
	if not frappe.db.exists("Workflow", NAME):
		return
	workflow = frappe.get_doc("Workflow", NAME)
	shipped = next(v for v in defaults.shipped() if (v["doctype"], v["name"]) == ("Workflow", NAME))
	steps = _rows(shipped["transitions"], STEP_FIELDS)
	before = [step for step in steps if not _is_added(step)]
	stored = _rows(workflow.transitions, STEP_FIELDS)
	if all(step in stored for step in steps if _is_added(step)):
		return
	if stored == before and _rows(workflow.states, STATE_FIELDS) == _rows(shipped["states"], STATE_FIELDS):
		workflow.set("transitions", shipped["transitions"])
		workflow.save(ignore_permissions=True)
		return
	_leave_alone(workflow)


def _leave_alone(workflow) -> None:
	text = _(
		"The Workflow {0} was edited on this site and is left as it is. The shipped one lets a {1} resolve a call"
		" that is Open, Triaged, Scheduled, In Progress or On Hold: add these steps, or restore the shipped version."
	).format(NAME, _(ADDED_ROLE))
	workflow.add_comment("Info", text)
	print(text)


def _is_added(step: tuple) -> bool:
	return (step[1], step[3]) == (ADDED_ACTION, ADDED_ROLE)


def _rows(rows, fields: tuple[str, ...]) -> list[tuple]:
	return [tuple(str(row.get(field) or "") for field in fields) for row in rows]
