"""What agents have done in a period: calls they own, solved by phone, how customers and listeners judged them."""

from datetime import date

import frappe
from frappe.query_builder import Case
from frappe.query_builder.functions import Avg, Count, Sum
from frappe.utils import add_days, flt

from aftersales.core.permitted import permitted
from aftersales.customer_care.follow_ups import ANSWERED
from aftersales.customer_care.opinion_rules import CONTENT
from aftersales.service_calls.metrics import between, number

SUMS = ("calls", "by_phone", "rated", "content")


def by_agent(first: date, last: date, company: str | None = None) -> dict[str, frappe._dict]:
	"""User -> calls received in the period and owned, by_phone, response (mean seconds); rated and content of the
	answers about calls that were solved by phone; courtesy (mean of 1 to 5 over assessed recordings); of the calls that
	the user may see.

	A repair that a technician made is judged with the technician (Technician Summary), not with the agent.
	"""
	found: dict[str, frappe._dict] = {}
	for rows in (_calls(first, last, company), _opinions(first, last, company), _courtesy(first, last)):
		for row in rows:
			one = found.setdefault(
				row.agent, frappe._dict(dict.fromkeys(SUMS, 0), response=None, courtesy=None)
			)
			one.update({key: value for key, value in row.items() if value is not None and key != "agent"})
	return found


def mean_courtesy(first: date, last: date, company: str | None) -> float | None:
	"""A figure for goals: mean courtesy (1 to 5) over the recordings assessed in the period, of all agents together.

	Of a company those of its calls; what no call was matched with counts for all companies only.
	"""
	scored, call = frappe.qb.DocType("Call Assessment"), frappe.qb.DocType("Repair Call")
	query = frappe.qb.from_(scored).select(Avg(scored.courtesy)).where(scored.assessed_on[first:last])
	if company:
		query = query.join(call).on(call.name == scored.repair_call).where(call.company == company)
	mean = query.run()[0][0]
	return None if mean is None else flt(mean, 2)


def _calls(first: date, last: date, company: str | None) -> list[frappe._dict]:
	call = frappe.qb.DocType("Repair Call")
	query = (
		frappe.qb.from_(call)
		.select(
			call.call_owner.as_("agent"),
			Count(call.name).as_("calls"),
			number(call.resolved_by_phone == 1).as_("by_phone"),
			Avg(Case().when(call.responded_at.isnotnull(), between(call.received_at, call.responded_at))).as_(
				"response"
			),
		)
		.where((call.received_at >= first) & (call.received_at < add_days(last, 1)))
		.where(call.call_owner.isnotnull() & (call.status != "Cancelled"))
		.groupby(call.call_owner)
	)
	query = permitted(query, call)
	rows = (query.where(call.company == company) if company else query).run(as_dict=True)
	for row in rows:
		row.by_phone = int(row.by_phone or 0)
		row.response = None if row.response is None else flt(row.response)
	return rows


def _opinions(first: date, last: date, company: str | None) -> list[frappe._dict]:
	call, answer = frappe.qb.DocType("Repair Call"), frappe.qb.DocType("Follow-up")
	query = (
		frappe.qb.from_(answer)
		.join(call)
		.on(call.name == answer.repair_call)
		.select(
			call.call_owner.as_("agent"),
			Sum(Case().when(answer.csat > 0, 1).else_(0)).as_("rated"),
			Sum(Case().when(answer.csat.isin(CONTENT), 1).else_(0)).as_("content"),
		)
		.where(answer.status.isin(ANSWERED) & (call.resolved_by_phone == 1) & call.call_owner.isnotnull())
		.where((answer.done_at >= first) & (answer.done_at < add_days(last, 1)))
		.groupby(call.call_owner)
	)
	query = permitted(query, call)
	rows = (query.where(call.company == company) if company else query).run(as_dict=True)
	return [frappe._dict(agent=row.agent, rated=int(row.rated), content=int(row.content)) for row in rows]


def _courtesy(first: date, last: date) -> list[frappe._dict]:
	scored = frappe.qb.DocType("Call Assessment")
	query = (
		frappe.qb.from_(scored)
		.select(scored.agent, Avg(scored.courtesy).as_("courtesy"))
		.where((scored.assessed_on >= first) & (scored.assessed_on < add_days(last, 1)))
		.groupby(scored.agent)
	)
	return permitted(query, scored).run(as_dict=True)
