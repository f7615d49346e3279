"""What customers answered: satisfaction, recommendation, effect of the repair, hazards (R-FU-1, R-KPI).

Counted are follow-ups answered in the period, each opinion only where it was given.
"""

import frappe
from frappe import _
from frappe.query_builder import Case, CustomFunction, Order
from frappe.query_builder.functions import Coalesce, Count, DateFormat, NullIf, Sum
from frappe.utils import add_days, getdate
from pypika.terms import Term

from aftersales.core import charts
from aftersales.core.input.filters import validate_filters
from aftersales.core.permitted import permitted
from aftersales.core.report_parts import card
from aftersales.customer_care import opinion_rules
from aftersales.customer_care.follow_ups import ANSWERED
from aftersales.customer_care.opinion_rules import CONTENT, DETRACTORS, PROMOTERS

GROUPS = {
	"Technician": {"fieldtype": "Link", "options": "Service Technician"},
	"Model": {"fieldtype": "Data"},
	"Month": {"fieldtype": "Data"},
	"Request Type": {"fieldtype": "Link", "options": "Service Request Type"},
	"Customer": {"fieldtype": "Link", "options": "Customer"},
	"Kind": {"fieldtype": "Data"},
	"Channel": {"fieldtype": "Data"},
}
Joined = CustomFunction("CONCAT_WS", ["separator", "one", "other"])
COUNTS = (
	"answers",
	"rated",
	"content",
	"recommended",
	"promoters",
	"detractors",
	"asked_effect",
	"effective",
	"hazards",
	"new_calls",
)


@validate_filters
def execute(filters: dict | None = None) -> tuple:
	"""Script report. Filters: from_date, to_date, group_by (one of GROUPS), company, technician, kind."""
	filters = frappe._dict(filters or {})
	group = filters.group_by or "Technician"
	if group not in GROUPS:
		frappe.throw(_("Group by one of: {0}.").format(", ".join(_(name) for name in GROUPS)))
	data = [_with_figures(row) for row in _counts(filters, group)]
	return columns(group), data, None, _chart(data), _summary(data)


def columns(group: str) -> list[dict]:
	def percent(fieldname: str, label: str) -> dict:
		return {"fieldname": fieldname, "label": label, "fieldtype": "Percent", "precision": 1, "width": 140}

	def number(fieldname: str, label: str) -> dict:
		return {"fieldname": fieldname, "label": label, "fieldtype": "Int", "width": 110}

	return [
		{"fieldname": "value", "label": _(group), "width": 220, "align": "left", **GROUPS[group]},
		number("answers", _("Answers")),
		percent("csat", _("CSAT")),
		number("rated", _("Ratings")),
		{"fieldname": "nps", "label": _("NPS"), "fieldtype": "Float", "precision": 1, "width": 100},
		number("recommended", _("NPS Answers")),
		percent("effective_share", _("Repair Effective")),
		number("hazards", _("Hazards")),
		number("new_calls", _("New Calls")),
	]


def _counts(filters: frappe._dict, group: str) -> list[frappe._dict]:
	answer = frappe.qb.DocType("Follow-up")
	call = frappe.qb.DocType("Repair Call")
	product = frappe.qb.DocType("Customer Equipment")
	value = _value_of(group, answer, call, product)
	query = (
		frappe.qb.from_(answer)
		.select(
			value.as_("value"),
			Count(answer.name).as_("answers"),
			_number(answer.csat > 0).as_("rated"),
			_number(answer.csat.isin(CONTENT)).as_("content"),
			_number(answer.nps != "").as_("recommended"),
			_number(answer.nps.isin(PROMOTERS)).as_("promoters"),
			_number(answer.nps.isin(DETRACTORS)).as_("detractors"),
			_number(answer.repair_effective != "").as_("asked_effect"),
			_number(answer.repair_effective == "Yes").as_("effective"),
			_number(answer.hidden_hazard == "Yes").as_("hazards"),
			_number(answer.new_repair_call != "").as_("new_calls"),
		)
		.where(answer.status.isin(ANSWERED))
		.groupby(value)
		.orderby(value, order=Order.asc)
	)
	if group in ("Model", "Request Type"):
		query = query.left_join(call).on(call.name == answer.repair_call)
	if group == "Model":
		query = query.left_join(product).on(product.name == answer.equipment)
	if filters.from_date:
		query = query.where(answer.done_at >= getdate(filters.from_date))
	if filters.to_date:
		query = query.where(answer.done_at < add_days(getdate(filters.to_date), 1))
	for field in ("company", "technician", "kind"):
		if filters.get(field):
			query = query.where(answer[field] == filters[field])
	return permitted(query, answer).run(as_dict=True)


def _value_of(group: str, answer, call, product) -> Term:
	values = {
		"Technician": Coalesce(answer.technician, ""),
		"Model": Joined(
			" ",
			Coalesce(NullIf(product.brand, ""), NullIf(call.brand, "")),
			Coalesce(NullIf(product.model, ""), NullIf(call.model, "")),
		),
		"Month": DateFormat(answer.done_at, "%Y-%m"),
		"Request Type": Coalesce(call.request_type, ""),
		"Customer": answer.customer,
		"Kind": answer.kind,
		"Channel": Coalesce(answer.answer_channel, ""),
	}
	return values[group]


def _number(condition: Term) -> Term:
	return Sum(Case().when(condition, 1).else_(0))


def _with_figures(row: frappe._dict) -> frappe._dict:
	row.update({field: int(row[field] or 0) for field in COUNTS})
	row.csat = opinion_rules.csat(row.content, row.rated)
	row.nps = opinion_rules.nps(row.promoters, row.detractors, row.recommended)
	row.effective_share = opinion_rules.share(row.effective, row.asked_effect)
	return row


def _chart(data: list[frappe._dict]) -> dict | None:
	shown = [row for row in data if row.csat is not None]
	if not shown:
		return None
	labels = [row.value or _("Not known") for row in shown]
	return charts.bars(labels, [(_("CSAT"), [row.csat for row in shown], charts.GOOD)])


def _summary(data: list[frappe._dict]) -> list[dict]:
	total = frappe._dict({field: sum(row[field] for row in data) for field in COUNTS})
	_with_figures(total)
	return [
		{"value": total.answers, "label": _("Answers"), "datatype": "Int"},
		card(_("CSAT"), total.csat, "Percent"),
		card(_("NPS"), total.nps, "Float"),
		{
			"value": total.hazards,
			"label": _("Hazards"),
			"datatype": "Int",
			"indicator": "Red" if total.hazards else None,
		},
	]
