"""What the accountants' reports share: the period they look at, and how their columns are written."""

from dataclasses import dataclass
from datetime import date

import frappe
from frappe import _
from frappe.utils import flt, getdate


@dataclass(frozen=True)
class Scope:
	"""One company, from the first to the last day."""

	company: str
	from_date: date
	to_date: date


def scope_of(filters: dict | None) -> Scope:
	"""Company and period of a report.

	Raises:
		frappe.ValidationError: one is missing, or the period ends before it begins.
		frappe.PermissionError: the user may not see the company.
	"""
	filters = frappe._dict(filters or {})
	return Scope(company_of(filters), *period_of(filters))


def company_of(filters: frappe._dict) -> str:
	"""The company of a report.

	Raises:
		frappe.ValidationError: it is missing.
		frappe.PermissionError: the user may not see it.
	"""
	_require(filters, "company", _("Company"))
	check_company(filters.company)
	return filters.company


def period_of(filters: dict) -> tuple[date, date]:
	"""First and last day of a report.

	Raises:
		frappe.ValidationError: one is missing, or the period ends before it begins.
	"""
	filters = frappe._dict(filters)
	_require(filters, "from_date", _("From"))
	_require(filters, "to_date", _("To", context="After-sales"))
	first, last = getdate(filters.from_date), getdate(filters.to_date)
	if last < first:
		frappe.throw(
			_("{0} must be after {1}.").format(
				frappe.bold(_("To", context="After-sales")), frappe.bold(_("From"))
			)
		)
	return first, last


def day_of(filters: dict) -> date:
	"""The day at whose end a report looks: `on_date`, today when it is empty."""
	return getdate(filters.get("on_date"))


def _require(filters: frappe._dict, fieldname: str, label: str) -> None:
	if not filters.get(fieldname):
		frappe.throw(_("Set {0}.").format(frappe.bold(label)), frappe.MandatoryError)


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


def percent(fieldname: str, label: str, width: int = 90) -> dict:
	"""A share that no total row adds up or averages: a number, also in Excel, that Frappe is not told to be one."""
	return column(fieldname, label, width=width, align="right", disable_total=1)


def share(part: float, whole: float) -> float | None:
	"""`part` in per cent of `whole`, to one digit; None without a whole."""
	return flt(100 * part / whole, 1) if whole else None


def currency() -> dict:
	"""The currency of the amounts beside, shown by the amounts themselves."""
	return column("currency", _("Currency"), "Link", 80, options="Currency", hidden=1)


def job_columns() -> list[dict]:
	return [
		column("job_type", _("Job Type"), hidden=1),
		column("job", _("Job"), "Dynamic Link", 140, options="job_type"),
	]
