"""Modes of Payment that take cash: found by their type, whatever the site's language calls them."""

import frappe
from frappe import _
from frappe.query_builder import Order

from aftersales.core.guards import require_role
from aftersales.core.input.requests import validate_call
from aftersales.core.roles import ACCOUNTANTS


@frappe.whitelist()
@validate_call
def cash_modes(company: str, currency: str | None = None) -> list[str]:
	"""The Modes of Payment of type Cash that have an account of `company`, those in `currency` only if there are any.

	Raises:
		frappe.PermissionError: the user takes no cash in, or may not see the company.
	"""
	require_role(ACCOUNTANTS, _("Receiving cash"))
	frappe.has_permission("Company", doc=company, throw=True)
	return of_company(company, currency)


def of_company(company: str, currency: str | None = None) -> list[str]:
	"""The same, whoever asks. By name."""
	mode, till = frappe.qb.DocType("Mode of Payment"), frappe.qb.DocType("Mode of Payment Account")
	account = frappe.qb.DocType("Account")
	rows = (
		frappe.qb.from_(mode)
		.join(till)
		.on((till.parent == mode.name) & (till.parenttype == "Mode of Payment"))
		.join(account)
		.on(account.name == till.default_account)
		.select(mode.name, account.account_currency)
		.where((mode.type == "Cash") & (mode.enabled == 1) & (till.company == company))
		.orderby(mode.name, order=Order.asc)
	).run()
	fitting = [name for name, code in rows if code == currency]
	return fitting or [name for name, _code in rows]


def without_cash(company: str) -> list[str]:
	"""The Modes of Payment that take no cash and have an account of `company`: cards, transfers. By name."""
	mode, till = frappe.qb.DocType("Mode of Payment"), frappe.qb.DocType("Mode of Payment Account")
	return (
		frappe.qb.from_(mode)
		.join(till)
		.on((till.parent == mode.name) & (till.parenttype == "Mode of Payment"))
		.select(mode.name)
		.distinct()
		.where((mode.type != "Cash") & (mode.enabled == 1) & (till.company == company))
		.orderby(mode.name, order=Order.asc)
	).run(pluck=True)


def chosen(company: str, currency: str | None, mode_of_payment: str | None) -> str:
	"""`mode_of_payment`, or the only one of the company.

	Raises:
		frappe.ValidationError: there is none, or there are several; says where to set it, or names them.
	"""
	if mode_of_payment:
		return mode_of_payment
	found = of_company(company, currency)
	if len(found) == 1:
		return found[0]
	if found:
		frappe.throw(
			_("Choose the Mode of Payment that takes the cash: {0}.").format(
				", ".join(frappe.bold(part) for part in found)
			),
			title=_("Mode of Payment"),
		)
	frappe.throw(
		_(
			"No Mode of Payment of type Cash has an account of {0}. Open Mode of Payment, choose the one for cash and add a Default Account for the company."
		).format(frappe.bold(company)),
		title=_("Mode of Payment"),
	)
