"""Items and item groups say whether their sale makes a product file; the shipped type of installations sets its day."""

import frappe

from aftersales.setup import custom_fields


def execute() -> None:
	custom_fields.create()
	frappe.db.set_value(
		"Service Request Type",
		"Installation and Commissioning",
		"is_installation",
		1,
		update_modified=False,
	)
