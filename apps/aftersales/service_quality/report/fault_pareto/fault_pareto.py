"""Which symptoms, faults, causes or actions make most of the work: a Pareto by code, model, or both (R-FU-4).

Counted are the calls received in the period, cancelled ones left out, and calls without the code.
"""

from itertools import accumulate

import frappe
from frappe import _

from aftersales.core import charts
from aftersales.core.input.filters import validate_filters
from aftersales.core.report_filters import period_of
from aftersales.core.source_text import N_
from aftersales.service_calls import metrics as calls
from aftersales.service_calls.metrics import FILTERS, Selection
from aftersales.service_quality.fault_rules import pareto

KINDS = {
	"Symptom": "symptom_code",
	"Fault": "fault_code",
	"Cause": "cause_code",
	"Action": "action_code",
}
CODE, MODEL, BOTH = N_("Code"), N_("Model"), N_("Code and Model")
GROUPS = (CODE, MODEL, BOTH)
SEPARATOR = " · "
SHOWN = 8
COUNTS = ("cases", "repeats", "hazards")


@validate_filters
def execute(filters: dict | None = None) -> tuple:
	"""Script report. Filters: from_date, to_date (both needed), kind (one of KINDS), group_by (one of GROUPS), and
	company, request_type, service_zone, customer, brand, model to look at some calls only.

	Raises:
		frappe.ValidationError: a date is missing, the period ends before it begins, unknown kind or grouping.
	"""
	filters = frappe._dict(filters or {})
	kind, group = filters.kind or "Fault", filters.group_by or CODE
	_check(kind, group)
	selection = Selection(
		*period_of(filters),
		filters={name: filters[name] for name in FILTERS if filters.get(name)},
	)
	counted = calls.coded(selection, KINDS[kind], by_model=group != CODE)
	coded = [row for row in counted if row.code]
	rows = _rows(coded, group)
	return columns(kind, group), rows, None, _chart(rows), _summary(counted, coded, rows)


def columns(kind: str, group: str) -> list[dict]:
	code = [
		{"fieldname": "title", "label": _(kind), "fieldtype": "Data", "width": 220},
		{"fieldname": "code", "label": _("Code"), "fieldtype": "Link", "options": "Fault Code", "width": 140},
	]
	model = [{"fieldname": "product", "label": _("Model"), "fieldtype": "Data", "width": 200}]
	spread = [{"fieldname": "models", "label": _("Models"), "fieldtype": "Int", "width": 90}]
	return [
		*(code if group != MODEL else []),
		*(model if group != CODE else []),
		{"fieldname": "cases", "label": _("Calls"), "fieldtype": "Int", "width": 90},
		{"fieldname": "share", "label": _("Share (%)"), "fieldtype": "Percent", "precision": 1, "width": 100},
		{
			"fieldname": "cumulative",
			"label": _("Cumulative"),
			"fieldtype": "Percent",
			"precision": 1,
			"width": 120,
		},
		*(spread if group == CODE else []),
		{"fieldname": "repeats", "label": _("Repeats"), "fieldtype": "Int", "width": 90},
		{"fieldname": "hazards", "label": _("Hazards"), "fieldtype": "Int", "width": 90},
	]


def _check(kind: str, group: str) -> None:
	if kind not in KINDS:
		frappe.throw(_("Kind is one of: {0}.").format(", ".join(_(name) for name in KINDS)))
	if group not in GROUPS:
		frappe.throw(_("Group by one of: {0}.").format(", ".join(_(name) for name in GROUPS)))


def _rows(counted: list[dict], group: str) -> list[frappe._dict]:
	titles = dict(
		frappe.get_all(
			"Fault Code",
			filters={"name": ("in", list({row.code for row in counted}))},
			fields=["name", "title"],
			as_list=True,
		)
	)
	found: dict[str, frappe._dict] = {}
	for row in counted:
		product = " ".join(f"{row.get('brand') or ''} {row.get('model') or ''}".split())
		model = calls.model_key(product)
		key = {CODE: row.code, MODEL: model, BOTH: f"{model}{SEPARATOR}{row.code}"}[group]
		one = found.setdefault(
			key,
			frappe._dict(
				code=row.code,
				title=titles.get(row.code),
				product=product or _("Not known"),
				models=row.models,
				**dict.fromkeys(COUNTS, 0),
			),
		)
		for name in COUNTS:
			one[name] += int(row[name] or 0)
	ranked = pareto({key: row.cases for key, row in found.items()})
	for one in ranked:
		found[one.value].update(share=one.share, cumulative=one.cumulative)
	for row in found.values():
		row.label = SEPARATOR.join(
			part
			for part in (group != CODE and row.product, group != MODEL and _(row.title or row.code))
			if part
		)
	return [found[one.value] for one in ranked]


def _chart(rows: list[frappe._dict]) -> dict | None:
	"""The first of the ranking, and a line that adds them up."""
	if not rows:
		return None
	shown = rows[:SHOWN]
	cases = [row.cases for row in shown]
	return charts.bars(
		[row.label for row in shown],
		[(_("Calls"), cases, charts.COUNT)],
		line=(_("Cumulative"), list(accumulate(cases))),
	)


def _summary(counted: list[dict], coded: list[dict], rows: list[frappe._dict]) -> list[dict]:
	every, known = sum(row.cases for row in counted), sum(row.cases for row in coded)
	few = next((number for number, row in enumerate(rows, 1) if row.cumulative >= 80), 0)
	return [
		{"value": every, "label": _("Calls"), "datatype": "Int"},
		{"value": known, "label": _("Calls with This Code"), "datatype": "Int"},
		{"value": few, "label": _("Codes Making 80 %"), "datatype": "Int"},
	]
