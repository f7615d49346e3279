"""From a recurring fault to what its correction brought: failures of the fault before and after the change, at equal age.

Of each Non Conformance that says since when products have the change (field *Changed in Products from*).
"""

from collections import defaultdict
from datetime import date

import frappe
from frappe import _
from frappe.query_builder.functions import Coalesce, Date
from frappe.utils import getdate

from aftersales.core.input.filters import validate_filters
from aftersales.core.permitted import permitted
from aftersales.core.report_filters import column, link
from aftersales.service_quality.reliability import effect_rules
from aftersales.service_quality.reliability.effect_rules import Effect

COLORS = {
	effect_rules.BETTER: "green",
	effect_rules.WORSE: "red",
	effect_rules.OPEN: "orange",
	effect_rules.TOO_EARLY: "gray",
}


@validate_filters
def execute(filters: dict | None = None) -> tuple[list[dict], list[dict]]:
	"""Script report. Filter: on_date (default today)."""
	day = getdate(frappe._dict(filters or {}).on_date)
	cases = frappe.get_list(
		"Non Conformance",
		filters={"aftersales_fault_code": ("is", "set"), "aftersales_effective_from": ("is", "set")},
		fields=[
			*("name", "subject", "status", "aftersales_brand", "aftersales_model", "aftersales_fault_code"),
			"aftersales_effective_from",
		],
		order_by="aftersales_effective_from desc, name asc",
	)
	return columns(), [_row(case, day) for case in cases]


def columns() -> list[dict]:
	return [
		link("name", _("Non Conformance"), "Non Conformance", 150),
		column("subject", _("Subject"), width=220),
		column("aftersales_model", _("Model"), width=120),
		link("aftersales_fault_code", _("Fault"), "Fault Code", 130),
		column("aftersales_effective_from", _("Changed from"), "Date", 120),
		column("products_before", _("Products Before"), "Int", 130),
		column("rate_before", _("Failures per 1,000 Months, Before"), "Float", 250, precision=2),
		column("products_after", _("Products After"), "Int", 120),
		column("rate_after", _("After"), "Float", 90, precision=2),
		column("failures_after", _("Failures After"), "Int", 120),
		column("expected", _("Without the Change"), "Float", 150, precision=1),
		column("ratio", _("Ratio"), "Float", 80, precision=2),
		column("interval", _("90 % Interval"), width=120),
		column("verdict_text", _("Effect"), width=110),
	]


def _row(case: frappe._dict, day: date) -> dict:
	found = _effect(case, day)
	return {
		**case,
		"products_before": found.before.products,
		"products_after": found.after.products,
		"rate_before": found.before.rate,
		"rate_after": found.after.rate,
		"failures_after": found.after.failures,
		"expected": found.expected,
		"ratio": found.ratio,
		"interval": "" if found.low is None else f"{found.low:.2f} – {found.high:.2f}",
		"verdict": found.verdict,
		"verdict_text": _(found.verdict),
		"color": COLORS[found.verdict],
	}


def _effect(case: frappe._dict, day: date) -> Effect:
	product, call = frappe.qb.DocType("Customer Equipment"), frappe.qb.DocType("Repair Call")
	since = Coalesce(product.installed_on, product.delivered_on, product.purchase_date)
	is_model = (product.model == case.aftersales_model) & (
		Coalesce(product.brand, "") == (case.aftersales_brand or "")
	)
	products = dict(
		permitted(
			frappe.qb.from_(product).select(product.name, since).where(is_model & since.isnotnull()), product
		).run()
	)
	rows = (
		frappe.qb.from_(call)
		.select(call.equipment, Date(call.received_at))
		.where((call.fault_code == case.aftersales_fault_code) & (call.model == case.aftersales_model))
		.where((call.status != "Cancelled") & call.equipment.isnotnull())
	).run()
	failures: dict[str, list[date]] = defaultdict(list)
	for name, failed in rows:
		failures[name].append(getdate(failed))
	return effect_rules.effect(
		[(getdate(began), tuple(failures.get(name, ()))) for name, began in products.items()],
		getdate(case.aftersales_effective_from),
		day,
	)
