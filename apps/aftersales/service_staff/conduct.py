"""Records about a person: who sees them, and the step that a justified complaint leads to."""

from datetime import date

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, getdate, nowdate

from aftersales.core.guards import set_protected_values
from aftersales.core.roles import SUPERVISORS
from aftersales.service_staff.conduct_rules import next_step

RECORD = "Staff Record"
STEPS = ("Warning", "Penalty", "Dismissal")
DRAFT, SUBMIT = "Drafts the Next Step", "Submits the Next Step"
LEADERS = ("System Manager", *SUPERVISORS)


def follow_complaint(technician: str, complaint: Document, justified: bool) -> None:
	"""Take the next step against the person a complaint is about, or take it back.

	Args:
		technician: the person concerned.
		complaint: the complaint, answered.
		justified: as it stands now. A complaint leads to one step, however often it is answered.
	"""
	standing = frappe.db.get_value(
		RECORD, {"entry_key": complaint.name}, ["name", "technician"], as_dict=True
	)
	if standing and (not justified or standing.technician != technician):
		_take_back(standing.name, complaint)
		standing = None
	if justified and not standing:
		_take_step(technician, complaint)


def follow_best_opinions(technician: str, month: date, number: int) -> str | None:
	"""Draft a commendation for a month in which customers gave their best opinion often enough; once for a month.

	Args:
		number: how many best opinions there are in the month by now.
	"""
	least = cint(frappe.get_cached_doc("Service Staff Settings").commendation_opinions)
	key = f"opinions/{technician}/{month:%Y-%m}"
	if not least or number < least or frappe.db.exists(RECORD, {"entry_key": key}):
		return None
	record = frappe.new_doc(RECORD)
	record.update(
		{
			"technician": technician,
			"record_date": getdate(nowdate()),
			"kind": "Commendation",
			"subject": _("{0} customers gave their best opinion in {1}.").format(number, f"{month:%m/%Y}"),
		}
	)
	set_protected_values(record, entry_key=key)
	record.flags.from_complaint = True
	record.insert(ignore_permissions=True)  # who notes an answer need not write records about people
	return record.name


def _take_step(technician: str, complaint: Document) -> None:
	settings = frappe.get_cached_doc("Service Staff Settings")
	if settings.on_justified_complaint not in (DRAFT, SUBMIT):
		return
	on = getdate(nowdate())
	kinds = [step.kind for step in settings.conduct_steps]
	step = next_step(kinds, _taken(technician), on, settings.conduct_months or 0)
	if step is None:
		return
	record = frappe.new_doc(RECORD)
	record.update(
		{
			"technician": technician,
			"record_date": on,
			"kind": kinds[step],
			"subject": _("Justified complaint {0}: {1}").format(complaint.name, complaint.subject),
			"consequence": settings.conduct_steps[step].consequence,
			"reference_doctype": complaint.doctype,
			"reference_name": complaint.name,
		}
	)
	set_protected_values(record, entry_key=complaint.name)
	record.flags.from_complaint = True
	record.insert(ignore_permissions=True)  # who answers complaints need not write records about people
	if settings.on_justified_complaint == SUBMIT and record.kind != "Dismissal":
		record.flags.ignore_permissions = True
		record.submit()


def _take_back(name: str, complaint: Document) -> None:
	record = frappe.get_doc(RECORD, name, for_update=True)
	record.flags.ignore_permissions = True
	# The complaint may lead to another step later; this one keeps its reason.
	set_protected_values(record, entry_key=None)
	if record.docstatus == 0:
		record.delete(ignore_permissions=True)
		return
	record.db_set("entry_key", None)
	if record.docstatus == 1:
		record.add_comment("Comment", _("The complaint {0} is not justified.").format(complaint.name))
		record.cancel()


def _taken(technician: str) -> list[tuple[str, object]]:
	rows = frappe.get_all(
		RECORD,
		filters={"technician": technician, "docstatus": 1, "kind": ("in", STEPS)},
		fields=["kind", "record_date"],
		order_by="record_date asc, creation asc",
	)
	return [(row.kind, getdate(row.record_date)) for row in rows]


# Who sees what: the person reads what is submitted about him or her, leaders read all


def _is_leader(user: str) -> bool:
	return user == "Administrator" or any(role in LEADERS for role in frappe.get_roles(user))


def query_conditions(user: str | None = None, doctype: str = RECORD) -> str:
	"""SQL condition for lists and reports of records and exams: the person's own, submitted or cancelled."""
	user = user or frappe.session.user
	if _is_leader(user):
		return ""
	table = f"`tab{doctype}`"
	return f"{table}.`user` = {frappe.db.escape(user)} and {table}.`docstatus` = 1"


def has_permission(doc: Document, ptype: str = "read", user: str | None = None, **kwargs) -> bool:
	"""True for leaders, and for the person the record is about once it is submitted."""
	user = user or frappe.session.user
	if _is_leader(user):
		return True
	if not isinstance(doc, Document) or doc.is_new():
		return False
	stored = frappe.db.get_value(doc.doctype, doc.name, ["user", "docstatus"], as_dict=True)
	return bool(stored and stored.user == user and stored.docstatus == 1)
