"""What a goal can be set for: each figure with its unit, where it is counted, and the report that leads to its documents."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import frappe
from frappe import _

from aftersales.core.guards import has_any_role
from aftersales.core.report_filters import Scope
from aftersales.service_accounts import job_figures, metrics, receivables
from aftersales.service_quality.key_figure_rules import warranty_cost_rate

PER_CENT, POINTS, HOURS, DAYS, TIMES, MARKS, MONEY = "%", "points", "h", "days", "times", "marks", "money"
COST_ROLES = ("Service Accountant", "Service Manager", "System Manager")

Read = Callable[..., float | None]
"""First and last day, and company -> the figure; of a figure `by_model` also brand and model."""


@dataclass(frozen=True)
class Figure:
	"""`name` is that of a key figure, unless `read` counts it."""

	name: str
	unit: str
	read: Read | None = None
	report: str = "Service Key Figures"
	of_company: bool = False
	"""Asked of one company: its currency, its books."""
	by_model: bool = False
	"""Of those that `read` counts: it can be asked of a brand and model."""
	of_costs: bool = False
	"""For those who see the books; with few jobs it would tell what a technician's hour costs."""

	@property
	def is_share(self) -> bool:
		return self.unit in (PER_CENT, POINTS)


def _of_a_room_above(name: str) -> Read:
	def read(first: date, last: date, company: str | None) -> float | None:
		count = frappe.get_attr(frappe.get_hooks("aftersales_goal_figures")[name][-1])
		return count(first, last, company)

	return read


def warranty_cost_of_revenue(first: date, last: date, company: str | None) -> float | None:
	"""What warranty cost in per cent of what products brought in, of a company as a whole."""
	if not company:
		return None
	scope = Scope(company, first, last)
	return warranty_cost_rate(metrics.warranty_cost(scope), metrics.product_revenue(scope))


FIGURES = {
	"Solved by Phone": Figure("remote_resolution_rate", PER_CENT),
	"Promise Kept": Figure("promise_kept_rate", PER_CENT),
	"First-time Fix Rate": Figure("first_time_fix_rate", PER_CENT),
	"Repeat Rate": Figure("repeat_rate", PER_CENT),
	"SLA Compliance": Figure("sla_compliance", PER_CENT),
	"CSAT": Figure("csat", PER_CENT),
	"NPS": Figure("nps", POINTS),
	"Courtesy": Figure("courtesy", MARKS, _of_a_room_above("courtesy"), "Calls by Agent"),
	"Response Time": Figure("response_time", HOURS),
	"Time to Arrive": Figure("time_to_arrive", HOURS),
	"Resolution Time": Figure("resolution_time", HOURS),
	"Mean Time to Restore": Figure("mean_time_to_restore", HOURS),
	"Workshop Turnaround": Figure("turnaround_time", HOURS),
	"Mean Repair Time": Figure("mean_repair_time", HOURS),
	"Cost per Call": Figure("cost_per_call", MONEY, of_company=True, of_costs=True),
	"Margin %": Figure(
		"margin",
		PER_CENT,
		job_figures.margin,
		"Job Profitability",
		of_company=True,
		by_model=True,
		of_costs=True,
	),
	"Warranty Cost of Product Revenue": Figure(
		"warranty_cost_rate",
		PER_CENT,
		warranty_cost_of_revenue,
		"Warranty Cost",
		of_company=True,
		of_costs=True,
	),
	"Share of Repair": Figure(
		"repair_share", PER_CENT, job_figures.repair_share, "Job Profitability", of_company=True
	),
	"Component Repairs": Figure(
		"component_share", PER_CENT, job_figures.component_share, "Repair Methods", of_company=True
	),
	"Days Outstanding": Figure(
		"days_outstanding", DAYS, receivables.days_outstanding, "Service Receivables", of_company=True
	),
	"Receivable Turnover": Figure(
		"receivable_turnover", TIMES, receivables.turnover, "Service Receivables", of_company=True
	),
}
"""Label of a figure, as a goal stores it."""


def sees_costs() -> bool:
	"""Whether the user sees the books, and so what work costs."""
	return has_any_role(COST_ROLES)


def sees(label: str) -> bool:
	"""Whether the user may see a figure's value."""
	return not FIGURES[label].of_costs or sees_costs()


def shown(label: str, value: float | None) -> float | None:
	"""A key figure in the unit of its goal: seconds become hours."""
	return round(value / 3600, 2) if value is not None and FIGURES[label].unit == HOURS else value


def in_words(label: str, value: float | None, company: str | None = None) -> str:
	"""A value with its unit, one decimal; a dash where there is none. Money is in the currency of the company."""
	if value is None:
		return "–"
	unit = FIGURES[label].unit
	if unit == MONEY:
		currency = company and frappe.get_cached_value("Company", company, "default_currency")
		return frappe.utils.fmt_money(value, currency=currency)
	number = frappe.format_value(value, {"fieldtype": "Float", "precision": 1})
	if unit == PER_CENT:
		return f"{number} %"
	if unit in (DAYS, HOURS):
		return (_("{0} days") if unit == DAYS else _("{0} h")).format(number)
	return number
