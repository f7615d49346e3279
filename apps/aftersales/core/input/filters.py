"""Filters of script reports, checked before a report reads them.

`@validate_filters` stands on every report's `execute`. What a filter takes follows from its name, which is the
same in every report that has it; a filter that is not listed here is a text.
"""

import functools
from collections.abc import Callable
from typing import Any

import frappe
from frappe import _

from aftersales.core.input import field_values
from aftersales.core.input import value_rules as rules
from aftersales.core.input.requests import expected_of as expected_of_argument
from aftersales.core.input.requests import parse_flag, parse_values

KINDS: dict[str, Callable] = {
	"from_date": rules.parse_date,
	"to_date": rules.parse_date,
	"on_date": rules.parse_date,
	"days": rules.parse_whole_number,
	"months": rules.parse_whole_number,
	"older_than": rules.parse_whole_number,
	"within_hours": rules.parse_whole_number,
	"all": parse_flag,
	"by_month": parse_flag,
	"in_our_hands": parse_flag,
	"in_stock": parse_flag,
	"overdue": parse_flag,
	"with_credited": parse_flag,
}
LONGEST_PERIOD = 1_000_000
"""Days or hours that a filter may count back or ahead; more leaves the calendar."""


def validate_filters(execute: Callable) -> Callable:
	"""Check the filters of a report; empty ones are None, days are dates, texts are texts.

	Raises:
		frappe.ValidationError: names the filter, the value and what is expected.
	"""

	@functools.wraps(execute)
	def checked(filters: dict | str | None = None, *args, **kwargs):
		return execute(_checked(filters), *args, **kwargs)

	return checked


def _checked(filters: Any) -> frappe._dict:
	if not filters:
		return frappe._dict()
	try:
		filters = parse_values(filters)
	except rules.InvalidValue:
		field_values.refuse(_("Filters"), filters, expected_of_argument(parse_values))
	return frappe._dict({name: _value(name, value) for name, value in filters.items()})


def _value(name: str, value: Any) -> Any:
	if value is None or value == "":
		return value
	parse = KINDS.get(name, rules.parse_text)
	try:
		parsed = parse(value)
		if parse is rules.parse_whole_number and abs(parsed) > LONGEST_PERIOD:
			raise rules.InvalidValue
	except rules.InvalidValue:
		field_values.refuse(frappe.unscrub(name), value, expected_of_argument(parse))
	return parsed
