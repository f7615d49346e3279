"""In the shipped workflows a Service Manager may do what a Service Supervisor may, and every role that may write a
document may write it in each state: for sites from before.

Only where nobody has edited the workflow: it is compared with what came with the app until then. One that was
edited is the site's; a note on it says what the shipped one has meanwhile.
"""

import frappe
from frappe import _

from aftersales.setup import defaults

FORMER_EDITORS = {
	"Repair Call": {"Service Agent": "*", "Service Supervisor": ("Closed", "Cancelled")},
	"Service Voucher": {
		"Service Technician": "*",
		"Service Agent": ("Draft",),
		"Service Supervisor": ("Called Off", "Archived", "Cancelled"),
	},
	"Repair Card": {
		"Workshop Technician": "*",
		"Service Agent": ("Awaiting Approval", "Declined by Customer", "Ready", "Not Repairable", "Declined"),
		"Service Supervisor": ("Quality Check", "Returned", "Cancelled"),
	},
	"Follow-up": {"Service Agent": "*", "Service Supervisor": ("Done", "Escalated", "Cancelled")},
	"Service Complaint": {"Service Agent": "*", "Service Supervisor": ("Answered", "Closed", "Cancelled")},
	"Loaner Issue": {"All": "*", "Service Supervisor": ("Returned", "Lost", "Cancelled")},
	"Vendor Repair": {"All": "*", "Service Supervisor": ("Back", "Cancelled")},
	"Collection Receipt": {"All": "*", "Service Supervisor": ("Voided", "Cancelled")},
}
"""Who could edit a document in which of its states until then: the role marked * in all others."""

FORMER_ACTIONS = {"Collection Receipt": {"Issue": "Issue Receipt"}}
"""Steps that had another name until then: it is an ERPNext document's, and translated as such."""

STATE_FIELDS = ("state", "doc_status", "update_field", "update_value")
STEP_FIELDS = ("state", "action", "next_state", "allowed", "allow_self_approval", "condition")


def execute() -> None:
	for name in FORMER_EDITORS:
		complete(name)


def complete(name: str) -> None:
	"""Give the workflow `name` the shipped states and transitions where nobody has edited it."""
	if not frappe.db.exists("Workflow", name):
		return
	workflow = frappe.get_doc("Workflow", name)
	shipped = next(v for v in defaults.shipped() if (v["doctype"], v["name"]) == ("Workflow", name))
	if _is_current(workflow, shipped):
		return
	if _is_former(workflow, shipped):
		workflow.set("states", shipped["states"])
		workflow.set("transitions", shipped["transitions"])
		workflow.save(ignore_permissions=True)
	else:
		_leave_alone(workflow)


def _is_current(workflow, shipped: dict) -> bool:
	fields = (*STATE_FIELDS, "allow_edit")
	return _rows(workflow.states, fields) == _rows(shipped["states"], fields) and _rows(
		workflow.transitions, STEP_FIELDS
	) == _rows(shipped["transitions"], STEP_FIELDS)


def _is_former(workflow, shipped: dict) -> bool:
	if _rows(workflow.states, STATE_FIELDS) != _rows(shipped["states"], STATE_FIELDS):
		return False
	if any(
		row.allow_edit not in (_former_editor(workflow.name, row.state), "All") for row in workflow.states
	):
		return False
	names = FORMER_ACTIONS.get(workflow.name, {})
	stored = [
		(state, names.get(action, action), *rest)
		for state, action, *rest in _rows(workflow.transitions, STEP_FIELDS)
	]
	steps = _rows(shipped["transitions"], STEP_FIELDS)
	return [step for step in steps if step in stored] == stored and all(
		step in stored or _is_added(step, steps) for step in steps
	)


def _former_editor(name: str, state: str) -> str:
	editors = FORMER_EDITORS[name]
	return next((role for role, states in editors.items() if states != "*" and state in states), "") or next(
		role for role, states in editors.items() if states == "*"
	)


def _is_added(step: tuple, steps: list[tuple]) -> bool:
	"""A manager had the steps until then that only supervisors and managers may take."""
	if (step[1], step[3]) == ("Resolve", "Service Technician"):
		return True
	roles = {other[3] for other in steps if other[:3] == step[:3]}
	return step[3] == "Service Manager" and bool(roles - {"Service Supervisor", "Service Manager"})


def _leave_alone(workflow) -> None:
	text = _(
		"The Workflow {0} was edited on this site and is left as it is. In the shipped one a Service Manager may do"
		" what a Service Supervisor may, and a Service Technician may resolve a call: add these steps, or restore"
		" the shipped version."
	).format(workflow.name)
	workflow.add_comment("Info", text)
	print(text)


def _rows(rows, fields: tuple[str, ...]) -> list[tuple]:
	return [tuple(str(row.get(field) or "") for field in fields) for row in rows]
