"""The record of the month: one for each technician and agent, who reads and confirms it, as the leader does."""

from datetime import date

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_days, add_months, flt, get_first_day, getdate, now_datetime

from aftersales.core.notices import Notice, notify
from aftersales.core.report_filters import share
from aftersales.core.roles import SUPERVISORS
from aftersales.core.savepoints import one_of_many
from aftersales.service_desk.staff_months import agent_figures
from aftersales.service_quality.report.technician_summary import technician_summary
from aftersales.service_staff import deputies

RECORD = "Staff Monthly Record"
WRITTEN = "aftersales_staff_months_written"
"""Global default: first day of the last month whose records are complete."""
LEADERS = ("System Manager", *SUPERVISORS)


def write_last_month(on: date | str | None = None) -> int:
	"""Daily: the records of the month that is over which are not there yet; returns how many.

	For everybody who has worked in it: technicians with a user, and owners of calls. The month is counted in its first
	night; only where a record could not be written it is counted again in the next one.
	"""
	first = getdate(get_first_day(getdate(on), d_months=-1))
	if is_written(first):
		return 0
	wanted = {user: found for user, found in _of_everybody(first).items() if _is_person(user)}
	written = 0
	for user, (technician, rows) in sorted(wanted.items()):
		key = f"{user}/{first}"
		if frappe.db.exists(RECORD, {"entry_key": key}):
			continue
		with one_of_many(_("The monthly record of {0} could not be written").format(user), "User", user):
			_write(key, user, technician, first, rows)
			written += 1
	keys = [f"{user}/{first}" for user in wanted]
	if frappe.db.count(RECORD, {"entry_key": ("in", keys or [""])}) == len(wanted):
		note_written(first)
	return written


def is_written(month: date) -> bool:
	"""Whether the records of a month (its first day), or of a later one, were written, or are not to be."""
	last = frappe.db.get_global(WRITTEN)
	return bool(last) and getdate(last) >= month


def note_written(month: date) -> None:
	"""The records of a month (its first day) are there, or nobody shall get one any more."""
	frappe.db.set_global(WRITTEN, str(month))


def _write(key: str, user: str, technician: frappe._dict | None, first: date, rows: list[tuple]) -> None:
	record = frappe.new_doc(RECORD)
	leader = next((one for one in deputies.leaders_of(user) if one != user), None)
	record.update(
		{
			"user": user,
			"technician": technician and technician.name,
			"company": technician and technician.company,
			"month": first,
			"leader": leader,
			"published_at": now_datetime(),
			"entry_key": key,
			"figures": [{"figure": name, "value": now, "before": before} for name, now, before in rows],
		}
	)
	record.flags.by_system = True
	record.insert(ignore_permissions=True)
	month = frappe.utils.formatdate(first, "MMMM yyyy")
	notify(user, Notice(_("Your record of {0}: read and confirm it").format(month), RECORD, record.name))
	if leader:
		said = _("Record of {0}, {1}").format(frappe.utils.get_fullname(user), month)
		notify(leader, Notice(said, RECORD, record.name))


def _of_everybody(first: date) -> dict[str, tuple[frappe._dict | None, list[tuple]]]:
	"""User -> technician, and (figure, this month, month before) as shown."""
	before = getdate(add_months(first, -1))
	now, then = _figures(first), _figures(before)
	technicians = {
		row.user: row
		for row in frappe.get_all(
			"Service Technician",
			{"user": ("is", "set"), "is_active": 1},
			["name", "user", "company"],
			order_by="name asc",
		)
	}
	return {
		user: (
			technicians.get(user),
			[(name, value, then.get(user, {}).get(name, "–")) for name, value in shown.items()],
		)
		for user, shown in now.items()
	}


def _figures(first: date) -> dict[str, dict[str, str]]:
	last = getdate(add_days(add_months(first, 1), -1))
	found: dict[str, dict[str, str]] = {}
	users = dict(
		frappe.get_all(
			"Service Technician", {"user": ("is", "set")}, ["name", "user"], as_list=True, order_by="name asc"
		)
	)
	for row in technician_summary.execute({"from_date": first, "to_date": last})[1]:
		if (user := users.get(row.technician)) and (row.visits or row.repairs or row.bench_hours):
			found.setdefault(user, {}).update(_of_technician(row))
	for user, row in agent_figures.by_agent(first, last).items():
		found.setdefault(user, {}).update(_of_agent(row))
	return found


def _of_technician(row: frappe._dict) -> dict[str, str]:
	return {
		_("Visits"): _number(row.visits, 0),
		_("First-time Fix Rate"): _percent(row.first_time_fix_rate),
		_("Came Back"): _number(row.came_back, 0),
		_("Workshop Repairs"): _number(row.repairs, 0),
		_("Hours on Site"): _number(row.hours),
		_("Travel"): _number(row.travel_hours),
		_("Hours at Bench"): _number(row.bench_hours),
		_("Utilisation"): _percent(row.utilisation),
		_("CSAT of Repairs"): _percent(row.csat),
	}


def _of_agent(row: frappe._dict) -> dict[str, str]:
	return {
		_("Calls"): _number(row.calls, 0),
		_("Solved by Phone"): _percent(share(row.by_phone, row.calls)),
		_("Response Time (h)"): _number(None if row.response is None else row.response / 3600),
		_("CSAT on the Phone"): _percent(share(row.content, row.rated)),
		_("Courtesy of Recordings"): _number(row.courtesy),
	}


def _number(value: float | None, digits: int = 1) -> str:
	return "–" if value is None else f"{flt(value, digits):.{digits}f}"


def _percent(value: float | None) -> str:
	return "–" if value is None else f"{flt(value, 1):.1f} %"


def _is_person(user: str) -> bool:
	return user not in ("Administrator", "Guest") and bool(frappe.db.get_value("User", user, "enabled"))


def query_conditions(user: str | None = None) -> str:
	"""SQL condition for lists and reports: one's own records, and those one leads; leaders of the service see all."""
	user = user or frappe.session.user
	if user == "Administrator" or set(LEADERS) & set(frappe.get_roles(user)):
		return ""
	name = frappe.db.escape(user)
	return f"(`tab{RECORD}`.`user` = {name} or `tab{RECORD}`.`leader` = {name})"


def has_permission(doc: Document, ptype: str = "read", user: str | None = None, **kwargs) -> bool:
	"""True for leaders of the service, the person and the leader named in the record."""
	user = user or frappe.session.user
	if user == "Administrator" or set(LEADERS) & set(frappe.get_roles(user)):
		return True
	stored = frappe.db.get_value(RECORD, doc.name, ["user", "leader"]) if isinstance(doc, Document) else None
	return bool(stored) and user in stored
