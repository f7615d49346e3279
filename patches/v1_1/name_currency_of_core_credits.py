"""What a maker credits for an old part has a currency: until now that of the company, which differs between companies."""

import frappe

from aftersales.service_setup.settings import aftersales_settings


def execute() -> None:
	company = aftersales_settings().default_company or frappe.db.get_default("company")
	currency = company and frappe.get_cached_value("Company", company, "default_currency")
	if currency:
		part = frappe.qb.DocType("Spare Part")
		(
			frappe.qb.update(part)
			.set(part.core_credit_currency, currency)
			.where((part.core_credit > 0) & part.core_credit_currency.isnull())
		).run()
