"""What visits count for in a period: first-time fixes and hands-on hours for the key figures (R-KPI)."""

import frappe
from frappe.query_builder import Case, Interval
from frappe.query_builder.functions import Count, Max, Sum
from pypika.terms import ExistsCriterion

from aftersales.service_desk import figures as calls
from aftersales.service_desk.figures import Selection

COMPLETED = "Completed"
TRAVEL = "Travel"


def first_time_fixes(selection: Selection, within_days: int) -> list[dict]:
	"""visit_calls: calls resolved that had a visit; fixed_at_once: those of one visit, which completed the
	work, with no call that repeats them received within so many days."""
	visit, call = frappe.qb.DocType("Service Voucher"), frappe.qb.DocType("Repair Call")
	again = frappe.qb.DocType("Repair Call").as_("again")
	repeated = ExistsCriterion(
		frappe.qb.from_(again)
		.select(again.name)
		.where(
			(again.repeat_of == call.name)
			& (again.status != "Cancelled")
			& (again.received_at <= call.resolved_at + Interval(days=within_days))
		)
	)
	visited = (
		calls.of_calls(
			selection,
			frappe.qb.from_(visit).where((visit.docstatus == 1) & (visit.status != "Cancelled")),
			call.resolved_at,
			visit.repair_call,
		)
		.groupby(call.name)
		.select(
			Count(visit.name).as_("visits"),
			Max(visit.outcome).as_("outcome"),
			Case().when(repeated, 1).else_(0).as_("repeated"),
		)
	)
	return (
		frappe.qb.from_(visited)
		.select(
			visited.value,
			Count("*").as_("visit_calls"),
			calls.number(
				(visited.visits == 1) & (visited.outcome == COMPLETED) & (visited.repeated == 0)
			).as_("fixed_at_once"),
		)
		.groupby(visited.value)
	).run(as_dict=True)


def hands_on(selection: Selection) -> list[dict]:
	"""repairs: visits that completed the work; hands_on_hours spent on them, travel left out."""
	visit, line = frappe.qb.DocType("Service Voucher"), frappe.qb.DocType("Service Labour Line")
	query = (
		frappe.qb.from_(visit)
		.join(line)
		.on((line.parent == visit.name) & (line.parenttype == "Service Voucher") & (line.activity != TRAVEL))
		.where((visit.docstatus == 1) & (visit.outcome == COMPLETED))
	)
	return (
		calls.of_calls(selection, query, visit.departed_at, visit.repair_call)
		.select(Sum(line.hours).as_("hands_on_hours"), Count(visit.name).distinct().as_("repairs"))
		.run(as_dict=True)
	)
