"""Checklists of visits and Repair Cards: made with the job, asked for and handed on when it is finished.

Document events of Service Voucher and Repair Card. A checklist of a job and template has a unique key; a
follow-up call has the key of its answer: neither is made twice.
"""

from collections.abc import Iterable

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, escape_html, flt, getdate, now_datetime
from frappe.utils.nestedset import get_ancestors_of

from aftersales.core.guards import privileged, set_protected_values
from aftersales.core.job_types import CARD, VISIT
from aftersales.installed_base.meters import readings
from aftersales.service_calls.portal_api import owner_for_customers
from aftersales.service_checklists.checklist_rules import (
	Answer,
	Job,
	Scope,
	fitting,
	in_words,
	limits_in_words,
	missing,
	state_of,
)

DOCTYPE, TEMPLATE = "Service Checklist", "Checklist Template"
OPEN, COMPLETE = "Open", "Complete"
PLACES = {VISIT: "on_visits", CARD: "on_cards"}
NOT_WORKED_ON = (
	"No Access",
	"Not Repairable",
	"Declined",
	"Taken to Workshop",
	"Revisit Needed",
	"Cancelled",
)
"""Outcomes of visits and states of cards that need no checklist."""
GIVEN = ("yes_no", "value", "value_is_set", "choice", "text", "photo", "signature", "remark")
"""What is entered of an answer."""

FROM_QUESTION = (
	*("question", "kind", "reqd", "hint", "uom", "has_lower", "lower", "has_upper", "upper"),
	*("choices", "good_answer", "meter", "makes_call"),
)


# ---------------------------------------------------------------------------------- events of a job


def job_saved(doc: Document, method: str | None = None) -> None:
	"""on_update of a draft job: the checklists it is done by are there."""
	if doc.docstatus or doc.flags.from_register:
		return
	if not any(doc.has_value_changed(field) for field in ("equipment", "repair_call")):
		return
	for template in _templates_for(doc):
		make(template, doc)


def before_submit(doc: Document, method: str | None = None) -> None:
	"""before_submit of a job.

	Raises:
		frappe.MandatoryError: lists all mandatory questions of all checklists that have no answer.
	"""
	if _outcome(doc) in NOT_WORKED_ON:
		return
	open_ones = []
	doc.flags.open_checklists = _of(doc, OPEN)
	for checklist in doc.flags.open_checklists:
		questions = missing([answer_of(row) for row in checklist.answers])
		if questions:
			items = "".join(f"<li>{escape_html(question)}</li>" for question in questions)
			open_ones.append(f"<p>{escape_html(checklist.template)}</p><ul>{items}</ul>")
	if open_ones:
		frappe.throw(
			_("Answer these questions of the checklist before completing {0}:").format(
				frappe.bold(escape_html(doc.name))
			)
			+ "".join(open_ones),
			frappe.MandatoryError,
			title=_("Checklist Incomplete"),
		)


def job_submitted(doc: Document, method: str | None = None) -> None:
	"""on_submit: checklists are complete; meters are read, and what is out of limits makes its calls."""
	found = doc.flags.pop("open_checklists", None)
	for checklist in _of(doc, OPEN) if found is None else found:
		if _outcome(doc) in NOT_WORKED_ON and not any(row.answer for row in checklist.answers):
			continue
		day = getdate(doc.get("departed_at") or now_datetime())
		set_protected_values(checklist, status=COMPLETE, done_on=day)
		for row in checklist.answers:
			_hand_on(checklist, row, doc)
		privileged(checklist).save()


def job_cancelled(doc: Document, method: str | None = None) -> None:
	"""on_cancel: the checklists are open again, should the job be amended; calls that were made stay, readings do not."""
	readings.withdraw(doc)
	for checklist in _of(doc, COMPLETE):
		set_protected_values(checklist, status=OPEN, done_on=None)
		privileged(checklist).save()


def job_deleted(doc: Document, method: str | None = None) -> None:
	"""on_trash: the checklists of a job that was never finished go with it."""
	for checklist in _of(doc, OPEN):
		frappe.delete_doc(DOCTYPE, checklist.name, ignore_permissions=True)


# ---------------------------------------------------------------------------------- what others ask


def make(template: str, job: Document) -> str:
	"""The checklist of a template for a job, made when it is not there; returns its name."""
	key = f"{job.doctype}|{job.name}|{template}"[:140]
	if there := frappe.db.get_value(DOCTYPE, {"checklist_key": key}):
		return there
	source = frappe.get_cached_doc(TEMPLATE, template)
	doc = frappe.new_doc(DOCTYPE)
	doc.update({"template": template, "equipment": job.equipment})
	set_protected_values(
		doc,
		checklist_key=key,
		customer=job.customer,
		company=job.company,
		reference_type=job.doctype,
		reference_name=job.name,
	)
	answered = _answers_of_cancelled(template, job)
	for question in source.questions:
		given = answered.get(question.question, {})
		doc.append("answers", {**{field: question.get(field) for field in FROM_QUESTION}, **given})
	doc.flags.made_for_job = True
	return privileged(doc).insert().name


def of_job(doctype: str, name: str) -> list[Document]:
	"""The checklists of a job, by template."""
	names = frappe.get_all(
		DOCTYPE,
		filters={"reference_type": doctype, "reference_name": name},
		pluck="name",
		order_by="template asc",
	)
	return [frappe.get_doc(DOCTYPE, each) for each in names]


def printed(doc: Document) -> list[dict]:
	"""What a report prints of a job's checklists (Jinja): template and lines of question, answer, limits, bad."""
	return [
		{
			"template": checklist.template,
			"lines": [
				{
					"question": row.question,
					"answer": row.signature or row.photo or row.answer,
					"is_picture": bool(row.signature or row.photo),
					"limits": limits_in_words(answer_of(row)),
					"bad": row.state == "Out of Limits",
					"remark": row.remark,
				}
				for row in checklist.answers
				if row.answer or row.remark
			],
		}
		for checklist in of_job(doc.doctype, doc.name)
		if any(row.answer for row in checklist.answers)
	]


def rate(row: Document) -> None:
	"""Set what an answer reads as and whether it is within its limits."""
	answer = answer_of(row)
	row.answer = in_words(
		answer, frappe.format(flt(row.value), "Float") if answer.value is not None else None
	)[:140]
	row.state = state_of(answer)


def answer_of(row: Document) -> Answer:
	"""A row of a Service Checklist as the rules read it."""
	measured = cint(row.value_is_set) or flt(row.value)
	return Answer(
		question=row.question,
		kind=row.kind,
		reqd=bool(cint(row.reqd)),
		yes_no=row.yes_no or "",
		value=flt(row.value) if measured else None,
		choice=row.choice or "",
		text=row.text or "",
		picture=row.photo or row.signature or "",
		lower=flt(row.lower) if cint(row.has_lower) else None,
		upper=flt(row.upper) if cint(row.has_upper) else None,
		good_answer=row.good_answer or "",
		choices=row.choices or "",
		uom=row.uom or "",
	)


# ---------------------------------------------------------------------------------- steps


def _templates_for(doc: Document) -> list[str]:
	rows = frappe.get_all(
		TEMPLATE,
		filters={"disabled": 0, PLACES[doc.doctype]: 1},
		fields=["name", "request_type", "item_group", "brand", "model"],
		order_by="name asc",
	)
	if not rows:
		return []
	fields = ("item_group", "brand", "model")
	product = doc.equipment and frappe.db.get_value("Customer Equipment", doc.equipment, fields, as_dict=True)
	product = product or frappe._dict()
	group = product.item_group
	job = Job(
		request_type=(doc.repair_call and frappe.db.get_value("Repair Call", doc.repair_call, "request_type"))
		or "",
		item_groups=(group, *get_ancestors_of("Item Group", group)) if group else (),
		brand=product.brand or "",
		model=product.model or "",
	)
	scopes = [
		Scope(row.name, row.request_type or "", row.item_group or "", row.brand or "", row.model or "")
		for row in rows
	]
	return fitting(scopes, job)


def _answers_of_cancelled(template: str, job: Document) -> dict[str, dict]:
	"""Question → what was answered on the job that this one amends."""
	if not job.get("amended_from"):
		return {}
	key = f"{job.doctype}|{job.amended_from}|{template}"[:140]
	name = frappe.db.get_value(DOCTYPE, {"checklist_key": key})
	if not name:
		return {}
	fields = (*GIVEN, "follow_up_call")
	return {
		row.question: {field: row.get(field) for field in fields}
		for row in frappe.get_doc(DOCTYPE, name).answers
	}


def _of(doc: Document, status: str) -> Iterable[Document]:
	return [each for each in of_job(doc.doctype, doc.name) if each.status == status]


def _outcome(doc: Document) -> str | None:
	return doc.get("outcome") if doc.doctype == VISIT else doc.status


def _hand_on(checklist: Document, row: Document, job: Document) -> None:
	if row.kind == "Meter" and checklist.equipment and answer_of(row).value is not None:
		readings.take(
			checklist.equipment,
			row.meter,
			flt(row.value),
			"Visit",
			read_at=job.get("departed_at"),
			reference_type=job.doctype,
			reference_name=job.name,
			entry_key=f"checklist-{row.name}",
		)
	if row.makes_call and row.state == "Out of Limits":
		row.follow_up_call = row.follow_up_call or _call_about(checklist, row, job)


def _call_about(checklist: Document, row: Document, job: Document) -> str:
	key = f"checklist-{row.name}"
	if there := frappe.db.get_value("Repair Call", {"entry_key": key}):
		return there
	limits = limits_in_words(answer_of(row))
	call = frappe.new_doc("Repair Call")
	call.update(
		{
			"customer": checklist.customer,
			"company": checklist.company,
			"equipment": checklist.equipment,
			"subject": _("Out of limits: {0}").format(row.question)[:140],
			"description": "<p>{}</p>".format(
				escape_html(
					_("{0} found {1} for {2}. Limits: {3}. {4}").format(
						job.name, row.answer, row.question, limits or "-", row.remark or ""
					)
				)
			),
			"channel": "Other",
			"status": "Triaged",
		}
	)
	call.call_owner = owner_for_customers()
	set_protected_values(call, entry_key=key)
	call.flags.ignore_permissions = True
	return call.insert().name
