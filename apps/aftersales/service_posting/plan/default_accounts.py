"""The accounts that ERPNext itself would book an item to in a company: of the item, its group, its brand, the company."""

import frappe

COMPANY_FIELDS = {"income_account": "default_income_account", "expense_account": "default_expense_account"}


def default_account(item_code: str, company: str, fieldname: str) -> str | None:
	"""`fieldname`: income_account or expense_account."""
	from erpnext.setup.doctype.brand.brand import get_brand_defaults
	from erpnext.setup.doctype.item_group.item_group import get_item_group_defaults
	from erpnext.stock.doctype.item.item import get_item_defaults

	for defaults in (get_item_defaults, get_item_group_defaults, get_brand_defaults):
		account = (defaults(item_code, company) or {}).get(fieldname)
		if account:
			return account
	return frappe.get_cached_value("Company", company, COMPANY_FIELDS[fieldname])
