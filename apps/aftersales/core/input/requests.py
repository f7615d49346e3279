"""What a whitelisted function or method is called with, checked before its first line runs.

`@validate_call` goes under `@frappe.whitelist()`. It reads the annotations: plain types (str, int, float, bool)
and the kinds below, which say more than a type can. The function gets what it asks for (a Moment arrives as a
datetime, Names as a list of texts), or the caller gets a message that names the argument, the value and what is
expected; Frappe's own check knows types only, and answers in words for programmers.

A method of a document acts on what is stored: where a request has sent a document along (`run_doc_method` with
`docs`), the stored one is read before the method runs, and rights are asked of that one.
"""

import functools
import inspect
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import frappe
from frappe import _
from frappe.model.document import Document

from aftersales.core.input import field_values
from aftersales.core.input import value_rules as rules
from aftersales.core.input.document import ServiceDocument

MOST_NAMES = 10_000
"""Documents that one call may name."""


@dataclass(frozen=True)
class Takes:
	"""Marks an annotation with the parser of its values."""

	parse: Callable[[Any], Any]


def parse_names(value: Any) -> list[str]:
	"""A list of texts, from a list, from JSON or from one text."""
	value = _from_json(value) if isinstance(value, str) and value.lstrip().startswith("[") else value
	if isinstance(value, str):
		value = [value]
	if not isinstance(value, list | tuple) or len(value) > MOST_NAMES:
		raise rules.InvalidValue
	return [rules.parse_text(name, rules.SHORT_TEXT) for name in value]


def parse_rows(value: Any) -> list:
	"""A list, from a list or from JSON; its rows are for the function to read. A row that has a name has a text there."""
	value = _from_json(value) if isinstance(value, str) else value
	if not isinstance(value, list) or len(value) > MOST_NAMES:
		raise rules.InvalidValue
	for row in value:
		if isinstance(row, dict) and not isinstance(row.get("name") or "", str):
			raise rules.InvalidValue
	_validate_encodable(value)
	return value


def parse_values(value: Any) -> dict:
	"""Values by name, from a dict or from JSON."""
	value = _from_json(value) if isinstance(value, str) else value
	if not isinstance(value, dict) or any(not isinstance(key, str) for key in value):
		raise rules.InvalidValue
	_validate_encodable(value)
	return frappe._dict(value)


def _validate_encodable(value: Any) -> None:
	"""Half of a character that takes two (JSON's \\ud83d) can be stored nowhere, however deep it lies."""
	left = [value]
	while left:
		each = left.pop()
		if isinstance(each, dict):
			left.extend((*each, *each.values()))
		elif isinstance(each, list):
			left.extend(each)
		elif isinstance(each, str):
			try:
				each.encode()
			except UnicodeEncodeError as error:
				raise rules.InvalidValue from error


def parse_document(value: Any) -> Document:
	"""The target of a mapper: a document, or the values of one."""
	if isinstance(value, Document):
		return value
	values = parse_values(value)
	parse_doctype(values.get("doctype"))
	try:
		return frappe.get_doc(values)
	except (AttributeError, TypeError, ValueError) as error:  # rows that are none
		raise rules.InvalidValue from error


def parse_plain(value: Any) -> str | float:
	"""A text or a number, as it is."""
	if isinstance(value, int | float):
		rules.parse_number(value)
		return value
	return rules.parse_text(value)


def parse_flag(value: Any) -> bool:
	"""Yes or no, as forms and the API write them."""
	if isinstance(value, str) and value.strip().lower() in ("true", "false"):
		return value.strip().lower() == "true"
	return bool(rules.parse_whole_number(value))


def parse_doctype(value: Any) -> str:
	"""The name of a DocType that exists."""
	name = rules.parse_text(value, rules.SHORT_TEXT)
	if not frappe.db.exists("DocType", name):
		raise rules.InvalidValue
	return name


Day = Annotated[str | date, Takes(rules.parse_date)]
Moment = Annotated[str | datetime, Takes(rules.parse_datetime)]
Number = Annotated[int | float | str, Takes(rules.parse_number)]
WholeNumber = Annotated[int | str, Takes(rules.parse_whole_number)]
Flag = Annotated[bool | int | str, Takes(parse_flag)]
Names = Annotated[list[str] | str, Takes(parse_names)]
Rows = Annotated[list | str, Takes(parse_rows)]
Values = Annotated[dict | str, Takes(parse_values)]
TargetDocument = Annotated[Document | str, Takes(parse_document)]
DocTypeName = Annotated[str, Takes(parse_doctype)]

_BY_TYPE = {
	str: rules.parse_text,
	int: rules.parse_whole_number,
	float: rules.parse_number,
	bool: parse_flag,
}


def validate_call(function: Callable) -> Callable:
	"""Check what `function` is called with by its annotations; see the head of this module.

	Raises:
		frappe.ValidationError: names the argument, the value and what is expected.
	"""
	signature = inspect.signature(function)
	parsers = {name: parser_of(parameter) for name, parameter in signature.parameters.items()}

	@functools.wraps(function)
	def checked(*args, **kwargs):
		try:
			bound = signature.bind(*args, **kwargs)
		except TypeError as error:
			frappe.throw(
				_("{0} was called with the wrong arguments: {1}.").format(function.__name__, error),
				title=_("Invalid Value"),
			)
		for name, value in bound.arguments.items():
			if name == "self" and isinstance(value, ServiceDocument):
				value.read_stored()
			elif parse := parsers[name]:
				bound.arguments[name] = _argument(signature.parameters[name], value, parse)
		return function(*bound.args, **bound.kwargs)

	checked.__annotations__ = {}  # or Frappe's own check of types would answer first
	return checked


def expected_of(parse: Callable) -> str:
	"""What `parse` takes, in words."""
	words = {
		parse_names: _("a list of names"),
		parse_rows: _("a list"),
		parse_values: _("values by their field names"),
		parse_document: _("a document"),
		parse_plain: _("a text or a number"),
		parse_flag: _("yes (1) or no (0)"),
		parse_doctype: _("the name of a DocType"),
	}
	return words.get(parse) or field_values.expected_of(parse)


def _argument(parameter: inspect.Parameter, value: Any, parse: Callable) -> Any:
	if value is None and parameter.default is not parameter.empty:
		return parameter.default
	if value == "" and parse in (rules.parse_text, parse_plain):
		return value
	if value == "" and parameter.default is None:
		return None
	try:
		return parse(value)
	except rules.InvalidValue:
		field_values.refuse(frappe.unscrub(parameter.name), value, expected_of(parse))


def parser_of(parameter: inspect.Parameter) -> Callable | None:
	"""The parser of a parameter's values, as its annotation says; None where it says nothing."""
	if parameter.kind in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL) or parameter.name == "self":
		return None
	annotation = parameter.annotation
	members = get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)
	for member in members:
		for mark in getattr(member, "__metadata__", ()):
			if isinstance(mark, Takes):
				return mark.parse
	plain = {member for member in members if member is not NoneType}
	if len(plain) == 1:
		return _BY_TYPE.get(plain.pop())
	return parse_plain if plain <= set(_BY_TYPE) else None


def _from_json(text: str) -> Any:
	try:
		return json.loads(text)
	except ValueError as error:
		raise rules.InvalidValue from error
