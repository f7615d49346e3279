"""What workshop jobs count for in a period: turnaround and hands-on hours for the key figures (R-KPI)."""

from datetime import date

import frappe
from frappe.query_builder import Case
from frappe.query_builder.functions import Coalesce, Count, Max, Sum
from frappe.utils import add_days
from pypika.functions import NullIf
from pypika.queries import Table
from pypika.terms import Term

from aftersales.core.permitted import permitted
from aftersales.repair_workshop.card_rules import GONE
from aftersales.service_calls import metrics as calls
from aftersales.service_calls.metrics import Selection

REPAIRED = ("Ready", "Returned")
TRAVEL = "Travel"


def turnaround(selection: Selection) -> list[dict]:
	"""turnaround_seconds from received to ready, ready; hands_on_hours and repairs of what had failed.

	Hours are those of the time logs; of a card without any, those on its labour lines, travel left out.
	"""
	card = frappe.qb.DocType("Repair Card")
	failed = calls.is_failure(frappe.qb.DocType("Repair Call"))
	query = frappe.qb.from_(card).where((card.docstatus < 2) & card.status.isin(REPAIRED))
	return (
		calls.of_calls(selection, query, card.ready_at, card.repair_call)
		.select(
			Sum(calls.between(card.received_at, card.ready_at)).as_("turnaround_seconds"),
			Count(card.name).as_("ready"),
			Sum(Case().when(failed, _hours_of(card)).else_(0)).as_("hands_on_hours"),
			calls.number(failed).as_("repairs"),
		)
		.run(as_dict=True)
	)


def repairs_by_technician(from_date: date, to_date: date, company: str | None = None) -> list[dict]:
	"""technician, repairs: products whose repair they did and that became ready in the period."""
	card = frappe.qb.DocType("Repair Card")
	query = (
		frappe.qb.from_(card)
		.where((card.docstatus < 2) & card.status.isin(REPAIRED) & card.repaired_by.isnotnull())
		.where((card.ready_at >= from_date) & (card.ready_at < add_days(to_date, 1)))
		.select(card.repaired_by.as_("technician"), Count(card.name).as_("repairs"))
		.groupby(card.repaired_by)
	)
	query = permitted(query, card)
	return (query.where(card.company == company) if company else query).run(as_dict=True)


def bench_hours_by_technician(from_date: date, to_date: date, company: str | None = None) -> list[dict]:
	"""technician, bench_hours: hands-on hours logged on cards, by the day the work ended.

	Of cards without time logs those on the labour lines, by the day the card became ready, for whom the line
	names or else the repairer; travel left out. A technician may have a row of each.
	"""
	card = frappe.qb.DocType("Repair Card")
	log, line = frappe.qb.DocType("Service Time Log"), frappe.qb.DocType("Service Labour Line")
	who = Coalesce(NullIf(line.technician, ""), card.repaired_by)
	unlogged = (card.total_hours == 0) & (line.activity != TRAVEL) & who.isnotnull()
	found = []
	for row, technician, moment, condition in (
		(log, log.technician, log.to_time, card.docstatus < 2),
		(line, who, card.ready_at, (card.docstatus < 2) & card.status.isin(REPAIRED) & unlogged),
	):
		query = (
			frappe.qb.from_(row)
			.join(card)
			.on((card.name == row.parent) & (row.parenttype == "Repair Card"))
			.where(condition & (moment >= from_date) & (moment < add_days(to_date, 1)))
			.select(technician.as_("technician"), Sum(row.hours).as_("bench_hours"))
			.groupby(technician)
		)
		if company:
			query = query.where(card.company == company)
		found += permitted(query, card).run(as_dict=True)
	return found


def _hours_of(card: Table) -> Term:
	line = frappe.qb.DocType("Service Labour Line")
	written = (
		frappe.qb.from_(line)
		.select(Sum(line.hours))
		.where((line.parent == card.name) & (line.parenttype == "Repair Card") & (line.activity != TRAVEL))
	)
	return Coalesce(NullIf(card.total_hours, 0), written, 0)


def queue(company: str | None = None) -> list[dict]:
	"""Products in the workshop, by state; their age counts from when they entered it, late are those whose
	promised return has passed."""
	card, log = frappe.qb.DocType("Repair Card"), frappe.qb.DocType("Service State Log")
	entered = (
		frappe.qb.from_(log)
		.select(Max(log.entered_at))
		.where((log.parent == card.name) & (log.parenttype == "Repair Card"))
	)
	query = frappe.qb.from_(card).where((card.docstatus < 2) & card.status.notin(GONE))
	return calls.waiting(
		query, card, card.status, Coalesce(entered, card.received_at), card.promised_return, company
	)
