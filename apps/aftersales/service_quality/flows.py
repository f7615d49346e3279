"""When work came to each department and left it, from the documents: what flow_rules counts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import frappe
from frappe.query_builder import Case, CustomFunction
from frappe.query_builder.functions import Coalesce, Sum
from frappe.utils import flt
from pypika.queries import QueryBuilder
from pypika.terms import Criterion, LiteralValue, Term

from aftersales.core.job_types import CARD, JOB_DOCTYPES, VISIT
from aftersales.core.permitted import permitted
from aftersales.core.source_text import N_
from aftersales.field_service import metrics as visits
from aftersales.field_service.metrics import Period
from aftersales.repair_workshop import metrics as workshop
from aftersales.service_calls import metrics as calls
from aftersales.service_quality import flow_rules
from aftersales.service_quality.flow_rules import Counts

Greatest = CustomFunction("GREATEST", ["one", "other"])
Least = CustomFunction("LEAST", ["one", "other"])

People = dict[str, Counts]
"""Person (or "") -> what came to them, left and waited."""


@dataclass(frozen=True)
class Department:
	"""`people`: begin, end and company -> what is counted there."""

	name: str
	doctype: str
	people: Callable[[datetime, datetime, str | None], People]


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


def _calls(begin: datetime, end: datetime, company: str | None) -> People:
	call = frappe.qb.DocType("Repair Call")
	left = Coalesce(call.resolved_at, call.closed_at)
	return _run(
		call, call.call_owner, call.received_at, left, begin, end, company, call.status != "Cancelled"
	)


def _visits(begin: datetime, end: datetime, company: str | None) -> People:
	visit = frappe.qb.DocType(VISIT)
	left = Coalesce(visit.departed_at, visit.posted_at)
	is_work = (visit.docstatus < 2) & (visit.status != "Cancelled")
	return _run(visit, visit.technician, visit.creation, left, begin, end, company, is_work)


def _cards(begin: datetime, end: datetime, company: str | None) -> People:
	card = frappe.qb.DocType(CARD)
	left = Coalesce(card.ready_at, card.returned_at, card.posted_at)
	return _run(
		card, card.assigned_technician, card.received_at, left, begin, end, company, card.docstatus < 2
	)


def _in_state(status: str, begin: datetime, end: datetime, company: str | None) -> People:
	"""From when a card came into a state until its next one; a card may come into it more than once.

	Two reads, each by an index: stays that have ended after `begin`, and cards that are in the state now. What ended
	before is not read, however long the log is.
	"""
	card, log = frappe.qb.DocType(CARD), frappe.qb.DocType("Service State Log")
	following = frappe.qb.DocType("Service State Log").as_("following")
	came_in = (log.parenttype == CARD) & (log.status == status) & (log.entered_at < end)
	is_next = (
		(following.parent == log.parent) & (following.parenttype == CARD) & (following.idx == log.idx + 1)
	)
	left = (
		frappe.qb.from_(following)
		.join(log)
		.on(is_next & came_in)
		.join(card)
		.on(card.name == log.parent)
		.where((following.entered_at > begin) & (card.docstatus < 2))
	)
	still = (
		frappe.qb.from_(card)
		.join(log)
		.on((log.parent == card.name) & came_in)
		.left_join(following)
		.on(is_next)
		.where((card.status == status) & (card.docstatus < 2) & following.name.isnull())
	)
	found: People = {}
	for query in (left, still):
		if company:
			query = query.where(card.company == company)
		counted = _counted(query, card.assigned_technician, log.entered_at, following.entered_at, begin, end)
		found = _sum(found, _by_person(permitted(counted, card)))
	return found


def _vendor_repairs(begin: datetime, end: datetime, company: str | None) -> People:
	repair = frappe.qb.DocType("Vendor Repair")
	return _run(
		repair, repair.supplier, repair.sent_at, repair.back_at, begin, end, company, repair.docstatus == 1
	)


def _consultations(begin: datetime, end: datetime, company: str | None) -> People:
	asked, call = frappe.qb.DocType("Technical Consultation"), frappe.qb.DocType("Repair Call")
	is_open_or_answered = asked.status != "Withdrawn"
	if company:  # a consultation belongs to its call, which has the company
		of_company = frappe.qb.from_(call).select(call.name).where(call.company == company)
		is_open_or_answered &= asked.repair_call.isin(of_company)
	return _run(asked, asked.owner, asked.asked_at, asked.answered_at, begin, end, None, is_open_or_answered)


def _billing(begin: datetime, end: datetime, company: str | None) -> People:
	found: People = {}
	for job_type in JOB_DOCTYPES:
		job = frappe.qb.DocType(job_type)
		is_billed = (job.docstatus == 1) & (job.billing_status != "Not Billable")
		of_type = _run(job, LiteralValue("''"), job.posted_at, job.billed_at, begin, end, company, is_billed)
		found = _sum(found, of_type)
	return found


def _run(
	table,
	person: Term,
	came: Term,
	left: Term,
	begin: datetime,
	end: datetime,
	company: str | None,
	only: Criterion,
) -> People:
	query = frappe.qb.from_(table).where(
		only & came.isnotnull() & (came < end) & (left.isnull() | (left > begin))
	)
	if company:
		query = query.where(table.company == company)
	return _by_person(permitted(_counted(query, person, came, left, begin, end), table))


def _counted(
	query: QueryBuilder, person: Term, came: Term, left: Term, begin: datetime, end: datetime
) -> QueryBuilder:
	"""The sums of flow_rules.Counts by person, in its order; what waits at the `end` may have left since.

	A visit that was written down after it was made has waited no time, and not less than none.
	"""
	has_left = left.isnotnull() & (left < end)
	inside = calls.between(Greatest(came, begin), Least(Coalesce(left, end), end))
	return query.select(
		Coalesce(person, ""),
		Sum(Case().when(came >= begin, 1).else_(0)),
		Sum(Case().when(has_left, 1).else_(0)),
		Sum(Case().when(came < begin, 1).else_(0)),
		Sum(Case().when(has_left, 0).else_(1)),
		Sum(inside),
		Sum(Case().when(has_left, calls.between(came, left)).else_(0)),
	).groupby(Coalesce(person, ""))


def _by_person(query: QueryBuilder) -> People:
	return {
		person: Counts(*(int(number) for number in numbers[:4]), *(float(number) for number in numbers[4:]))
		for person, *numbers in query.run()
	}


def _sum(one: People, other: People) -> People:
	return {person: one.get(person, Counts()) + other.get(person, Counts()) for person in {*one, *other}}
