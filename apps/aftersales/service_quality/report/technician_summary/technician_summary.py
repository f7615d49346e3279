"""What each technician did in a period, how well, and how much of their time went into it (R-HR, R-KPI).

Utilisation = hours on jobs, travel included, of the hours available by the service's calendar and their holidays.
"""

import frappe
from frappe import _
from frappe.utils import add_days, cint, flt, getdate, nowdate

from aftersales.core import charts
from aftersales.core.input.filters import validate_filters
from aftersales.core.report_filters import check_company, column, link, period_of
from aftersales.core.report_parts import card
from aftersales.customer_care import opinion_figures as opinions
from aftersales.field_service import metrics as visits
from aftersales.field_service.metrics import Period
from aftersales.repair_workshop import metrics as workshop
from aftersales.service_quality.key_figure_rules import share, utilisation
from aftersales.service_setup.settings import aftersales_settings

SUMS = (
	"visits",
	"completed",
	"visited",
	"fixed_at_once",
	"came_back",
	"hours",
	"travel_hours",
	"repairs",
	"bench_hours",
	"content",
	"rated",
)
SOON = 60
"""Days before a certificate runs out in which the report says so."""


@validate_filters
def execute(filters: dict | None = None) -> tuple:
	"""Script report. Filters: from_date, to_date (both needed), company, service_zone.

	Raises:
		frappe.ValidationError: a date is missing, or the period ends before it begins.
	"""
	filters = frappe._dict(filters or {})
	if filters.company:
		check_company(filters.company)
	period = Period(*period_of(filters), filters.company or None)
	rows = _rows(period, filters.service_zone)
	return columns(), rows, None, _chart(rows), _summary(rows)


def columns() -> list[dict]:
	return [
		link("technician", _("Technician"), "Service Technician", 180),
		link("service_zone", _("Zone"), "Service Zone", 150),
		column("visits", _("Visits"), "Int", 100),
		column("completed", _("Completed"), "Int", 100),
		column("first_time_fix_rate", _("First-time Fix Rate"), "Percent", 150, precision=1),
		column("came_back", _("Came Back"), "Int", 110),
		column("repairs", _("Workshop Repairs"), "Int", 160),
		column("hours", _("Hours on Site"), "Float", 130, precision=1),
		column("travel_hours", _("Travel"), "Float", 130, precision=1),
		column("bench_hours", _("Hours at Bench"), "Float", 130, precision=1),
		column("available", _("Available"), "Float", 130, precision=1),
		column("utilisation", _("Utilisation"), "Percent", 150, precision=1),
		column("csat", _("CSAT"), "Percent", 150, precision=1),
		column("rated", _("Ratings"), "Int", 100),
		column("expires", _("First Certificate until"), "Date", 190),
		column("expires_soon", _("Expires Soon"), "Check", hidden=1),
	]


def _rows(period: Period, zone: str | None) -> list[frappe._dict]:
	within = cint(aftersales_settings().repeat_days)
	dates = (period.from_date, period.to_date, period.company)
	done: dict[str, frappe._dict] = {}
	for row in (
		*visits.visits_by_technician(period, within),
		*visits.hours_by_technician(period),
		*workshop.repairs_by_technician(*dates),
		*workshop.bench_hours_by_technician(*dates),
		*opinions.answers_by_technician(*dates),
	):
		sums = done.setdefault(row.technician, frappe._dict(dict.fromkeys(SUMS, 0)))
		for name in SUMS:
			sums[name] += flt(row.get(name))
	soon = getdate(add_days(nowdate(), SOON))
	rows = []
	available: dict[str | None, float] = {}
	for person in visits.people(period.company, also=done):
		if zone and person.service_zone != zone:
			continue
		sums = done.get(person.name)
		if not sums and not person.is_active:
			continue
		days_off = person.holiday_list or None
		if days_off not in available:
			available[days_off] = flt(visits.available_hours(days_off, period), 1)
		row = frappe._dict(dict.fromkeys(SUMS, 0), **(sums or {}))
		row.update(
			technician=person.name,
			service_zone=person.service_zone,
			available=available[days_off],
			first_time_fix_rate=share(row.fixed_at_once, row.visited),
			csat=share(row.content, row.rated),
			expires=person.expires,
			expires_soon=int(bool(person.expires and person.expires <= soon)),
		)
		row.utilisation = utilisation(row.hours + row.travel_hours + row.bench_hours, row.available)
		rows.append(row)
	return rows


def _chart(rows: list[frappe._dict]) -> dict | None:
	shown = [row for row in rows if row.utilisation is not None]
	if not any(row.utilisation for row in shown):
		return None
	kinds = (
		(_("Hours on Site"), "hours", charts.COUNT),
		(_("Travel"), "travel_hours", charts.QUIET),
		(_("Hours at Bench"), "bench_hours", charts.SHARE),
	)
	return charts.bars(
		[row.technician for row in shown],
		[(name, [flt(row[field], 1) for row in shown], color) for name, field, color in kinds],
		stacked=True,
	)


def _summary(rows: list[frappe._dict]) -> list[dict]:
	total = {name: sum(row[name] for row in rows) for name in SUMS}
	available = sum(row.available for row in rows)
	worked = total["hours"] + total["travel_hours"] + total["bench_hours"]
	figures = (
		(_("Visits"), total["visits"], "Int"),
		(_("Workshop Repairs"), total["repairs"], "Int"),
		(_("First-time Fix Rate"), share(total["fixed_at_once"], total["visited"]), "Percent"),
		(_("Utilisation"), utilisation(worked, available), "Percent"),
	)
	return [card(label, value, datatype) for label, value, datatype in figures if value is not None]
