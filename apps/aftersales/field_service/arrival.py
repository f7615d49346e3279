"""Suggests arrival windows for a call: loads qualified technicians, hours and visits, asks `arrival_rules`."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import partial

import frappe
from frappe.utils import cint, get_datetime, getdate, now_datetime
from frappe.utils.nestedset import get_ancestors_of

from aftersales.field_service import arrival_rules, arrival_travel
from aftersales.field_service.arrival_rules import Span, Suggestion, Technician, Wish
from aftersales.field_service.crew import crews
from aftersales.service_setup.settings import aftersales_settings
from aftersales.service_staff import availability, availability_rules, exams
from aftersales.service_staff.skill_rules import QUALIFIED, Skill, is_qualified

HORIZON = timedelta(days=14)
NOT_TAKING_TIME = ("Cancelled", "Completed", "Archived")


def suggest(
	company: str,
	item_group: str | None = None,
	support_kind: str | None = None,
	service_zone: str | None = None,
	due: datetime | None = None,
	promised: Iterable[tuple[str, datetime, datetime]] = (),
	emergency: bool = False,
	count: int = 3,
	now: datetime | None = None,
	address: str | None = None,
	length: timedelta | None = None,
) -> list[Suggestion]:
	"""Windows that can be promised to a customer, the best first; [] when nobody is qualified.

	Args:
		item_group, support_kind: what the technician must be qualified for; empty where not known.
		due: when somebody has to be there (site time), None without a target.
		promised: calls with their window that a customer was promised; those without a visit take time too.
		emergency: offer a time outside working hours where working hours cannot meet `due`.
		now: site time, default now.
		address: where the visit is: windows then say what driving they add, and a cheap one is among them.
		length: of the visit, where it is planned already; one that is shorter than usual counts as usual.
	"""
	now = now or now_datetime()
	settings = aftersales_settings()
	lead = timedelta(minutes=cint(settings.arrival_lead) if not emergency else 0)
	usual = timedelta(minutes=cint(settings.visit_minutes) or 90)
	wish = Wish(
		earliest=now + lead,
		visit=max(usual, length or usual),
		window=timedelta(minutes=cint(settings.arrival_window) or 120),
		due=due,
		zone=service_zone,
	)
	until = now + HORIZON
	technicians = _qualified(company, item_group, support_kind, wish.earliest, until)
	technicians = arrival_rules.with_promises(technicians, _not_dispatched(promised), usual)
	found = arrival_rules.suggest(technicians, wish, count)
	if emergency and not any(window.in_time for window in found):
		return (arrival_rules.on_call(technicians, wish, until) + found)[:count]
	return arrival_travel.offered(
		found, lambda number: arrival_rules.suggest(technicians, wish, number), address, service_zone
	)


def keeper(
	company: str,
	window: Span,
	item_group: str | None = None,
	support_kind: str | None = None,
	service_zone: str | None = None,
	promised: Iterable[tuple[str, datetime, datetime]] = (),
	but: str | None = None,
	length: timedelta | None = None,
) -> str | None:
	"""The technician who can keep a window a customer has chosen; None when it is no window, too early or taken.

	Visits are read so that what others have planned meanwhile is seen; whoever asks holds the technicians.

	Args:
		but: a visit that is not in the way, because it is the one to be moved.
		length: of that visit; one that is shorter than usual counts as usual.
	"""
	now, settings = now_datetime(), aftersales_settings()
	usual = timedelta(minutes=cint(settings.visit_minutes) or 90)
	wish = Wish(
		earliest=now + timedelta(minutes=cint(settings.arrival_lead)),
		visit=max(usual, length or usual),
		window=timedelta(minutes=cint(settings.arrival_window) or 120),
		zone=service_zone,
	)
	if not arrival_rules.is_window(window, wish, now + HORIZON):
		return None
	day = datetime.combine(window[0].date(), time())
	until = max(day + timedelta(days=1), window[1] + wish.visit)
	technicians = _qualified(company, item_group, support_kind, day, until, but, for_update=True)
	technicians = arrival_rules.with_promises(technicians, _not_dispatched(promised, for_update=True), usual)
	return arrival_rules.keeper(technicians, wish, window)


def _qualified(
	company: str,
	item_group: str | None,
	support_kind: str | None,
	begin: datetime,
	until: datetime,
	but: str | None = None,
	for_update: bool = False,
) -> list[Technician]:
	"""Active technicians of the company, each on the days of presence on which the certificates are good."""
	groups = [item_group, *get_ancestors_of("Item Group", item_group)] if item_group else []
	people = frappe.get_all(
		"Service Technician",
		filters={"company": company, "is_active": 1},
		fields=["name", "service_zone"],
		order_by="name asc",
	)
	skills = skills_of([person.name for person in people])
	retraining = exams.retraining_of(skills, begin.date())

	def is_fit(technician: str, day: date) -> bool:
		return is_qualified(
			skills.get(technician, ()), groups, support_kind, day, retraining.get(technician, ())
		).ok

	fit = [person for person in people if is_fit(person.name, begin.date())]
	names = [person.name for person in fit]
	busy = _busy(names, begin, until, but, for_update)
	known = availability.people(names, begin.date(), until.date())
	hours = working_hours(None, begin, until)

	def comes(technician: str, day: date) -> bool:
		return is_fit(technician, day) and not availability_rules.absence(known[technician], day)

	return [
		Technician(
			person.name,
			arrival_rules.on_days(hours, partial(comes, person.name)),
			tuple(sorted(busy.get(person.name, ()))),
			person.service_zone,
		)
		for person in fit
	]


def skills_of(technicians: list[str]) -> dict[str, list[Skill]]:
	"""Technician → what they can do, in the order of their record."""
	skills: dict[str, list[Skill]] = {}
	if not technicians:
		return skills
	for row in frappe.get_all(
		"Technician Skill",
		filters={"parent": ("in", technicians), "parenttype": "Service Technician"},
		fields=["parent", "item_group", "support_kind", "certificate", "valid_until", "level"],
		order_by="parent asc, idx asc",
	):
		until = getdate(row.valid_until) if row.valid_until else None
		skills.setdefault(row.parent, []).append(
			Skill(row.item_group, row.support_kind, row.certificate, until, row.level or QUALIFIED)
		)
	return skills


def _busy(
	technicians: list[str], begin: datetime, until: datetime, but: str | None, for_update: bool
) -> dict[str, list[Span]]:
	busy: dict[str, list[Span]] = {}
	if not technicians:
		return busy
	rows = frappe.db.get_values(
		"Service Voucher",
		{
			"technician": ("in", technicians),
			"docstatus": 0,
			"status": ("not in", NOT_TAKING_TIME),
			"planned_start": ("<", until),
			"planned_end": (">", begin),
		},
		["name", "technician", "planned_start", "planned_end"],
		as_dict=True,
		order_by="planned_start asc",
		for_update=for_update,
	)
	for row in (*rows, *crews.spans(technicians, begin, until, for_update)):
		if row.name != but:
			busy.setdefault(row.technician, []).append((row.planned_start, row.planned_end))
	return busy


def working_hours(holiday_list: str | None, begin: datetime, until: datetime) -> tuple[Span, ...]:
	"""The stretches of the service's hours between two moments (site time), less the days of a holiday list."""
	from aftersales.service_levels import calendars

	calendar = aftersales_settings().working_calendar
	hours = calendars.hours_between(calendar, begin, until) if calendar else [(begin, until)]
	if not holiday_list:
		return tuple(hours)
	days_off = {
		getdate(row.holiday_date) for row in frappe.get_cached_doc("Holiday List", holiday_list).holidays
	}
	return arrival_rules.on_days(hours, lambda day: day not in days_off)


def _not_dispatched(
	promised: Iterable[tuple[str, datetime, datetime]], for_update: bool = False
) -> list[Span]:
	"""Of the windows promised on calls, those for which no visit is planned: a planned one counts itself."""
	promised = list(promised)
	if not promised:
		return []
	planned = set(
		frappe.db.get_values(
			"Service Voucher",
			{
				"repair_call": ("in", [call for call, _start, _end in promised]),
				"docstatus": 0,
				"status": ("!=", "Cancelled"),
				"planned_start": ("is", "set"),
			},
			"repair_call",
			pluck=True,
			order_by="name asc",
			for_update=for_update,
		)
	)
	return [(get_datetime(start), get_datetime(end)) for call, start, end in promised if call not in planned]
