"""The services of the months to come and those in arrears, as work hours and parts; parts asked for ahead."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, flt, get_last_day, getdate

from aftersales.core.input.requests import Day, validate_call
from aftersales.planned_service import plans
from aftersales.planned_service.plan_rules import Occurrence, ahead
from aftersales.planned_service.planning import CALLED, DOCTYPE, PLANNED

ARREARS = "Arrears"


@dataclass(frozen=True)
class Expected:
	"""A service that is expected: `month` is its first day, or None for one in arrears."""

	plan: str
	equipment: str
	number: int
	due_on: date
	month: date | None


def expected(company: str, until: date, plan: str | None = None) -> list[Expected]:
	"""The services of a company that are due by a day, those planned and those that follow them.

	Args:
		plan: only of this plan.
	"""
	today = getdate()
	filters = {"company": company, "status": ("in", (PLANNED, CALLED)), "due_on": ("is", "set")}
	if plan:
		filters["plan"] = plan
	rows = frappe.get_list(
		DOCTYPE,
		filters=filters,
		fields=["plan", "equipment", "number", "due_on", "base_due_on", "status"],
		order_by="due_on asc, name asc",
		limit_page_length=0,
	)
	followed = {(row.plan, row.equipment) for row in rows if row.status == PLANNED}
	found: list[Expected] = []
	for row in rows:
		if row.status == CALLED and (row.plan, row.equipment) in followed:
			occurrences = [Occurrence(row.number, row.due_on, row.due_on)]
		else:
			occurrences = _from(row, until)
		for each in occurrences:
			if each.due_on <= until:
				month = None if each.due_on < today else each.due_on.replace(day=1)
				found.append(Expected(row.plan, row.equipment, each.number, each.due_on, month))
	return found


def _from(row: frappe._dict, until: date) -> list[Occurrence]:
	plan = frappe.get_cached_doc(plans.DOCTYPE, row.plan)
	end = plans.ends_on(plan)
	planned = Occurrence(cint(row.number), row.due_on, row.base_due_on or row.due_on)
	return ahead(plans.rhythm_of(plan), planned, min(until, end) if end else until)


def by_month(services: Iterable[Expected]) -> list[dict]:
	"""Month (None first: arrears) and plan → services, hours."""
	groups: dict[tuple, dict] = defaultdict(lambda: {"services": 0, "hours": 0.0})
	for service in services:
		entry = groups[service.month or date.min, service.plan]
		entry["services"] += 1
		entry["hours"] += _work(service).hours
	return [
		{"month": None if month == date.min else month, "plan": plan, **entry}
		for (month, plan), entry in sorted(groups.items())
	]


def parts_of(services: Iterable[Expected]) -> list[dict]:
	"""Item → quantity needed, in its stock unit, and the first day it is needed."""
	needed: dict[str, dict] = {}
	for service in services:
		for row in _work(service).parts:
			entry = needed.setdefault(
				row.item_code,
				{
					"item_code": row.item_code,
					"item_name": row.item_name,
					"uom": row.uom,
					"qty": 0.0,
					"by": service.due_on,
				},
			)
			entry["qty"] += flt(row.qty)
			entry["by"] = min(entry["by"], service.due_on)
	return sorted(needed.values(), key=lambda row: row["item_code"])


def _work(service: Expected) -> plans.Work:
	return plans.work_of(frappe.get_cached_doc(plans.DOCTYPE, service.plan), service.number)


@frappe.whitelist(methods=["POST"])
@validate_call
def propose_parts(company: str, until: Day, warehouse: str, plan: str | None = None) -> str | None:
	"""A draft Material Request for the parts that services due by a day need beyond what the warehouse will have.

	Args:
		warehouse: where the parts are to be; its projected quantity is taken off.

	Returns:
		name of the Material Request; None when nothing is missing.

	Raises:
		frappe.PermissionError: the user may not make Material Requests.
	"""
	frappe.has_permission("Material Request", "create", throw=True)
	today = getdate()
	rows = []
	for need in parts_of(expected(company, getdate(until), plan)):
		there = frappe.db.get_value(
			"Bin", {"item_code": need["item_code"], "warehouse": warehouse}, "projected_qty"
		)
		missing = need["qty"] - max(flt(there), 0)
		if missing > 0 and frappe.get_cached_value("Item", need["item_code"], "is_stock_item"):
			rows.append(
				{
					"item_code": need["item_code"],
					"qty": missing,
					"uom": need["uom"],
					"warehouse": warehouse,
					"schedule_date": max(need["by"], today),
				}
			)
	return _request(company, rows).name if rows else None


def _request(company: str, rows: list[dict]) -> Document:
	request = frappe.new_doc("Material Request")
	request.update(
		{
			"material_request_type": "Purchase",
			"company": company,
			"transaction_date": getdate(),
			"schedule_date": min(row["schedule_date"] for row in rows),
			"items": rows,
		}
	)
	return request.insert()


def last_day_of(months: int) -> date:
	"""The last day of the month that is so many months ahead; 0 is this month."""
	return getdate(get_last_day(frappe.utils.add_months(getdate(), months)))


def label_of(month: date | None) -> str:
	"""How a month reads in the report."""
	return _(ARREARS) if not month else f"{month:%Y-%m}"
