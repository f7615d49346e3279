"""Failures and warranty cost per product by age (Nevada table), and what is still to come (warranty period).

With SciPy a Weibull distribution is fitted to the first failures; without it, or with too few of them, the table is
shown without a forecast.
"""

import frappe
from frappe import _
from frappe.utils import cint, flt

from aftersales.core import charts
from aftersales.core.input.filters import validate_filters
from aftersales.core.money import rounded
from aftersales.core.report_filters import column, company_of, currency, day_of, money
from aftersales.service_quality.reliability import field_data, nevada_rules, weibull
from aftersales.service_quality.reliability.nevada_rules import DAYS_OF_MONTH, Age, Unit


@validate_filters
def execute(filters: dict | None = None) -> tuple:
	"""Script report. Filters: company (needed), on_date (default today), item_group, brand, model, item_code,
	months_ahead (default 12).

	Raises:
		frappe.ValidationError: the company is missing, or months_ahead is not from 1 to 120.
		frappe.PermissionError: the user may not see the company.
	"""
	filters = frappe._dict(filters or {})
	company, day = company_of(filters), day_of(filters)
	ahead = cint(filters.months_ahead) or 12
	if not 1 <= ahead <= 120:
		frappe.throw(_("{0}: enter 1 to 120 months.").format(frappe.bold(_("Months Ahead"))))
	found = field_data.units(company, day, filters)
	ages = nevada_rules.by_age(found, day)
	own = frappe.get_cached_value("Company", company, "default_currency")
	rows = _rows(ages, own)
	return columns(), rows, _message(found, day), _chart(rows), _summary(found, ages, day, ahead, own)


def columns() -> list[dict]:
	return [
		column("month", _("Month of Age"), "Int", 120),
		column("at_risk", _("Products", context="After-sales"), "Int", 110),
		column("failures", _("Failures"), "Int", 100),
		column("rate", _("Failures per 100"), "Float", 150, precision=2),
		money("cost", _("Warranty Cost"), 150),
		money("cost_per_unit", _("Cost per Product"), 150),
		money("cumulated", _("Cost per Product up to This Age"), 250),
		currency(),
	]


def _rows(ages: list[Age], own: str) -> list[dict]:
	total, rows = 0.0, []
	for age in ages:
		total += flt(age.cost_per_unit)
		rows.append({**_row(age, own), "cumulated": rounded(total)})
	return rows


def _row(age: Age, own: str) -> dict:
	return {
		"month": age.month + 1,
		"at_risk": age.at_risk,
		"failures": age.failures,
		"rate": None if age.rate is None else round(100 * age.rate, 2),
		"cost": rounded(age.cost),
		"cost_per_unit": age.cost_per_unit,
		"currency": own,
	}


def _message(found: list[Unit], day) -> str:
	lives = nevada_rules.lives(found, day)
	if not found:
		return _("No product file of the company has a day of installation, delivery or purchase.")
	if not weibull.is_available():
		return _("For a forecast the administrator installs SciPy: {0}").format(
			"pip install aftersales[forecast]"
		)
	fitted = weibull.fit(lives)
	if not fitted:
		return _("For a forecast at least {0} products must have failed, at different ages.").format(
			weibull.FEWEST_FAILURES
		)
	said = (
		_("failures become fewer with age (early failures)")
		if fitted.shape < 0.9
		else _("failures come at any age alike")
		if fitted.shape <= 1.1
		else _("failures become more with age (wear)")
	)
	return _("Weibull: shape {0}, {1}; characteristic life {2} months.").format(
		round(fitted.shape, 2), said, round(fitted.scale / DAYS_OF_MONTH)
	)


def _chart(rows: list[dict]) -> dict | None:
	if not any(row["failures"] for row in rows):
		return None
	return charts.bars(
		[str(row["month"]) for row in rows],
		[(_("Failures per 100"), [row["rate"] or 0 for row in rows], charts.COUNT)],
	)


def _summary(found: list[Unit], ages: list[Age], day, ahead: int, own: str) -> list[dict]:
	lives = nevada_rules.lives(found, day)
	failures, cost = sum(age.failures for age in ages), sum(age.cost for age in ages)
	shown = [
		{"label": _("Products", context="After-sales"), "value": len(lives), "datatype": "Int"},
		{"label": _("Failures"), "value": failures, "datatype": "Int"},
		{"label": _("Warranty Cost"), "value": rounded(cost), "datatype": "Currency", "currency": own},
	]
	expected = weibull.forecast(lives, ahead * DAYS_OF_MONTH)
	if expected:
		per_failure = cost / failures if failures else 0
		shown += [
			{
				"label": _("First Failures in {0} Months").format(ahead),
				"value": f"{expected.expected:.1f} ({expected.low:.0f}–{expected.high:.0f})",
				"datatype": "Data",
			},
			{
				"label": _("Cost to Expect"),
				"value": rounded(expected.expected * per_failure),
				"datatype": "Currency",
				"currency": own,
			},
		]
	return shown
