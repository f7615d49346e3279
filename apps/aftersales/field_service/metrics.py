"""What visits count for in a period: first-time fixes and hands-on hours for the key figures (R-KPI)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

import frappe
from frappe.query_builder import Case, Order
from frappe.query_builder.functions import Coalesce, Count, Max, Min, Sum
from frappe.utils import add_days, getdate, now_datetime
from pypika.functions import NullIf
from pypika.queries import QueryBuilder, Table
from pypika.terms import Criterion, ExistsCriterion

from aftersales.core.permitted import permitted
from aftersales.field_service.arrival import working_hours
from aftersales.field_service.visit_rules import COMPLETED, REVISIT_NEEDED, TAKEN_TO_WORKSHOP
from aftersales.service_calls import metrics as calls
from aftersales.service_calls.metrics import Selection
from aftersales.service_setup.settings import aftersales_settings

REPAIRING = (COMPLETED, REVISIT_NEEDED, TAKEN_TO_WORKSHOP)
"""Outcomes of visits whose hours go into a repair."""

TRAVEL = "Travel"


def first_time_fixes(selection: Selection, within_days: int) -> list[dict]:
	"""visit_calls: calls resolved that had a visit; fixed_at_once: those of one visit, which completed the
	work, with no call about the same fault received within so many days."""
	visit, call = frappe.qb.DocType("Service Voucher"), frappe.qb.DocType("Repair Call")
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
			_flag(_repeated(call, within_days)).as_("repeated"),
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


def time_tracking(selection: Selection) -> list[dict]:
	"""repairs: visits that completed the repair of a failure; hands_on_hours, travel left out, spent on these and
	on visits that left work for a later one or for the workshop."""
	visit, line = frappe.qb.DocType("Service Voucher"), frappe.qb.DocType("Service Labour Line")
	failed = calls.is_failure(frappe.qb.DocType("Repair Call"))
	query = (
		frappe.qb.from_(visit)
		.left_join(line)
		.on((line.parent == visit.name) & (line.parenttype == "Service Voucher") & (line.activity != TRAVEL))
		.where((visit.docstatus == 1) & visit.outcome.isin(REPAIRING) & failed)
	)
	completed = Case().when(visit.outcome == COMPLETED, visit.name)
	return (
		calls.of_calls(selection, query, visit.departed_at, visit.repair_call)
		.select(Sum(line.hours).as_("hands_on_hours"), Count(completed).distinct().as_("repairs"))
		.run(as_dict=True)
	)


@dataclass(frozen=True)
class Period:
	"""From the first to the last day, of one company or of all."""

	from_date: date
	to_date: date
	company: str | None = None

	@property
	def until(self) -> date:
		return getdate(add_days(self.to_date, 1))


def visits_by_technician(period: Period, within_days: int) -> list[dict]:
	"""technician, visits, completed; visited (calls resolved by their visits), fixed_at_once and came_back of those.

	A call counts for the technician of its last visit: who went first and did not finish has a visit more.
	"""
	visit, call = frappe.qb.DocType("Service Voucher"), frappe.qb.DocType("Repair Call")
	later = frappe.qb.DocType("Service Voucher").as_("later")
	others = frappe.qb.DocType("Service Voucher").as_("others")
	after = (later.departed_at > visit.departed_at) | (
		(later.departed_at == visit.departed_at) & (later.name > visit.name)
	)
	last = ~_exists(later, (later.repair_call == visit.repair_call) & after)
	alone = ~_exists(others, (others.repair_call == visit.repair_call) & (others.name != visit.name))
	query = (
		frappe.qb.from_(visit)
		.left_join(call)
		.on(call.name == visit.repair_call)
		.where((visit.docstatus == 1) & (visit.status != "Cancelled"))
		.where((visit.departed_at >= period.from_date) & (visit.departed_at < period.until))
		.where(visit.technician.isnotnull())
		.select(
			visit.technician,
			visit.outcome,
			_flag(call.resolved_at.isnotnull() & last).as_("solved"),
			_flag(alone).as_("alone"),
			_flag(_repeated(call, within_days)).as_("back"),
		)
	)
	made = _of_company(query, visit, period)
	completed, solved, back = made.outcome == COMPLETED, made.solved == 1, made.back == 1
	return (
		frappe.qb.from_(made)
		.select(
			made.technician,
			Count("*").as_("visits"),
			calls.number(completed).as_("completed"),
			calls.number(solved).as_("visited"),
			calls.number(solved & completed & (made.alone == 1) & (made.back == 0)).as_("fixed_at_once"),
			calls.number(solved & back).as_("came_back"),
		)
		.groupby(made.technician)
	).run(as_dict=True)


def hours_by_technician(period: Period) -> list[dict]:
	"""technician, hours on jobs and travel_hours of the labour lines of visits, for whom each line names."""
	visit, line = frappe.qb.DocType("Service Voucher"), frappe.qb.DocType("Service Labour Line")
	who = Coalesce(NullIf(line.technician, ""), visit.technician).as_("technician")
	travels = line.activity == TRAVEL
	query = (
		frappe.qb.from_(visit)
		.join(line)
		.on((line.parent == visit.name) & (line.parenttype == "Service Voucher"))
		.where((visit.docstatus == 1) & (visit.status != "Cancelled"))
		.where((visit.departed_at >= period.from_date) & (visit.departed_at < period.until))
		.select(
			who,
			Sum(Case().when(travels, 0).else_(line.hours)).as_("hours"),
			Sum(Case().when(travels, line.hours).else_(0)).as_("travel_hours"),
		)
		.groupby(who)
	)
	return _of_company(query, visit, period).run(as_dict=True)


def available_hours(holiday_list: str | None, period: Period) -> float:
	"""Hours of the service's working calendar in the period up to now, less the technician's days off; 0 where
	the settings name no calendar, for then nobody knows."""
	if not aftersales_settings().working_calendar:
		return 0
	begin, until = (datetime.combine(day, time()) for day in (period.from_date, period.until))
	until = min(until, now_datetime())
	if until <= begin:
		return 0
	spans = working_hours(holiday_list, begin, until)
	return sum((end - start).total_seconds() for start, end in spans) / 3600


def people(company: str | None = None, also: Iterable[str] = ()) -> list[frappe._dict]:
	"""The technicians of a company (of all without one) and those named in `also`, as far as the user may see
	them: zone, holiday_list, is_active and expires (the certificate that runs out first)."""
	technician, skill = frappe.qb.DocType("Service Technician"), frappe.qb.DocType("Technician Skill")
	query = (
		frappe.qb.from_(technician)
		.left_join(skill)
		.on((skill.parent == technician.name) & (skill.parenttype == "Service Technician"))
		.select(
			technician.name,
			technician.service_zone,
			technician.holiday_list,
			technician.is_active,
			Min(skill.valid_until).as_("expires"),
		)
		.groupby(technician.name)
		.orderby(technician.name, order=Order.asc)
	)
	if company:
		query = query.where((technician.company == company) | technician.name.isin([*also, ""]))
	return permitted(query, technician).run(as_dict=True)


def _flag(condition: Criterion) -> Case:
	return Case().when(condition, 1).else_(0)


def _exists(visit: Table, condition: Criterion) -> Criterion:
	return ExistsCriterion(
		frappe.qb.from_(visit)
		.select(visit.name)
		.where(condition & (visit.docstatus == 1) & (visit.status != "Cancelled"))
	)


def _repeated(call: Table, within_days: int) -> Criterion:
	again = frappe.qb.DocType("Repair Call").as_("again")
	return ExistsCriterion(
		frappe.qb.from_(again).select(again.name).where(calls.repeats(call, again, within_days))
	)


def _of_company(query: QueryBuilder, visit: Table, period: Period) -> QueryBuilder:
	"""Of the visits in `query` those of the company that the user may see."""
	query = permitted(query, visit)
	return query.where(visit.company == period.company) if period.company else query


def queue(company: str | None = None) -> list[dict]:
	"""Visits that are not finished, by status; their age counts from the day they were written, late are those
	whose planned end has passed."""
	visit = frappe.qb.DocType("Service Voucher")
	query = frappe.qb.from_(visit).where(
		(visit.docstatus == 0) & visit.status.isin(("Draft", "Dispatched", "On Site"))
	)
	return calls.waiting(query, visit, visit.status, visit.creation, visit.planned_end, company)
