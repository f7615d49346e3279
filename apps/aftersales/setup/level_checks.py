"""Set-up checks of what would make service targets lie before long."""

from datetime import timedelta

import frappe
from frappe import _
from frappe.utils import add_days, format_date, getdate, now_datetime, nowdate

from aftersales.service_levels import calendars, working_time
from aftersales.service_setup.settings import aftersales_settings
from aftersales.setup.checks import GOOD, WARNING, WRONG, Finding

AHEAD = 60
"""Days before a holiday list ends in which that is told."""
GAP = timedelta(days=30)
"""A calendar without working time for so long is a mistake."""
SERVICE_ROLES = (
	*("Service Agent", "Service Supervisor", "Service Manager", "Service Technician", "Workshop Technician"),
	"Service Accountant",
)


def holiday_lists_ending() -> Finding | None:
	"""Holiday lists of calendars in use and of companies that end soon: after that each holiday is a working day."""
	names = {
		*(frappe.db.get_value("Service Calendar", name, "holiday_list") for name in calendars_in_use()),
		*frappe.get_all("Company", pluck="default_holiday_list"),
		*frappe.get_all("Service Technician", {"is_active": 1}, pluck="holiday_list"),
	} - {None, ""}
	if not names:
		return None
	rows = frappe.get_all(
		"Holiday List",
		{"name": ("in", sorted(names)), "to_date": ("<", add_days(nowdate(), AHEAD))},
		["name", "to_date"],
		order_by="to_date asc, name asc",
	)
	told = ", ".join(f"{row.name} ({format_date(row.to_date)})" for row in rows)
	over = any(getdate(row.to_date) < getdate() for row in rows)
	return _finding(
		_("Holiday lists"),
		_(
			"These holiday lists end: {0}. Enter the next holidays, or targets count them as working days."
		).format(told),
		rows,
		wrong=over,
	)


def calendars_without_time() -> Finding | None:
	"""Calendars in use in which no working time comes: a target in them is never due."""
	empty = [name for name in calendars_in_use() if not _has_time(name)]
	return _finding(
		_("Working time"),
		_(
			"These calendars have no working time in the next {0} days: {1}. Check their windows and holidays."
		).format(GAP.days, ", ".join(empty)),
		empty,
		wrong=True,
	)


def people_without_email() -> Finding | None:
	"""Users with roles of the service who cannot be told by mail when a target is missed."""
	user, role = frappe.qb.DocType("User"), frappe.qb.DocType("Has Role")
	names = (
		frappe.qb.from_(user)
		.join(role)
		.on((role.parent == user.name) & (role.parenttype == "User"))
		.select(user.name)
		.distinct()
		.where((user.enabled == 1) & role.role.isin(SERVICE_ROLES) & (user.name != "Administrator"))
		.where(user.email.isnull() | (user.email == ""))
		.orderby(user.name)
		.run(pluck=True)
	)
	return _finding(
		_("Users without an e-mail address"),
		_("Warnings and escalations by mail do not reach: {0}.").format(", ".join(names)),
		names,
	)


def calendars_in_use() -> list[str]:
	"""Names of the calendars of enabled targets, and of the technicians' hours."""
	found = set(frappe.get_all("Service Target", {"enabled": 1}, pluck="calendar"))
	found.add(aftersales_settings().working_calendar)
	return sorted(found - {None, ""})


def _has_time(name: str) -> bool:
	now = calendars.aware(now_datetime())
	try:
		return working_time.elapsed(calendars.load(name), now, now + GAP) > 0
	except ValueError:
		return False


def _finding(title: str, what_to_do: str, found: list, wrong: bool = False) -> Finding:
	if not found:
		return Finding(title, GOOD)
	return Finding(title, WRONG if wrong else WARNING, what_to_do)
