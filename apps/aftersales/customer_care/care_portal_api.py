"""What a customer may see and do of complaints and follow-ups."""

from collections.abc import Iterable

import frappe
from frappe.utils import add_days, nowdate

from aftersales.customer_care import complaints
from aftersales.service_calls.portal_api import once, one


def follow_up_of(name: str, customers: Iterable[str]) -> frappe._dict | None:
	"""A follow-up of one of the customers: what is asked, and whether it was answered."""
	fields = ("name", "customer", "repair_call", "kind", "status", "not_reached", "contact_name")
	return one("Follow-up", name, customers, fields)


def complain(
	customer: str,
	subject: str,
	text: str,
	*,
	key: str,
	call: frappe._dict | None,
	contact: dict | None = None,
) -> str:
	"""Register a complaint, about `call` where one is named; returns its name.

	The same key registers one complaint, however often the form is sent.
	"""

	def register_complaint() -> str:
		return complaints.register(
			customer,
			subject,
			text,
			repair_call=call and call.name,
			equipment=call and call.equipment,
			channel="Web",
			entry_key=key,
			**(contact or {}),
		)

	name, _is_new = once("Service Complaint", customer, key, register_complaint)
	return name


def follow_ups_to_ask() -> list[frappe._dict]:
	"""Planned follow-ups on a repair that fell due within the last week: name and repair_call."""
	return frappe.get_all(
		"Follow-up",
		filters={
			"kind": "Effectiveness",
			"status": "Planned",
			"repair_call": ("is", "set"),
			"due_date": ("between", [add_days(nowdate(), -7), nowdate()]),
		},
		fields=["name", "repair_call"],
		order_by="due_date asc, name asc",
	)


def lock_follow_up(follow_up: str) -> str | None:
	"""Lock a follow-up; returns its status."""
	return frappe.db.get_value("Follow-up", follow_up, "status", for_update=True)
