"""Equal faults of one model become an ERPNext Non Conformance, and its answer reaches the open calls (R-FU-4)."""

from datetime import date

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_days, cint, escape_html, get_link_to_form, getdate, strip_html_tags

from aftersales.core.guards import require_role, set_protected_values
from aftersales.core.input.requests import validate_call
from aftersales.core.notices import Notice, notify
from aftersales.core.roles import SUPERVISORS
from aftersales.core.savepoints import one_of_many
from aftersales.service_calls import quality_cases as cases
from aftersales.service_quality import fault_rules
from aftersales.service_quality.fault_rules import Fault
from aftersales.service_setup.settings import aftersales_settings

NON_CONFORMANCE = "Non Conformance"
OPEN = "Open"
ANSWERS = ("corrective_action", "preventive_action")
PARTS_OF_A_FAULT = ("brand", "model", "fault_code")


def raise_recurring() -> list[str]:
	"""Raise a Non Conformance for every fault seen as often as the settings say; returns their names.

	Scheduler, daily. Nothing is raised without a Quality Procedure in the settings; what cannot be saved
	for one fault is logged, and the others are raised all the same.
	"""
	settings = aftersales_settings()
	if not settings.quality_procedure or not cint(settings.recurring_faults):
		return []
	since = _since(settings)
	found = [
		(Fault(row.brand or "", row.model, row.fault_code), row.cases)
		for row in cases.unexplained(since, cint(settings.recurring_faults))
	]
	raised = []
	for fault, _cases in fault_rules.recurring(found, cint(settings.recurring_faults)):
		with one_of_many(f"No Non Conformance for {fault.product}", "Fault Code", fault.fault_code):
			raised.append(_raise(fault, since, settings))
	return raised


@frappe.whitelist(methods=["POST"])
@validate_call
def raise_for_call(repair_call: str) -> str:
	"""Raise a Non Conformance for the fault of a call by hand, with all calls that show it; returns its name.

	Where one is open already the call joins it.

	Raises:
		frappe.PermissionError: the user is no supervisor, or may not edit the call.
		frappe.ValidationError: the fault or the model is missing, or no Quality Procedure is set.
	"""
	doc = frappe.get_doc("Repair Call", repair_call)
	doc.check_permission("write")
	require_role(SUPERVISORS, _("Raising a Non Conformance"))
	settings = aftersales_settings()
	if not settings.quality_procedure:
		frappe.throw(
			_("Set a default procedure for recurring faults in {1}, field {0}.").format(
				frappe.bold(_("Quality Procedure")),
				get_link_to_form("Aftersales Settings", "Aftersales Settings"),
			),
			frappe.MandatoryError,
		)
	for fieldname in ("fault_code", "model"):
		if not doc.get(fieldname):
			frappe.throw(
				_("{0} is required: recurring faults are tracked per model.").format(
					frappe.bold(_(doc.meta.get_label(fieldname)))
				),
				frappe.MandatoryError,
			)
	if doc.non_conformance:
		return doc.non_conformance
	since = min(_since(settings), getdate(doc.received_at))
	return _raise(Fault(doc.brand or "", doc.model, doc.fault_code), since, settings)


def join_known(call: Document, method: str | None = None) -> None:
	"""Hook of Repair Call (validate): a fault whose cause is being looked for names where.

	A Non Conformance that was found wrong by hand stays what it is; a call that turns out to have another
	fault leaves it.
	"""
	if call.flags.from_register or not any(call.has_value_changed(part) for part in PARTS_OF_A_FAULT):
		return
	known = None
	if call.fault_code and call.model:
		known = _open_one(Fault(call.brand or "", call.model, call.fault_code))
	if (call.non_conformance or None) != known:
		set_protected_values(call, non_conformance=known)


def set_fault_key(doc: Document, method: str | None = None) -> None:
	"""Hook of Non Conformance (validate): one is open per fault and model, by a unique key.

	One that lost its place to an older one when two fault codes became one stays open without it.
	"""
	key = _key_of(doc)
	before = doc.get_doc_before_save()
	lost = before and before.status == OPEN and not before.aftersales_fault_key
	doc.aftersales_fault_key = _free(key) if key and lost else key


def take_names_along(
	fault_code: Document, method: str | None, old: str, new: str, merge: bool = False
) -> None:
	"""Hook of Fault Code (after_rename): an open Non Conformance is found under the new name.

	Where two codes become one and both are looked into, the older Non Conformance takes the calls to come.
	"""
	for name in frappe.get_all(
		NON_CONFORMANCE,
		filters={"aftersales_fault_code": new, "status": OPEN},
		order_by="creation asc, name asc",
		pluck="name",
	):
		doc = frappe.get_doc(NON_CONFORMANCE, name, for_update=True)
		if doc.aftersales_fault_key and doc.aftersales_fault_key != (key := _key_of(doc)):
			frappe.db.set_value(NON_CONFORMANCE, name, "aftersales_fault_key", _free(key))


def _key_of(doc: Document) -> str | None:
	if doc.status != OPEN or not doc.aftersales_fault_code:
		return None
	return Fault(doc.aftersales_brand or "", doc.aftersales_model or "", doc.aftersales_fault_code).key


def _free(key: str) -> str | None:
	"""The key, unless an open Non Conformance has it."""
	taken = frappe.db.get_value(NON_CONFORMANCE, {"aftersales_fault_key": key}, "name", for_update=True)
	return None if taken else key


def pass_on(doc: Document, method: str | None = None) -> None:
	"""Hook of Non Conformance (on_update): what was found reaches the calls that are still open, and their owners."""
	if not doc.aftersales_fault_code or not any(
		doc.has_value_changed(field) for field in (*ANSWERS, "status")
	):
		return
	answer = "\n".join(
		f"{_(doc.meta.get_label(field))}: {text}"
		for field in ANSWERS
		if (text := strip_html_tags(doc.get(field) or "").strip())
	)
	if not answer:
		return
	heading = _("Non Conformance {0} is {1}: {2}").format(doc.name, _(doc.status), doc.subject)
	for call in cases.open_calls_of(doc.name):
		cases.tell(call.name, heading, answer)
		if call.call_owner and call.call_owner != frappe.session.user:
			notify(call.call_owner, Notice(heading, "Repair Call", call.name, escape_html(answer)))


def dashboard(data: dict | None = None) -> dict:
	"""Hook: the connections of a Non Conformance show its calls."""
	data = frappe._dict(data or {})
	data.non_standard_fieldnames = {**(data.non_standard_fieldnames or {}), "Repair Call": "non_conformance"}
	data.fieldname = data.fieldname or "non_conformance"
	data.transactions = [
		*(data.transactions or []),
		{"label": _("After-sales Service"), "items": ["Repair Call"]},
	]
	return data


def _raise(fault: Fault, since: date, settings: Document) -> str:
	"""The open Non Conformance of a fault, made when there is none, with all its calls linked."""
	names = cases.calls_of(fault.brand, fault.model, fault.fault_code, since)
	name = _open_one(fault) or _insert(fault, names, since, settings)
	cases.link(names, name)
	return name


def _insert(fault: Fault, calls: list[str], since: date, settings: Document) -> str:
	title = frappe.get_cached_value("Fault Code", fault.fault_code, "title") or fault.fault_code
	listed = "".join(f"<li>{get_link_to_form('Repair Call', name)}</li>" for name in calls)
	told = _("{0} calls since {1} show fault {2} on {3}:").format(
		len(calls), frappe.format(since, "Date"), escape_html(title), escape_html(fault.product)
	)
	doc = frappe.get_doc(
		{
			"doctype": NON_CONFORMANCE,
			"subject": _("{0}: {1}").format(fault.product, title)[:140],
			"procedure": settings.quality_procedure,
			"status": OPEN,
			"details": f"<p>{told}</p><ul>{listed}</ul>",
			"aftersales_brand": fault.brand,
			"aftersales_model": fault.model,
			"aftersales_fault_code": fault.fault_code,
		}
	)
	try:
		# Raised by what the calls say, not by the rights of whoever runs into it
		doc.insert(ignore_permissions=True)
	except frappe.UniqueValidationError:
		# a colleague was faster; a locking read sees what they have committed since
		frappe.clear_last_message()
		return _open_one(fault, for_update=True)
	return doc.name


def _open_one(fault: Fault, for_update: bool = False) -> str | None:
	return frappe.db.get_value(
		NON_CONFORMANCE, {"aftersales_fault_key": fault.key}, "name", for_update=for_update
	)


def _since(settings: Document) -> date:
	return getdate(add_days(None, -cint(settings.recurring_fault_days)))
