"""What calls count for in a period: sums for the key figures (R-KPI).

Every sum is dated by what it counts: calls by when they were received, resolutions by when they were
resolved. Other rooms count their own work through :func:`of_calls`, which
divides it by the calls it was done for.
"""

from dataclasses import dataclass, field
from datetime import date

import frappe
from frappe.query_builder import Case, CustomFunction, Interval
from frappe.query_builder.functions import Avg, Coalesce, Count, DateFormat, Max, NullIf, Sum
from frappe.utils import add_days, now_datetime
from pypika.queries import QueryBuilder, Table
from pypika.terms import Criterion, LiteralValue, Term

from aftersales.core.permitted import doctype_of, permitted, permitted_rows
from aftersales.service_calls.call_status_rules import CLOSED
from aftersales.service_levels import lateness

MONTH = "Month"
MODEL = "Model"
GROUPS = {
	MONTH: {"fieldtype": "Data"},
	"Request Type": {"fieldtype": "Link", "options": "Service Request Type"},
	"Zone": {"fieldtype": "Link", "options": "Service Zone"},
	"Priority": {"fieldtype": "Link", "options": "Issue Priority"},
	"Service Category": {"fieldtype": "Link", "options": "Service Category"},
	"Channel": {"fieldtype": "Data"},
	MODEL: {"fieldtype": "Data"},
	"Customer": {"fieldtype": "Link", "options": "Customer"},
	"Company": {"fieldtype": "Link", "options": "Company"},
}
"""What calls are divided by → its column in a report."""

_FIELDS = {
	"Request Type": "request_type",
	"Zone": "service_zone",
	"Priority": "priority",
	"Service Category": "service_category",
	"Channel": "channel",
	"Customer": "customer",
	"Company": "company",
}
FILTERS = ("company", "request_type", "service_zone", "customer", "brand", "model")
Joined = CustomFunction("CONCAT_WS", ["separator", "one", "other"])
Greatest = CustomFunction("GREATEST", ["one", "other"])
Seconds = CustomFunction("TIMESTAMPDIFF", ["unit", "begin", "end"])
SECOND = LiteralValue("SECOND")


@dataclass(frozen=True)
class Selection:
	"""Which calls are counted, from the first to the last day, and what they are divided by."""

	from_date: date
	to_date: date
	group: str = MONTH
	filters: dict[str, str] = field(default_factory=dict)
	"""Field of the call (one of FILTERS) → value; empty values are left out."""


def received(selection: Selection, repeat_days: int) -> list[dict]:
	"""calls, by_phone, response_seconds, answered, arrival_seconds, arrived, repeats; cancelled calls left out.

	Args:
		repeat_days: days after a finished job within which a call that repeats it counts.
	"""
	call, former = frappe.qb.DocType("Repair Call"), frappe.qb.DocType("Repair Call").as_("former")
	query = (
		frappe.qb.from_(call)
		.left_join(former)
		.on(former.name == call.repeat_of)
		.where(call.status != "Cancelled")
	)
	return (
		of_calls(selection, query, call.received_at)
		.select(
			Count(call.name).as_("calls"),
			Sum(call.resolved_by_phone).as_("by_phone"),
			Sum(between(call.received_at, call.responded_at)).as_("response_seconds"),
			Count(call.responded_at).as_("answered"),
			Sum(between(call.received_at, call.arrived_at)).as_("arrival_seconds"),
			Count(call.arrived_at).as_("arrived"),
			number(repeats(former, call, repeat_days)).as_("repeats"),
		)
		.run(as_dict=True)
	)


def promises(selection: Selection) -> list[dict]:
	"""promises_kept, promises_measured: arrivals on calls whose customer was promised a window."""
	call = frappe.qb.DocType("Repair Call")
	query = frappe.qb.from_(call).where(Coalesce(call.promise_result, "") != "")
	return (
		of_calls(selection, query, call.arrived_at)
		.select(
			number(call.promise_result == "Kept").as_("promises_kept"),
			Count(call.name).as_("promises_measured"),
		)
		.run(as_dict=True)
	)


def is_failure(call: Table) -> Criterion:
	"""Hardware or software had failed: an installation, a training or a question about results is none."""
	kinds = frappe.get_all(
		"Service Request Type", filters={"is_failure": 1}, pluck="name", order_by="name asc"
	)
	return Coalesce(call.request_type, "").isin([*kinds, ""]) & (
		Coalesce(call.support_kind, "Use") != "Application"
	)


def repeats(job: Table, again: Table, within_days: int) -> Criterion:
	"""`again` was received at most so many days after the call `job`, which it repeats, was finished, and is
	about the same fault (R-IN-7).

	The faults are the same unless both are known and differ. Where the customer told of the same symptom
	twice, it is the same fault all the same: what was found first was not the cause.
	"""
	finished = Coalesce(job.closed_at, job.resolved_at)
	return (
		(again.repeat_of == job.name)
		& (again.status != "Cancelled")
		& (again.received_at <= finished + Interval(days=within_days))
		& (
			_not_known_to_differ(job.fault_code, again.fault_code)
			| (NullIf(job.symptom_code, "") == again.symptom_code)
		)
	)


def _not_known_to_differ(one: Term, other: Term) -> Criterion:
	return (one == other) | (Coalesce(one, "") == "") | (Coalesce(other, "") == "")


def resolved(selection: Selection) -> list[dict]:
	"""resolution_seconds, held_seconds, resolved; restoration_seconds and failures of what had failed."""
	call = frappe.qb.DocType("Repair Call")
	seconds = between(call.received_at, call.resolved_at)
	failed = is_failure(call)
	return (
		of_calls(selection, frappe.qb.from_(call), call.resolved_at)
		.select(
			Sum(seconds).as_("resolution_seconds"),
			Sum(call.held_seconds).as_("held_seconds"),
			Count(call.name).as_("resolved"),
			Sum(Case().when(failed, seconds).else_(0)).as_("restoration_seconds"),
			number(failed).as_("failures"),
		)
		.run(as_dict=True)
	)


def closed(selection: Selection) -> list[dict]:
	"""closed."""
	call = frappe.qb.DocType("Repair Call")
	query = of_calls(selection, frappe.qb.from_(call), call.closed_at)
	return query.select(Count(call.name).as_("closed")).run(as_dict=True)


def of_calls(
	selection: Selection,
	query: QueryBuilder,
	moment: Term,
	call_name: Term | None = None,
	alone: Table | None = None,
) -> QueryBuilder:
	"""`query` narrowed to what happened in the period for the calls selected, grouped by the selection's `value`.

	Args:
		moment: when it happened (site time).
		call_name: the call it was done for; None when `query` is about calls itself.
		alone: the documents counted, where they count without a call too; they know their own customer
			and company.
	"""
	call = frappe.qb.DocType("Repair Call")
	if alone is not None:
		query = query.left_join(call).on(call.name == call_name)
	elif call_name is not None:
		query = query.join(call).on(call.name == call_name)
	value = value_of(selection.group, call, moment, alone)
	query = (
		query.where((moment >= selection.from_date) & (moment < add_days(selection.to_date, 1)))
		.select(value.as_("value"))
		.groupby(value)
	)
	return narrowed(selection, query, call, alone)


def narrowed(
	selection: Selection, query: QueryBuilder, call: Table, alone: Table | None = None
) -> QueryBuilder:
	"""Only the calls that the filters name and the user may see, as any list of calls would show them; of the
	documents `alone` that have no call, those of a list of theirs."""
	for name, wanted in selection.filters.items():
		if wanted:
			query = query.where(_own(name, call, alone) == wanted)
	allowed = permitted_rows(call)
	if alone is not None:
		of_calls = call.name.notnull() & (allowed or call.name.notnull())
		allowed = of_calls | (call.name.isnull() & (permitted_rows(alone) or call.name.isnull()))
	return query.where(allowed) if allowed else query


def _own(name: str, call: Table, alone: Table | None) -> Term:
	"""A field of the call; where there is none, what the document itself says."""
	if alone is not None and name in ("customer", "company"):
		return Coalesce(call[name], alone[name])
	return call[name]


def value_of(group: str, call: Table, moment: Term, alone: Table | None = None) -> Term:
	"""The value of a call by which it is divided; "" where it has none."""
	if group == MONTH:
		return DateFormat(moment, "%Y-%m")
	if group == MODEL:
		return _model(call)
	return Coalesce(_own(_FIELDS[group], call, alone), "")


def model_key(model: str) -> str:
	"""By which two ways of writing a brand or model are one."""
	return " ".join(model.casefold().split())


def _model(call: Table) -> Term:
	return Joined(" ", NullIf(call.brand, ""), NullIf(call.model, ""))


def between(begin: Term, end: Term) -> Term:
	"""Seconds from one moment to the other, null when one is missing; none when what came first was noted last."""
	return Greatest(Seconds(SECOND, begin, end), 0)


def number(condition: Term) -> Term:
	"""How many rows meet a condition."""
	return Sum(Case().when(condition, 1).else_(0))


def coded(selection: Selection, code_field: str, by_model: bool = False) -> list[dict]:
	"""Calls received by what was found: `code`, with `by_model` also `brand` and `model`, and of each: cases,
	models (how many different ones), repeats and hazards. Calls without that code have an empty one; cancelled
	calls are left out.

	Args:
		code_field: one of symptom_code, fault_code, cause_code, action_code.
	"""
	call = frappe.qb.DocType("Repair Call")
	code = Coalesce(call[code_field], "").as_("code")
	query = (
		frappe.qb.from_(call)
		.where((call.status != "Cancelled") & (call.received_at >= selection.from_date))
		.where(call.received_at < add_days(selection.to_date, 1))
		.select(
			code,
			Count(call.name).as_("cases"),
			Count(NullIf(_model(call), "")).distinct().as_("models"),
			Sum(call.is_repeat).as_("repeats"),
			number(call.hazard != "").as_("hazards"),
		)
		.groupby(code)
	)
	if by_model:
		brand, model = Coalesce(call.brand, "").as_("brand"), Coalesce(call.model, "").as_("model")
		query = query.select(brand, model).groupby(brand, model)
	return narrowed(selection, query, call).run(as_dict=True)


def queue(company: str | None = None) -> list[dict]:
	"""Calls that are not over, by status: number, oldest and mean age in seconds since they were received, late
	(their next action is overdue)."""
	call = frappe.qb.DocType("Repair Call")
	query = frappe.qb.from_(call).where(call.status.notin(CLOSED))
	return waiting(query, call, call.status, call.received_at, call.next_action_by, company)


def waiting(
	query: QueryBuilder,
	table: Table,
	stage: Term,
	since: Term,
	due: Term,
	company: str | None,
	by_clock_alone: bool = False,
) -> list[dict]:
	"""stage, number, oldest and mean (seconds since `since`), late (`due` is past, or a clock is overdue; see
	service_levels.lateness) of the documents in `query` that the user may see."""
	now = now_datetime()
	age = between(since, now)
	query = query.select(
		stage.as_("stage"),
		Count(table.name).as_("number"),
		Max(age).as_("oldest"),
		Avg(age).as_("mean"),
		number(lateness.is_late(doctype_of(table), table.name, due, by_clock_alone)).as_("late"),
	).groupby(stage)
	if company:
		query = query.where(table.company == company)
	return permitted(query, table).run(as_dict=True)
