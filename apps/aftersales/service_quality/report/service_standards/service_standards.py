"""Each standard of the service: cases, kept, missed, and what followed; beside the period before."""

from dataclasses import replace

import frappe
from frappe import _
from frappe.query_builder import Case
from frappe.query_builder.functions import Count, Sum
from frappe.utils import add_days, flt

from aftersales.core import charts
from aftersales.core.input.filters import validate_filters
from aftersales.core.report_filters import check_company, column, link, period_of
from aftersales.service_quality import goal_figures, goal_rules
from aftersales.service_quality.standards import standard_rules, tally
from aftersales.service_quality.standards.standard_rules import Tally


@validate_filters
def execute(filters: dict | None = None) -> tuple:
	"""Script report. Filters: from_date, to_date (both needed), company, standard_set.

	Raises:
		frappe.PermissionError: the user may not see the company.
	"""
	filters = frappe._dict(filters or {})
	if filters.company:
		check_company(filters.company)
	first, last = period_of(filters)
	found = [
		row
		for row in tally.standards()
		if not filters.standard_set or row.standard_set == filters.standard_set
	]
	earlier = goal_rules.as_long_before(first, last)
	now = tally.tallies(found, first, last, filters.company)
	before = tally.tallies(found, earlier.first, earlier.last, filters.company)
	entries = _deviations(first, last, filters.company)
	rows = [_row(one, now[one.name], before[one.name], entries.get(one.name)) for one in found]
	return columns(), rows, None, _chart(rows), _summary(rows)


def columns() -> list[dict]:
	return [
		column("number", _("No."), "Int", 55),
		link("name", _("Standard"), "Service Standard", 230),
		column("promise", _("Promise"), width=300),
		column("cases", _("Cases"), "Int", 75),
		column("kept", _("Kept"), "Int", 75),
		column("missed", _("Missed"), "Int", 80),
		column("share", _("Share Kept"), "Percent", 105, precision=1),
		column("value", _("Figure"), "Float", 85, precision=1),
		column("before", _("Period Before"), "Float", 120, precision=1),
		column("deviations", _("Deviations"), "Int", 100),
		column("unexplained", _("without Cause"), "Int", 120),
		column("consequence_action", _("Consequence"), width=230),
		column("standard_set", _("Set", context="After-sales"), width=180),
	]


def _row(standard: frappe._dict, now: Tally, before: Tally, entries: frappe._dict | None) -> dict:
	is_figure = standard.measured_by == standard_rules.KEY_FIGURE
	if is_figure and standard.figure and not goal_figures.sees(standard.figure):
		now, before = replace(now, value=None), replace(before, value=None)
	return {
		**{key: standard[key] for key in ("number", "name", "promise", "standard_set", "report")},
		"targets": standard.targets,
		"cases": now.cases,
		"kept": now.kept,
		"missed": now.missed,
		"share": None if is_figure else now.share,
		"value": now.value,
		"figure": standard.figure,
		"before": before.value if is_figure else before.share,
		"color": standard_rules.color(now.share, flt(standard.least_share)),
		"deviations": entries.entered if entries else 0,
		"unexplained": int(entries.unexplained) if entries else 0,
		"consequence_action": _(standard.consequence_action),
	}


def _deviations(first, last, company: str | None) -> dict[str, frappe._dict]:
	entry = frappe.qb.DocType("Service Deviation")
	query = (
		frappe.qb.from_(entry)
		.select(
			entry.standard,
			Count(entry.name).as_("entered"),
			Sum(Case().when(entry.status == "Open", 1).else_(0)).as_("unexplained"),
		)
		.where(entry.standard.isnotnull())
		.where((entry.missed_at >= first) & (entry.missed_at < add_days(last, 1)))
		.groupby(entry.standard)
	)
	if company:
		query = query.where(entry.company == company)
	return {row.standard: row for row in query.run(as_dict=True)}


def _chart(rows: list[dict]) -> dict | None:
	shown = [row for row in rows if row["cases"] and row["value"] is None]
	if not shown:
		return None
	return charts.bars(
		[row["name"] for row in shown],
		[
			(_("Kept"), [row["kept"] for row in shown], charts.GOOD),
			(_("Missed"), [row["missed"] for row in shown], charts.BAD),
		],
		stacked=True,
	)


def _summary(rows: list[dict]) -> list[dict]:
	decided = [row for row in rows if row["cases"]]
	kept = sum(row["color"] == "green" for row in decided)
	open_entries = sum(row["unexplained"] for row in rows)
	return [
		{"label": _("Standards"), "value": len(rows), "datatype": "Int"},
		{
			"label": _("Kept as Promised"),
			"value": f"{kept} / {len(decided)}",
			"datatype": "Data",
			"indicator": "Green" if kept == len(decided) else "Orange",
		},
		{
			"label": _("Deviations without Cause"),
			"value": open_entries,
			"datatype": "Int",
			"indicator": "Red" if open_entries else "Green",
		},
	]
