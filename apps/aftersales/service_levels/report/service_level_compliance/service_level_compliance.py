"""How many service targets were met: SLA compliance = met / (met + missed) (R-KPI).

Counted are clocks that ended in the period. Clocks that were cancelled are neither met nor missed;
those that are open now are shown beside, and do not count.
"""

import frappe
from frappe import _
from frappe.query_builder import Case, Order
from frappe.query_builder.functions import Avg, Coalesce, DateFormat, Sum
from frappe.utils import add_to_date, flt, getdate
from pypika.terms import Term

from aftersales.core import charts
from aftersales.core.input.filters import validate_filters
from aftersales.core.permitted import permitted
from aftersales.core.report_parts import card
from aftersales.service_levels.clock_machine import State

GROUPS = {
	"Target": ("target", {"fieldtype": "Link", "options": "Service Target"}),
	"What is Measured": ("measure", {"fieldtype": "Data"}),
	"Month": ("month", {"fieldtype": "Data"}),
	"Call Owner": ("call_owner", {"fieldtype": "Link", "options": "User"}),
	"Zone": ("service_zone", {"fieldtype": "Link", "options": "Service Zone"}),
	"Customer": ("customer", {"fieldtype": "Link", "options": "Customer"}),
	# No link: Frappe lets only those run a report with one who may read DocTypes
	"Document Type": ("reference_doctype", {"fieldtype": "Data"}),
}


@validate_filters
def execute(filters: dict | None = None) -> tuple:
	"""Script report. Filters: from_date, to_date, group_by (one of GROUPS), measure, company, reference_doctype."""
	filters = frappe._dict(filters or {})
	group = filters.group_by or "Target"
	if group not in GROUPS:
		frappe.throw(_("Group by one of: {0}.").format(", ".join(_(name) for name in GROUPS)))
	data = [_with_rate(row) for row in _counts(filters, group)]
	return columns(group), data, None, _chart(data), _summary(data)


def columns(group: str) -> list[dict]:
	return [
		{"fieldname": "value", "label": _(group), "width": 240, **GROUPS[group][1]},
		{"fieldname": "met", "label": _("Met"), "fieldtype": "Int", "width": 90},
		{"fieldname": "missed", "label": _("Missed"), "fieldtype": "Int", "width": 90},
		{
			"fieldname": "compliance",
			"label": _("Compliance"),
			"fieldtype": "Percent",
			"precision": 1,
			"width": 120,
		},
		{"fieldname": "overrun", "label": _("Mean Overrun"), "fieldtype": "Duration", "width": 140},
		{"fieldname": "cancelled", "label": _("Cancelled"), "fieldtype": "Int", "width": 100},
	]


def _counts(filters: frappe._dict, group: str) -> list[frappe._dict]:
	clock = frappe.qb.DocType("Service Clock")
	value = _value_of(clock, GROUPS[group][0])
	query = (
		frappe.qb.from_(clock)
		.select(
			Coalesce(value, "").as_("value"),
			_number_of(clock, State.MET).as_("met"),
			_number_of(clock, State.MISSED).as_("missed"),
			_number_of(clock, State.CANCELLED).as_("cancelled"),
			Avg(Case().when(clock.state == State.MISSED.value, clock.overrun_seconds)).as_("overrun"),
		)
		.where(clock.stopped_at.isnotnull())
		.groupby(value)
		.orderby(value, order=Order.asc)
	)
	if filters.from_date:
		query = query.where(clock.stopped_at >= getdate(filters.from_date))
	if filters.to_date:
		query = query.where(clock.stopped_at < add_to_date(getdate(filters.to_date), days=1))
	for field in ("measure", "company", "reference_doctype"):
		if filters.get(field):
			query = query.where(clock[field] == filters[field])
	return permitted(query, clock).run(as_dict=True)


def _value_of(clock, field: str) -> Term:
	return DateFormat(clock.stopped_at, "%Y-%m") if field == "month" else clock[field]


def _number_of(clock, state: State) -> Term:
	return Sum(Case().when(clock.state == state.value, 1).else_(0))


def _with_rate(row: frappe._dict) -> frappe._dict:
	decided = row.met + row.missed
	row.compliance = flt(100 * row.met / decided, 1) if decided else None
	row.overrun = round(row.overrun or 0)
	return row


def _chart(data: list[frappe._dict]) -> dict | None:
	shown = [row for row in data if row.compliance is not None]
	if not shown:
		return None
	return charts.bars(
		[row.value or _("None") for row in shown],
		[
			(_("Met"), [row.met for row in shown], charts.GOOD),
			(_("Missed"), [row.missed for row in shown], charts.BAD),
		],
		stacked=True,
	)


def _summary(data: list[frappe._dict]) -> list[dict]:
	met, missed = sum(row.met for row in data), sum(row.missed for row in data)
	rate = flt(100 * met / (met + missed), 1) if met + missed else None
	return [
		card(_("Compliance"), rate, "Percent"),
		{"value": met, "label": _("Met"), "datatype": "Int"},
		{"value": missed, "label": _("Missed"), "datatype": "Int"},
	]
