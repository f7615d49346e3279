"""Vendor repairs cost what the vendor has billed: say what tells the cost of those sent out before."""

import frappe

from aftersales.vendor_repairs.vendor_repairs import follow_documents


def execute():
	repairs = frappe.get_all(
		"Vendor Repair",
		filters={"purchase_order": ("is", "set"), "docstatus": 1},
		pluck="name",
		order_by="name asc",
	)
	for name in repairs:
		follow_documents(name)
