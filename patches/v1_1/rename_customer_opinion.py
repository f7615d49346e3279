"""The report Customer Opinion is called Customer Satisfaction: reports built on it and mails of it go on."""

import frappe

OLD, NEW = "Customer Opinion", "Customer Satisfaction"


def execute() -> None:
	if frappe.db.exists("Report", OLD) and not frappe.db.exists("Report", NEW):
		frappe.rename_doc("Report", OLD, NEW, force=True, show_alert=False)
