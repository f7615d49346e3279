"""What the accountants' reports share: the period they look at, and how their columns are written."""

import frappe
from frappe import _
from frappe.utils import getdate

from aftersales.service_billing.reconciliation_checks import Scope


def scope_of(filters: dict | None) -> Scope:
	"""Company and period of a report.

	Raises:
		frappe.ValidationError: one is missing, or the period ends before it begins.
		frappe.PermissionError: the user may not see the company.
	"""
	filters = frappe._dict(filters or {})
	for fieldname, label in (("company", _("Company")), ("from_date", _("From")), ("to_date", _("To"))):
		if not filters.get(fieldname):
			frappe.throw(_("Set {0}.").format(frappe.bold(label)), frappe.MandatoryError)
	check_company(filters.company)
	scope = Scope(filters.company, getdate(filters.from_date), getdate(filters.to_date))
	if scope.to_date < scope.from_date:
		frappe.throw(_("{0} has to lie after {1}.").format(frappe.bold(_("To")), frappe.bold(_("From"))))
	return scope


def check_company(company: str) -> None:
	"""The figures of a company are for those who may see the company."""
	frappe.has_permission("Company", doc=company, throw=True)


def column(fieldname: str, label: str, fieldtype: str = "Data", width: int = 120, **more) -> dict:
	return {"fieldname": fieldname, "label": label, "fieldtype": fieldtype, "width": width, **more}


def link(fieldname: str, label: str, doctype: str, width: int = 140) -> dict:
	return column(fieldname, label, "Link", width, options=doctype)


def money(fieldname: str, label: str, width: int = 120, options: str = "currency") -> dict:
	"""An amount in the currency that the field `options` of the row names."""
	return column(fieldname, label, "Currency", width, options=options)


def currency() -> dict:
	"""The currency of the amounts beside, shown by the amounts themselves."""
	return column("currency", _("Currency"), "Link", 80, options="Currency", hidden=1)


def job_columns() -> list[dict]:
	return [
		column("job_type", _("Job Type"), hidden=1),
		column("job", _("Job"), "Dynamic Link", 140, options="job_type"),
	]
