"""Sites from before key figures and recurring faults: fields, rights, and the settings' defaults."""

import frappe

from aftersales.setup import custom_fields, permissions

NEW_RIGHTS = ("Non Conformance", "Quality Procedure")


def execute() -> None:
	custom_fields.create()
	permissions.grant(NEW_RIGHTS)
	for fieldname, value in (("recurring_faults", 5), ("recurring_fault_days", 90)):
		if not frappe.db.exists("Singles", {"doctype": "Aftersales Settings", "field": fieldname}):
			frappe.db.set_single_value("Aftersales Settings", fieldname, value)
