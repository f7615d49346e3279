"""What customers' answers count for in a period, by when they were given: sums for the key figures (R-KPI)."""

from datetime import date

import frappe
from frappe.query_builder import Interval
from frappe.utils import add_days, getdate

from aftersales.core.permitted import permitted
from aftersales.customer_care.follow_ups import ANSWERED, UNFINISHED
from aftersales.customer_care.opinion_rules import CONTENT, DETRACTORS, PROMOTERS
from aftersales.service_calls.metrics import Selection, number, of_calls, waiting


def answers(selection: Selection) -> list[dict]:
	"""content, rated, promoters, detractors, recommended of the follow-ups answered, also of those about no
	call: a periodic visit, a complaint."""
	answer = frappe.qb.DocType("Follow-up")
	query = frappe.qb.from_(answer).where(answer.status.isin(ANSWERED))
	return (
		of_calls(selection, query, answer.done_at, answer.repair_call, answer)
		.select(
			number(answer.csat > 0).as_("rated"),
			number(answer.csat.isin(CONTENT)).as_("content"),
			number(answer.nps != "").as_("recommended"),
			number(answer.nps.isin(PROMOTERS)).as_("promoters"),
			number(answer.nps.isin(DETRACTORS)).as_("detractors"),
		)
		.run(as_dict=True)
	)


def answers_by_technician(from_date: date, to_date: date, company: str | None = None) -> list[dict]:
	"""technician, content and rated of the follow-ups answered in the period."""
	answer = frappe.qb.DocType("Follow-up")
	query = (
		frappe.qb.from_(answer)
		.where(answer.status.isin(ANSWERED) & answer.technician.isnotnull())
		.where((answer.done_at >= from_date) & (answer.done_at < add_days(to_date, 1)))
		.select(
			answer.technician,
			number(answer.csat > 0).as_("rated"),
			number(answer.csat.isin(CONTENT)).as_("content"),
		)
		.groupby(answer.technician)
	)
	query = permitted(query, answer)
	return (query.where(answer.company == company) if company else query).run(as_dict=True)


def follow_up_queue(company: str | None = None) -> list[dict]:
	"""Follow-ups that are due, by status; their age counts from the day they were due, late are those of
	earlier days."""
	follow_up = frappe.qb.DocType("Follow-up")
	query = frappe.qb.from_(follow_up).where(
		follow_up.status.isin(UNFINISHED) & (follow_up.due_date <= getdate())
	)
	end_of_day = follow_up.due_date + Interval(days=1)
	return waiting(query, follow_up, follow_up.status, follow_up.due_date, end_of_day, company)
