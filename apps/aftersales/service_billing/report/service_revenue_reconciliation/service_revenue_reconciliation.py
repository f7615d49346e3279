"""Every service euro from the job to the general ledger; each break is a row with its reason (R-AC-6)."""

import frappe
from frappe import _

from aftersales.core.filters import validate_filters
from aftersales.money import digits, rounded
from aftersales.service_billing import job_ledger, reconciliation
from aftersales.service_billing.reconciliation_rules import Break
from aftersales.service_billing.report_filters import Scope, column, job_columns, link, scope_of


@validate_filters
def execute(filters: dict | None = None) -> tuple:
	"""Script report. Filters: company, from_date, to_date (all needed), reason, job_type."""
	scope = scope_of(filters)
	filters = frappe._dict(filters)
	breaks = [
		found
		for found in reconciliation.find(scope)
		if filters.reason in (None, "", found.reason.value) and filters.job_type in (None, "", found.job_type)
	]
	return columns(), [_row(found) for found in breaks], None, None, _summary(scope, breaks)


def columns() -> list[dict]:
	return [
		column("date", _("Date"), "Date", 115),
		column("reason", _("Reason"), width=215),
		*job_columns(),
		column("document_type", _("Document Type"), hidden=1),
		column("document", _("Document"), "Dynamic Link", 190, options="document_type"),
		column("expected", _("Job Says"), "Float", 95, precision=digits()),
		column("found", _("Document Says"), "Float", 135, precision=digits()),
		column("unit", _("Unit"), width=60),
		column("correction", _("Correction"), width=180, print_hide=1),  # buttons
		column("difference", _("Difference"), "Float", 95, precision=digits()),
		link("customer", _("Customer"), "Customer", 160),
		link("technician", _("Technician"), "Service Technician", 130),
	]


def _row(found: Break) -> dict:
	return {
		"date": found.date,
		"reason": _(found.reason.value),
		"reason_code": found.reason.value,
		"job_type": found.job_type,
		"job": found.job,
		"customer": found.customer,
		"technician": found.technician,
		"document_type": found.document_type,
		"document": found.document,
		"expected": found.expected,
		"found": found.found,
		"difference": found.difference,
		"unit": found.unit,
		"correction": found.correction.value,
	}


def _summary(scope: Scope, breaks: list[Break]) -> list[dict]:
	currency = frappe.get_cached_value("Company", scope.company, "default_currency")
	invoiced, income = job_ledger.invoiced_net(scope), job_ledger.income_of_invoices(scope)
	issued, parts = job_ledger.parts_at_cost(scope), sum(job_ledger.parts(scope).values())

	def amount(label: str, value: float, agrees: bool = True) -> dict:
		return {
			"label": label,
			"value": rounded(value),
			"datatype": "Currency",
			"currency": currency,
			"indicator": "Green" if agrees else "Red",
		}

	return [
		amount(_("Invoiced for jobs, net"), invoiced),
		amount(_("Income in the ledger"), income, abs(income - invoiced) < 0.005),
		amount(_("Parts issued to jobs"), issued),
		amount(_("Parts in the ledger"), parts, abs(parts - issued) < 0.005),
		{
			"label": _("Breaks"),
			"value": len(breaks),
			"datatype": "Int",
			"indicator": "Red" if breaks else "Green",
		},
	]
