"""What workshop jobs count for in a period: turnaround and hands-on hours for the key figures (R-KPI)."""

from datetime import date

import frappe
from frappe.query_builder import Case
from frappe.query_builder.functions import Coalesce, Count, Max, Sum
from frappe.utils import add_days

from aftersales.service_desk import figures as calls
from aftersales.service_desk.figures import Selection

REPAIRED = ("Ready", "Returned")
GONE = ("Returned", "Cancelled")


def turnaround(selection: Selection) -> list[dict]:
	"""turnaround_seconds from received to ready, ready; hands_on_hours and repairs of what had failed."""
	card = frappe.qb.DocType("Repair Card")
	failed = calls.is_failure(frappe.qb.DocType("Repair Call"))
	query = frappe.qb.from_(card).where((card.docstatus < 2) & card.status.isin(REPAIRED))
	return (
		calls.of_calls(selection, query, card.ready_at, card.repair_call)
		.select(
			Sum(calls.between(card.received_at, card.ready_at)).as_("turnaround_seconds"),
			Count(card.name).as_("ready"),
			Sum(Case().when(failed, card.total_hours).else_(0)).as_("hands_on_hours"),
			calls.number(failed).as_("repairs"),
		)
		.run(as_dict=True)
	)


def repairs_by_technician(from_date: date, to_date: date, company: str | None = None) -> list[dict]:
	"""technician, repairs: products whose repair he did and that became ready in the period."""
	card = frappe.qb.DocType("Repair Card")
	query = (
		frappe.qb.from_(card)
		.where((card.docstatus < 2) & card.status.isin(REPAIRED) & card.repaired_by.isnotnull())
		.where((card.ready_at >= from_date) & (card.ready_at < add_days(to_date, 1)))
		.select(card.repaired_by.as_("technician"), Count(card.name).as_("repairs"))
		.groupby(card.repaired_by)
	)
	query = calls.permitted(query, card)
	return (query.where(card.company == company) if company else query).run(as_dict=True)


def bench_hours_by_technician(from_date: date, to_date: date, company: str | None = None) -> list[dict]:
	"""technician, bench_hours: hands-on hours logged on cards, by the day the work ended."""
	card, log = frappe.qb.DocType("Repair Card"), frappe.qb.DocType("Service Time Log")
	query = (
		frappe.qb.from_(log)
		.join(card)
		.on((card.name == log.parent) & (log.parenttype == "Repair Card"))
		.where((card.docstatus < 2) & (log.to_time >= from_date) & (log.to_time < add_days(to_date, 1)))
		.select(log.technician, Sum(log.hours).as_("bench_hours"))
		.groupby(log.technician)
	)
	query = calls.permitted(query, card)
	return (query.where(card.company == company) if company else query).run(as_dict=True)


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
