"""Plans the next service of every product of every plan, by a nightly job in sets (hook scheduler_events).

A Planned Service is the next service of a product under a plan, or one that was called, done or skipped. Its key
(plan, product, number) is unique: however often and by however many the job is run, a service is planned once.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date

import frappe
from frappe.model.document import Document
from frappe.query_builder.functions import Max
from frappe.utils import flt, getdate, now_datetime

from aftersales.core.savepoints import one_of_many
from aftersales.installed_base.meters.meter_rules import reached_on
from aftersales.planned_service import plans
from aftersales.planned_service.plan_rules import (
	Occurrence,
	Rhythm,
	after_service,
	call_on,
	first,
	following,
)

DOCTYPE = "Planned Service"
PLANNED, CALLED, DONE, SKIPPED = "Planned", "Called", "Done", "Skipped"
GONE = ("Out of Service", "Returned", "Scrapped")
"""States of products that are planned no more: all but In Use."""
BATCH = 5000
"""Services written by one statement."""

COLUMNS = (
	*("name", "creation", "modified", "owner", "modified_by", "plan", "equipment", "product_title"),
	*("customer", "customer_group", "territory", "address", "company", "status", "number", "due_on"),
	*("base_due_on", "call_on", "due_total", "passed_over", "hours", "plan_key"),
)


def plan_all(on: date | str | None = None, after_batch: Callable[[], object] = bool) -> int:
	"""Plan the next service of every product that has none; returns how many.

	Args:
		after_batch: called after each plan, for a job to commit.
	"""
	planned = 0
	for plan in plans.enabled():
		with one_of_many(f"Nothing planned for {plan.name}", plan.doctype, plan.name):
			planned += plan_services(plan, getdate(on))
		after_batch()
	forget_what_is_over(getdate(on))
	after_batch()
	return planned


def plan_services(plan: Document, today: date) -> int:
	"""Plan the missing services of one plan; returns how many."""
	rhythm = plans.rhythm_of(plan)
	if not rhythm.every_months and not plan.meter:
		return 0
	products = _without_planned(plan, today)
	if not products:
		return 0
	rows = _rows(plan, rhythm, products, today)
	planned = 0
	for batch in _batches(rows):
		frappe.db.bulk_insert(DOCTYPE, COLUMNS, batch, ignore_duplicates=True, chunk_size=BATCH)
		planned += len(batch)
	return planned


def forget_what_is_over(today: date) -> None:
	"""Delete services that were only planned, of products that are gone and of contracts that ended.

	They are looked for first and deleted by name: a delete that reads products would lock all it reads.
	"""
	service, product = frappe.qb.DocType(DOCTYPE), frappe.qb.DocType(plans.PRODUCT)
	planned = frappe.qb.from_(service).select(service.name).where(service.status == PLANNED)
	gone = planned.join(product).on(product.name == service.equipment).where(product.status.isin(GONE))
	over = set(gone.run(pluck=True))
	for plan in _of_ended_contracts(today):
		over.update(planned.where(service.plan == plan).run(pluck=True))
	names = sorted(over)
	for start in range(0, len(names), BATCH):
		frappe.db.delete(DOCTYPE, {"name": ("in", names[start : start + BATCH]), "status": PLANNED})


def _of_ended_contracts(today: date) -> list[str]:
	"""Plans of contracts that are over and were not renewed."""
	plan, contract = frappe.qb.DocType(plans.DOCTYPE), frappe.qb.DocType("Service Contract")
	names = (
		frappe.qb.from_(plan)
		.join(contract)
		.on(contract.name == plan.service_contract)
		.select(plan.name)
		.where(plan.applies_to == plans.OF_CONTRACT)
		.where((contract.docstatus != 1) | (contract.end_date < today))
		.orderby(plan.name)
		.run(pluck=True)
	)
	return [name for name in names if plans.ends_on(frappe.get_cached_doc(plans.DOCTYPE, name)) < today]


def _without_planned(plan: Document, today: date) -> list[frappe._dict]:
	"""Products of a plan for which no service is planned, nor under way where the next depends on it."""
	product = frappe.qb.DocType(plans.PRODUCT)
	service = frappe.qb.DocType(DOCTYPE)
	waiting = (PLANNED, CALLED) if _waits_for_last(plan) else (PLANNED,)
	query = (
		frappe.qb.from_(product)
		.left_join(service)
		.on((service.plan == plan.name) & (service.equipment == product.name) & service.status.isin(waiting))
		.select(
			*(product.name, product.title, product.customer, product.customer_group, product.territory),
			*(product.address, product.company, product.installed_on, product.delivered_on),
			product.purchase_date,
		)
		.where(plans.matches(plan, product, today) & service.name.isnull())
		.orderby(product.name)
	)
	return query.run(as_dict=True)


def _waits_for_last(plan: Document) -> bool:
	return plan.counting == plans.LAST or bool(plan.meter)


def _rows(plan: Document, rhythm: Rhythm, products: list[frappe._dict], today: date) -> Iterator[tuple]:
	last = _last_services(plan.name)
	meters = _meters(plan) if plan.meter else {}
	end, now, user = plans.ends_on(plan), now_datetime(), frappe.session.user
	starts_on = getdate(plan.starts_on)
	hours: dict[int, float] = {}
	for product in products:
		before = last.get(product.name)
		due = _occurrence(plan, rhythm, product, before, starts_on, today)
		meter = meters.get(product.name)
		total = _due_total(plan, before, meter) if meter else 0.0
		day = _day_by_meter(total, meter, today) if meter else None
		if not due and not meter:
			continue
		number = due.number if due else (before.number + 1 if before else 1)
		due_on = min((each for each in (due and due.due_on, day) if each), default=None)
		if end and due_on and due_on > end:
			continue
		if number not in hours:
			hours[number] = plans.work_of(plan, number).hours
		yield (
			*(frappe.generate_hash(length=10), now, now, user, user, plan.name, product.name, product.title),
			*(product.customer, product.customer_group, product.territory, product.address, product.company),
			*(PLANNED, number, due_on, due.unmoved if due else due_on),
			call_on(due_on, rhythm.days_ahead) if due_on else None,
			*(total, due.passed_over if due else 0, hours[number], key_of(plan.name, product.name, number)),
		)


def _occurrence(
	plan: Document,
	rhythm: Rhythm,
	product: frappe._dict,
	before: frappe._dict | None,
	starts_on: date,
	today: date,
) -> Occurrence | None:
	if not before:
		return first(rhythm, plans.base_of(plan, product), starts_on)
	if plan.counting == plans.LAST:
		return after_service(rhythm, before.number, before.done_on or before.base_due_on or today)
	unmoved = before.base_due_on or before.due_on or today
	return following(rhythm, before.number, unmoved, today, plans.base_of(plan, product).day)


def key_of(plan: str, equipment: str, number: int) -> str:
	"""By which a service is planned once."""
	return f"{plan[:90]}|{equipment[:30]}|{number}"


def _last_services(plan: str) -> dict[str, frappe._dict]:
	"""Product → the service with the highest number so far."""
	service, latest = frappe.qb.DocType(DOCTYPE), frappe.qb.DocType(DOCTYPE).as_("latest")
	numbers = (
		frappe.qb.from_(latest)
		.select(latest.equipment, Max(latest.number).as_("number"))
		.where(latest.plan == plan)
		.groupby(latest.equipment)
	).as_("numbers")
	rows = (
		frappe.qb.from_(service)
		.join(numbers)
		.on((numbers.equipment == service.equipment) & (numbers.number == service.number))
		.select(
			service.equipment,
			service.number,
			service.due_on,
			service.base_due_on,
			service.done_on,
			service.due_total,
		)
		.where(service.plan == plan)
		.run(as_dict=True)
	)
	return {row.equipment: row for row in rows}


def _meters(plan: Document) -> dict[str, frappe._dict]:
	rows = frappe.get_all(
		"Product Meter",
		filters={"meter": plan.meter, "kind": "Counter"},
		fields=["equipment", "last_total", "last_read_at", "per_day"],
		order_by="equipment asc",
	)
	return {row.equipment: row for row in rows}


def _due_total(plan: Document, before: frappe._dict | None, meter: frappe._dict) -> float:
	"""The total at which the next service is due: the next multiple, or so much after the last service."""
	units = flt(plan.every_units)
	if before and plan.counting == plans.LAST:
		return flt(meter.last_total) + units
	reached = max(flt(before.due_total) if before else 0.0, flt(meter.last_total) // units * units)
	return reached + units


def _day_by_meter(total: float, meter: frappe._dict, today: date) -> date | None:
	read_on = getdate(meter.last_read_at) if meter.last_read_at else today
	return reached_on(total, flt(meter.last_total), read_on, flt(meter.per_day))


def _batches(rows: Iterable[tuple]) -> Iterator[list[tuple]]:
	batch: list[tuple] = []
	for row in rows:
		batch.append(row)
		if len(batch) == BATCH:
			yield batch
			batch = []
	if batch:
		yield batch
