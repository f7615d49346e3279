"""Makes the Repair Calls of services whose time has come: each once, grouped by site (nightly job).

A call and the note of it on its service are one transaction, under a lock of the service; the call's entry key is
unique, too. A run that is killed goes on with the next one.
"""

from collections.abc import Callable, Sequence
from datetime import date

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_days, cint, escape_html, format_date, getdate, now_datetime
from pypika.terms import ExistsCriterion

from aftersales.core.guards import privileged, set_protected_values
from aftersales.core.savepoints import one_of_many
from aftersales.planned_service import plans
from aftersales.planned_service.plan_rules import Waiting, called_with
from aftersales.planned_service.planning import CALLED, DOCTYPE, PLANNED
from aftersales.service_calls import progress
from aftersales.service_calls.portal_api import owner_for_customers

BATCH = 500
"""Services that are looked at together."""


def call_due(
	on: date | str | None = None, after_each: Callable[[], object] = bool, plan: str | None = None
) -> int:
	"""Make the calls of all services that are to be called by a day; returns how many.

	Args:
		plan: only of this plan, with those at the same sites.
		after_each: called after each service, for a job to commit.
	"""
	today, made, after = getdate(on), 0, ("", "")
	while due := _due(today, after, plan):
		made += _call_batch(due, today, after_each)
		after = (str(due[-1].call_on), due[-1].name)
		if len(due) < BATCH:
			break
	return made


def call_now(service: str) -> str:
	"""Make the call of one planned service at once; returns the call's name."""
	doc = frappe.get_doc(DOCTYPE, service, for_update=True)
	if doc.status != PLANNED:
		frappe.throw(_("{0} is already {1}.").format(escape_html(doc.name), _(doc.status)))
	if not _is_for_product(doc, getdate()):
		frappe.throw(
			_(
				"Plan {0} no longer applies to {1}: the product is out of use, out of contract or another one."
			).format(
				frappe.bold(escape_html(doc.plan)),
				frappe.bold(escape_html(doc.product_title or doc.equipment)),
			)
		)
	return _call(doc, None)


def _call_batch(due: list[frappe._dict], today: date, after_each: Callable[[], object]) -> int:
	made = 0
	groups = _groups(due, today)
	for lead, others in groups.items():
		lead_call = None
		for name in (lead, *others):
			with one_of_many(f"No call for planned service {name}", DOCTYPE, name):
				doc = frappe.get_doc(DOCTYPE, name, for_update=True)
				if doc.status != PLANNED:
					continue
				if not _is_for_product(doc, today):
					frappe.db.delete(DOCTYPE, {"name": doc.name})
				else:
					call = _call(doc, lead_call)
					lead_call = lead_call or call
					made += 1
			after_each()
	return made


def _is_for_product(service: Document, today: date) -> bool:
	return plans.is_for(frappe.get_cached_doc(plans.DOCTYPE, service.plan), service.equipment, today)


def call_plan(plan: str) -> None:
	"""Job: make the calls of one plan that are due; the night goes on with what a killed one has left."""
	call_due(after_each=frappe.db.commit, plan=plan)


def _due(today: date, after: tuple[str, str], only: str | None = None) -> list[frappe._dict]:
	"""Planned services of enabled plans to be called by today, none beside an open one of plan and product."""
	service, plan = frappe.qb.DocType(DOCTYPE), frappe.qb.DocType(plans.DOCTYPE)
	query = (
		frappe.qb.from_(service)
		.join(plan)
		.on(plan.name == service.plan)
		.select(
			service.name, service.customer, service.address, service.due_on, service.call_on, plan.group_days
		)
		.where((service.status == PLANNED) & (service.call_on <= today) & (plan.enabled == 1))
		.where(_has_open_call(service).negate())
		.orderby(service.call_on)
		.orderby(service.name)
		.limit(BATCH)
	)
	if only:
		query = query.where(service.plan == only)
	if after[0]:
		query = query.where(
			(service.call_on > after[0]) | ((service.call_on == after[0]) & (service.name > after[1]))
		)
	return query.run(as_dict=True)


def _has_open_call(service) -> ExistsCriterion:
	other = frappe.qb.DocType(DOCTYPE).as_("other")
	return ExistsCriterion(
		frappe.qb.from_(other)
		.select(other.name)
		.where(
			(other.plan == service.plan) & (other.equipment == service.equipment) & (other.status == CALLED)
		)
	)


def _groups(due: list[frappe._dict], today: date) -> dict[str, list[str]]:
	"""Services that are called now, each with those at the same site that go with it."""
	leaders = [_waiting(row) for row in due]
	within = max((cint(row.group_days) for row in due), default=0)
	if not within:
		return {row.name: [] for row in due}
	service, plan = frappe.qb.DocType(DOCTYPE), frappe.qb.DocType(plans.DOCTYPE)
	others = (
		frappe.qb.from_(service)
		.join(plan)
		.on(plan.name == service.plan)
		.select(service.name, service.customer, service.address, service.due_on)
		.where((service.status == PLANNED) & (service.call_on > today) & (plan.enabled == 1))
		.where(service.customer.isin({row.customer for row in due}) & (plan.group_days > 0))
		.where(_has_open_call(service).negate())
		.orderby(service.due_on)
		.run(as_dict=True)
	)
	return called_with(leaders, [_waiting(row) for row in others if row.due_on], within)


def _waiting(row: frappe._dict) -> Waiting:
	return Waiting(row.name, (row.customer or "", row.address or ""), getdate(row.due_on))


def _call(service: Document, lead_call: str | None) -> str:
	plan = frappe.get_cached_doc(plans.DOCTYPE, service.plan)
	work = plans.work_of(plan, cint(service.number))
	call = frappe.new_doc("Repair Call")
	call.update(
		{
			"customer": service.customer,
			"company": service.company,
			"equipment": service.equipment,
			"request_type": plan.request_type,
			"support_kind": plan.support_kind or None,
			"priority": plan.priority or None,
			"subject": (plan.subject or plan.plan_name)[:140],
			"description": _description(plan, work, service),
			"channel": "Other",
			"status": "Triaged",
			"next_action": _next_action(service.due_on, cint(plan.window_days)),
			"next_action_by": progress.due_at(call),
		}
	)
	call.call_owner = plan.call_owner or owner_for_customers()
	set_protected_values(call, entry_key=f"planned-service-{service.name}")
	call.flags.ignore_permissions = True
	call.insert()
	set_protected_values(service, status=CALLED, repair_call=call.name, site_group=lead_call)
	privileged(service).save()
	return call.name


def _next_action(due_on: date, window_days: int) -> str:
	if not window_days:
		return _("Agree a day for the service due on {0}").format(format_date(due_on))
	return _("Agree a day from {0} to {1} for the service").format(
		format_date(add_days(due_on, -window_days)), format_date(add_days(due_on, window_days))
	)


def _description(plan: Document, work: plans.Work, service: Document) -> str:
	lines = [
		f"<p>{_('Planned service {0}, due on {1}').format(service.number, format_date(service.due_on))}</p>"
	]
	if work.tasks:
		lines.append(
			_list([f"{row.task}: {row.instructions}" if row.instructions else row.task for row in work.tasks])
		)
	if work.parts:
		lines.append(f"<p>{_('Parts to take')}</p>")
		lines.append(_list(parts_in_words(work.parts)))
	if plan.skill_notes:
		lines.append(f"<p>{escape_html(plan.skill_notes)}</p>")
	return "".join(lines)


def parts_in_words(parts: Sequence[Document]) -> list[str]:
	"""Quantity and name of each part of a kit."""
	return [f"{frappe.format(row.qty, 'Float')} × {row.item_name or row.item_code}" for row in parts]


def _list(lines: Sequence[str]) -> str:
	return "<ul>" + "".join(f"<li>{escape_html(line)}</li>" for line in lines) + "</ul>"
