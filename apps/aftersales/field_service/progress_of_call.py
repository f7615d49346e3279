"""What the Repair Call learns from its visits: dispatched, on site, how the visit ended, cancelled."""

from frappe import _
from frappe.model.document import Document

from aftersales.core.guards import status_changed_to
from aftersales.field_service.visit_rules import REVISIT_NEEDED
from aftersales.service_calls import jobs


def tell_progress(doc: Document) -> None:
	"""A draft visit was dispatched, or the technician arrived."""
	from aftersales.service_calls.calls import record_arrival, record_dispatch

	if not doc.repair_call:
		return
	if status_changed_to(doc, "Dispatched") or (doc.status == "Dispatched" and _is_moved_out_of_promise(doc)):
		record_dispatch(doc.repair_call, doc.planned_start, doc.planned_end, doc.promise_changed_for)
	if status_changed_to(doc, "On Site"):
		record_arrival(doc.repair_call, doc.arrived_at)


def _is_moved_out_of_promise(doc: Document) -> bool:
	from aftersales.service_calls.calls import keeps_promise

	return doc.has_value_changed("planned_start") and not keeps_promise(doc.repair_call, doc.planned_start)


def tell_outcome(doc: Document) -> None:
	"""The visit is over."""
	from aftersales.service_calls.calls import resolve_from_job

	if doc.repair_call:
		resolve_from_job(
			doc.repair_call, doc.outcome, doc.findings, jobs.codes(doc), arrived_at=doc.arrived_at
		)


def put_back_to_work(doc: Document) -> None:
	"""The visit was cancelled: the call waits for another one."""
	from aftersales.service_calls.calls import resolve_from_job

	if doc.repair_call:
		resolve_from_job(
			doc.repair_call, REVISIT_NEEDED, _("Service Voucher {0} was cancelled.").format(doc.name), {}
		)
