"""Which arrival windows can be promised for a call, and whether one still can: for the desk and for customers alike."""

from datetime import datetime, time, timedelta

import frappe
from frappe.model.document import Document
from frappe.utils import now_datetime

from aftersales.field_service import arrival
from aftersales.field_service.arrival_rules import Suggestion
from aftersales.service_calls import triage
from aftersales.service_levels import promises


def for_call(
	call: Document,
	due: datetime | None = None,
	count: int = 3,
	whole: bool = False,
	length: timedelta | None = None,
) -> list[Suggestion]:
	"""Arrival windows that can be promised for a call, saved or not; the best first.

	Args:
		due: when somebody has to be there, where it is known already.
		whole: no window is cut short by the target; who chooses one knows what suits.
		length: of the visit, where it is planned already.
	"""
	return arrival.suggest(
		call.company,
		call.item_group,
		call.support_kind,
		call.service_zone,
		due=None if whole else due or due_of(call),
		promised=_promised(call.company, call.name),
		emergency=triage.is_emergency(call),
		count=count,
		address=call.service_address or None,
		length=length,
	)


def hold_technicians(company: str) -> None:
	"""Until the transaction ends nobody else books, or accepts a proposal, for the technicians of a company.

	Technicians are locked before calls, so that two who do so wait for each other and never both.
	"""
	frappe.db.get_values(
		"Service Technician",
		{"company": company, "is_active": 1},
		"name",
		order_by="name asc",
		for_update=True,
	)


def keeper(
	call: Document,
	start: datetime,
	end: datetime,
	visit: str | None = None,
	length: timedelta | None = None,
) -> str | None:
	"""The technician who can keep a window; None without one. Whoever asks holds the technicians.

	What others have planned or promised for that day meanwhile is seen.

	Args:
		visit: the visit that the call has already; it is not in the way.
		length: how long that one is planned to take.
	"""
	day = datetime.combine(start.date(), time())
	return arrival.keeper(
		call.company,
		(start, end),
		call.item_group,
		call.support_kind,
		call.service_zone,
		promised=_promised(call.company, call.name, day, for_update=True),
		but=visit,
		length=length,
	)


def due_of(call: Document) -> datetime | None:
	"""By when somebody has to be there, as the targets of the call say."""
	return promises.due_at(call, "arrived_at")


def _promised(
	company: str, exclude: str | None, day: datetime | None = None, for_update: bool = False
) -> list[tuple]:
	"""Calls of the company whose customers have an arrival window that is not over: name, from, to.

	Args:
		day: only the windows that begin on it, and those not over by then.
	"""
	until = {"promised_from": ("<", day + timedelta(days=1))} if day else {}
	return frappe.db.get_values(
		"Repair Call",
		{
			"company": company,
			"status": "Scheduled",
			"promised_to": (">", max(now_datetime(), day) if day else now_datetime()),
			**until,
			"name": ("!=", exclude or ""),
		},
		["name", "promised_from", "promised_to"],
		order_by="promised_from asc",
		for_update=for_update,
	)
