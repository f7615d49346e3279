"""The checklists of a visit on a phone: their questions go along, their answers come back like rows of the visit."""

from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, flt

from aftersales.core.input import field_values
from aftersales.field_service.mobile import act_rules as rules
from aftersales.field_service.mobile.photos import file_of
from aftersales.field_service.mobile.sent import changes_in, dicts_in
from aftersales.service_checklists import checklists
from aftersales.service_checklists.checklist_rules import bad_choices, choices_of

TABLE = "answers"
"""As what the answers come with an act: rows by the names of the questions' rows, only `changed`."""

GIVEN = checklists.GIVEN
ASKED = (
	*("name", "question", "kind", "reqd", "hint", "uom", "meter", "good_answer"),
	*("has_lower", "lower", "has_upper", "upper"),
)


def on_phone(doc: Document) -> dict:
	"""checklists: name, template, status and questions of each; answers: what is given to each question by now."""
	found = checklists.of_job(doc.doctype, doc.name)
	return {
		"checklists": [
			{
				"name": one.name,
				"template": one.template,
				"status": one.status,
				"questions": [
					{
						**{field: row.get(field) for field in ASKED},
						"choices": choices_of(row.choices),
						"bad_choices": bad_choices(row.choices),
					}
					for row in one.answers
				],
			}
			for one in found
		],
		TABLE: [
			{"name": row.name, **{field: row.get(field) for field in GIVEN}}
			for one in found
			for row in one.answers
		],
	}


def rows_of(doc: Document) -> list[Document]:
	"""The questions with their answers, of all checklists of a visit."""
	return [row for one in checklists.of_job(doc.doctype, doc.name) for row in one.answers]


def apply(doc: Document, sent: Any) -> list[dict]:
	"""Save the answers that a phone has sent; or return the conflicts, as `changes.apply` does.

	Raises:
		frappe.ValidationError: it is no question of this visit, or its checklist is complete.
	"""
	if not isinstance(sent, dict) or set(sent) - {"changed"}:
		field_values.refuse("tables", TABLE, _("the answers of questions that are there: changed"))
	wanted = {str(row.get("name")): row.get("fields") or {} for row in dicts_in(sent.get("changed"))}
	conflicts: list[dict] = []
	for one in checklists.of_job(doc.doctype, doc.name):
		mine = [row for row in one.answers if row.name in wanted]
		if not mine:
			continue
		checklist = frappe.get_doc(one.doctype, one.name, for_update=True)
		checklist.check_permission("write")
		for row in checklist.answers:
			if row.name in wanted:
				conflicts += _answer(doc, row, wanted.pop(row.name))
		if not conflicts:
			checklist.save()
	if wanted:
		frappe.throw(
			_("{0} is not a question of {1}.").format(
				frappe.utils.escape_html(", ".join(wanted)[:140]), frappe.utils.escape_html(doc.name)
			)
		)
	return conflicts


def _answer(doc: Document, row: Document, fields: Any) -> list[dict]:
	changes = [_with_file(doc, row, change) for change in changes_in(fields, GIVEN)]
	values, found = rules.join(changes, {field: row.get(field) for field in GIVEN})
	if "value" in values or "value_is_set" in values:
		values["value_is_set"] = cint(values.get("value_is_set", row.value_is_set))
		value = values.get("value", row.value)
		if isinstance(value, bool) or not isinstance(value or 0, int | float):
			field_values.refuse(row.question, value, _("a number"))
		values["value"] = flt(value) if values["value_is_set"] else 0
	row.update(values)
	return [
		{
			"field": one.field,
			"table": TABLE,
			"row": row.name,
			"label": row.question,
			"mine": one.mine,
			"theirs": one.theirs,
		}
		for one in found
	]


def _with_file(doc: Document, row: Document, change: rules.Change) -> rules.Change:
	"""A photo is named by its content on the phone, and by its file here: one of this visit, or the one that is there."""
	if change.field != "photo" or not change.mine or change.mine == row.photo:
		return change
	return rules.Change(change.field, change.seen, file_of(doc.name, str(change.mine)))
