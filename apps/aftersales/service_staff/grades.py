"""Grades of technicians: who meets what the grade asks for."""

from datetime import date

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, cstr, flt, getdate

from aftersales.service_staff import grade_rules
from aftersales.service_staff.grade_rules import CERTIFICATES, EXPERIENCE, Person, Requirements


def validate_grade(technician: Document) -> None:
	"""A grade is given to a technician who meets its requirements, or by an exception with its reason.

	Asked when the grade is given. Who had it before keeps it when a certificate expires; the standard counts that.
	"""
	if not technician.grade or not technician.has_value_changed("grade"):
		return
	lacking = grade_rules.missing(_requirements(technician.grade), _person(technician), getdate())
	if lacking and not cstr(technician.grade_exception).strip():
		frappe.throw(
			_(
				"{0} does not meet the requirements of grade {1}: {2}. Enter a reason in {3} to give it anyway."
			).format(
				frappe.bold(technician.technician_name),
				frappe.bold(technician.grade),
				"; ".join(_words(*one) for one in lacking),
				frappe.bold(_("Grade by Exception because")),
			)
		)


def tally(on: date | str, company: str | None = None) -> tuple[int, int]:
	"""Active technicians who have a grade and meet it on a day, and all others."""
	filters = {"is_active": 1, **({"company": company} if company else {})}
	technicians = frappe.get_all(
		"Service Technician",
		filters,
		["name", "grade", "in_service_since", "education"],
		order_by="name asc",
	)
	skills = frappe.get_all(
		"Technician Skill",
		{"parenttype": "Service Technician", "parent": ("in", [row.name for row in technicians] or [""])},
		["parent", "valid_until"],
		order_by="idx asc",
	)
	asked = {row.grade: _requirements(row.grade) for row in technicians if row.grade}
	answers = []
	for row in technicians:
		row.skills = [skill for skill in skills if skill.parent == row.name]
		answers.append(
			bool(row.grade) and not grade_rules.missing(asked[row.grade], _person(row), getdate(on))
		)
	return grade_rules.tally(answers)


def _requirements(grade: str) -> Requirements:
	row = frappe.get_cached_doc("Technician Grade", grade)
	return Requirements(flt(row.years_of_experience), row.education or "", cint(row.certificates))


def _person(technician: Document | frappe._dict) -> Person:
	since = technician.in_service_since
	return Person(
		since and getdate(since),
		technician.education or "",
		tuple(skill.valid_until and getdate(skill.valid_until) for skill in technician.skills),
	)


def _words(what: str, asked: float | str, found: float | str) -> str:
	if what == EXPERIENCE:
		return _("{0} years of experience instead of {1}").format(found, asked)
	if what == CERTIFICATES:
		return _("{0} valid skills instead of {1}").format(found, asked)
	return _("education {0} instead of {1}").format(_(found) if found else _("not entered"), _(asked))
