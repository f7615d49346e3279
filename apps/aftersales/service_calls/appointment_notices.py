"""Which appointments their customers have been reminded of, and told the estimated time of: each once."""

from datetime import datetime, timedelta

import frappe
from frappe.model.document import Document
from frappe.utils import get_datetime

REMINDED, ESTIMATED = "reminded_of", "estimate_told_for"
"""Fields of a call: beginning of the appointment that the customer was told about last."""


def to_remind(now: datetime, ahead: timedelta) -> list[str]:
	"""Calls whose appointment begins within `ahead`, was made before that, and of which nobody was reminded."""
	call, promise = frappe.qb.DocType("Repair Call"), frappe.qb.DocType("Service Promise")
	rows = (
		frappe.qb.from_(call)
		.join(promise)
		.on(
			(promise.parent == call.name)
			& (promise.parenttype == "Repair Call")
			& (promise.promised_from == call.promised_from)
		)
		.select(call.name, call.promised_from, promise.made_at)
		.where((call.status == "Scheduled") & call.arrived_at.isnull())
		.where((call.promised_from > now) & (call.promised_from <= now + ahead))
		.where(call.reminded_of.isnull() | (call.reminded_of != call.promised_from))
		.orderby(call.promised_from)
		.orderby(call.name)
		.run(as_dict=True)
	)
	return list(dict.fromkeys(row.name for row in rows if row.made_at <= row.promised_from - ahead))


def keep(call: Document) -> None:
	"""A step of a call's validate: what was told stays noted.

	:func:`take` leaves `modified` alone, so that who has the form open at that moment can save it; the form sends what
	it was opened with.
	"""
	before = call.get_doc_before_save()
	for what in (REMINDED, ESTIMATED) if before else ():
		call.set(what, before.get(what))


def take(call: str, what: str) -> bool:
	"""Note that the customer is told about the appointment as it stands; False when they were, or there is none.

	The call is locked: of two at once one is to tell.
	"""
	row = frappe.db.get_value(
		"Repair Call", call, ["promised_from", "status", "arrived_at", what], as_dict=True, for_update=True
	)
	if not row or not row.promised_from or row.status != "Scheduled" or row.arrived_at:
		return False
	if row[what] and get_datetime(row[what]) == get_datetime(row.promised_from):
		return False
	frappe.db.set_value("Repair Call", call, what, row.promised_from, update_modified=False)
	return True
