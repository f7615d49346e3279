"""Maintenance plans as the rules read them: rhythm, work of a service, the products a plan is for."""

from dataclasses import dataclass
from datetime import date

import frappe
from frappe.model.document import Document
from frappe.utils import cint, flt, getdate
from pypika.terms import Criterion, ExistsCriterion

from aftersales.planned_service.plan_rules import MONTHS, Rhythm, is_part_of, months_between_visits

DOCTYPE = "Maintenance Plan"
PRODUCT = "Customer Equipment"
FIXED, LAST = "Fixed Dates", "Last Service"
OF_CONTRACT = "Service Contract"


@dataclass(frozen=True)
class Work:
	"""One service of a plan: tasks and parts as rows of the plan, and hours."""

	tasks: tuple[Document, ...]
	parts: tuple[Document, ...]
	hours: float


def enabled() -> list[Document]:
	"""Enabled plans, by name."""
	names = frappe.get_all(DOCTYPE, filters={"enabled": 1}, pluck="name", order_by="name asc")
	return [frappe.get_cached_doc(DOCTYPE, name) for name in names]


def rhythm_of(plan: Document) -> Rhythm:
	"""How often a plan serves a product."""
	every, first_after = cint(plan.every_months), cint(plan.first_after_months)
	if plan.applies_to == OF_CONTRACT and plan.by_included_visits:
		contract = frappe.get_cached_doc("Service Contract", _present_term(plan))
		included = cint(contract.included_visits) if contract.limited_visits else 0
		every = months_between_visits(included, contract.visit_period, _months_of(contract))
		first_after = first_after or max(every // 2, 1)
	season = (
		(MONTHS.index(plan.season_from) + 1, MONTHS.index(plan.season_to) + 1)
		if plan.season_from and plan.season_to
		else None
	)
	return Rhythm(every, first_after, season, cint(plan.days_ahead))


def work_of(plan: Document, number: int) -> Work:
	"""What the service of a number consists of."""
	tasks = tuple(row for row in plan.tasks if is_part_of(number, cint(row.every_nth)))
	parts = tuple(row for row in plan.parts if is_part_of(number, cint(row.every_nth)))
	return Work(tasks, parts, sum(flt(row.hours) for row in tasks))


def base_of(plan: Document, product: frappe._dict) -> date:
	"""The day from which the services of a product are counted."""
	if plan.applies_to == OF_CONTRACT:
		return getdate(frappe.get_cached_value("Service Contract", plan.service_contract, "start_date"))
	days = (product.installed_on, product.delivered_on, product.purchase_date, plan.starts_on)
	return getdate(next(day for day in days if day))


def ends_on(plan: Document) -> date | None:
	"""The last day on which a service of a plan can be due; None without an end."""
	if plan.applies_to != OF_CONTRACT:
		return None
	return max((getdate(row.end_date) for row in terms_of(plan) if row.docstatus == 1), default=date.min)


def terms_of(plan: Document) -> list[frappe._dict]:
	"""The contract of a plan and those that renewed or amended it: name, docstatus, start_date, end_date; in order."""
	contract, found, names = frappe.qb.DocType("Service Contract"), {}, [plan.service_contract]
	while names:
		rows = (
			frappe.qb.from_(contract)
			.select(contract.name, contract.docstatus, contract.start_date, contract.end_date)
			.where(contract.name.isin(names))
			.run(as_dict=True)
		)
		found.update({row.name: row for row in rows})
		later = (
			frappe.qb.from_(contract)
			.select(contract.name)
			.where(contract.renewed_from.isin(names) | contract.amended_from.isin(names))
			.run(pluck=True)
		)
		names = [name for name in later if name not in found]
	return sorted(found.values(), key=lambda row: (getdate(row.start_date), row.name))


def _present_term(plan: Document) -> str:
	"""The contract that counts today: the latest one that has begun, else the plan's own."""
	begun = [
		row.name for row in terms_of(plan) if row.docstatus == 1 and getdate(row.start_date) <= getdate()
	]
	return begun[-1] if begun else plan.service_contract


def matches(plan: Document, product, today: date) -> Criterion:
	"""Condition on a query's Customer Equipment: in use, and of the products a plan is for."""
	condition = (product.status == "In Use") & (product.company == plan.company)
	if plan.applies_to == "Product":
		return condition & (product.name == plan.equipment)
	if plan.applies_to == "Model":
		condition &= product.model == plan.model
		if plan.brand:
			condition &= product.brand == plan.brand
	elif plan.applies_to == "Item":
		condition &= product.item_code == plan.item_code
	elif plan.applies_to == "Item Group":
		condition &= product.item_group.isin(_groups_below(plan.item_group))
	else:
		return condition & _under_contract(product, today, [row.name for row in terms_of(plan)])
	if plan.under_contract_only:
		condition &= _under_contract(product, today)
	return condition


def is_for(plan: Document, equipment: str, today: date) -> bool:
	"""True while a plan is for a product: it may be sold back, scrapped, of another model or out of contract by now."""
	product = frappe.qb.DocType(PRODUCT)
	query = frappe.qb.from_(product).select(product.name).where(product.name == equipment)
	return bool(query.where(matches(plan, product, today)).run())


def _under_contract(product, today: date, names: list[str] | None = None) -> Criterion:
	contract = frappe.qb.DocType("Service Contract")
	row = frappe.qb.DocType("Service Contract Equipment")
	named = (
		frappe.qb.from_(row)
		.select(row.name)
		.where((row.parent == contract.name) & (row.equipment == product.name))
	)
	query = (
		frappe.qb.from_(contract)
		.select(contract.name)
		.where((contract.customer == product.customer) & (contract.company == product.company))
		.where((contract.docstatus == 1) & (contract.start_date <= today) & (contract.end_date >= today))
		.where((contract.covers_all_equipment == 1) | ExistsCriterion(named))
	)
	if names:
		query = query.where(contract.name.isin(names))
	return ExistsCriterion(query)


def _groups_below(group: str) -> list[str]:
	left, right = frappe.get_cached_value("Item Group", group, ["lft", "rgt"])
	return frappe.get_all(
		"Item Group", filters={"lft": (">=", left), "rgt": ("<=", right)}, pluck="name", order_by="lft asc"
	)


def _months_of(contract: Document) -> int:
	start, end = getdate(contract.start_date), getdate(contract.end_date)
	return max((end.year - start.year) * 12 + end.month - start.month + int(end.day >= start.day), 1)
