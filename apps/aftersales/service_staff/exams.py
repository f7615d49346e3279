"""Exams of technicians: what they change on the technician's record, and for which work they bar."""

from collections.abc import Iterable
from datetime import date

import frappe
from frappe.model.document import Document
from frappe.utils import getdate

from aftersales.service_staff.exam_rules import PASSED, Exam, still_failed
from aftersales.service_staff.skill_rules import QUALIFIED, TRAINEE, Skill

EXAM = "Technician Exam"


def retraining_of(technicians: Iterable[str], on: date | str) -> dict[str, list[Skill]]:
	"""Technician -> product groups and kinds of support for which an exam was failed and not passed since."""
	taken: dict[str, list[Exam]] = {}
	rows = frappe.get_all(
		EXAM,
		filters={"technician": ("in", list(technicians)), "docstatus": 1, "exam_date": ("<=", getdate(on))},
		fields=["technician", "item_group", "support_kind", "exam_date", "result"],
		order_by="exam_date asc, creation asc, name asc",
	)
	for sequence, row in enumerate(rows):
		exam = Exam(row.item_group, row.support_kind, getdate(row.exam_date), row.result, sequence)
		taken.setdefault(row.technician, []).append(exam)
	failed = {technician: still_failed(exams, getdate(on)) for technician, exams in taken.items()}
	return {
		technician: [Skill(exam.item_group, exam.support_kind) for exam in exams]
		for technician, exams in failed.items()
		if exams
	}


def write_skill(exam: Document) -> None:
	"""A passed exam is a skill with its certificate; one that is cancelled gives the skill of the exam before back."""
	if exam.result != PASSED:
		return
	technician = frappe.get_doc("Service Technician", exam.technician, for_update=True)
	latest = exam if exam.docstatus == 1 and not _later(exam) else _last_passed(exam)
	row = next((row for row in technician.skills if _is_same(row, exam)), None)
	if latest is None:
		# No exam is left. A skill that somebody entered by hand with another certificate stays.
		if row and row.certificate == _certificate(exam):
			technician.remove(row)
	else:
		row = row or technician.append(
			"skills", {"item_group": exam.item_group, "support_kind": exam.support_kind}
		)
		row.certificate = _certificate(latest)
		row.valid_until = latest.valid_until
		row.level = QUALIFIED if row.level == TRAINEE else row.level
	technician.save(ignore_permissions=True)  # who may submit an exam need not keep technicians' records


def _is_same(row, exam) -> bool:
	return (row.item_group, row.support_kind) == (exam.item_group, exam.support_kind)


def _certificate(exam) -> str:
	return exam.certificate or exam.name


def _of_same_kind(exam: Document) -> dict:
	return {
		"technician": exam.technician,
		"item_group": exam.item_group,
		"support_kind": exam.support_kind,
		"docstatus": 1,
		"result": PASSED,
		"name": ("!=", exam.name),
	}


def _later(exam: Document) -> bool:
	return bool(frappe.db.exists(EXAM, {**_of_same_kind(exam), "exam_date": (">", exam.exam_date)}))


def _last_passed(exam: Document) -> frappe._dict | None:
	rows = frappe.get_all(
		EXAM,
		filters=_of_same_kind(exam),
		fields=["name", "certificate", "valid_until"],
		order_by="exam_date desc, creation desc",
		limit=1,
	)
	return rows[0] if rows else None
