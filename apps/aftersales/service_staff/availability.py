"""Asks ERPNext, and HRMS where it is installed, whether technicians are there; `availability_rules` decides.

Employee (status, relieving date, holiday list), User (enabled), the company's holiday list, approved Leave
Applications and Shift Assignments are read here and nowhere else.
"""

from collections.abc import Iterable
from datetime import date
from html import unescape

import frappe
from frappe import _
from frappe.utils import add_days, escape_html, format_date, getdate, strip_html_tags

from aftersales.service_staff import availability_rules
from aftersales.service_staff.availability_rules import Absence, Leave, Person, Shift

LEAVE = "Leave Application"
SHIFT = "Shift Assignment"
SHIFTS_AROUND = 31
"""Days before and after within which a shift says that somebody is planned by shifts."""


def people(technicians: Iterable[str], begin: date, until: date) -> dict[str, Person]:
	"""Technician → what is known of presence between two days (inclusive)."""
	rows = _technicians(list(technicians))
	employees = [row.employee for row in rows if row.employee]
	leaves = _leaves(employees, begin, until)
	shifts = _shifts(employees, begin, until)
	return {
		row.name: Person(
			employee_status=row.status,
			relieving_date=row.relieving_date,
			user_disabled=bool(row.user) and not row.enabled,
			leaves=tuple(leaves.get(row.employee, ())),
			holidays=_holidays(row, begin, until),
			shifts=tuple(shifts.get(row.employee, ())),
		)
		for row in rows
	}


def absence_on(technician: str, day: date | str, made: bool = False) -> Absence | None:
	"""Why a technician is not there on a day; None when nothing speaks against it."""
	day = getdate(day)
	person = people([technician], day, day).get(technician)
	return availability_rules.absence(person, day, made) if person else None


def half_day_on(technician: str, day: date | str) -> Absence | None:
	"""Half of the technician's day is off."""
	day = getdate(day)
	person = people([technician], day, day).get(technician)
	return availability_rules.half_day(person, day) if person else None


def is_on_leave(employee: str, day: date) -> bool:
	"""Whether an approved leave of a whole day touches `day`."""
	leaves = _leaves([employee], day, day).get(employee, ())
	return any(leave.half_day != day for leave in leaves)


def told(technician: str, found: Absence) -> str:
	"""An absence in a sentence, HTML."""
	name = frappe.bold(escape_html(technician))
	until = format_date(found.until) if found.until else None
	what = escape_html(_(found.what)) if found.what else None
	if found.code == "left":
		return (
			_("{0} left the company on {1}.").format(name, until)
			if until
			else _("{0} has left the company.").format(name)
		)
	if found.code == "not_employed":
		return _("{0} is not at work: the employee is {1}.").format(name, what)
	if found.code == "disabled":
		return _("The user of {0} is disabled.").format(name)
	if found.code == "leave":
		return _("{0} is on leave until {1} ({2}).").format(name, until, what or "-")
	if found.code == "half_day":
		return _("{0} has half a day off on {1} ({2}).").format(name, until, what or "-")
	if found.code == "no_shift":
		return _("{0} has no shift on this day.").format(name)
	return _("{0} has a day off ({1}).").format(name, what or _("Public Holiday"))


def told_plain(technician: str, found: Absence) -> str:
	"""The same as plain text."""
	return unescape(strip_html_tags(told(technician, found)))


def _technicians(names: list[str]) -> list[frappe._dict]:
	technician, employee, user = (
		frappe.qb.DocType(name) for name in ("Service Technician", "Employee", "User")
	)
	if not names:
		return []
	return (
		frappe.qb.from_(technician)
		.left_join(employee)
		.on(employee.name == technician.employee)
		.left_join(user)
		.on(user.name == technician.user)
		.select(
			technician.name,
			technician.user,
			technician.employee,
			technician.company,
			technician.holiday_list,
			technician.supplier,
			employee.status,
			employee.relieving_date,
			user.enabled,
		)
		.where(technician.name.isin(names))
		.run(as_dict=True)
	)


def _leaves(employees: list[str], begin: date, until: date) -> dict[str, list[Leave]]:
	"""Employee → approved leaves that touch the days; {} where no app knows leave."""
	if not employees or not frappe.db.table_exists(LEAVE):
		return {}
	found: dict[str, list[Leave]] = {}
	for row in frappe.get_all(
		LEAVE,
		filters={
			"employee": ("in", employees),
			"docstatus": 1,
			"status": "Approved",
			"from_date": ("<=", until),
			"to_date": (">=", begin),
		},
		fields=["employee", "from_date", "to_date", "leave_type", "half_day", "half_day_date"],
		order_by="from_date asc, name asc",
	):
		half = (row.half_day_date or row.from_date) if row.half_day else None
		found.setdefault(row.employee, []).append(Leave(row.from_date, row.to_date, row.leave_type, half))
	return found


def _shifts(employees: list[str], begin: date, until: date) -> dict[str, list[Shift]]:
	"""Employee → shifts assigned around the days; {} where no app knows shifts."""
	if not employees or not frappe.db.table_exists(SHIFT):
		return {}
	found: dict[str, list[Shift]] = {}
	for row in frappe.get_all(
		SHIFT,
		filters={
			"employee": ("in", employees),
			"docstatus": 1,
			"status": "Active",
			"start_date": ("<=", add_days(until, SHIFTS_AROUND)),
		},
		or_filters=[["end_date", "is", "not set"], ["end_date", ">=", add_days(begin, -SHIFTS_AROUND)]],
		fields=["employee", "start_date", "end_date"],
		order_by="start_date asc, name asc",
	):
		found.setdefault(row.employee, []).append(Shift(row.start_date, row.end_date))
	return found


def _holidays(row: frappe._dict, begin: date, until: date) -> dict[date, str]:
	holiday_list = row.holiday_list
	if not row.supplier:  # the days off of the company are not those of its subcontractors
		holiday_list = holiday_list or _list_of_employee(row) or _list_of_company(row.company)
	if not holiday_list:
		return {}
	return {
		getdate(day.holiday_date): strip_html_tags(day.description or "").strip()
		for day in frappe.get_cached_doc("Holiday List", holiday_list).holidays
		if begin <= getdate(day.holiday_date) <= until
	}


def _list_of_employee(row: frappe._dict) -> str | None:
	"""The employee's holiday list as ERPNext finds it; HRMS (version 16) assigns lists by period."""
	if not row.employee:
		return None
	from erpnext.setup.doctype.employee.employee import get_holiday_list_for_employee

	return get_holiday_list_for_employee(row.employee, raise_exception=False)


def _list_of_company(company: str | None) -> str | None:
	return company and frappe.get_cached_value("Company", company, "default_holiday_list")
