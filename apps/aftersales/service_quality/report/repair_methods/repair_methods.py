"""How repairs were done, component, module or replacement, and what each method cost us: all or by model."""

import frappe
from frappe import _
from frappe.query_builder.functions import Coalesce, Count, Sum
from frappe.utils import flt

from aftersales.core.input.filters import validate_filters
from aftersales.core.money import rounded
from aftersales.core.report_filters import Scope, scope_of, share
from aftersales.service_calls.metrics import is_failure

JOBS = {"Service Voucher": "departed_at", "Repair Card": "verified_at"}


@validate_filters
def execute(filters: dict | None = None) -> tuple:
	"""Script report. Filters: company, from_date, to_date (all needed), group_by (Method or Model)."""
	scope = scope_of(filters)
	by_model = (filters or {}).get("group_by") == "Model"
	rows = _rows(scope, by_model)
	jobs = sum(row["jobs"] for row in rows)
	for row in rows:
		row["share"] = share(row["jobs"], jobs)
		row["average"] = rounded(row["cost"] / row["jobs"])
	skip_total_row = True  # it would add up shares and averages
	summary = _summary(jobs, sum(row["cost"] for row in rows), scope)
	return columns(by_model), rows, None, None, summary, skip_total_row


def _summary(jobs: int, cost: float, scope: Scope) -> list[dict]:
	"""Of all methods together."""
	currency = frappe.get_cached_value("Company", scope.company, "default_currency")
	money = {"datatype": "Currency", "currency": currency}
	return [
		{"label": _("Repairs"), "value": jobs, "datatype": "Int"},
		{"label": _("Cost"), "value": rounded(cost), **money},
		{"label": _("Cost per Repair"), "value": rounded(cost / jobs) if jobs else 0, **money},
	]


def columns(by_model: bool) -> list[dict]:
	def money(fieldname: str, label: str) -> dict:
		return {
			"fieldname": fieldname,
			"label": label,
			"fieldtype": "Currency",
			"options": "Company:company:default_currency",
			"width": 130,
		}

	model = [{"fieldname": "model", "label": _("Model"), "fieldtype": "Data", "width": 200}]
	return [
		*(model if by_model else []),
		{"fieldname": "method", "label": _("Repair Method"), "fieldtype": "Data", "width": 150},
		{"fieldname": "jobs", "label": _("Repairs"), "fieldtype": "Int", "width": 90},
		{
			"fieldname": "share",
			"label": _("Share", context="After-sales"),
			"fieldtype": "Percent",
			"precision": 1,
			"width": 90,
		},
		money("parts", _("Parts")),
		money("labour", _("Labour")),
		money("cost", _("Cost")),
		money("average", _("Cost per Repair")),
	]


def _rows(scope: Scope, by_model: bool) -> list[dict]:
	found: dict[tuple, dict] = {}
	for doctype, day in JOBS.items():
		for row in _of_jobs(doctype, day, scope, by_model):
			key = (row.get("model") or "", row.method)
			entry = found.setdefault(
				key,
				{
					**({"model": row.get("model")} if by_model else {}),
					"method": _(row.method) if row.method else _("Not Said"),
					"company": scope.company,
					"jobs": 0,
					"parts": 0.0,
					"labour": 0.0,
				},
			)
			entry["jobs"] += row.jobs
			entry["parts"] += flt(row.parts)
			entry["labour"] += flt(row.labour)
	rows = [found[key] for key in sorted(found)]
	for row in rows:
		row["cost"] = rounded(row["parts"] + row["labour"])
	return rows


def _of_jobs(doctype: str, day: str, scope: Scope, by_model: bool) -> list[frappe._dict]:
	job, product = frappe.qb.DocType(doctype), frappe.qb.DocType("Customer Equipment")
	call = frappe.qb.DocType("Repair Call")
	method = Coalesce(job.repair_method, "")
	query = (
		frappe.qb.from_(job)
		.left_join(product)
		.on(product.name == job.equipment)
		.left_join(call)
		.on(call.name == job.repair_call)
		.select(
			method.as_("method"),
			Count(job.name).as_("jobs"),
			Sum(job.parts_cost).as_("parts"),
			Sum(job.labour_cost).as_("labour"),
		)
		.where((job.docstatus == 1) & (job.company == scope.company))
		.where((job[day] >= scope.from_date) & (job[day] < frappe.utils.add_days(scope.to_date, 1)))
		.where(call.name.isnull() | is_failure(call))
		.groupby(method)
	)
	if doctype == "Service Voucher":
		query = query.where(job.outcome == "Completed")
	else:
		query = query.where(job.status.isin(("Ready", "Returned")))
	if by_model:
		model = Coalesce(product.model, "")
		query = query.select(model.as_("model")).groupby(model)
	return query.run(as_dict=True)
