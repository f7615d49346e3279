"""Values that a form, the API or a file sends, checked against the fields of a DocType before any code reads them.

The kinds and their limits are in value_rules.py; here is which field has which kind, and how a refusal reads.
"""

import json
from collections.abc import Callable
from datetime import date
from functools import lru_cache, partial
from typing import Any

import frappe
from frappe import _
from frappe.model import table_fields
from frappe.model.document import Document
from frappe.utils import cint, escape_html

from aftersales.core.input import spreadsheet_rules
from aftersales.core.input import value_rules as rules

_PARSERS: dict[str, Callable] = {
	"Date": rules.parse_date,
	"Datetime": rules.parse_datetime,
	"Time": rules.parse_time,
	"Int": rules.parse_whole_number,
	"Check": rules.parse_whole_number,
	"Float": rules.parse_number,
	"Currency": rules.parse_number,
	"Percent": rules.parse_number,
	"Duration": rules.parse_number,
	"Rating": rules.parse_number,
}
_STANDARD_FIELDS: dict[str, Callable] = {
	"name": partial(rules.parse_text, characters=rules.SHORT_TEXT),
	"owner": partial(rules.parse_text, characters=rules.SHORT_TEXT),
	"modified_by": partial(rules.parse_text, characters=rules.SHORT_TEXT),
	"creation": rules.parse_datetime,
	"modified": rules.parse_datetime,
	"docstatus": rules.parse_whole_number,
	"idx": rules.parse_whole_number,
	"parent": partial(rules.parse_text, characters=rules.SHORT_TEXT),
	"parentfield": partial(rules.parse_text, characters=rules.SHORT_TEXT),
	"parenttype": partial(rules.parse_text, characters=rules.SHORT_TEXT),
	"_user_tags": rules.parse_text,
	"_comments": rules.parse_text,
	"_assign": rules.parse_text,
	"_liked_by": rules.parse_text,
	"_seen": rules.parse_text,
}
_WRITTEN = ("Data", "Small Text", "Text", "Long Text", "Text Editor")
"""Field types that hold what people write."""


def validate_values(doc: Document) -> None:
	"""Refuse a value that its field in `doc` or in one of its rows cannot hold.

	Numbers and moments that were sent for a text become text; one address is kept of an e-mail field; and text
	that a spreadsheet would take for a formula is made none (spreadsheet_rules.py).

	Raises:
		frappe.ValidationError: names the field, the value and what is expected.
	"""
	_validate(doc)
	for row in doc.get_all_children():
		_validate(row)


def short_texts(values: dict) -> dict[str, str]:
	"""Values by name that are for fields of another app: each a text of one line, or empty.

	Raises:
		frappe.ValidationError: names the value that is none.
	"""
	parse = partial(rules.parse_text, characters=rules.SHORT_TEXT)
	texts = {}
	for name, value in values.items():
		try:
			texts[name] = parse("" if value is None else value)
		except rules.InvalidValue:
			refuse(name, value, expected_of(parse))
	return texts


def refuse(label: str, value: Any, expected: str, title: str | None = None) -> None:
	"""Say that `label` cannot be `value`.

	Raises:
		frappe.ValidationError: always.
	"""
	frappe.throw(
		_("{0} cannot be {1}. Expected: {2}.").format(
			frappe.bold(label), frappe.bold(escape_html(rules.shorten(value))), expected
		),
		title=title or _("Invalid Value"),
	)


def expected_of(parse: Callable) -> str:
	"""What `parse` takes, in words."""
	parse, limits = getattr(parse, "func", parse), getattr(parse, "keywords", {})
	if parse is rules.parse_text:
		if limits.get("characters"):
			return _("a text of at most {0} characters").format(limits["characters"])
		return _("a text of at most {0} bytes").format(limits.get("size", rules.TEXT_BYTES))
	if parse is rules.parse_option:
		return _("one of {0}").format(", ".join(_(option) for option in limits["options"] if option))
	return {
		rules.parse_date: _("a date such as 2026-01-31, from the year {0} to {1}"),
		rules.parse_datetime: _("a date and time such as 2026-01-31 13:45:00, from the year {0} to {1}"),
		rules.parse_time: _("a time of day such as 13:45:00"),
		rules.parse_number: _("a number up to 999,999,999,999"),
		rules.parse_whole_number: _("a whole number up to 2,147,483,647"),
		rules.parse_web_address: _("an address that begins with https://"),
		rules.parse_file: _("a file of this site, or an address that begins with https://"),
		rules.parse_email: _("one e-mail address such as name@example.com"),
		_parse_json: _("valid JSON"),
	}[parse].format(rules.FIRST_YEAR, rules.LAST_YEAR)


def _validate(doc: Document) -> None:
	for fieldname, parse in _STANDARD_FIELDS.items():
		value = doc.__dict__.get(fieldname)
		if value is not None and value != "":
			doc.__dict__[fieldname] = _parsed(doc, fieldname, fieldname, value, parse)
	for field in doc.meta.fields:
		value = doc.__dict__.get(field.fieldname)
		if value is None or value == "" or field.fieldtype in table_fields:
			continue
		if parse := _parser_of(field):
			doc.__dict__[field.fieldname] = _parsed(doc, field.fieldname, field.label, value, parse)
			if is_written_by_people(field):
				doc.__dict__[field.fieldname] = no_formula_of(field)(doc.get(field.fieldname))


def _parsed(doc: Document, fieldname: str, label: str, value: Any, parse: Callable) -> Any:
	"""What is to stand in the field: text as parsed, every other value as it was sent."""
	try:
		parsed = parse(value)
	except rules.InvalidValue:
		if _is_stored(doc, fieldname, value):
			return value
		refuse(_label(doc, label or fieldname), value, expected_of(parse))
	return parsed if isinstance(parsed, str) else value


def _parser_of(field) -> Callable | None:
	if field.get("is_virtual"):
		return None
	options = None if field.fieldname == "naming_series" else field.options  # a series need not be offered
	return _parser_for(field.fieldtype, options, cint(field.length))


@lru_cache(maxsize=4096)
def _parser_for(fieldtype: str, options: str | None, length: int) -> Callable | None:
	if parse := _PARSERS.get(fieldtype):
		return parse
	column, _size = frappe.db.type_map.get(fieldtype, (None, None))
	if not column:
		return None
	if fieldtype == "JSON":
		return _parse_json
	if fieldtype == "Data" and options == "Email":
		return rules.parse_email
	if fieldtype == "Data" and options == "URL":
		return rules.parse_web_address
	if fieldtype in ("Attach", "Attach Image"):
		return rules.parse_file
	if fieldtype == "Select" and (options or "").strip():
		return partial(rules.parse_option, options=tuple(option.strip() for option in options.split("\n")))
	if column == "varchar":
		return partial(rules.parse_text, characters=length or rules.SHORT_TEXT)
	return rules.parse_text if column == "text" else partial(rules.parse_text, size=rules.LONG_TEXT_BYTES)


def _is_stored(doc: Document, fieldname: str, value: Any) -> bool:
	"""What older versions have let in holds up nobody who changes something else. Asked only before a refusal."""
	if doc.is_new() or not isinstance(doc.name, str) or not isinstance(value, str | date):
		return False
	stored = (
		frappe.db.get_singles_dict(doc.doctype).get(
			fieldname
		)  # get_single_value reads an empty date as 0001-01-01
		if doc.meta.issingle
		else frappe.db.get_value(doc.doctype, doc.name, fieldname)
	)
	return stored is not None and str(stored) == str(value)


def is_written_by_people(field) -> bool:
	"""True for a field whose text somebody types, as opposed to one that the app fills in."""
	return field.fieldtype in _WRITTEN and not (field.options or field.read_only or field.hidden)


def no_formula_of(field) -> Callable[[str], str]:
	"""What makes the text of such a field harmless in a spreadsheet."""
	rich = field.fieldtype == "Text Editor"
	return spreadsheet_rules.no_formula_in_html if rich else spreadsheet_rules.no_formula


def _parse_json(value: Any) -> Any:
	if isinstance(value, dict | list):
		return value
	text = rules.parse_text(value, size=rules.LONG_TEXT_BYTES)
	try:
		json.loads(text)
	except ValueError as error:
		raise rules.InvalidValue from error
	return text


def _label(doc: Document, label: str) -> str:
	label = _(label, context=doc.doctype)
	return _("{0}, row {1}").format(label, doc.idx) if doc.get("parentfield") else label
