"""Accounting dimensions that a site has had before us: their fields on our jobs and lines.

For dimensions made later ERPNext asks the hook `accounting_dimension_doctypes`.
"""

import frappe


def add_to_jobs() -> None:
	"""Add the field of each accounting dimension to our DocTypes. Safe to repeat."""
	from erpnext.accounts.doctype.accounting_dimension.accounting_dimension import (
		make_dimension_in_accounting_doctypes,
	)

	ours = frappe.get_hooks("accounting_dimension_doctypes", app_name="aftersales")
	for name in frappe.get_all("Accounting Dimension", pluck="name", order_by="name asc"):
		make_dimension_in_accounting_doctypes(frappe.get_doc("Accounting Dimension", name), ours)
