"""Plans the periodic visits: one Follow-up per customer and period, by a scheduled job (R-FU-2).

Exactly once is the database's word: plan, customer and start of the period are a unique key of Follow-up.
"""

from datetime import date
from itertools import groupby

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.query_builder import Order
from frappe.query_builder.functions import Coalesce
from frappe.utils import escape_html, get_link_to_form, getdate, strip_html
from pypika.terms import Criterion, ExistsCriterion

from aftersales.core.guards import privileged, set_protected_values
from aftersales.core.savepoints import DATABASE_GAVE_UP, all_or_nothing
from aftersales.customer_care.follow_ups import ANSWERED, UNFINISHED
from aftersales.customer_care.periodic_visit_rules import Period, due_in, period_at
from aftersales.service_calls import facts
from aftersales.service_setup.settings import aftersales_settings

KIND = "Periodic Visit"
BATCH = 500
"""Visits planned in one transaction; a job that has more to do asks for another one after it."""

CHOSEN, GROUP, ALL = "Chosen Customers", "Customer Group", "All Customers"


def plan_all(on: date | str | None = None) -> int:
	"""Scheduled daily: plan the visits of every enabled plan; returns how many."""
	planned = 0
	for name in frappe.get_all(
		"Periodic Visit Plan", filters={"enabled": 1}, pluck="name", order_by="name asc"
	):
		planned += plan_visits(name, on)
	return planned


def plan_visits(plan: str, on: date | str | None = None) -> int:
	"""Plan the visits of the current period of `plan` that are missing, at most one batch; returns how many.

	A customer whose last visit for the same company is still to be made gets no second one beside it.
	"""
	doc = frappe.get_doc("Periodic Visit Plan", plan)
	day = getdate(on)
	period = period_at(getdate(doc.starts_on), doc.every_months, day)
	if not doc.enabled or not period:
		return 0
	missing = _customers_without_visit(doc, period, day)
	planned = sum(_plan(doc, period, day, customer) for customer in missing)
	if planned and len(missing) == BATCH:
		frappe.enqueue(
			"aftersales.customer_care.periodic_visits.plan_visits",
			queue="long",
			job_id=f"periodic-visits::{plan}",
			deduplicate=True,
			enqueue_after_commit=True,
			plan=plan,
		)
	return planned


def join_customers(customer: Document, method: str | None, old: str, new: str, merge: bool = False) -> None:
	"""before_rename of Customer: where two become one, each period of a plan keeps one visit.

	The visit that got furthest counts. The other one is called off where it is still to be made; made
	already, it stays as it is, but counts for no period.
	"""
	if not merge:
		return
	visits = frappe.get_all(
		"Follow-up",
		filters={
			"customer": ("in", (old, new)),
			"periodic_visit_plan": ("is", "set"),
			"period_start": ("is", "set"),
		},
		fields=["name", "status", "visit_call", "periodic_visit_plan", "period_start"],
		order_by="periodic_visit_plan asc, period_start asc, creation asc",
	)
	for _period, both in groupby(visits, key=lambda row: (row.periodic_visit_plan, row.period_start)):
		for spare in sorted(both, key=_how_far)[:-1]:
			_let_go(spare.name, old, new)


def _how_far(visit: frappe._dict) -> tuple[bool, bool, bool]:
	return (visit.status in ANSWERED, bool(visit.visit_call), visit.status in UNFINISHED)


def _let_go(visit: str, old: str, new: str) -> None:
	doc = frappe.get_doc("Follow-up", visit, for_update=True)
	set_protected_values(doc, period_start=None)
	if doc.status in UNFINISHED:
		doc.status = "Cancelled"
	privileged(doc).save()
	doc.add_comment(
		"Info",
		_("Customers {0} and {1} became one, who is visited once in a period.").format(
			escape_html(old), escape_html(new)
		),
	)


def _customers_without_visit(plan: Document, period: Period, day: date) -> list[frappe._dict]:
	customer = frappe.qb.DocType("Customer")
	contact = frappe.qb.DocType("Contact")
	follow_up = frappe.qb.DocType("Follow-up")
	this_period = (follow_up.periodic_visit_plan == plan.name) & (follow_up.period_start == period.start)
	still_open = (
		(follow_up.kind == KIND)
		& follow_up.status.isin(UNFINISHED)
		# Another company's visit is another person at the door, about other products
		& (Coalesce(follow_up.company, "") == (_company(plan) or ""))
	)
	visit = (
		frappe.qb.from_(follow_up)
		.select(follow_up.name)
		.where((follow_up.customer == customer.name) & (this_period | still_open))
	)
	query = (
		frappe.qb.from_(customer)
		.left_join(contact)
		.on(contact.name == customer.customer_primary_contact)
		.select(
			customer.name,
			customer.mobile_no,
			contact.full_name.as_("contact_name"),
			contact.phone.as_("contact_phone"),
		)
		.where(customer.disabled == 0)
		.where(_belongs_to(plan, customer))
		.where(ExistsCriterion(visit).negate())
		.orderby(customer.name, order=Order.asc)
		.limit(BATCH)
	)
	for other in _more_specific_plans(plan, day):
		query = query.where(_belongs_to(other, customer).negate())
	return query.run(as_dict=True)


def _belongs_to(plan: Document, customer) -> Criterion:
	"""The customers a plan is for, as a condition on a query's Customer."""
	if plan.applies_to == CHOSEN:
		return customer.name.isin([row.customer for row in plan.customers] or [""])
	conditions = []
	if plan.applies_to == GROUP:
		conditions.append(customer.customer_group.isin(_groups_below(plan.customer_group_of_plan)))
	if plan.only_with_products or plan.applies_to == ALL:
		product = frappe.qb.DocType("Customer Equipment")
		in_use = (
			frappe.qb.from_(product)
			.select(product.name)
			.where((product.customer == customer.name) & (product.status == "In Use"))
			.where(product.company == _company(plan))
		)
		conditions.append(ExistsCriterion(in_use))
	return Criterion.all(conditions)


def _more_specific_plans(plan: Document, day: date) -> list[Document]:
	"""Enabled plans of the same company, begun by `day`, that come before `plan` for customers of both."""
	names = frappe.get_all(
		"Periodic Visit Plan",
		filters={"enabled": 1, "starts_on": ("<=", day), "name": ("!=", plan.name)},
		pluck="name",
		order_by="name asc",
	)
	others = [frappe.get_doc("Periodic Visit Plan", name) for name in names]
	return [
		other
		for other in others
		if _company(other) == _company(plan) and (_rank(other), other.name) < (_rank(plan), plan.name)
	]


def _rank(plan: Document) -> tuple[int, int]:
	"""The smaller, the more specific: chosen customers, the lowest group, all."""
	if plan.applies_to != GROUP:
		return ((CHOSEN, GROUP, ALL).index(plan.applies_to), 0)
	left, right = frappe.get_cached_value("Customer Group", plan.customer_group_of_plan, ["lft", "rgt"])
	return (1, right - left)


def _groups_below(group: str) -> list[str]:
	left, right = frappe.get_cached_value("Customer Group", group, ["lft", "rgt"])
	return frappe.get_all(
		"Customer Group",
		filters={"lft": (">=", left), "rgt": ("<=", right)},
		pluck="name",
		order_by="lft asc",
	)


def _company(plan: Document) -> str | None:
	return plan.company or aftersales_settings().default_company


def _plan(plan: Document, period: Period, day: date, customer: frappe._dict) -> int:
	"""Insert one visit; 0 when another run has planned it in this moment, or this customer's cannot be saved.

	The latter is logged and said, and stops no other customer's.
	"""
	follow_up = frappe.new_doc("Follow-up")
	follow_up.update(
		{
			"kind": KIND,
			"customer": customer.name,
			"company": _company(plan),
			"due_date": due_in(period, customer.name, bool(plan.spread), day),
			"call_owner": plan.call_owner,
			"contact_name": customer.contact_name,
			"contact_phone": customer.mobile_no or customer.contact_phone,
		}
	)
	set_protected_values(follow_up, periodic_visit_plan=plan.name, period_start=period.start)
	messages = len(frappe.message_log)
	try:
		with all_or_nothing():
			privileged(follow_up).insert()
	except frappe.UniqueValidationError:
		return 0
	except DATABASE_GAVE_UP:
		raise
	except Exception as error:
		del frappe.message_log[messages:]
		frappe.log_error(
			title=f"No visit planned for {customer.name}",
			reference_doctype=plan.doctype,
			reference_name=plan.name,
		)
		frappe.msgprint(
			_("No visit planned for {0}: {1}").format(
				get_link_to_form("Customer", customer.name), strip_html(str(error))
			),
			title=_("Not Planned"),
			indicator="orange",
		)
		return 0
	return 1
