"""Who is told in place of somebody who is not there: the superior, else the supervisors of the service."""

import frappe
from frappe.utils import getdate
from frappe.utils.user import get_users_with_role

from aftersales.service_staff import availability

MOST_STEPS = 5


def who_is_told(user: str | None) -> list[str]:
	"""Users who hear of what `user` owns: that user, and while he is on leave also the next in line.

	A disabled user is not told at all. The next in line is whom the Employee reports to, as far up as somebody is
	there; where nobody is named, supervisors of the service.
	"""
	if not _is_enabled(user):
		return _next_in_line(user)
	return [user, *_next_in_line(user)] if is_away(user) else [user]


def leaders_of(user: str) -> list[str]:
	"""Whom a user's Employee reports to, the next one up who is there; else supervisors of the service."""
	return _next_in_line(user)


def is_away(user: str) -> bool:
	"""Whether the user's Employee is on approved leave today (HRMS), or not employed any more."""
	employee = _employee(user)
	if not employee:
		return False
	return employee.status != "Active" or availability.is_on_leave(employee.name, getdate())


def _next_in_line(user: str | None) -> list[str]:
	employee = _employee(user) if user else None
	for _step in range(MOST_STEPS):
		if not employee or not employee.reports_to:
			break
		fields = ("name", "user_id", "status", "reports_to")
		employee = frappe.db.get_value("Employee", employee.reports_to, fields, as_dict=True)
		if employee and employee.user_id != user and _is_enabled(employee.user_id):
			if not is_away(employee.user_id):
				return [employee.user_id]
	supervisors = sorted(set(get_users_with_role("Service Supervisor")) - {"Administrator", user})
	return [name for name in supervisors if not is_away(name)] or supervisors


def _employee(user: str | None) -> frappe._dict | None:
	fields = ("name", "user_id", "status", "reports_to")
	return user and frappe.db.get_value("Employee", {"user_id": user}, fields, as_dict=True)


def _is_enabled(user: str | None) -> bool:
	return bool(user and frappe.db.get_value("User", user, "enabled"))
