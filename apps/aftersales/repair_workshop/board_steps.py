"""The steps that the workshop board offers and takes: by status, or by the transitions of an active workflow."""

from collections.abc import Iterable

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.model.workflow import apply_workflow, get_transitions, get_workflow_name, has_approval_access
from frappe.utils import cint, flt

from aftersales.core.guards import has_any_role
from aftersales.core.roles import SUPERVISORS
from aftersales.repair_workshop import board_rules as rules
from aftersales.service_calls import jobs
from aftersales.service_setup.settings import aftersales_settings


def steps_offered() -> dict[str, list[dict]]:
	"""Steps by place of a card, of those the user may take.

	A place is `status`, docstatus and whether it is verified; with a workflow the state instead of the status.
	"""
	offered = {}
	workflow = active_workflow()
	for docstatus in (0, 1):
		for verified in (False, True):
			if workflow:
				places = {
					state.state: _transition_steps(workflow, state.state, docstatus, verified)
					for state in workflow.states
					if cint(state.doc_status) == docstatus
				}
			else:
				places = {status: rules.steps_of(status, docstatus, verified) for status in rules.ON_BOARD}
			for place, steps in places.items():
				offered[f"{place}|{docstatus}|{int(verified)}"] = [
					step_shown(step) for step in _allowed(steps)
				]
	return offered


def steps_of(doc: Document) -> list[rules.Step]:
	"""The steps `doc` may take now, conditions of a workflow's transitions included."""
	verified = bool(doc.verified_by)
	workflow = active_workflow()
	if not workflow:
		return _allowed(rules.steps_of(doc.status, doc.docstatus, verified))
	return _allowed(
		[
			_as_step(workflow, transition, doc.docstatus, verified)
			for transition in get_transitions(doc, workflow)
			if has_approval_access(frappe.session.user, doc, transition) and _is_offered(workflow, transition)
		]
	)


def _transition_steps(workflow: Document, state: str, docstatus: int, verified: bool) -> list[rules.Step]:
	roles = frappe.get_roles()
	return [
		_as_step(workflow, transition, docstatus, verified)
		for transition in workflow.transitions
		if transition.state == state and transition.allowed in roles and _is_offered(workflow, transition)
	]


def states() -> list[tuple[str, str | None]]:
	"""Each state of the active workflow with the status it stands for."""
	workflow = active_workflow()
	return [(state.state, _status_of(state)) for state in workflow.states] if workflow else []


def _is_offered(workflow: Document, transition) -> bool:
	after = _state_after(workflow, transition)
	return rules.is_offered(_status_of(after), cint(after.doc_status))


def _state_after(workflow: Document, transition) -> Document:
	return next(state for state in workflow.states if state.state == transition.next_state)


def _status_of(state: Document) -> str | None:
	return state.update_value if state.update_field == "status" else None


def _as_step(workflow: Document, transition, docstatus: int, verified: bool) -> rules.Step:
	after = _state_after(workflow, transition)
	return rules.step_of_transition(
		transition.action,
		transition.next_state,
		_status_of(after),
		submits=cint(after.doc_status) == 1 and docstatus == 0,
		docstatus=docstatus,
		verified=verified,
	)


def _allowed(steps: Iterable[rules.Step]) -> list[rules.Step]:
	may_write = bool(frappe.has_permission("Repair Card", "write"))
	may_submit = bool(frappe.has_permission("Repair Card", "submit"))
	supervises = has_any_role(SUPERVISORS)
	once = {step.key: step for step in steps}  # a transition is listed once per role
	own_check = bool(aftersales_settings().own_check_allowed)
	return [
		rules.with_signature(step) if own_check else step
		for step in once.values()
		if rules.may_take(step, may_write, may_submit, supervises)
	]


def step_shown(step: rules.Step) -> dict:
	return {
		"key": step.key,
		"label": _(step.label),
		"to": step.to,
		"asks": step.asks,
		"question": step.question and _(step.question),
	}


def inputs_of(step: rules.Step, values: dict | str | None) -> dict:
	given = frappe.parse_json(values) or {}
	inputs = {name: given[name] for name in step.asks if given.get(name) not in (None, "")}
	if "amount" in inputs:
		inputs["amount"] = flt(inputs["amount"])
	return inputs


def take(doc: Document, step: rules.Step, inputs: dict) -> None:
	"""Call the document's own actions in turn; the first gets what the user said."""
	if not step.transition:
		for position, action in enumerate(step.actions):
			getattr(doc, action)(**({} if position else _named(action, inputs)))
		return
	if not step.actions or step.actions == ("verify",):
		for action in step.actions:
			getattr(doc, action)(**_named(action, inputs))
		apply_workflow(doc, step.transition)
		return
	# The state is chosen first: the action's own guards, and Frappe's on the transition, act on the save.
	doc.set(active_workflow().workflow_state_field, step.key.partition(">")[2])
	for action in step.actions:
		getattr(doc, action)(**_named(action, inputs))


def _named(action: str, inputs: dict) -> dict:
	"""`inputs` as arguments of `action`; what is missing is refused by the action in its own words."""
	required = {
		"record_approval": ("channel", "approved_by"),
		"record_decline": ("reason",),
		"give_up": ("reason",),
	}
	return {**dict.fromkeys(required.get(action, ()), ""), **inputs}


def active_workflow() -> Document | None:
	name = get_workflow_name("Repair Card")
	return frappe.get_cached_doc("Workflow", name) if name else None
