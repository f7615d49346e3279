"""Keeps `status` and the administrator's workflow state in step, on whichever way a document is changed.

:func:`sync_status_from_workflow` runs before the document's own guards, so that a state set by a plain save or through the API
meets the same guards as the status it stands for, and so that a status set by an action is checked by
Frappe against the workflow's transitions. :func:`sync_workflow_state` runs when everything is written and catches what was
moved by the app itself (a submit, a visit that reports to its call), which needs no transition.
"""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.model.workflow import get_workflow_name

from aftersales.service_levels.workflow_rules import MappedState, Place, reconcile, state_for

STATUS = "status"

REASONS = {"On Hold": "hold_reason", "Cancelled": "cancel_reason"}
"""Statuses whose guard asks why. A workflow action takes no text with it: the state it leads to says why."""


def sync_status_from_workflow(doc: Document, method: str | None = None) -> None:
	"""doc_events before_validate, and first step of before_update_after_submit: map what changed."""
	workflow = _active_workflow(doc.doctype)
	if not workflow:
		return
	field = workflow.workflow_state_field
	before = doc.get_doc_before_save()
	now = reconcile(
		_mapping(workflow),
		Place(before.get(field), before.get(STATUS)) if before else None,
		Place(doc.get(field), doc.get(STATUS)),
	)
	if doc.get(STATUS) != now.status or (before and before.get(STATUS) != now.status):
		_give_reason(doc, now)
	doc.set(STATUS, now.status)
	# What the app does on behalf of a job is no step of the user: it needs no transition.
	if not (doc.flags.ignore_permissions or doc.flags.from_register):
		doc.set(field, now.state)


def sync_workflow_state(doc: Document, method: str | None = None) -> None:
	"""doc_events on_change: the state stored fits the status stored."""
	workflow = None if doc.flags.in_delete else _active_workflow(doc.doctype)
	if not workflow:
		return
	field = workflow.workflow_state_field
	state = state_for(_mapping(workflow), doc.get(STATUS), doc.get(field))
	if state != doc.get(field):
		doc.set(field, state)
		frappe.db.set_value(doc.doctype, doc.name, field, state, update_modified=False)


def initialise_workflow_states(workflow: Document, method: str | None = None) -> None:
	"""doc_events on_update of Workflow: documents that were there before get a state of their status.

	Frappe gives all of them the first state. A state that stands for nothing is left alone.
	"""
	if not workflow.is_active or not frappe.get_meta(workflow.document_type).has_field(STATUS):
		return
	mapping = _mapping(workflow)
	table = frappe.qb.DocType(workflow.document_type)
	field = table[workflow.workflow_state_field]
	unmapped = [mapped.state for mapped in mapping if not mapped.status]
	_ask_for_status(workflow, unmapped)
	for status in dict.fromkeys(mapped.status for mapped in mapping if mapped.status):
		fitting = [mapped.state for mapped in mapping if mapped.status == status]
		(
			frappe.qb.update(table)
			.set(field, fitting[0])
			.where(table[STATUS] == status)
			.where(field.isnull() | field.notin(fitting + unmapped))
			.run()
		)


def _ask_for_status(workflow: Document, unmapped: list[str]) -> None:
	"""A state that stands for no status is allowed, and said: clocks, lists and reports do not follow it."""
	ours = frappe.get_meta(workflow.document_type).module in frappe.get_module_list("aftersales")
	if unmapped and ours:
		frappe.msgprint(
			_(
				"{0}: choose Update Field {1} and an Update Value. Until then lists, service clocks and reports do not "
				"follow these states."
			).format(frappe.bold(", ".join(_(state) for state in unmapped)), frappe.bold(STATUS)),
			title=_("States without a Status"),
			indicator="orange",
		)


def _give_reason(doc: Document, now: Place) -> None:
	field = REASONS.get(now.status)
	if field and now.state and doc.meta.has_field(field) and not doc.get(field):
		doc.set(field, now.state)


def _active_workflow(doctype: str) -> Document | None:
	name = get_workflow_name(doctype)
	return frappe.get_cached_doc("Workflow", name) if name else None


def _mapping(workflow: Document) -> list[MappedState]:
	return [
		MappedState(row.state, row.update_value if row.update_field == STATUS else None)
		for row in workflow.states
	]
