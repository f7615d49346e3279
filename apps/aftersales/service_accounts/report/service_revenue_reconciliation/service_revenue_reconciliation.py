"""Every service euro from the job to the general ledger; each break is a row with its reason (R-AC-6)."""

import frappe
from frappe import _
from frappe.utils import flt

from aftersales.core.input.filters import validate_filters
from aftersales.core.money import digits, nothing, rounded
from aftersales.core.report_filters import Scope, column, job_columns, link, scope_of
from aftersales.service_accounts import parts_ledger, reconciliation, revenue_ledger
from aftersales.service_accounts.reconciliation_rules import DRAFTS, Break


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
		column("date", _("Date"), "Date", 100),
		column("reason", _("Reason"), width=180),
		*job_columns(),
		column("document_type", _("Document Type"), hidden=1),
		column("document", _("Document"), "Dynamic Link", 175, options="document_type"),
		column("expected", _("Per Job"), "Float", 95, precision=digits()),
		column("found", _("Per Document"), "Float", 115, precision=digits()),
		column("unit", _("Unit"), width=55),
		column("correction", _("Correction"), width=135, print_hide=1),  # buttons
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
	invoiced = sum(revenue_ledger.invoiced(scope).values())
	booked = revenue_ledger.of_jobs(scope).values()
	income, deferred = sum(one.income for one in booked), sum(one.deferred for one in booked)
	for_no_job = revenue_ledger.for_no_job(scope)
	issued, parts = parts_ledger.issued(scope), sum(parts_ledger.parts(scope).values())

	drafts = len([found for found in breaks if found.reason in DRAFTS])

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
		amount(_("Income in the ledger"), income, abs(income + deferred - invoiced) < nothing()),
		# Invoiced, and income of other periods: less what was deferred before, and is income now
		*([amount(_("Deferred, not income yet"), deferred)] if abs(deferred) > nothing() else []),
		*([amount(_("Of this, without a job"), for_no_job)] if abs(for_no_job) > nothing() else []),
		amount(_("Parts issued to jobs"), issued),
		amount(
			_("Parts in the ledger")
			if parts_ledger.in_general_ledger(scope.company)
			else _("Parts in the stock ledger"),
			parts,
			abs(parts - issued) < nothing(),
		),
		{
			"label": _("Breaks"),
			"value": len(breaks) - drafts,
			"datatype": "Int",
			"indicator": "Red" if len(breaks) > drafts else "Green",
		},
		*(
			[{"label": _("Draft invoices"), "value": drafts, "datatype": "Int", "indicator": "Blue"}]
			if drafts
			else []
		),
	]
