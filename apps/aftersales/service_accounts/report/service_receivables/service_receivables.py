"""How much is outstanding on service invoices, and after how many days it is paid, by month (delay)."""

import frappe
from frappe import _
from frappe.utils import format_date

from aftersales.core import charts
from aftersales.core.input.filters import validate_filters
from aftersales.core.report_filters import column, currency, money, scope_of
from aftersales.service_accounts import receivable_rules, receivables


@validate_filters
def execute(filters: dict | None = None) -> tuple:
	"""Script report. Filters: company, from_date, to_date (all needed).

	Raises:
		frappe.ValidationError: one is missing, or the period ends before it begins.
		frappe.PermissionError: the user may not see the company.
	"""
	scope = scope_of(filters)
	own = frappe.get_cached_value("Company", scope.company, "default_currency")
	found = receivables.by_month(scope)
	rows = [
		{
			"month": format_date(one.first, "MMM yyyy"),
			"opening": one.opening,
			"billed": one.billed,
			"settled": one.settled,
			"closing": one.closing,
			"turnover": receivable_rules.turnover(one.opening, one.closing, one.billed),
			"days": receivable_rules.days_outstanding(one.opening, one.closing, one.billed, one.days),
			"currency": own,
		}
		for one in found
	]
	return columns(), rows, None, _chart(rows), _summary(found, own)


def columns() -> list[dict]:
	return [
		column("month", _("Month"), width=120),
		money("opening", _("Opening"), 140),
		money("billed", _("Billed"), 140),
		money("settled", _("Paid and Credited"), 150),
		money("closing", _("Outstanding"), 140),
		column("turnover", _("Turnover"), "Float", 110, precision=2),
		column("days", _("Days Outstanding"), "Float", 150, precision=1),
		currency(),
	]


def _chart(rows: list[dict]) -> dict | None:
	shown = [row for row in rows if row["days"] is not None]
	if not shown:
		return None
	values = [row["days"] for row in shown]
	return charts.bars([row["month"] for row in shown], [(_("Days Outstanding"), values, charts.COUNT)])


def _summary(found: list[receivable_rules.Month], own: str) -> list[dict]:
	billed = sum(one.billed for one in found)
	opening, closing = found[0].opening, found[-1].closing
	days = sum(one.days for one in found)
	figures = (
		(_("Outstanding"), closing, "Currency"),
		(_("Turnover"), receivable_rules.turnover(opening, closing, billed), "Float"),
		(_("Days Outstanding"), receivable_rules.days_outstanding(opening, closing, billed, days), "Float"),
	)
	return [
		{"label": label, "value": value, "datatype": datatype, "currency": own}
		for label, value, datatype in figures
		if value is not None
	]
