"""The checklists of a job for clients such as the phone app: read them, send answers.

	GET  /api/method/aftersales.service_checklists.filling.checklists_of?doctype=Service Voucher&name=SV-2026-00001
	POST /api/method/aftersales.service_checklists.filling.save_answers

A client that was offline sends its answers when it can; the same answers sent twice change nothing.
"""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, escape_html

from aftersales.core.input.requests import DocTypeName, Rows, validate_call
from aftersales.service_checklists import checklists
from aftersales.service_checklists.checklist_rules import choices_of, missing

GIVEN = checklists.GIVEN
SHOWN = (
	*("name", "question", "kind", "reqd", "hint", "uom", "meter", "good_answer", "makes_call"),
	*("has_lower", "lower", "has_upper", "upper", "answer", "state", "follow_up_call", *GIVEN),
)


@frappe.whitelist()
@validate_call
def checklists_of(doctype: DocTypeName, name: str) -> list[dict]:
	"""The checklists of a Service Voucher or Repair Card.

	Returns:
		for each: name, template, status (Open, Complete), out_of_limits, missing (mandatory questions without an
		answer) and questions, in their order. A question has `name` (of its row, to answer it by), question, kind
		(Yes or No, Value, Choice, Text, Photo, Signature, Meter), reqd, hint, uom, limits (has_lower, lower,
		has_upper, upper), choices (list of texts), and its answer: yes_no, value with value_is_set, choice, text,
		photo (file URL), signature (data URI), remark; answer (in words) and state (Good, Out of Limits).

	Raises:
		frappe.PermissionError: the user may not read the job.
	"""
	frappe.get_doc(doctype, name).check_permission("read")
	return [_shown(doc) for doc in checklists.of_job(doctype, name)]


@frappe.whitelist(methods=["POST"])
@validate_call
def save_answers(checklist: str, answers: Rows) -> dict:
	"""Save answers of an open checklist; questions that are not named stay as they are.

	Args:
		answers: for each a dict of `name` (the question's row) and any of yes_no, value, choice, text, photo,
			signature, remark. A value of null is not measured.

	Returns:
		the checklist as :func:`checklists_of` gives it.

	Raises:
		frappe.PermissionError: the user may not write the job.
		frappe.ValidationError: the checklist is complete, or a row is not of it.
	"""
	frappe.has_permission(checklists.DOCTYPE, "write", throw=True)
	doc = frappe.get_doc(checklists.DOCTYPE, checklist, for_update=True)
	doc.check_permission("write")
	rows = {row.name: row for row in doc.answers}
	for given in answers:
		row = rows.get(given.get("name")) if isinstance(given, dict) else None
		if not row:
			frappe.throw(
				_("{0} is not a question of {1}.").format(
					escape_html(str(given.get("name") if isinstance(given, dict) else given)),
					escape_html(doc.name),
				)
			)
		row.update({field: given[field] for field in GIVEN if field in given})
		if "value" in given:
			row.value_is_set = cint(given["value"] not in (None, ""))
			row.value = given["value"] or 0
	doc.save()
	return _shown(doc)


def _shown(doc: Document) -> dict:
	return {
		"name": doc.name,
		"template": doc.template,
		"status": doc.status,
		"out_of_limits": doc.out_of_limits,
		"missing": missing([checklists.answer_of(row) for row in doc.answers]),
		"questions": [
			{**{field: row.get(field) for field in SHOWN}, "choices": choices_of(row.choices)}
			for row in doc.answers
		],
	}
