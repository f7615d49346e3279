"""Finished repairs of a product, their own warranty, and the parts they fitted.

Which DocTypes are jobs is told by the hook `aftersales_job_doctypes`: visits and repair cards are made in
rooms above this one.
"""

import operator
from collections.abc import Iterable
from datetime import date
from functools import reduce

import frappe
from frappe.model.document import Document
from frappe.query_builder.functions import Coalesce
from frappe.utils import flt, getdate
from pypika.queries import QueryBuilder

from aftersales.installed_base.serial_rules import serial_keys
from aftersales.service_calls.entitlement.coverage_rules import PastRepair
from aftersales.service_calls.entitlement.part_warranty_rules import FittedPart

PART_LINE = "Service Part Line"


def job_doctypes() -> list[str]:
	"""DocTypes of jobs, as the hook `aftersales_job_doctypes` lists them."""
	return frappe.get_hooks("aftersales_job_doctypes")


def warranted(equipment: str | None) -> list[PastRepair]:
	"""Repairs of a product that gave it a warranty of their own, by the day that ends.

	A job for a request that is no failure (inspection, installation) is no repair, whatever it was given
	before this was told apart.
	"""
	found = []
	for doctype in job_doctypes() if equipment else ():
		job = frappe.qb.DocType(doctype)
		query = _of_failures(doctype, job, equipment).select(
			job.name, job.repair_warranty_until, job.symptom_code, job.fault_code
		)
		for name, until, symptom, fault in query.where(job.repair_warranty_until.isnotnull()).run():
			found.append(PastRepair(f"{doctype} {name}", getdate(until), symptom, fault))
	return sorted(found, key=lambda repair: (repair.until, repair.job))


def gave_warranty(equipment: str | None, until: date) -> bool:
	"""True when a finished job of the product, of whatever kind, gave a warranty of its own through `until`."""
	return any(
		frappe.db.exists(doctype, {"equipment": equipment, "docstatus": 1, "repair_warranty_until": until})
		for doctype in job_doctypes()
	)


def fitted_parts(
	equipment: str | None,
	exclude: str | None = None,
	for_call: str | None = None,
	for_failure: bool = True,
) -> list[FittedPart]:
	"""Parts that finished jobs fitted into a product and that carry a warranty, pieces replaced left out.

	Args:
		exclude: name of the job that asks.
		for_call: the Repair Call that is served: what its own jobs fitted is the same work still, no earlier one.
		for_failure: something has failed, so that the warranty of the repair counts beside that of the part; an
			inspection that exchanges a filter again has the part's own warranty only.
	"""
	if not equipment:
		return []
	rows = _part_lines(equipment, exclude, for_call)
	gone = _pieces_gone([row.line for row in rows], exclude)
	return [part for row in rows if (part := _as_part(row, gone.get(row.line, 0), for_failure))]


def is_for_failure(job: Document) -> bool:
	"""True when the call of a job says that something has failed, and for work without a call."""
	if not job.repair_call:
		return True
	call = (getattr(job, "flags", None) or {}).get("call_values")  # read by the validation of the job
	request_type = (
		call.request_type if call else frappe.db.get_value("Repair Call", job.repair_call, "request_type")
	)
	if not request_type:
		return True
	return bool(frappe.get_cached_value("Service Request Type", request_type, "is_failure"))


def _of_failures(doctype: str, job, equipment: str):
	call = frappe.qb.DocType("Repair Call")
	kind = frappe.qb.DocType("Service Request Type")
	return (
		frappe.qb.from_(job)
		.left_join(call)
		.on(call.name == job.repair_call)
		.left_join(kind)
		.on(kind.name == call.request_type)
		.where((job.equipment == equipment) & (job.docstatus == 1) & (Coalesce(kind.is_failure, 1) == 1))
	)


def _part_lines(equipment: str, exclude: str | None, for_call: str | None) -> list[frappe._dict]:
	"""Part lines of finished jobs that carry a warranty, in one statement: every call of a product asks."""
	queries = [_part_lines_of(doctype, equipment, exclude, for_call) for doctype in job_doctypes()]
	if not queries:
		return []
	rows = reduce(operator.add, queries).run(as_dict=True)
	return sorted(rows, key=lambda row: (row.job, row.idx))


def _part_lines_of(doctype: str, equipment: str, exclude: str | None, for_call: str | None) -> QueryBuilder:
	job, line = frappe.qb.DocType(doctype), frappe.qb.DocType(PART_LINE)
	return (
		frappe.qb.from_(job)
		.join(line)
		.on((line.parent == job.name) & (line.parenttype == doctype))
		.select(
			line.name.as_("line"),
			line.parenttype.as_("doctype"),
			job.name.as_("job"),
			line.idx,
			line.item_code,
			line.item_name,
			line.substitute_for,
			line.qty,
			line.returned_qty,
			line.serial_no,
			line.warranty_until,
			job.repair_warranty_until,
			job.symptom_code,
			job.fault_code,
		)
		.where((job.equipment == equipment) & (job.docstatus == 1) & (job.name != (exclude or "")))
		.where(line.warranty_until.isnotnull() | job.repair_warranty_until.isnotnull())
		.where(Coalesce(job.repair_call, "") != (for_call or "-"))
	)


def _pieces_gone(lines: Iterable[str], exclude: str | None) -> dict[str, float]:
	"""Line → pieces that were replaced under warranty by later finished jobs."""
	lines = list(lines)
	if not lines:
		return {}
	gone: dict[str, float] = {}
	for doctype in job_doctypes():
		job, line = frappe.qb.DocType(doctype), frappe.qb.DocType(PART_LINE)
		rows = (
			frappe.qb.from_(line)
			.join(job)
			.on((line.parent == job.name) & (line.parenttype == doctype))
			.select(line.covered_by_line, line.qty)
			.where(line.covered_by_line.isin(lines))
			.where((job.docstatus == 1) & (job.name != (exclude or "")))
			.run()
		)
		for replaced, qty in rows:
			gone[replaced] = gone.get(replaced, 0) + flt(qty)
	return gone


def _as_part(row: frappe._dict, gone: float, for_failure: bool) -> FittedPart | None:
	days = (row.warranty_until, row.repair_warranty_until if for_failure else None)
	until = max((getdate(day) for day in days if day), default=None)
	left = flt(row.qty) - flt(row.returned_qty) - gone
	if not until or left <= 0:
		return None
	return FittedPart(
		line=row.line,
		job=f"{row.doctype} {row.job}",
		item_code=row.item_code,
		until=until,
		left=left,
		serials=serial_keys(row.serial_no),
		substitute_for=row.substitute_for,
		item_name=row.item_name,
		serial_text=(row.serial_no or "").strip().replace("\n", ", ") or None,
		symptom=row.symptom_code,
		fault=row.fault_code,
	)
