"""What a target would do to the documents that are open now, before it is saved or enabled."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cstr, now_datetime

from aftersales.core.input.requests import Values, validate_call
from aftersales.service_levels import clocks, targets
from aftersales.service_levels.target_rules import CANCELLED, STOPPED, Rule, matches, most_specific, phase

MOST_DOCUMENTS = 200


@frappe.whitelist()
@validate_call
def preview(target: Values) -> dict:
	"""Try a target, as it stands in the form, on the latest open documents of its type.

	Nothing is written. Clocks that run already keep the terms they started with; the preview shows what
	a document would get that comes in like this one.

	Args:
		target: the Service Target of the form (JSON or dict), saved or not.

	Returns:
		`rows`: document, title, status, `starts` and `due` (site time; empty while it has not started),
		`outcome` (the state its clock would have, or why there is none); `looked_at`: how many
		open documents were tried.

	Raises:
		frappe.PermissionError: the user may not create Service Targets or read such documents.
		frappe.ValidationError: the target itself cannot work.
	"""
	frappe.has_permission("Service Target", "create", throw=True)
	doc = frappe.get_doc({**frappe.parse_json(target), "doctype": "Service Target"})
	frappe.has_permission(doc.document_type, "read", throw=True)
	doc.name = doc.name or doc.target_name
	doc.run_method("validate")
	loaded = targets.load(doc)
	documents = _open_documents(doc.document_type, loaded)
	rows = [row for document in documents if (row := _row(document, loaded))]
	return {"rows": rows, "looked_at": len(documents)}


def _open_documents(doctype: str, loaded: dict) -> list[Document]:
	meta = frappe.get_meta(doctype)
	filters = {"docstatus": ("<", 2)}
	over = [*loaded["stop_status"], *loaded["cancel_status"]]
	if over and meta.has_field("status"):
		filters["status"] = ("not in", over)
	names = frappe.get_list(
		doctype, filters=filters, pluck="name", order_by="creation desc", limit_page_length=MOST_DOCUMENTS
	)
	return [frappe.get_doc(doctype, name) for name in names]


def _row(doc: Document, loaded: dict) -> dict | None:
	facts = targets.facts_of(doc, loaded["conditions"])
	rule = Rule(loaded["name"], loaded["measure"], loaded["conditions"])
	phases = targets.phases_of(loaded)
	if not matches(rule, facts) or phase(phases, doc.get("status"), doc, False) in (STOPPED, CANCELLED):
		return None
	row = {"name": doc.name, "title": cstr(doc.get_title()), "status": _(cstr(doc.get("status")))}
	try:
		if rule.conditions.get("condition") and not targets.evaluate(rule.conditions["condition"], doc):
			return None
	except Exception as error:
		return {**row, "starts": None, "due": None, "outcome": _("Condition fails: {0}").format(cstr(error))}
	rivals = [
		Rule(other["name"], other["measure"], other["conditions"])
		for other in targets.chosen(doc, facts)
		if other["measure"] == rule.measure and other["name"] != rule.name
	]
	(winner,) = most_specific([rule, *rivals])
	if winner is not rule:
		return {**row, "starts": None, "due": None, "outcome": _("{0} is more specific").format(winner.name)}
	now = now_datetime().replace(microsecond=0)
	clock = clocks.new_clock(doc, loaded, False, None, {}, now)
	if not clock:
		return {**row, "starts": None, "due": None, "outcome": _("Has not started yet")}
	return {
		**row,
		"starts": cstr(clock["started_at"]),
		"due": cstr(clock["due_at"]),
		"outcome": _("Overdue") if clock["due_at"] < now and not clock["paused_at"] else _(clock["state"]),
	}
