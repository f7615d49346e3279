"""What designers, makers and buyers see of the calls behind a Non Conformance: the product, never the customer.

Whoever may read the Non Conformance and has the role Product Specialist (or leads the service) sees its calls
by number and day, codes, what was found and done, parts, measured values and photos; a vendor sees the same by a link.
Only named columns leave this module, and names of the customer are taken out of what was written.
"""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, strip_html

from aftersales.core.guards import require_role
from aftersales.core.input.requests import validate_call
from aftersales.service_quality.case_rules import without_names

READERS = ("Product Specialist", "Service Supervisor", "Service Manager")
JOBS = {"Service Voucher": "findings", "Repair Card": "diagnosis"}
CALL_FIELDS = (
	*("name", "received_at", "status", "brand", "model", "serial_text", "equipment"),
	*("symptom_code", "fault_code", "cause_code", "action_code"),
)
WHO = ("customer", "customer_name", "contact_name")
NUMBERS = ("contact_phone",)
MOST = 200


@frappe.whitelist()
@validate_call
def calls_behind(non_conformance: str) -> list[dict]:
	"""The calls behind a Non Conformance, the oldest first.

	Returns:
		for each: name, received_at, status, brand, model, serial_text, codes (symptom, fault, cause, action), and
		jobs: doctype, name, done_on, found, parts (item_code, item_name, qty, serial_no), measured (question, value,
		uom, state, limits) and photos (name, shows).

	Raises:
		frappe.PermissionError: the user may not read the Non Conformance, or has none of the roles.
	"""
	_check(non_conformance)
	return calls_of(non_conformance)


def calls_of(non_conformance: str) -> list[frappe._dict]:
	"""As :func:`calls_behind`, for whoever was checked otherwise: a vendor with a link."""
	calls = frappe.get_all(
		"Repair Call",
		filters={"non_conformance": non_conformance},
		fields=[*CALL_FIELDS, *WHO, *NUMBERS],
		order_by="received_at asc, name asc",
		limit=MOST,
	)
	jobs = _jobs_of([call.name for call in calls])
	for call in calls:
		names, numbers = [call.pop(field) for field in WHO], [call.pop(field) for field in NUMBERS]
		call.jobs = jobs.get(call.name, [])
		for job in call.jobs:
			job["found"] = without_names(strip_html(job["found"] or ""), names, numbers)
		call.pop("equipment")
	return calls


@frappe.whitelist()
@validate_call
def photo(non_conformance: str, photo: str) -> None:
	"""A photo of one of the jobs behind a Non Conformance, as a file.

	Raises:
		frappe.PermissionError: as for :func:`calls_behind`, and for any other photo.
	"""
	_check(non_conformance)
	doc = photo_of(non_conformance, photo)
	if not doc:
		frappe.throw(_("This photo does not belong to the case."), frappe.PermissionError)
	frappe.local.response.filename = doc.file_name
	frappe.local.response.filecontent = doc.get_content()
	frappe.local.response.type = "download"
	frappe.local.response.display_content_as = "inline"


def photo_of(non_conformance: str, photo: str) -> Document | None:
	"""The File of a photo of one of the jobs behind a Non Conformance; None for any other photo."""
	row = frappe.db.get_value("Service Photo", photo, ("photo", "parent", "parenttype"), as_dict=True)
	call = row and row.parenttype in JOBS and frappe.db.get_value(row.parenttype, row.parent, "repair_call")
	behind = call and frappe.db.get_value("Repair Call", call, "non_conformance")
	attached = row and {"attached_to_doctype": row.parenttype, "attached_to_name": row.parent}
	file = behind == non_conformance and frappe.db.get_value("File", {"file_url": row.photo, **attached})
	return frappe.get_doc("File", file) if file else None


def _check(non_conformance: str) -> None:
	require_role(READERS, _("Looking at the calls behind a Non Conformance"))
	frappe.get_doc("Non Conformance", non_conformance).check_permission("read")


def _jobs_of(calls: list[str]) -> dict[str, list[dict]]:
	"""Call → its finished jobs; read for all calls at once."""
	found: dict[str, list[dict]] = {}
	for doctype, text in JOBS.items():
		rows = frappe.get_all(
			doctype,
			filters={"repair_call": ("in", calls or [""]), "docstatus": 1},
			fields=["name", "repair_call", "modified", text],
			order_by="name asc",
		)
		names = [row.name for row in rows]
		parts = _rows_of(
			"Service Part Line",
			doctype,
			names,
			["item_code", "item_name", "qty", "serial_no", "old_serial_no"],
		)
		photos = _rows_of("Service Photo", doctype, names, ["name", "shows"])
		measured = _measured(doctype, names)
		for row in rows:
			job = {"doctype": doctype, "name": row.name, "done_on": row.modified, "found": row[text]}
			job |= {"parts": parts.get(row.name, []), "photos": photos.get(row.name, [])}
			job["measured"] = measured.get(row.name, [])
			found.setdefault(row.repair_call, []).append(job)
	return found


def _rows_of(table: str, doctype: str, names: list[str], fields: list[str]) -> dict[str, list[frappe._dict]]:
	"""Job → its rows of a child table."""
	rows = frappe.get_all(
		table,
		filters={"parent": ("in", names or [""]), "parenttype": doctype},
		fields=["parent", *fields],
		order_by="parent asc, idx asc",
	)
	return _by(rows, "parent")


def _measured(doctype: str, names: list[str]) -> dict[str, list[frappe._dict]]:
	"""Job → what its checklists measured."""
	checklist, answer = frappe.qb.DocType("Service Checklist"), frappe.qb.DocType("Checklist Answer")
	rows = (
		frappe.qb.from_(checklist)
		.join(answer)
		.on((answer.parent == checklist.name) & (answer.parenttype == "Service Checklist"))
		.select(checklist.reference_name, answer.question, answer.value, answer.uom, answer.state)
		.select(answer.has_lower, answer.lower, answer.has_upper, answer.upper)
		.where((checklist.reference_type == doctype) & checklist.reference_name.isin(names or [""]))
		.where(answer.kind.isin(("Value", "Meter")) & (answer.state != ""))
		.orderby(checklist.name)
		.orderby(answer.idx)
		.run(as_dict=True)
	)
	for row in rows:
		row.lower = row.lower if cint(row.pop("has_lower")) else None
		row.upper = row.upper if cint(row.pop("has_upper")) else None
	return _by(rows, "reference_name")


def _by(rows: list[frappe._dict], field: str) -> dict[str, list[frappe._dict]]:
	"""Rows by the value of a field, which leaves them."""
	found: dict[str, list[frappe._dict]] = {}
	for row in rows:
		found.setdefault(row.pop(field), []).append(row)
	return found
