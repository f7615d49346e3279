"""Past solutions: what was found and done on products of the same model, how often, and whether it lasted."""

from collections import defaultdict

import frappe
from frappe.query_builder.functions import Coalesce, Count, Max
from frappe.utils import cint

from aftersales.core.input.requests import DocTypeName, validate_call
from aftersales.product_knowledge import documents
from aftersales.service_calls.entitlement.repairs import job_doctypes

MOST = 10


@frappe.whitelist()
@validate_call
def solutions_for(doctype: DocTypeName, name: str) -> list[dict]:
	"""What helped on products of the same brand and model as that of a call, visit or card, the most frequent first.

	With a symptom (and fault) on the document only jobs that report it.

	Returns:
		for each: symptom, fault, cause, action (titles), jobs (how many), repeats (how many of their calls were
		followed by another call for the same), last_on, and example (DocType and name of the latest job).

	Raises:
		frappe.PermissionError: the user may not read the document.
	"""
	doc = frappe.get_doc(doctype, name)
	doc.check_permission("read")
	product = documents.product_of_document(doc)
	if not product or not product.model:
		return []
	return past_solutions(
		product.brand, product.model, doc.get("symptom_code"), doc.get("fault_code"), exclude=doc.name
	)


def past_solutions(
	brand: str, model: str, symptom: str | None = None, fault: str | None = None, exclude: str = ""
) -> list[dict]:
	"""The same for a model; see :func:`solutions_for`."""
	found: dict[tuple, dict] = defaultdict(
		lambda: {"jobs": 0, "repeats": 0, "last_on": None, "example": None}
	)
	for doctype in job_doctypes():
		for row in _of_jobs(doctype, brand, model, symptom, fault, exclude):
			entry = found[row.symptom_code, row.fault_code, row.cause_code, row.action_code]
			entry["jobs"] += row.jobs
			entry["repeats"] += cint(row.repeats)
			if not entry["last_on"] or row.last_on > entry["last_on"]:
				entry.update(last_on=row.last_on, example=[doctype, row.example])
	ordered = sorted(found.items(), key=lambda item: (-item[1]["jobs"], item[1]["repeats"]))[:MOST]
	titles = _titles({code for codes, _entry in ordered for code in codes if code})
	return [
		{
			**dict(
				zip(("symptom", "fault", "cause", "action"), (titles.get(c, c) for c in codes), strict=True)
			),
			**entry,
		}
		for codes, entry in ordered
	]


def _of_jobs(
	doctype: str, brand: str, model: str, symptom: str | None, fault: str | None, exclude: str
) -> list[frappe._dict]:
	job, product = frappe.qb.DocType(doctype), frappe.qb.DocType("Customer Equipment")
	call, again = frappe.qb.DocType("Repair Call"), frappe.qb.DocType("Repair Call").as_("again")
	query = (
		frappe.qb.from_(job)
		.join(product)
		.on(product.name == job.equipment)
		.left_join(call)
		.on(call.name == job.repair_call)
		.left_join(again)
		.on((again.repeat_of == call.name) & (again.status != "Cancelled"))
		.select(
			*(job.symptom_code, job.fault_code, job.cause_code, job.action_code),
			Count(job.name).distinct().as_("jobs"),
			Count(again.repeat_of).distinct().as_("repeats"),
			Max(job.modified).as_("last_on"),
			Max(job.name).as_("example"),
		)
		.where((job.docstatus == 1) & (job.name != exclude))
		.where((product.model == model) & (job.action_code.isnotnull() | job.cause_code.isnotnull()))
		.groupby(job.symptom_code, job.fault_code, job.cause_code, job.action_code)
	)
	if brand:
		query = query.where(Coalesce(product.brand, "").isin((brand, "")))
	if symptom:
		query = query.where(job.symptom_code == symptom)
	if fault:
		query = query.where(job.fault_code == fault)
	return query.run(as_dict=True)


def _titles(codes: set[str]) -> dict[str, str]:
	return (
		dict(
			frappe.get_all(
				"Fault Code", filters={"name": ("in", list(codes))}, fields=["name", "title"], as_list=True
			)
		)
		if codes
		else {}
	)
