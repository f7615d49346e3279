"""Planned services follow their calls, and visits know what to do (document events)."""

from collections.abc import Iterable

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, getdate, nowdate

from aftersales.core.guards import privileged, set_protected_values
from aftersales.planned_service import plans
from aftersales.planned_service.calling import parts_in_words
from aftersales.planned_service.planning import CALLED, DOCTYPE, DONE, PLANNED, SKIPPED
from aftersales.service_checklists import checklists

FINISHED = ("Resolved", "Closed")
OF_PRODUCT = {
	"title": "product_title",
	**{each: each for each in ("customer", "customer_group", "territory", "address", "company")},
}
"""Field of a product file → field of its services."""


def call_saved(doc: Document, method: str | None = None) -> None:
	"""on_update of Repair Call: solved is done, cancelled is skipped, reopened is called again."""
	if not doc.has_value_changed("status"):
		return
	if not (doc.status in (*FINISHED, "Cancelled") or _was_over(doc)):
		return
	name = frappe.db.get_value(DOCTYPE, {"repair_call": doc.name})
	if not name:
		return
	service = frappe.get_doc(DOCTYPE, name, for_update=True)
	if doc.status in FINISHED:
		_set(service, DONE, done_on=_day_of_work(doc), reason=None)
	elif doc.status == "Cancelled":
		_set(service, SKIPPED, done_on=None, reason=doc.cancel_reason)
	else:
		_set(service, CALLED, done_on=None, reason=None)


def fill_visit(doc: Document, method: str | None = None) -> None:
	"""before_insert of Service Voucher: a planned service's tasks and parts kit, where nobody entered any."""
	work = _work_of_call(doc.repair_call)
	if not work:
		return
	if not doc.preliminary_plan and work.tasks:
		doc.preliminary_plan = "\n".join(row.task for row in work.tasks)
	if not doc.parts_to_take and work.parts:
		doc.parts_to_take = "\n".join(parts_in_words(work.parts))


def _was_over(doc: Document) -> bool:
	before = doc.get_doc_before_save()
	return bool(before) and before.status in (*FINISHED, "Cancelled")


def _day_of_work(doc: Document):
	return getdate(doc.arrived_at or doc.resolved_at or nowdate())


def _set(service: Document, status: str, **values) -> None:
	if service.status != status:
		set_protected_values(service, status=status, **values)
		privileged(service).save()


def skip(service: Document, reason: str) -> None:
	"""A planned service is left out: the next one is planned in its place."""
	if not (reason or "").strip():
		frappe.throw(_("Enter the reason for skipping the service."), frappe.MandatoryError)
	if service.status != "Planned":
		frappe.throw(_("Only a planned service can be skipped; cancel the call of this one."))
	set_protected_values(service, status=SKIPPED, reason=reason.strip())
	service.save()


def visit_saved(doc: Document, method: str | None = None) -> None:
	"""on_update of a draft Service Voucher: the checklists that the tasks of a planned service name are there."""
	if doc.docstatus or not doc.has_value_changed("repair_call") or not doc.repair_call:
		return
	work = _work_of_call(doc.repair_call)
	if not work:
		return
	for template in dict.fromkeys(row.checklist_template for row in work.tasks if row.checklist_template):
		checklists.make(template, doc)


def product_saved(doc: Document, method: str | None = None) -> None:
	"""on_update of Customer Equipment: services to come are the present owner's, at the present address."""
	changed = [field for field in OF_PRODUCT if doc.has_value_changed(field)]
	if not doc.flags.in_insert and changed:
		frappe.db.set_value(
			DOCTYPE,
			{"equipment": doc.name, "status": PLANNED},
			{column: doc.get(field) for field, column in OF_PRODUCT.items()},
			update_modified=False,
		)


def product_deleted(doc: Document, method: str | None = None) -> None:
	"""on_trash of Customer Equipment: services that were only planned go with it."""
	frappe.db.delete(DOCTYPE, {"equipment": doc.name, "status": PLANNED})


def join_products(doc: Document, method: str | None, old: str, new: str, merge: bool = False) -> None:
	"""after_rename of Customer Equipment: where two files became one, each plan keeps one service to come."""
	if not merge:
		return
	kept = set()
	for row in frappe.get_all(
		DOCTYPE,
		filters={"equipment": new, "status": PLANNED},
		fields=["name", "plan"],
		order_by="number desc, creation asc",
	):
		if row.plan in kept:
			frappe.db.delete(DOCTYPE, {"name": row.name})
		kept.add(row.plan)


def parts_of_calls(calls: Iterable[str]) -> dict[str, tuple[Document, ...]]:
	"""Call → the parts kit of its planned service (item_code, qty); those that have one."""
	rows = frappe.get_all(
		DOCTYPE,
		filters={"repair_call": ("in", list(calls) or [""])},
		fields=["repair_call", "plan", "number"],
		order_by="repair_call asc",
	)
	found = {
		row.repair_call: plans.work_of(frappe.get_cached_doc(plans.DOCTYPE, row.plan), cint(row.number)).parts
		for row in rows
	}
	return {call: parts for call, parts in found.items() if parts}


def _work_of_call(call: str | None) -> plans.Work | None:
	service = call and frappe.db.get_value(DOCTYPE, {"repair_call": call}, ("plan", "number"), as_dict=True)
	if not service:
		return None
	return plans.work_of(frappe.get_cached_doc(plans.DOCTYPE, service.plan), cint(service.number))
