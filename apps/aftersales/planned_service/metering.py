"""A reading moves the services that a meter makes due (document event of Meter Reading)."""

import frappe
from frappe.model.document import Document
from frappe.utils import flt, getdate

from aftersales.core.guards import privileged, set_protected_values
from aftersales.installed_base.meters.meter_rules import reached_on
from aftersales.planned_service.plan_rules import call_on
from aftersales.planned_service.planning import DOCTYPE, PLANNED


def follow_reading(doc: Document, method: str | None = None) -> None:
	"""after_insert: planned services of the product become due when the meter is expected to reach their total."""
	rows = frappe.get_all(
		DOCTYPE,
		filters={"equipment": doc.equipment, "status": PLANNED, "due_total": (">", 0)},
		fields=["name", "plan"],
		order_by="name asc",
	)
	for row in rows:
		plan = frappe.get_cached_doc("Maintenance Plan", row.plan)
		if (plan.meter or "").casefold() != doc.meter.casefold():
			continue
		meter = frappe.db.get_value(
			"Product Meter", doc.product_meter, ("last_total", "last_read_at", "per_day"), as_dict=True
		)
		service = frappe.get_doc(DOCTYPE, row.name, for_update=True)
		day = reached_on(
			flt(service.due_total), flt(meter.last_total), getdate(meter.last_read_at), flt(meter.per_day)
		)
		by_months = getdate(service.base_due_on) if plan.every_months and service.base_due_on else None
		due_on = min((each for each in (day, by_months) if each), default=None)
		if due_on and due_on != (service.due_on and getdate(service.due_on)):
			set_protected_values(service, due_on=due_on, call_on=call_on(due_on, plan.days_ahead))
			privileged(service).save()
