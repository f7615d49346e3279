"""A visit that installed a product tells its file (document events of Service Voucher)."""

import frappe
from frappe.model.document import Document
from frappe.utils import getdate

from aftersales.field_service.visit_rules import COMPLETED
from aftersales.installed_base.sale import installation
from aftersales.service_calls import jobs


def visit_submitted(doc: Document, method: str | None = None) -> None:
	"""on_submit: of a completed visit whose call asked for an installation."""
	if doc.equipment and doc.outcome == COMPLETED and _is_installation(doc):
		by = doc.technician and frappe.get_cached_value(
			"Service Technician", doc.technician, "technician_name"
		)
		installation.record(doc.equipment, getdate(doc.departed_at), by or doc.technician, doc)


def visit_cancelled(doc: Document, method: str | None = None) -> None:
	"""on_cancel."""
	if doc.equipment:
		installation.withdraw(doc.equipment, doc)


def _is_installation(doc: Document) -> bool:
	if not doc.repair_call:
		return False
	request_type = (doc.flags.call_values or jobs.call_values(doc.repair_call)).request_type
	return bool(
		request_type and frappe.get_cached_value("Service Request Type", request_type, "is_installation")
	)
