"""Puts a phone's changes on a visit, unless others have changed the same values meanwhile."""

from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document

from aftersales.core.input import field_values
from aftersales.field_service.mobile import act_rules as rules
from aftersales.field_service.mobile import answers
from aftersales.field_service.mobile.photos import file_of
from aftersales.field_service.mobile.sent import changes_in, dicts_in, only

FIELDS = (
	"arrived_at",
	"departed_at",
	"symptom_code",
	"fault_code",
	"cause_code",
	"action_code",
	"findings",
	"advice",
	"outcome",
	"test_result",
	"test_notes",
	"work_left",
	"parts_left",
	"customer_signature",
	"signed_by",
	"unsigned_reason",
	"cash_collected",
)
"""What a technician enters of a visit on the phone."""

ROW_FIELDS = {
	"labour": ("activity", "technician", "from_time", "to_time", "hours", "description"),
	"parts": (
		"item_code",
		"qty",
		"serial_no",
		"batch_no",
		"old_serial_no",
		"old_part_returned",
		"old_part_missing_reason",
	),
	"photos": ("photo", "shows", "notes"),
}
ORDER = ("changed", "removed", "added")


def apply(doc: Document, changes: dict) -> list[dict]:
	"""Set the values of `changes` on `doc`, unsaved; or return the conflicts (field, label, mine, theirs).

	`changes`: `fields` (name → {seen, mine}) and `tables` (name → {added: [{name, values}], changed: [{name,
	fields}], removed: [name]}), rows by their names; a new row has the name that the phone gave it.

	Raises:
		frappe.ValidationError: a field, table or row that a phone does not change.
	"""
	wanted = changes_in(changes.get("fields") or {}, FIELDS)
	values, found = rules.join(wanted, {field: doc.get(field) for field in FIELDS})
	conflicts = [_conflict(doc, one) for one in found]
	doc.update(values)
	for table, rows in (changes.get("tables") or {}).items():
		if table == answers.TABLE:
			conflicts += answers.apply(doc, rows)
			continue
		if table not in ROW_FIELDS or not isinstance(rows, dict):
			field_values.refuse("tables", table, ", ".join(ROW_FIELDS))
		conflicts += _apply_rows(doc, table, rows)
	return conflicts


def both_values(doc: Document, changes: dict, conflict: dict) -> dict:
	"""mine and theirs of a conflict that was stored without its values."""
	field, table = conflict["field"], conflict["table"]
	if not table:
		sent, stored = changes.get("fields") or {}, doc
	else:
		rows = ((changes.get("tables") or {}).get(table) or {}).get("changed") or []
		sent = next((row.get("fields") or {} for row in rows if row.get("name") == conflict["row"]), {})
		there = answers.rows_of(doc) if table == answers.TABLE else doc.get(table)
		stored = next((row for row in there if row.name == conflict["row"]), None)
	mine = (sent.get(field) or {}).get("mine") if field else None
	return {"mine": mine, "theirs": stored.get(field) if stored and field else None}


def _apply_rows(doc: Document, table: str, rows: dict) -> list[dict]:
	conflicts = []
	there = {row.name: row for row in doc.get(table)}
	for sent in dicts_in(rows.get("changed")):
		row = there.get(str(sent.get("name")))
		wanted = changes_in(sent.get("fields") or {}, ROW_FIELDS[table])
		values, found = rules.join(
			wanted, {field: row.get(field) if row else None for field in ROW_FIELDS[table]}
		)
		conflicts += [_conflict(doc, one, table, row) for one in found]
		if row:
			row.update(values)
		elif values:
			conflicts.append(_gone(doc, table, sent))
	removed = rows.get("removed") or []
	if not isinstance(removed, list):
		field_values.refuse("removed", removed, _("a list of names"))
	for name in removed:
		if isinstance(name, str) and name in there:
			doc.remove(there[name])
	for sent in dicts_in(rows.get("added")):
		name = sent.get("name")
		if not isinstance(name, str) or not rules.ROW_ID.fullmatch(name):
			field_values.refuse("name", name, _("the id of a row: 20 hexadecimal digits"))
		if name in there:
			continue  # it came with an earlier act
		values = sent.get("values") if isinstance(sent.get("values"), dict) else {}
		only(values, ROW_FIELDS[table])
		row = doc.append(table, {**_resolved(doc, values)})
		row.name = name
	return conflicts


def _resolved(doc: Document, values: dict) -> dict:
	"""A photo is named by its content on the phone, and by its file here."""
	photo = values.get("photo")
	if photo is None:
		return values
	return {**values, "photo": file_of(doc.name, str(photo))}


def _conflict(
	doc: Document, one: rules.Conflict, table: str | None = None, row: Document | None = None
) -> dict:
	meta = frappe.get_meta(doc.meta.get_field(table).options) if table else doc.meta
	label = _(meta.get_label(one.field))
	if table:
		label = f"{_(doc.meta.get_label(table))} {row.idx if row else ''} {label}".replace("  ", " ")
	return {
		"field": one.field,
		"table": table,
		"row": row.name if row else None,
		"label": label,
		"mine": one.mine,
		"theirs": one.theirs,
	}


def _gone(doc: Document, table: str, sent: dict) -> dict:
	label = _("{0}: a row was removed by somebody else").format(_(doc.meta.get_label(table)))
	return {
		"field": None,
		"table": table,
		"row": sent.get("name"),
		"label": label,
		"mine": None,
		"theirs": None,
	}
