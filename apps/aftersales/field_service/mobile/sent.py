"""Reads what a phone has sent: dicts of the form that the protocol describes, and nothing else."""

from typing import Any

from frappe import _

from aftersales.core.input import field_values
from aftersales.field_service.mobile import act_rules as rules


def changes_in(sent: Any, allowed: tuple[str, ...]) -> list[rules.Change]:
	"""The changes of fields: name → {seen, mine}.

	Raises:
		frappe.ValidationError: another field, or no dict.
	"""
	if not isinstance(sent, dict):
		field_values.refuse("fields", sent, _("values by their field names"))
	only(sent, allowed)
	return [
		rules.Change(field, one.get("seen"), one.get("mine"))
		for field, one in sent.items()
		if isinstance(one, dict)
	]


def only(sent: dict, allowed: tuple[str, ...]) -> None:
	"""Refuse fields that a phone does not change.

	Raises:
		frappe.ValidationError: names the field.
	"""
	for field in sent:
		if field not in allowed:
			field_values.refuse("fields", field, ", ".join(allowed))


def dicts_in(rows: Any) -> list[dict]:
	"""A list of rows; nothing is an empty one.

	Raises:
		frappe.ValidationError: it is none.
	"""
	if not isinstance(rows or [], list) or any(not isinstance(row, dict) for row in rows or []):
		field_values.refuse("rows", rows, _("a list"))
	return rows or []
