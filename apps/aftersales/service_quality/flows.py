"""When work came to each department and left it, from the documents: what flow_rules counts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import frappe
from frappe.query_builder.functions import Coalesce
from frappe.utils import flt, get_datetime
from pypika.terms import Criterion, LiteralValue, Term

from aftersales.core.job_types import CARD, JOB_DOCTYPES, VISIT
from aftersales.core.source_text import N_
from aftersales.field_service import metrics as visits
from aftersales.field_service.metrics import Period
from aftersales.repair_workshop import metrics as workshop
from aftersales.service_calls import metrics as calls
from aftersales.service_quality import flow_rules

Stay = tuple[str, datetime, datetime | None]
"""Person (or ""), came, left."""


@dataclass(frozen=True)
class Department:
	"""`stays`: begin, end and company -> who had it, when it came and left."""

	name: str
	doctype: str
	stays: Callable[[datetime, datetime, str | None], list[Stay]]


def departments() -> tuple[Department, ...]:
	"""In the order in which a case goes through them."""
	return (
		Department(N_("Service Desk"), "Repair Call", _calls),
		Department(N_("Field Service"), VISIT, _visits),
		Department(N_("Workshop"), CARD, _cards),
		Department(N_("Customer's Decision"), CARD, lambda *args: _in_state("Awaiting Approval", *args)),
		Department(N_("Buying"), CARD, lambda *args: _in_state("Awaiting Parts", *args)),
		Department(N_("Makers and Vendors"), "Vendor Repair", _vendor_repairs),
		Department(N_("Design"), "Technical Consultation", _consultations),
		Department(N_("Billing"), VISIT, _billing),
	)


def further_technician(period: Period, arrived: int, is_workshop: bool) -> dict | None:
	"""Hours until work begins with the technicians who worked in the period, and with one more.

	From the hours they wrote down and the hours of the working calendar; None without either. `wait` is None where more
	comes than they can do.
	"""
	dates = (period.from_date, period.to_date, period.company)
	found = workshop.bench_hours_by_technician(*dates) if is_workshop else visits.hours_by_technician(period)
	hours: dict[str, float] = {}
	for row in found:
		worked = sum(flt(row.get(kind)) for kind in ("bench_hours", "hours", "travel_hours"))
		hours[row.technician] = hours.get(row.technician, 0) + worked
	people = sum(one > 0 for one in hours.values())
	available = visits.available_hours(None, period)
	if not people or not available or not arrived:
		return None
	length = sum(hours.values()) / arrived
	rate = arrived / available
	return {
		"people": people,
		"load": rate * length / people,
		"wait": flow_rules.mean_wait(rate, length, people),
		"wait_with_one_more": flow_rules.mean_wait(rate, length, people + 1),
	}


def _calls(begin: datetime, end: datetime, company: str | None) -> list[Stay]:
	call = frappe.qb.DocType("Repair Call")
	left = Coalesce(call.resolved_at, call.closed_at)
	return _run(
		call, call.call_owner, call.received_at, left, begin, end, company, call.status != "Cancelled"
	)


def _visits(begin: datetime, end: datetime, company: str | None) -> list[Stay]:
	visit = frappe.qb.DocType(VISIT)
	left = Coalesce(visit.departed_at, visit.posted_at)
	is_work = (visit.docstatus < 2) & (visit.status != "Cancelled")
	return _run(visit, visit.technician, visit.creation, left, begin, end, company, is_work)


def _cards(begin: datetime, end: datetime, company: str | None) -> list[Stay]:
	card = frappe.qb.DocType(CARD)
	left = Coalesce(card.ready_at, card.returned_at, card.posted_at)
	return _run(
		card, card.assigned_technician, card.received_at, left, begin, end, company, card.docstatus < 2
	)


def _in_state(status: str, begin: datetime, end: datetime, company: str | None) -> list[Stay]:
	"""From when a card came into a state until its next one; a card may come into it more than once."""
	card, log = frappe.qb.DocType(CARD), frappe.qb.DocType("Service State Log")
	query = (
		frappe.qb.from_(log)
		.join(card)
		.on((card.name == log.parent) & (log.parenttype == CARD))
		.select(card.name, card.assigned_technician, log.status, log.entered_at)
		.where((card.docstatus < 2) & (log.entered_at < end))
		.orderby(card.name, log.idx)
	)
	if company:
		query = query.where(card.company == company)
	stays: list[Stay] = []
	rows = calls.permitted(query, card).run()
	for row, following in zip(rows, [*rows[1:], (None,) * 4], strict=False):
		if row[2] != status:
			continue
		gone = following[3] if following[0] == row[0] else None
		if gone is None or gone > begin:
			stays.append((row[1] or "", get_datetime(row[3]), gone and get_datetime(gone)))
	return stays


def _vendor_repairs(begin: datetime, end: datetime, company: str | None) -> list[Stay]:
	repair = frappe.qb.DocType("Vendor Repair")
	return _run(
		repair, repair.supplier, repair.sent_at, repair.back_at, begin, end, company, repair.docstatus == 1
	)


def _consultations(begin: datetime, end: datetime, company: str | None) -> list[Stay]:
	asked = frappe.qb.DocType("Technical Consultation")
	# a consultation belongs to its call, which has the company
	return _run(
		asked, asked.owner, asked.asked_at, asked.answered_at, begin, end, None, asked.status != "Withdrawn"
	)


def _billing(begin: datetime, end: datetime, company: str | None) -> list[Stay]:
	stays: list[Stay] = []
	for job_type in JOB_DOCTYPES:
		job = frappe.qb.DocType(job_type)
		is_billed = (job.docstatus == 1) & (job.billing_status != "Not Billable")
		stays += _run(job, LiteralValue("''"), job.posted_at, job.billed_at, begin, end, company, is_billed)
	return stays


def _run(
	table,
	person: Term,
	came: Term,
	left: Term,
	begin: datetime,
	end: datetime,
	company: str | None,
	only: Criterion,
) -> list[Stay]:
	query = (
		frappe.qb.from_(table)
		.select(person, came, left)
		.where(only & came.isnotnull() & (came < end) & (left.isnull() | (left > begin)))
	)
	if company:
		query = query.where(table.company == company)
	return [
		(who or "", get_datetime(since), gone and get_datetime(gone))
		for who, since, gone in calls.permitted(query, table).run()
	]
