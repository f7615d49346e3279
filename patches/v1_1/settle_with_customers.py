"""Sales documents and payments name the call they were made for; bank accounts have a UPI ID; when products are exchanged."""

import frappe

from aftersales.setup import custom_fields, defaults

DEFAULTS = {"exchange_after_repairs": 2, "exchange_after_days": 30, "collect_remind_days": 14}


def execute():
	custom_fields.create()
	defaults.insert_missing(["Notification"])
	for fieldname, value in DEFAULTS.items():
		if not frappe.db.get_single_value("Aftersales Settings", fieldname):
			frappe.db.set_single_value("Aftersales Settings", fieldname, value)
